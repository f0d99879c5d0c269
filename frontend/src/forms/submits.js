// A form is sent once: the second press of a button while the first is under way does nothing.
import { say } from '../words.js';

export function watchSubmits() {
  document.addEventListener('submit', event => {
    const form = event.target;
    if (event.defaultPrevented || form.method === 'dialog' || form.dataset.manyTimes !== undefined) return;
    if (form.dataset.twSent) { event.preventDefault(); return; }
    form.dataset.twSent = 'yes';
    const button = event.submitter;
    // after the event, so that the button's own name and value are still sent
    setTimeout(() => {
      for (const each of form.querySelectorAll('button:not([type="button"])')) each.setAttribute('aria-disabled', 'true');
      if (button?.dataset.sending !== undefined) button.textContent = button.dataset.sending || say('Sending…');
    });
    // a download answers without leaving the page
    if (form.dataset.download !== undefined) setTimeout(() => release(form), 3000);
  });
  addEventListener('pageshow', event => { if (event.persisted) document.querySelectorAll('form[data-tw-sent]').forEach(release); });
}

function release(form) {
  delete form.dataset.twSent;
  for (const each of form.querySelectorAll('button[aria-disabled]')) each.removeAttribute('aria-disabled');
}
