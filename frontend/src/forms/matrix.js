// A grid of points or results: how many of its cells are filled in, of all and of each bid, and the sum of each
// bid, as one types. [data-matrix-cell="BID"] holds a cell's number (BID empty: another field) and
// [data-matrix-column="BID"] its bid; [data-matrix-sum="BID"] shows the sum, [data-matrix-share="BID"] the bid's
// progress, [data-matrix-done="{n} of {all}"] the whole, [data-matrix-most="20"] turns red past it. On a phone,
// where one bid fills the width, the link to the bid that is seen is marked.

const value = cell =>
  cell.querySelector('input[type="radio"]')
    ? cell.querySelector('input:checked')?.value || ''
    : cell.querySelector('input, select, textarea').value.trim();
const number = text => Number(text.replace(/[,，\s]/g, ''));

// In hundredths, so that 0.1 and 0.2 make 0.3.
const sum = cells => cells.reduce((all, cell) => all + Math.round(100 * (number(value(cell)) || 0)), 0) / 100;

function count(box) {
  const cells = [...box.querySelectorAll('[data-matrix-cell]')],
    filled = cells.filter(value).length;
  for (const place of box.querySelectorAll('[data-matrix-sum]'))
    place.textContent = sum(cells.filter(cell => cell.dataset.matrixCell === place.dataset.matrixSum));
  for (const place of box.querySelectorAll('[data-matrix-share]')) {
    const own = cells.filter(cell => cell.dataset.matrixColumn === place.dataset.matrixShare);
    place.textContent = `${own.filter(value).length}/${own.length}`;
  }
  const done = box.querySelector('[data-matrix-done]'),
    meter = box.querySelector('.tw-matrix__top progress');
  if (done) done.textContent = done.dataset.matrixDone.replace('{n}', filled).replace('{all}', cells.length);
  if (meter) meter.value = filled;
}

function compare(box) {
  for (const place of box.querySelectorAll('[data-matrix-most]')) {
    const over = number(value(place.parentElement)) > Number(place.dataset.matrixMost);
    place.dataset.state = over ? 'over' : '';
    if (over) place.parentElement.querySelector('input').setAttribute('aria-invalid', 'true');
    else if (!place.parentElement.querySelector('.govuk-error-message'))
      place.parentElement.querySelector('input').removeAttribute('aria-invalid');
  }
}

function markTheSeen(box) {
  const seen = new IntersectionObserver(
    entries => {
      for (const entry of entries) {
        const link = box.querySelector(`.tw-matrix__bids a[href="#${entry.target.id}"]`);
        if (entry.isIntersecting) link?.setAttribute('aria-current', 'true');
        else link?.removeAttribute('aria-current');
      }
    },
    { root: box.querySelector('.tw-matrix-frame'), threshold: 0.01, rootMargin: '0px -40%' }
  );
  for (const bid of box.querySelectorAll('tbody tr[id]')) seen.observe(bid);
}

export function watchMatrices() {
  for (const box of document.querySelectorAll('[data-matrix]')) {
    for (const event of ['input', 'change'])
      box.addEventListener(event, () => {
        count(box);
        compare(box);
      });
    if (box.querySelector('.tw-matrix__bids')) markTheSeen(box);
  }
}
