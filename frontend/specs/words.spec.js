import assert from 'node:assert/strict';
import { test } from 'node:test';
import { page } from './page.js';

page('');
const { clockTime, countFindings, dayInWords, say } = await import('../src/words.js');

test('the places of a sentence are filled in, those without a value stay', () => {
  assert.equal(say('{n} errors', { n: 3 }), '3 errors');
  assert.equal(say('{n} errors'), '{n} errors');
});

test('findings are counted by their level', () => {
  assert.equal(countFindings([]), 'No findings');
  assert.equal(countFindings([{ level: 'error' }, { level: 'error' }, { level: 'warning' }]), '2 errors, 1 warning');
});

test('a time is told as the clocks at the place show it', () => {
  assert.equal(clockTime(new Date('2026-03-04T01:30:00Z')), '09:30');
});

test('a day is told with its weekday, and with the time where there is one', () => {
  assert.equal(dayInWords('2026-03-04'), 'Wednesday 4 March 2026');
  assert.equal(dayInWords('2026-03-04T09:30'), 'Wednesday 4 March 2026, 09:30');
});

test('what is no day is told as nothing', () => assert.equal(dayInWords('soon'), ''));
