import assert from 'node:assert/strict';
import { test } from 'node:test';
import { page, show, type } from './page.js';

page('');
const { holds, watchRules } = await import('../src/forms/rules.js');

const form = show(`<form>
  <select name="decision"><option value=""></option><option value="return" selected>Return</option></select>
  <input name="price" value="1,200.50"><input name="note" value="">
  <input type="checkbox" name="agreed"><input name="items-0-kind" value="goods"></form>`);

const CASES = [
  [{ field: 'decision', equals: 'return' }, true],
  [{ field: 'decision', equals: 'approve' }, false],
  [{ field: 'agreed', equals: false }, true],
  [{ field: 'decision', in: ['approve', 'return'] }, true],
  [{ field: 'decision', not: 'return' }, false],
  [{ field: 'note', not: 'x' }, true],
  [{ field: 'note', filled: true }, false],
  [{ field: 'price', filled: true }, true],
  [{ field: 'price', atLeast: 1200 }, true],
  [{ field: 'price', atMost: 1200 }, false],
  [{ field: 'note', atMost: 5 }, false]
];

for (const [rule, expected] of CASES)
  test(`${JSON.stringify(rule)} is ${expected}`, () => assert.equal(holds(rule, form), expected));

test('of several rules all must hold', () => {
  assert.equal(holds([CASES[0][0], CASES[1][0]], form), false);
});

test('a rule in a row asks the row first, then the form', () => {
  assert.equal(holds({ field: 'kind', equals: 'goods' }, form, 'items-0-'), true);
  assert.equal(holds({ field: 'decision', equals: 'return' }, form, 'items-0-'), true);
});

test('a field that is not asked for is hidden and not sent, and comes back with what it held', () => {
  const asks = show(`<form><input name="kind" value="other">
    <div data-rule='{"field": "kind", "equals": "other"}'><input name="which" value="Lease"></div></form>`);
  watchRules();
  type(asks.elements.kind, 'goods');
  assert.equal(asks.querySelector('div').hidden, true);
  assert.equal(asks.elements.which.disabled, true);
  type(asks.elements.kind, 'other');
  assert.deepEqual(
    [...new FormData(asks)],
    [
      ['kind', 'other'],
      ['which', 'Lease']
    ]
  );
});
