import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { page, show } from './page.js';

page('');
mock.timers.enable({ apis: ['setTimeout'] });
const { left, watchCountdowns } = await import('../src/forms/countdowns.js');

const MINUTE = 60000,
  HOUR = 60 * MINUTE,
  DAY = 24 * HOUR;
const TOLD = [
  [3 * DAY + 5 * HOUR, '3 days 5 h'],
  [DAY + HOUR, '1 day 1 h'],
  [2 * HOUR + 3 * MINUTE, '2 h 3 min'],
  [4 * MINUTE + 5000, '4 min 5 s'],
  [0, 'The time has ended'],
  [-MINUTE, 'The time has ended']
];

for (const [time, words] of TOLD) test(`${time} ms are told as “${words}”`, () => assert.equal(left(time), words));

test('past the deadline the buttons that it closes are off', () => {
  show(`<p class="tw-countdown" id="end" data-deadline="2026-03-04T09:30:00Z" data-server-now="2026-03-04T09:31:00Z">
    <span class="tw-countdown__left">1 min</span></p><button data-closes="end">Submit</button>`);
  watchCountdowns();
  assert.equal(document.getElementById('end').dataset.state, 'over');
  assert.equal(document.querySelector('button').disabled, true);
});

test('before it they work, and the last day is marked', () => {
  show(`<p id="end" data-deadline="2026-03-04T09:30:00Z" data-server-now="2026-03-04T08:00:00Z"></p>
    <button data-closes="end">Submit</button>`);
  watchCountdowns();
  assert.equal(document.getElementById('end').dataset.state, 'soon');
  assert.equal(document.querySelector('button').disabled, false);
});
