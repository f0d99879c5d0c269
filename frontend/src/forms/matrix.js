// A matrix of points or results: how many of its cells are filled in, and the sum of each column, as one types.
// [data-matrix-cell="COLUMN"] holds a cell's field; [data-matrix-sum="COLUMN"] shows the sum, [data-matrix-done="{n} of {all}"] the progress.

const value = cell => cell.querySelector('input[type="radio"]') ? cell.querySelector('input:checked')?.value || '' : cell.querySelector('input, select, textarea').value.trim();

// In hundredths, so that 0.1 and 0.2 make 0.3.
const sum = cells => cells.reduce((all, cell) => all + Math.round(100 * (Number(value(cell).replace(/[,，\s]/g, '')) || 0)), 0) / 100;

function count(box) {
  const cells = [ ...box.querySelectorAll('[data-matrix-cell]') ], filled = cells.filter(value).length;
  for (const place of box.querySelectorAll('[data-matrix-sum]')) place.textContent = sum(cells.filter(cell => cell.dataset.matrixCell === place.dataset.matrixSum));
  const done = box.querySelector('[data-matrix-done]'), meter = box.querySelector('.tw-matrix__top progress');
  if (done) done.textContent = done.dataset.matrixDone.replace('{n}', filled).replace('{all}', cells.length);
  if (meter) meter.value = filled;
}

export function watchMatrices() {
  for (const box of document.querySelectorAll('[data-matrix]')) for (const event of [ 'input', 'change' ]) box.addEventListener(event, () => count(box));
}
