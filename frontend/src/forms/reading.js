// A link [data-reading] opens its page's #reading in [data-reading-pane], beside what is decided by it; the focus
// goes there, and back on closing. In the pane [data-reading-page] leads to another page of the same file, as do
// the arrow keys; + and - enlarge. Where a page can't be had the link is followed.

async function fetched(link) {
  const answer = await fetch(link.href, { credentials: 'same-origin', signal: AbortSignal.timeout(20000) });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('reading');
}

function close(pane) {
  const link = document.querySelector('[data-reading][aria-current]');
  pane.hidden = true;
  pane.replaceChildren();
  link?.removeAttribute('aria-current');
  link?.focus();
}

function show(pane, link, reading) {
  for (const other of document.querySelectorAll('[data-reading][aria-current]')) other.removeAttribute('aria-current');
  link.setAttribute('aria-current', 'true');
  const head = document.createElement('div'),
    title = document.createElement('h2'),
    button = document.createElement('button');
  head.className = 'tw-reading__head';
  title.id = 'reading-title';
  title.tabIndex = -1;
  title.textContent = link.textContent;
  button.type = 'button';
  button.className = 'tw-link-button';
  button.textContent = pane.dataset.readingClose;
  button.addEventListener('click', () => close(pane));
  head.append(title, button);
  pane.setAttribute('aria-labelledby', title.id);
  pane.replaceChildren(head, reading);
  pane.hidden = false;
  pane.scrollTop = 0;
  title.focus();
}

// The words of a page stay open from one page to the next for who reads by them; the focus stays with what led on,
// or goes to the page.
function turn(pane, link, reading) {
  const wasOpen = pane.querySelector('#reading details')?.open,
    way = link.rel || 'closer';
  pane.querySelector('#reading').replaceWith(reading);
  const words = reading.querySelector('details');
  if (words && wasOpen) words.open = true;
  const again = link.rel ? reading.querySelector(`[rel="${way}"]`) : reading.querySelector('[data-reading-closer]');
  (again || reading.querySelector('[data-reading-frame]') || pane.querySelector('h2')).focus({ preventScroll: true });
}

const KEYS = {
  ArrowLeft: '[rel="prev"]',
  ArrowRight: '[rel="next"]',
  '+': '[data-reading-closer]',
  '-': '[data-reading-closer]'
};

function linkOf(pane, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return null;
  const isCloser = pane.querySelector('.tw-leaves__frame--closer') !== null;
  if ((event.key === '+' && isCloser) || (event.key === '-' && !isCloser)) return null;
  if (isCloser && event.key.startsWith('Arrow') && event.target.closest('[data-reading-frame]')) return null;
  return pane.querySelector(`#reading ${KEYS[event.key]}`);
}

function tellFailure(event) {
  const frame = event.target.closest?.('[data-reading-frame]');
  if (!frame) return;
  const said = document.createElement('p');
  said.className = 'tw-leaves__failed';
  said.setAttribute('role', 'alert');
  said.textContent = frame.dataset.readingFailed;
  frame.replaceChildren(said);
}

export function watchReading() {
  const pane = document.querySelector('[data-reading-pane]');
  document.addEventListener('error', tellFailure, true);
  if (!pane) return;
  const lead = async (link, put) => {
    pane.setAttribute('aria-busy', 'true');
    try {
      put(pane, link, await fetched(link));
    } catch {
      location.assign(link.href);
    } finally {
      pane.removeAttribute('aria-busy');
    }
  };
  pane.addEventListener('keydown', event => {
    if (event.key === 'Escape') {
      close(pane);
      return;
    }
    const link = linkOf(pane, event);
    if (!link) return;
    event.preventDefault();
    lead(link, turn);
  });
  document.addEventListener('click', event => {
    const link = event.target.closest('a[data-reading], [data-reading-pane] a[data-reading-page]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    lead(link, link.matches('[data-reading]') ? show : turn);
  });
}
