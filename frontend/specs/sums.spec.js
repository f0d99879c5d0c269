import assert from 'node:assert/strict';
import { test } from 'node:test';
import { page, show, type } from './page.js';

page('');
const { watchSums } = await import('../src/forms/sums.js');

const line = (factor, price) => `<tr data-factor="${factor}"><td><input value="${price}"></td><td data-line></td></tr>`;
function offer(total = '') {
  show(`<form><table data-sums="total">${line(2, '')}${line(3, '')}<tr><td data-sum></td></tr></table>
    <input id="total" value="${total}"></form>`);
  watchSums();
  return [document.querySelectorAll('table input'), document.getElementById('total')];
}

test('lines and sum are worked out as one types, and the total is filled in', () => {
  const [prices, total] = offer();
  type(prices[0], '0.10');
  type(prices[1], '1,000.20');
  assert.equal(document.querySelector('[data-line]').textContent, '0.20');
  assert.equal(document.querySelector('[data-sum]').textContent, '3,000.80');
  assert.equal(total.value, '3000.80');
});

test('a total follows its lines until a person writes another, which stays', () => {
  const [prices, total] = offer();
  type(prices[0], '1');
  type(prices[1], '1');
  assert.equal(total.value, '5.00');
  total.value = '4.50';
  type(prices[1], '2');
  assert.equal(total.value, '4.50');
});

test('a line that is no amount says so, and the total waits', () => {
  const [prices, total] = offer();
  type(prices[0], 'ten');
  assert.equal(document.querySelector('[data-line]').textContent, '–');
  assert.equal(total.value, '');
});

test('a column is summed for each group, with its terms', () => {
  const row = (n, group, points) =>
    `<tr><td><input name="rows-${n}-group" value="${group}">
      <input name="rows-${n}-points" value="${points}"></td></tr>`;
  show(`<div><table><tbody>${row(0, 'A', '10')}${row(1, 'A', '20.5')}${row(2, 'B', '5')}</tbody></table>
    <p data-sum-of="points" data-sum-by="group" data-sum-group="Lot" data-sum-label="comes to"></p></div>`);
  watchSums();
  assert.equal(document.querySelector('p').textContent, 'Lot A: comes to 10 + 20.5 = 30.5 · Lot B: comes to 5');
});
