// Sums as one types. <table data-sums="ID">: each row's [data-factor] times its field stands in the row's
// [data-line], the sum of all in [data-sum]. The field ID, if named, takes the sum while it is empty or says what
// the sum was before: who types another keeps it. [data-sum-of="COLUMN"] beside a table of rows says what the
// column comes to, for each value of the column data-sum-by apart, each row times the column data-sum-times, with
// its terms where they are few.
import { language } from '../words.js';

const said = text => String(text).replace(/[,，\s¥￥元]/g, '');
const cents = text => (/^\d+(\.\d{1,2})?$/.test(said(text)) ? Math.round(Number(said(text)) * 100) : null);
const written = amount =>
  (amount / 100).toLocaleString(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const number = value => value.toLocaleString(language, { maximumFractionDigits: 2 });

function count(table) {
  let all = 0,
    isWhole = true;
  for (const row of table.querySelectorAll('[data-factor]')) {
    const one = cents(row.querySelector('input').value),
      line = one === null ? null : one * Number(row.dataset.factor);
    row.querySelector('[data-line]').textContent = line === null ? '–' : written(Math.round(line));
    if (line === null) isWhole = false;
    else all += line;
  }
  table.querySelector('[data-sum]').textContent = written(Math.round(all));
  const total = document.getElementById(table.dataset.sums),
    before = table.twSum ?? cents(total?.value ?? '');
  if (total && isWhole && (!total.value.trim() || cents(total.value) === before)) {
    total.value = (Math.round(all) / 100).toFixed(2);
  }
  table.twSum = isWhole ? Math.round(all) : before;
}

function add(place) {
  const { sumOf, sumBy, sumTimes, sumLabel, sumGroup } = place.dataset,
    groups = new Map();
  for (const row of place.parentElement.querySelectorAll('tbody > tr')) {
    const value = name => row.querySelector(`[name$="-${name}"]`)?.value.trim() ?? '',
      amount = said(value(sumOf)),
      times = sumTimes ? said(value(sumTimes)) : '1';
    if (!amount || !times || Number.isNaN(Number(amount)) || Number.isNaN(Number(times))) continue;
    const group = sumBy ? value(sumBy) : '';
    groups.set(group, [...(groups.get(group) ?? []), Math.round(Number(amount) * Number(times) * 100) / 100]);
  }
  place.textContent = [...groups]
    .map(([group, terms]) => {
      const sum = Math.round(terms.reduce((all, one) => all + one, 0) * 100) / 100,
        shown = terms.length > 1 && terms.length <= 10 ? `${terms.map(number).join(' + ')} = ` : '';
      return `${sumBy ? `${sumGroup} ${group}: ` : ''}${sumLabel} ${shown}${number(sum)}`;
    })
    .join(' · ');
}

export function watchSums() {
  for (const table of document.querySelectorAll('[data-sums]')) table.addEventListener('input', () => count(table));
  for (const place of document.querySelectorAll('[data-sum-of]')) {
    for (const event of ['input', 'tw:rows']) place.parentElement.addEventListener(event, () => add(place));
    add(place);
  }
}
