// The keys of a list, which can be switched off where they stand (WCAG 2.2, 2.1.4); the browser remembers it. The
// keys: <table data-list>. j and k (or the arrows, once a row is chosen) go down and up, Enter opens, c presses the
// row's [data-claim] button, / goes to the search. Never while somebody types, never with Ctrl, Alt or Meta. A
// row's link is a[data-open] or its first.

const typing = target =>
  target.closest(
    'input:not([type="checkbox"]):not([type="radio"]), textarea, select, [contenteditable], dialog, .tw-canvas'
  );

const OFF = 'tw-keys-off';
const areOff = () => {
  try {
    return localStorage.getItem(OFF) !== null;
  } catch {
    return false;
  }
};

function offerSwitch() {
  for (const place of document.querySelectorAll('[data-keys]')) {
    const button = document.createElement('button');
    const tell = () => {
      button.textContent = areOff() ? place.dataset.keysOn : place.dataset.keysOff;
    };
    button.type = 'button';
    button.className = 'tw-link-button tw-small';
    button.addEventListener('click', () => {
      try {
        areOff() ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, 'yes');
      } catch {
        /* not remembered */
      }
      tell();
    });
    tell();
    place.append(' · ', button);
  }
}

export function watchLists() {
  offerSwitch();
  const table = document.querySelector('[data-list]');
  if (!table) return;
  let at = -1;
  const rows = () => [...table.querySelectorAll('tbody tr:not(.tw-list__group)')];
  const link = row => row.querySelector('a[data-open]') || row.querySelector('a');
  const go = to => {
    const all = rows();
    if (!all.length) return;
    at = Math.max(0, Math.min(all.length - 1, to));
    for (const row of all) row.classList.toggle('tw-list__row--on', row === all[at]);
    link(all[at])?.focus({ preventScroll: true });
    all[at].scrollIntoView({ block: 'nearest' });
  };
  table.addEventListener('focusin', event => {
    const row = event.target.closest('tbody tr:not(.tw-list__group)');
    if (!row) return;
    at = rows().indexOf(row);
    for (const each of rows()) each.classList.toggle('tw-list__row--on', each === row);
  });
  document.addEventListener('keydown', event => {
    if (areOff() || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || typing(event.target))
      return;
    const inside = table.contains(document.activeElement),
      on = rows()[at];
    const act = {
      j: () => go(at + 1),
      k: () => go(at - 1),
      ArrowDown: inside && (() => go(at + 1)),
      ArrowUp: inside && (() => go(at - 1)),
      Enter: on && !event.target.closest('a, button, summary') && (() => link(on)?.click()),
      c: on && (() => on.querySelector('[data-claim]')?.click()),
      '/': () => document.querySelector('[role="search"] input, input[type="search"]')?.focus()
    }[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });
}
