import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { page, show } from './page.js';

page('');
const { watchRows } = await import('../src/forms/rows.js');
watchRows();

const ROW =
  n => `<tr><td><input type="hidden" name="items-${n}-id"><input name="items-${n}-name" aria-label="Name, row 1">
  <button type="button" data-row-remove>Remove<span class="govuk-visually-hidden"> row 1</span></button></td></tr>`;
let box, add;
const names = () => [...box.querySelectorAll('tbody input:not([type])')].map(field => field.name);

beforeEach(() => {
  box =
    show(`<div data-rows data-rows-least="1" data-rows-most="3"><table><tbody data-row-list>${ROW(0)}</tbody></table>
    <template data-row-template>${ROW('__i__')}</template><button type="button" data-row-add>Add</button></div>`);
  add = box.querySelector('[data-row-add]');
});

test('a row more has names of its own and the focus', () => {
  add.click();
  assert.deepEqual(names(), ['items-0-name', 'items-1-name']);
  assert.equal(document.activeElement.name, 'items-1-name');
});

test('each row is called by where it is now', () => {
  add.click();
  add.click();
  box.querySelector('[data-row-remove]').click();
  const said = [...box.querySelectorAll('[aria-label]')].map(field => field.getAttribute('aria-label'));
  assert.deepEqual(said, ['Name, row 1', 'Name, row 2']);
});

test('a name is never given twice, though a row has gone', () => {
  add.click();
  box.querySelectorAll('[data-row-remove]')[1].click();
  add.click();
  assert.deepEqual(names(), ['items-0-name', 'items-2-name']);
});

test('there are no more rows than may be, and no fewer', () => {
  add.click();
  assert.equal(box.querySelector('[data-row-remove]').hidden, false);
  add.click();
  assert.equal(add.disabled, true);
  for (const button of [...box.querySelectorAll('[data-row-remove]')].slice(1)) button.click();
  assert.equal(box.querySelector('[data-row-remove]').hidden, true);
});
