// Repeating rows. Without a script the named buttons post the form and the server answers with one row more or
// less; with one, the same buttons act at once on a <template data-row-template> whose names carry __i__ where the
// row's number goes.

const body = box => box.querySelector('[data-row-list]');
const rows = box => [...body(box).children];

/** Every row's fields and button are named by where the row stands now. */
function number(box) {
  const renamed = (text, n) => text.replace(/\brow \d+|第\d+行/, said => said.replace(/\d+/, String(n)));
  rows(box).forEach((row, at) => {
    for (const field of row.querySelectorAll('[aria-label]'))
      field.setAttribute('aria-label', renamed(field.getAttribute('aria-label'), at + 1));
    for (const words of row.querySelectorAll('.govuk-visually-hidden'))
      words.textContent = renamed(words.textContent, at + 1);
  });
}

function settle(box) {
  number(box);
  const least = Number(box.dataset.rowsLeast || 0),
    most = Number(box.dataset.rowsMost || Infinity),
    all = rows(box);
  for (const button of box.querySelectorAll('[data-row-remove]')) button.hidden = all.length <= least;
  const add = box.querySelector('[data-row-add]');
  if (add) add.disabled = all.length >= most;
  box.dispatchEvent(new CustomEvent('tw:rows', { bubbles: true }));
  box.dispatchEvent(new Event('input', { bubbles: true }));
}

function addRow(box) {
  const list = body(box),
    next = Number(box.dataset.rowsNext || list.children.length);
  const fresh = box.querySelector('template[data-row-template]').content.cloneNode(true);
  for (const part of fresh.querySelectorAll('*')) {
    for (const attribute of part.getAttributeNames()) {
      const text = part.getAttribute(attribute);
      if (text.includes('__i__')) part.setAttribute(attribute, text.replaceAll('__i__', String(next)));
    }
  }
  box.dataset.rowsNext = String(next + 1);
  list.append(fresh);
  list.lastElementChild.querySelector('input:not([type="hidden"]), select, textarea')?.focus();
  settle(box);
}

function removeRow(box, button) {
  const row = rows(box).find(one => one.contains(button)),
    at = rows(box).indexOf(row);
  row.remove();
  const near = rows(box)[Math.min(at, rows(box).length - 1)];
  (near?.querySelector('[data-row-remove]:not([hidden])') || box.querySelector('[data-row-add]'))?.focus();
  settle(box);
}

export function watchRows() {
  document.addEventListener('click', event => {
    const button = event.target.closest('[data-row-add], [data-row-remove]'),
      box = button?.closest('[data-rows]');
    if (!box) return;
    if (button.dataset.rowAdd !== undefined) {
      if (!box.querySelector('template[data-row-template]')) return; // then the server adds it
      event.preventDefault();
      addRow(box);
    } else {
      event.preventDefault();
      removeRow(box, button);
    }
  });
}
