// <form data-progress-url="…" data-progress-words="{done} of {all} played">: the long part of what the form asks
// for is done first, and the server says how far it is, a line of JSON each: {"done": 3, "all": 26}. Then the form
// is sent as ever. Without a script it is only sent.
import { element } from './dialogs.js';

async function* lines(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split('\n');
    rest = parts.pop();
    for (const part of parts) yield JSON.parse(part);
  }
}

async function follow(form) {
  const meter = element('progress', { class: 'tw-meter', max: '1', value: '0', 'aria-hidden': 'true' }),
    said = element('p', { role: 'status' });
  const box = element('div', { class: 'tw-progress' }, said, meter);
  form.querySelector('.tw-acts').before(box);
  try {
    const answer = await fetch(form.dataset.progressUrl, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'X-CSRFToken': form.elements.csrf_token.value }
    });
    if (!answer.ok) return; // the form itself is answered with what is wrong
    for await (const { done, all } of lines(answer)) {
      meter.max = all || 1;
      meter.value = done;
      said.textContent = form.dataset.progressWords.replace('{done}', done).replace('{all}', all);
    }
  } catch {
    box.remove();
  } // no connection: sending the form says so
}

export function watchProgress() {
  document.addEventListener(
    'submit',
    async event => {
      const form = event.target,
        { twProgress } = form.dataset;
      if (!form.dataset.progressUrl || twProgress === 'done') {
        delete form.dataset.twProgress;
        return;
      }
      if ([...form.querySelectorAll('textarea')].some(each => !each.value.trim())) return; // it will be refused at once
      event.preventDefault();
      event.stopImmediatePropagation();
      if (twProgress) return;
      form.dataset.twProgress = 'under way';
      event.submitter?.setAttribute('aria-disabled', 'true');
      await follow(form);
      event.submitter?.removeAttribute('aria-disabled');
      form.dataset.twProgress = 'done';
      form.requestSubmit(event.submitter);
    },
    true
  );
}
