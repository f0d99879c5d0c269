// A link [data-reading] opens its page's #reading in [data-reading-pane], beside what is decided by it; the focus goes there, and back on closing.
// Where the page can't be had the link is followed as it is.

async function fetched(link) {
  const answer = await fetch(link.href, { credentials: 'same-origin', signal: AbortSignal.timeout(15000) });
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
  const head = document.createElement('div'), title = document.createElement('h2'), button = document.createElement('button');
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

export function watchReading() {
  const pane = document.querySelector('[data-reading-pane]');
  if (!pane) return;
  pane.addEventListener('keydown', event => { if (event.key === 'Escape') close(pane); });
  document.addEventListener('click', async event => {
    const link = event.target.closest('a[data-reading]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    try { show(pane, link, await fetched(link)); } catch { location.assign(link.href); }
  });
}
