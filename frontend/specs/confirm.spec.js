import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { page, settled, show } from './page.js';

const { window } = page('');
const { watchDialogs } = await import('../src/forms/dialogs.js');
// The dialogs of a browser: opened, and closed with what was answered.
window.HTMLDialogElement.prototype.showModal = function () {
  this.open = true;
};
function answer(value) {
  const dialog = document.querySelector('dialog');
  dialog.returnValue = value;
  dialog.dispatchEvent(new Event('close'));
  return settled();
}

let sentWith;
watchDialogs();
document.addEventListener('submit', event => {
  event.preventDefault();
  sentWith.push(event.submitter?.getAttribute('name') ?? null);
});
beforeEach(() => {
  sentWith = [];
  show(`<form method="post"><button name="_ask" value="1" data-confirm="The bid is destroyed."
    data-confirm-title="Withdraw?"
    data-confirm-warning>Withdraw the bid</button><button name="save">Save</button></form>`);
});

test('an act that hurts is asked about first, in the words of its button', () => {
  document.querySelector('button').click();
  assert.equal(document.querySelector('dialog h2').textContent, 'Withdraw?');
  assert.equal(document.querySelector('dialog p').textContent, 'The bid is destroyed.');
  assert.equal(document.querySelector('dialog .govuk-button--warning').textContent, 'Withdraw the bid');
  assert.deepEqual(sentWith, []);
});

test('no leaves all as it was', async () => {
  document.querySelector('button').click();
  await answer('no');
  assert.deepEqual(sentWith, []);
  assert.equal(document.querySelector('dialog'), null);
});

test('yes sends the form once, and the server need not ask again', async () => {
  document.querySelector('button').click();
  await answer('yes');
  assert.deepEqual(sentWith, [null]);
});

test('another button of the form is not asked about', () => {
  document.querySelector('[name=save]').click();
  assert.deepEqual(sentWith, ['save']);
});
