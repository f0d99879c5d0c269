// Sums as one types. <table data-sums="ID">: each row's [data-factor] times its field stands in the row's [data-line], the sum of all
// in [data-sum]. The field ID, if named, takes the sum while it is empty or says what the sum was before: who types another keeps it.
// <table data-sum-columns>: [data-sum-of="COLUMN"] holds the sum of the fields in [data-sum-cell="COLUMN"], with [data-sum-terms] its terms.
import { language } from '../words.js';

const said = text => String(text).replace(/[,，\s¥￥元]/g, '');
const cents = text => /^\d+(\.\d{1,2})?$/.test(said(text)) ? Math.round(Number(said(text)) * 100) : null;
const written = amount => (amount / 100).toLocaleString(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const plain = text => Number(said(text)) || 0;
const number = value => value.toLocaleString(language, { maximumFractionDigits: 2 });

function count(table) {
  let all = 0, isWhole = true;
  for (const row of table.querySelectorAll('[data-factor]')) {
    const one = cents(row.querySelector('input').value), line = one === null ? null : one * Number(row.dataset.factor);
    row.querySelector('[data-line]').textContent = line === null ? '–' : written(Math.round(line));
    if (line === null) isWhole = false; else all += line;
  }
  table.querySelector('[data-sum]').textContent = written(Math.round(all));
  const total = document.getElementById(table.dataset.sums), before = table.twSum ?? cents(total?.value ?? '');
  if (total && isWhole && (!total.value.trim() || cents(total.value) === before)) {
    total.value = (Math.round(all) / 100).toFixed(2);
  }
  table.twSum = isWhole ? Math.round(all) : before;
}

function add(table) {
  for (const place of table.querySelectorAll('[data-sum-of]')) {
    const terms = [ ...table.querySelectorAll(`[data-sum-cell="${place.dataset.sumOf}"] input`) ].map(field => Math.round(plain(field.value) * 100) / 100);
    const sum = Math.round(terms.reduce((all, one) => all + one, 0) * 100) / 100;
    const short = terms.length > 1 && terms.length <= 8;
    place.textContent = (short ? `${terms.map(number).join(' + ')} = ` : '') + number(sum);
  }
}

export function watchSums() {
  for (const table of document.querySelectorAll('[data-sums]')) table.addEventListener('input', () => count(table));
  for (const table of document.querySelectorAll('[data-sum-columns]')) {
    const box = table.closest('[data-rows]') || table;
    for (const event of [ 'input', 'tw:rows' ]) box.addEventListener(event, () => add(table));
    add(table);
  }
}
