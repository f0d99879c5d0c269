import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { page, settled, show, type } from './page.js';

const { window, answers, asked } = page('');
mock.timers.enable({ apis: ['setTimeout'] });
const { unsaved, watchDrafts } = await import('../src/forms/drafts.js');

let form;
const said = () => form.querySelector('[data-draft-status]').textContent;
const WAIT = 2000;
async function wait(time) {
  mock.timers.tick(time);
  await settled();
}

beforeEach(() => {
  unsaved.clear();
  answers.length = asked.length = 0;
  show(`<main><form method="post" data-draft-url="/tasks/1/draft"><input type="hidden" name="csrf_token" value="t">
    <input name="title"><input type="file" name="paper"><p data-draft-status></p></form>
    <p data-draft-part="gaps">2 gaps</p></main>`);
  form = document.querySelector('form');
  watchDrafts();
});

test('what is typed is saved two seconds later, without its files', async () => {
  answers.push({ body: { saved_at: '2026-03-04T01:30:00Z' } });
  type(form.elements.title, 'Lamps');
  assert.equal(said(), 'Not saved yet');
  await wait(WAIT);
  assert.equal(asked[0].address, '/tasks/1/draft');
  assert.equal(String(asked[0].body), 'csrf_token=t&title=Lamps');
  assert.equal(said(), 'Draft saved 09:30');
});

test('who goes on typing is saved once, when there is a pause', async () => {
  type(form.elements.title, 'L');
  await wait(WAIT - 1);
  type(form.elements.title, 'La');
  await wait(WAIT - 1);
  assert.equal(asked.length, 0);
  await wait(1);
  assert.equal(asked.length, 1);
});

test('the parts of the page that a draft changes are drawn anew', async () => {
  answers.push({ body: { parts: { gaps: '1 gap' } } });
  type(form.elements.title, 'Lamps');
  await wait(WAIT);
  assert.equal(document.querySelector('[data-draft-part]').textContent, '1 gap');
});

test('what could not be saved is tried again, and nothing is lost', async () => {
  answers.push({ status: 500 });
  type(form.elements.title, 'Lamps');
  await wait(WAIT);
  assert.equal(said(), 'Could not save. What you typed is still here.');
  await wait(15000);
  assert.equal(asked.length, 2);
  assert.match(said(), /^Draft saved/);
});

test('somebody else’s change is told, and not written over', async () => {
  answers.push({ status: 409 });
  type(form.elements.title, 'Lamps');
  await wait(WAIT);
  assert.match(said(), /^Someone has changed this/);
  await wait(60000);
  assert.equal(asked.length, 1);
});

test('a page is not left with a draft that failed, and is left when all is saved', async () => {
  const leaves = () => window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
  answers.push({ status: 500 });
  type(form.elements.title, 'Lamps');
  await wait(WAIT);
  assert.equal(leaves(), false);
  await wait(15000);
  assert.equal(leaves(), true);
});
