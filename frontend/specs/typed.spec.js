import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { page, show, type } from './page.js';

page('', { session: '<meta name="session" content="chen" data-left="3600" data-url="/session">' });
mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.parse('2026-03-04T01:30:00Z') });
const { keep, sent, watchTyped } = await import('../src/forms/typed.js');

const FORM = `<main><form method="post" id="ask"><textarea name="why"></textarea>
  <input type="checkbox" name="agreed" value="yes"><input type="password" name="secret"></form></main>`;
let form;
function open(html = FORM) {
  show(html);
  form = document.querySelector('form');
  watchTyped();
}
const offered = () => form.querySelector('.tw-status');

beforeEach(() => {
  localStorage.clear();
  open();
});

test('what was typed is offered when the form is opened again, and brought back', () => {
  type(form.elements.why, 'The lamps are too dear');
  form.elements.agreed.checked = true;
  mock.timers.tick(400);
  open();
  assert.match(offered().textContent, /at 09:30 that was not sent/);
  offered().querySelector('button').click();
  assert.equal(form.elements.why.value, 'The lamps are too dear');
  assert.equal(form.elements.agreed.checked, true);
});

test('a password is never kept', () => {
  type(form.elements.secret, 'a lamp beside the river');
  mock.timers.tick(400);
  assert.doesNotMatch(JSON.stringify({ ...localStorage }), /river/);
});

test('what a person discards is gone', () => {
  type(form.elements.why, 'No');
  keep(form);
  open();
  offered().querySelectorAll('button')[1].click();
  open();
  assert.equal(offered(), null);
});

test('what was sent is forgotten by the next page, unless that says it failed', () => {
  type(form.elements.why, 'Yes');
  keep(form);
  sent(form);
  open(FORM.replace('<main>', '<main data-failed>'));
  assert.notEqual(offered(), null);
  sent(form);
  open();
  assert.equal(offered(), null);
});

test('after a day nothing is offered', () => {
  type(form.elements.why, 'Yes');
  keep(form);
  mock.timers.tick(1000);
  mock.timers.tick(24 * 3600 * 1000 + 1);
  open();
  assert.equal(offered(), null);
});

test('who signs out leaves nothing behind', () => {
  type(form.elements.why, 'Yes');
  keep(form);
  form.dataset.signsOut = '';
  form.dispatchEvent(new Event('submit', { bubbles: true }));
  assert.equal(localStorage.length, 0);
});
