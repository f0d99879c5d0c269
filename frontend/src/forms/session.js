// Whether the person is still signed in, asked of the server before a form leaves the page, and a way on where they
// aren't: sign in in another tab, come back, go on. <meta name="session" content="PERSON" data-left="SECONDS"
// data-url="…" data-sign-in="…"> says where to ask. Asking doesn't lengthen the session; five minutes before it
// ends the person is asked whether to stay (WCAG 2.2, 2.2.1).
import { say } from '../words.js';
import { ask, element } from './dialogs.js';

const meta = document.querySelector('meta[name="session"]'),
  BEFORE = 300,
  PATIENCE = 8000;

/** Who the page was made for; '' for nobody in particular. */
export const person = meta?.content || '';

const request = options =>
  fetch(meta.dataset.url, {
    credentials: 'same-origin',
    cache: 'no-store',
    headers: { Accept: 'application/json', ...options.headers },
    signal: AbortSignal.timeout(PATIENCE),
    ...options
  });

/** {person, left, token}, or null where the server can't be reached. */
export async function look(options = {}) {
  if (!meta || navigator.onLine === false) return null;
  try {
    const answer = await request(options);
    const state = answer.ok ? await answer.json() : null;
    looked = state?.person === person ? performance.now() : -Infinity;
    return state;
  } catch {
    return null;
  }
}

/** Put a form token that counts into every form of the page. */
export function renew(state) {
  for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = state.token;
  document.querySelector('meta[name="csrf-token"]')?.setAttribute('content', state.token);
}

let asking = null;

/** Ask the person to sign in in another tab; resolves to true once they have, to false when they close the question. */
export function signInAgain() {
  asking ??= new Promise(resolve => {
    const told = element('p', { role: 'status' });
    const dialog = element(
      'dialog',
      { class: 'tw-dialog', 'aria-labelledby': 'tw-again-title', 'aria-describedby': 'tw-again-text' },
      element(
        'form',
        { method: 'dialog' },
        element('h2', { id: 'tw-again-title' }, say('Your session has ended')),
        element(
          'p',
          { id: 'tw-again-text' },
          say('What you entered is still here. Sign in in a new tab and come back to continue.')
        ),
        told,
        element(
          'div',
          { class: 'tw-acts' },
          element(
            'a',
            { class: 'govuk-button', href: meta.dataset.signIn, target: '_blank', autofocus: '' },
            say('Sign in in a new tab')
          ),
          element('button', { class: 'tw-link-button', value: 'no' }, say('Cancel'))
        )
      )
    );
    const back = async () => {
      const state = await look();
      if (state?.person === person) {
        renew(state);
        watch(state.left);
        dialog.close('yes');
      } else if (state?.person)
        told.textContent = say('You signed in as someone else. Sign in as the person who opened this page.');
    };
    const timer = setInterval(back, 3000);
    addEventListener('focus', back);
    dialog.addEventListener('close', () => {
      clearInterval(timer);
      removeEventListener('focus', back);
      dialog.remove();
      asking = null;
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
  return asking;
}

const FRESH = 10000;
let looked = performance.now();

/** Whether the page came, or the server was asked, a moment ago: then a form goes without being asked for again. */
export const isFresh = () => navigator.onLine !== false && performance.now() - looked < FRESH;

/** Whether a form may leave the page now: 'yes', 'offline' or 'no'. The page's tokens are renewed on the way. */
export async function mayLeave() {
  if (!meta) return navigator.onLine === false ? 'offline' : 'yes';
  const state = await look();
  if (!state) return 'offline';
  if (person && state.person !== person) return (await signInAgain()) ? 'yes' : 'no';
  renew(state);
  return 'yes';
}

function watch(left) {
  clearTimeout(watch.timer);
  watch.timer = setTimeout(warn, Math.max(0, left - BEFORE) * 1000);
}

async function warn() {
  const state = await look();
  if (!state) return watch(BEFORE + 30); // no line: look again in a while
  if (state.person !== person) return; // what is sent next asks
  if (state.left > BEFORE + 5) return watch(state.left); // another tab was used
  const stays = await ask({
    title: say('Do you want to stay signed in?'),
    text: say('You will be signed out in {n} minutes. What you typed is kept.', {
      n: Math.max(1, Math.round(state.left / 60))
    }),
    yes: say('Stay signed in')
  });
  if (!stays) return;
  const after = await look({ method: 'POST', headers: { Accept: 'application/json', 'X-CSRFToken': state.token } });
  if (after && after.left > BEFORE + 5) watch(after.left);
  else await signInAgain();
}

export function watchSession() {
  if (person) watch(Number(meta.dataset.left));
}
