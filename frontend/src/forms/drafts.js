// Drafts save themselves: <form data-draft-url="…">. A POST of the form's fields (without files) two seconds after
// the last change and when the page is left; the answer is JSON {"saved_at": ISO, "parts": {NAME: HTML}} or any
// 2xx. 409 says that somebody else changed it. Whatever form something is typed into asks before it is left unsent.
import { say, clockTime } from '../words.js';
import { look, renew, signInAgain } from './session.js';
import { forget, forms } from './typed.js';

const WAIT = 2000;
const dirty = new Set();

/** Forms with changes that are neither saved nor sent. */
export const unsaved = dirty;

const fields = form => {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
};

function tell(form, state, text) {
  const place = form.querySelector('[data-draft-status]') || document.querySelector(`[data-draft-status="${form.id}"]`);
  if (!place) return;
  place.classList.add('tw-saved');
  place.dataset.state = state;
  place.textContent = text;
}

async function save(form, last = false) {
  clearTimeout(form.twTimer);
  if (form.twSaving) {
    form.twAgain = true;
    return;
  }
  form.twSaving = true;
  tell(form, 'saving', say('Saving…'));
  const before = form.twChange;
  try {
    const answer = await fetch(form.dataset.draftUrl, {
      method: 'POST',
      body: new URLSearchParams(fields(form)),
      keepalive: last,
      credentials: 'same-origin',
      headers: { 'X-CSRFToken': token(form), Accept: 'application/json' }
    });
    if (answer.status === 401 || answer.status === 400) {
      form.twFailed = true;
      const state = await look();
      if (state?.person && answer.status === 400 && !form.twRenewed) {
        renew(state);
        form.twAgain = form.twRenewed = true;
      } else ended(form);
    } else if (answer.status === 409)
      tell(
        form,
        'failed',
        say('Someone has changed this since you opened it. Copy what you need and reload the page.')
      );
    else if (!answer.ok) throw new Error(String(answer.status));
    else {
      const said = await answer.json().catch(() => ({}));
      form.twFailed = form.twRenewed = false;
      if (before === form.twChange) {
        dirty.delete(form);
        forget(form);
      }
      draw(said.parts);
      tell(
        form,
        'saved',
        say('Draft saved {time}', { time: clockTime(said.saved_at ? new Date(said.saved_at) : new Date()) })
      );
    }
  } catch {
    form.twFailed = true;
    tell(form, 'failed', say('Could not save. What you typed is still here.'));
    form.twTimer = setTimeout(() => save(form), 15000);
  }
  form.twSaving = false;
  if (form.twAgain) {
    form.twAgain = false;
    save(form);
  }
}

/**
 * The parts of the page that the server drew anew: [data-draft-part="NAME"]. What says nothing now stays silent
 * until the page is opened again.
 */
function draw(parts) {
  if (!parts) return;
  for (const place of document.querySelectorAll('[data-draft-part]')) {
    const fresh = parts[place.dataset.draftPart] ?? '';
    if (place.hasChildNodes() && place.innerHTML !== fresh && !place.contains(document.activeElement))
      place.innerHTML = fresh;
  }
}

/** The session has ended: say so where it says "saved", with the way on. */
function ended(form) {
  tell(form, 'failed', say('Your session has ended. What you typed is still here.') + ' ');
  const place = form.querySelector('[data-draft-status]') || document.querySelector(`[data-draft-status="${form.id}"]`),
    again = document.createElement('button');
  again.type = 'button';
  again.className = 'tw-link-button';
  again.textContent = say('Sign in and continue');
  again.addEventListener('click', async () => {
    if (await signInAgain()) save(form);
  });
  place?.append(again);
}

/** The request token: the form's own hidden field, else <meta name="csrf-token">. */
export const token = form =>
  form?.elements?.csrf_token?.value || document.querySelector('meta[name="csrf-token"]')?.content || '';

function changed(form) {
  form.twChange = (form.twChange || 0) + 1;
  dirty.add(form);
  if (!form.dataset.draftUrl) return;
  tell(form, 'unsaved', say('Not saved yet'));
  clearTimeout(form.twTimer);
  form.twTimer = setTimeout(() => save(form), WAIT);
}

export function watchDrafts() {
  for (const form of new Set([...document.querySelectorAll('form[data-draft-url]'), ...forms()])) {
    form.addEventListener('input', () => changed(form));
    form.addEventListener('change', event => {
      if (event.target.type !== 'file') changed(form);
    });
    form.addEventListener('submit', event => {
      if (!event.defaultPrevented) {
        clearTimeout(form.twTimer);
        dirty.delete(form);
      }
    });
  }
  addEventListener('beforeunload', event => {
    const open = [...dirty].filter(form => form.isConnected);
    for (const form of open) if (form.dataset.draftUrl) save(form, true);
    if (open.some(form => !form.dataset.draftUrl || form.twFailed || navigator.onLine === false))
      event.preventDefault();
  });
}
