"""A walk by the Tab key through a page: what is covered by something that stays, or is out of the window, while it has the focus."""

from __future__ import annotations

from playwright.sync_api import Page

WINDOWS = [(1280, 800), (1280, 400), (900, 800), (390, 800)]
"""A usual window, a low one, one in which a wide grid has a frame of its own, and a phone's."""
MOST_STOPS = 400

LOOK = """() => {
  const on = document.activeElement;
  if (!on || on === document.body || on === document.documentElement) return 'nothing';
  if (!window.seen) window.seen = new WeakSet();
  if (window.seen.has(on)) return 'again';
  window.seen.add(on);
  const shown = on.getBoundingClientRect(), inset = 2;
  if (on.closest('svg, .djs-container') || shown.width < 4 || shown.height < 4) return '';
  const stays = place => { for (let box = place; box; box = box.parentElement) if (/sticky|fixed/.test(getComputedStyle(box).position) && !box.contains(on)) return box; };
  const rows = [ shown.top + inset, (shown.top + shown.bottom) / 2, shown.bottom - inset ], columns = [ shown.left + inset, (shown.left + shown.right) / 2, shown.right - inset ];
  const inside = rows.flatMap(y => columns.map(x => [ x, y ])).filter(([ x, y ]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight);
  const name = on.tagName + ' ' + (on.name || on.id || on.textContent.trim().slice(0, 40));
  if (!inside.length) return name + ' is out of the window';
  const over = inside.map(([ x, y ]) => stays(document.elementFromPoint(x, y))).filter(Boolean);
  return over.length ? `${name} is under ${over[0].tagName}.${over[0].className}` : '';
}"""


def covered(page: Page) -> list[str]:
    """What is covered, or out of the window, on the way down a page and up again, in each of the windows."""
    found = []
    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0) }")
        for key in ("Tab", "Shift+Tab"):
            found += [f"{width} × {height}, {key}: {said}" for said in _walked(page, key)]
    return found


def _walked(page: Page, key: str) -> list[str]:
    """What is covered, or out of the window, on the way by a key from one end of the page to the other."""
    found = []
    page.evaluate("() => { window.seen = new WeakSet() }")
    for stop in range(MOST_STOPS):
        page.keyboard.press(key)
        said = page.evaluate(LOOK)
        if said == "nothing" and stop < 3:  # between the page's end and its beginning
            continue
        if said in ("nothing", "again"):
            break
        found.append(said)
    assert len(found) > 5, "the walk ended where it began"
    return list(filter(None, found))
