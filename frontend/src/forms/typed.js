// What is typed into a form is also kept by the browser, for the person alone, until it is saved as a draft or
// sent: a lost connection, a crash or a refused request takes nothing away. It is offered when the form is opened
// again, forgotten after a day, and cleared on signing out.
import { say, clockTime } from '../words.js';
import { element } from './dialogs.js';
import { person } from './session.js';

const PREFIX = 'tw-typed:',
  OWN = `${PREFIX}${person}:`,
  LASTS = 24 * 3600 * 1000;
const WORDS =
  'textarea, select, input:not([type="hidden"], [type="password"], [type="file"], [type="search"], [type="submit"])';

/** The forms of a page in which something can be typed or chosen. */
export const forms = () =>
  [...document.querySelectorAll('main form')].filter(
    form => form.getAttribute('method') === 'post' && form.querySelector(WORDS)
  );

const place = form => `${OWN}${location.pathname}#${form.getAttribute('id') || forms().indexOf(form)}`;
const fields = form =>
  [...form.querySelectorAll(WORDS)].filter(field => field.name && field.closest('template') === null);
const isTick = field => field.type === 'checkbox' || field.type === 'radio';
const values = form =>
  fields(form)
    .filter(field => !isTick(field) || field.checked)
    .map(field => [field.name, field.value]);

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, kept) {
  try {
    localStorage.setItem(key, JSON.stringify(kept));
  } catch {
    /* no room, or none allowed: the page still holds what was typed */
  }
}

function keys() {
  try {
    return Object.keys(localStorage).filter(key => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}

const drop = key => {
  try {
    localStorage.removeItem(key);
  } catch {
    /* as above */
  }
};

let isOver = false;

/** Keep what stands in a form; not while its person is signing out, whatever was typed just before. */
export const keep = form => {
  if (!isOver) write(place(form), { at: Date.now(), values: values(form) });
};
export const forget = form => drop(place(form));

/** The form is on its way: the next page that isn't an error forgets it. */
export function sent(form) {
  const kept = read(place(form));
  if (kept) write(place(form), { ...kept, sent: true });
}

function settle() {
  const failed = document.querySelector('[data-failed]') !== null;
  for (const key of keys()) {
    const kept = read(key);
    if (!kept || Date.now() - kept.at > LASTS || (kept.sent && !failed && key.startsWith(OWN))) drop(key);
    else if (kept.sent && key.startsWith(OWN)) write(key, { ...kept, sent: false });
  }
}

function makeRows(form, names) {
  for (const box of form.querySelectorAll('[data-rows]')) {
    const list = box.querySelector('[data-row-list]'),
      table = box.id.replace(/^f-/, ''),
      add = box.querySelector('[data-row-add]');
    const wanted = new Set(
      names.filter(name => name.startsWith(`${table}-`)).map(name => name.slice(table.length + 1).split('-')[0])
    ).size;
    while (add && !add.disabled && list.children.length < wanted) add.click();
  }
}

// Rows are numbered anew where they are added, so that a row's fields are found by its place among the rows.
function bring(form, kept) {
  makeRows(
    form,
    kept.map(([name]) => name)
  );
  const waiting = new Map(),
    at = new Map();
  for (const [name, value] of kept) waiting.set(name, [...(waiting.get(name) || []), value]);
  for (const field of fields(form)) {
    const said = waiting.get(field.name);
    if (isTick(field)) field.checked = said?.includes(field.value) ?? false;
    else if (said) {
      const n = at.get(field.name) || 0;
      if (n < said.length) field.value = said[n];
      at.set(field.name, n + 1);
    }
    for (const event of ['input', 'change']) field.dispatchEvent(new Event(event, { bubbles: true }));
  }
}

function offer(form) {
  const kept = read(place(form));
  if (!kept || JSON.stringify(kept.values) === JSON.stringify(values(form))) return;
  const yes = element(
      'button',
      { type: 'button', class: 'govuk-button govuk-button--secondary tw-button--small' },
      say('Restore it')
    ),
    no = element('button', { type: 'button', class: 'tw-link-button' }, say('Discard it'));
  const box = element(
    'div',
    { class: 'tw-status tw-status--soon', role: 'status' },
    element(
      'p',
      { class: 'tw-status__title' },
      say('You typed something here at {time} that was not sent.', { time: clockTime(new Date(kept.at)) })
    ),
    element('div', { class: 'tw-acts' }, yes, no)
  );
  yes.addEventListener('click', () => {
    box.remove();
    bring(form, kept.values);
    form.querySelector(WORDS)?.focus();
  });
  no.addEventListener('click', () => {
    box.remove();
    forget(form);
    form.querySelector(WORDS)?.focus();
  });
  form.prepend(box);
}

export function watchTyped() {
  settle();
  for (const form of forms()) {
    offer(form);
    form.addEventListener('input', () => {
      clearTimeout(form.twKeep);
      form.twKeep = setTimeout(() => keep(form), 400);
    });
  }
  document.addEventListener('submit', event => {
    if (event.target.dataset.signsOut === undefined) return;
    isOver = true;
    keys().forEach(drop);
  });
}
