"""What a keyboard meets behind parts that stay on the screen: in a real Chromium, by walking through a page (WCAG 2.2, 2.4.11)."""

from __future__ import annotations

from playwright.sync_api import Page

HIDDEN = """() => {
  const focused = document.activeElement, box = focused.getBoundingClientRect();
  if (focused === document.body || !box.width || !box.height) return null;
  const at = (x, y) => document.elementFromPoint(x, y), x = box.left + Math.min(box.width / 2, 40);
  const seen = [ box.top + 3, (box.top + box.bottom) / 2, box.bottom - 3 ].map(y => at(x, y)).filter(found => found && (focused.contains(found)
    || found.contains(focused) || focused.labels && [ ...focused.labels ].some(label => label.contains(found))));
  return seen.length ? null : `${focused.tagName} ${focused.id || focused.name || focused.textContent.trim().slice(0, 40)}`;
}"""


def hidden_when_focused(page: Page, most: int = 200) -> list[str]:
    """The fields, links and buttons of a page that are wholly covered when the Tab key reaches them, at most ``most`` of them walked."""
    found, first = [], None
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate("() => document.activeElement.outerHTML.slice(0, 200)")
        if here == first:
            break
        first = first or here
        covered = page.evaluate(HIDDEN)
        if covered:
            found.append(covered)
    return found
