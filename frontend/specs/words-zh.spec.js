import assert from 'node:assert/strict';
import { test } from 'node:test';
import { page } from './page.js';

page('', { language: 'zh-Hans' });
const { countFindings, dayInWords, say } = await import('../src/words.js');

test('a Chinese page speaks Chinese', () => {
  assert.equal(say('Draft saved {time}', { time: '09:30' }), '草稿已保存 09:30');
  assert.equal(countFindings([{ level: 'error' }, { level: 'warning' }, { level: 'warning' }]), '1 个错误，2 个警告');
});

test('a day is told in Chinese', () => assert.equal(dayInWords('2026-03-04T09:30'), '2026年3月4日星期三 09:30'));
