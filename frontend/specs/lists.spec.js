import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { page, show } from './page.js';

const { window } = page('');
window.HTMLElement.prototype.scrollIntoView = () => {};
const { watchLists } = await import('../src/forms/lists.js');

const press = (key, options = {}, on = document.activeElement) =>
  on.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...options }));
const here = () => document.activeElement.textContent;
// One page for all: the keys are listened to for as long as a page is open.
show(`<div><form role="search"><input type="search"></form><table data-list><tbody>
  <tr class="tw-list__group"><th><a href="#g">Group</a></th></tr><tr><td><a data-open href="#1">One</a></td></tr>
  <tr><td><a data-open href="#2">Two</a></td></tr></tbody></table>
  <p data-keys data-keys-on="On" data-keys-off="Off"></p></div>`);
watchLists();
beforeEach(() => {
  document.activeElement.blur();
});

test('j and k go from row to row and stay at the ends, past the heads of groups', () => {
  press('j');
  press('j');
  press('j');
  assert.equal(here(), 'Two');
  press('k');
  press('k');
  assert.equal(here(), 'One');
});

test('a slash goes to the search, where keys are letters', () => {
  press('/');
  assert.equal(document.activeElement.type, 'search');
  press('j');
  assert.equal(document.activeElement.type, 'search');
});

test('with Ctrl the browser’s own keys do what they do', () => assert.equal(press('j', { ctrlKey: true }), true));

test('who switches the keys off has none, until they are switched on again', () => {
  const button = document.querySelector('[data-keys] button');
  button.click();
  assert.equal(button.textContent, 'On');
  press('j');
  assert.equal(document.activeElement, document.body);
  button.click();
  press('j');
  assert.notEqual(document.activeElement, document.body);
});
