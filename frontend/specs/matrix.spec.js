import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { page, show, type } from './page.js';

page('');
const { watchMatrices } = await import('../src/forms/matrix.js');

const cell = (bid, most) => `<td data-matrix-cell="${bid}" data-matrix-column="${bid}"><input>
  <span data-matrix-most="${most}"></span></td>`;
beforeEach(() => {
  show(`<div data-matrix><p class="tw-matrix__top"><progress max="4"></progress>
    <span data-matrix-done="{n} of {all}"></span></p>
    <table><tbody><tr>${cell('a', 20)}${cell('b', 20)}</tr><tr>${cell('a', 30)}${cell('b', 30)}</tr></tbody></table>
    <b data-matrix-sum="a"></b><i data-matrix-share="a"></i></div>`);
  watchMatrices();
});
const text = selector => document.querySelector(selector).textContent;

test('how far the marking is, of all and of each bid, and what a bid has', () => {
  const cells = document.querySelectorAll('input');
  type(cells[0], '0.1');
  type(cells[2], '0.2');
  assert.equal(text('[data-matrix-done]'), '2 of 4');
  assert.equal(document.querySelector('progress').value, 2);
  assert.equal(text('[data-matrix-sum]'), '0.3');
  assert.equal(text('[data-matrix-share]'), '2/2');
});

test('more points than there are to give are marked, and no longer when put right', () => {
  const field = document.querySelector('input');
  type(field, '20.5');
  assert.equal(field.getAttribute('aria-invalid'), 'true');
  type(field, '20');
  assert.equal(field.hasAttribute('aria-invalid'), false);
});
