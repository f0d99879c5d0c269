// Copy, print, menus that close, selects that submit, the error summary that takes the focus.
import { dayInWords, say } from '../words.js';

async function copy(button) {
  const source = document.getElementById(button.dataset.copy),
    text = source ? source.textContent.trim() : button.dataset.copy,
    words = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'govuk-visually-hidden';
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
    button.focus();
  }
  button.textContent = say('Copied');
  setTimeout(() => {
    button.textContent = words;
  }, 2000);
}

/**
 * Where a row of links is wider than a phone, show the one that the person is at, and whole the one that the Tab
 * key reaches.
 */
function showWhereOneIs() {
  for (const row of document.querySelectorAll('.tw-places > ul, .tw-sections')) {
    row.addEventListener('focusin', event => event.target.scrollIntoView({ block: 'nearest', inline: 'nearest' }));
    const here = row.querySelector('[aria-current]');
    if (here && row.scrollWidth > row.clientWidth)
      row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
  }
}

// A browser writes days in its own language's order, which may not be the page's: say in words which day is meant.
function sayDays() {
  const tell = field => {
    const said = field.nextElementSibling?.matches('.tw-day-said')
      ? field.nextElementSibling
      : document.createElement('span');
    said.className = 'tw-day-said';
    said.textContent = field.value ? dayInWords(field.value) : '';
    field.after(said);
  };
  const days = 'input[type="date"], input[type="datetime-local"]';
  for (const field of document.querySelectorAll(days)) tell(field);
  document.addEventListener('input', event => {
    if (event.target.matches?.(days)) tell(event.target);
  });
}

/**
 * A field says in which language what is typed into it is, as the server does of what it held (speaking.py); names
 * like title_zh ask for one.
 */
function sayLanguages() {
  const han = /[\u3400-\u9fff]/,
    english = /[A-Za-z].*[a-z]{2} +[A-Za-z]{2}/s,
    other = document.documentElement.lang.startsWith('en') ? 'zh-Hans' : 'en';
  document.addEventListener('input', ({ target }) => {
    if (
      !target.matches?.('textarea, input:not([type]), input[type="text"], input[type="search"]') ||
      /_(en|zh)$/.test(target.name)
    )
      return;
    if (han.test(target.value) ? other === 'zh-Hans' : other === 'en' && english.test(target.value))
      target.lang = other;
    else target.removeAttribute('lang');
  });
}

/** A menu closes when the focus leaves it. */
function closeLeftMenus() {
  document.addEventListener('focusin', event => {
    for (const menu of document.querySelectorAll('.tw-menu[open]')) if (!menu.contains(event.target)) menu.open = false;
  });
}

export function watchSmallThings() {
  showWhereOneIs();
  sayDays();
  closeLeftMenus();
  sayLanguages();
  document.addEventListener('click', event => {
    const copies = event.target.closest('[data-copy]');
    if (copies) {
      event.preventDefault();
      copy(copies);
    }
    if (event.target.closest('[data-print]')) {
      event.preventDefault();
      print();
    }
    for (const menu of document.querySelectorAll('.tw-menu[open]')) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener('keydown', event => {
    const menu = event.key === 'Escape' && event.target.closest?.('.tw-menu[open]');
    if (menu) {
      menu.open = false;
      menu.querySelector('summary').focus();
    }
  });
  document.addEventListener('change', event => {
    if (event.target.dataset.submits !== undefined) event.target.form.requestSubmit();
  });
  document.querySelector('.govuk-error-summary')?.focus();
}
