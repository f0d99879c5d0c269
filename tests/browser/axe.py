"""What axe finds on a page in a browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

SCRIPT = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
"""WCAG 2.2, level AA."""


def violations(page: Page, *more: str) -> list[str]:
    """What axe finds against WCAG 2.2 AA, and against ``more`` of its sets of rules, with the first place of each."""
    page.wait_for_load_state("load")
    page.evaluate(SCRIPT)
    found: list[str] = page.evaluate(
        "sets => axe.run(document, { resultTypes: ['violations'], runOnly: sets })"
        ".then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))",
        [*WCAG, *more],
    )
    return found
