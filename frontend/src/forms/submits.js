// A form leaves the page only when the server can be reached and the person is signed in with a token that counts;
// else all stays where it is, and the page says what to do. It is sent once: the second press of a button while the
// first is under way does nothing. <form data-straight> goes at once, for what counts by the second.
import { say } from '../words.js';
import { element } from './dialogs.js';
import { isFresh, mayLeave } from './session.js';
import { sent } from './typed.js';

const OFFLINE =
  'There is no connection. Nothing was sent. What you entered is still here. Send it again when you are connected.';

function tell(form, text) {
  form.querySelector('.tw-unsent')?.remove();
  if (!text) return;
  const box = element(
    'div',
    { class: 'tw-status tw-status--soon tw-unsent', role: 'alert' },
    element('p', { class: 'tw-status__title' }, text)
  );
  const acts = form.querySelector('.tw-acts:last-of-type');
  if (acts) acts.before(box);
  else form.append(box);
}

async function leave(form, submitter) {
  form.dataset.twSent = 'yes';
  const answer = await mayLeave();
  release(form);
  tell(form, answer === 'offline' ? say(OFFLINE) : '');
  if (answer !== 'yes') return;
  form.dataset.twLooked = form.dataset.twConfirmed = 'yes'; // it was asked already
  form.requestSubmit(submitter);
}

/** A page that is the same for everybody comes without a token; the server gives one when it is asked. */
const hasToken = form => form.querySelector('input[name="csrf_token"]')?.value !== '';
const stays = form => form.getAttribute('method') !== 'post' || form.dataset.straight !== undefined;

export function watchSubmits() {
  document.addEventListener(
    'submit',
    event => {
      const form = event.target,
        looked = form.dataset.twLooked;
      delete form.dataset.twLooked;
      if (stays(form) || looked || (isFresh() && hasToken(form))) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!form.dataset.twSent) leave(form, event.submitter);
    },
    true
  );
  document.addEventListener('submit', event => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute('method') === 'dialog' || form.dataset.manyTimes !== undefined)
      return;
    if (form.dataset.twSent) {
      event.preventDefault();
      return;
    }
    form.dataset.twSent = 'yes';
    sent(form);
    const button = event.submitter;
    // after the event, so that the button's own name and value are still sent
    setTimeout(() => {
      for (const each of form.querySelectorAll('button:not([type="button"])'))
        each.setAttribute('aria-disabled', 'true');
      if (button?.dataset.sending !== undefined) button.textContent = button.dataset.sending || say('Sending…');
    });
    // a download answers without leaving the page
    if (form.dataset.download !== undefined) setTimeout(() => release(form), 3000);
  });
  addEventListener('pageshow', event => {
    if (event.persisted) document.querySelectorAll('form[data-tw-sent]').forEach(release);
  });
}

function release(form) {
  delete form.dataset.twSent;
  for (const each of form.querySelectorAll('button[aria-disabled]')) each.removeAttribute('aria-disabled');
}
