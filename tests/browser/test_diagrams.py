"""How the shipped diagrams look: no label in either language crosses anything, and none lies where a token's badge comes."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from app.engine.records import InstanceRow
from app.identity import grants

pytestmark = pytest.mark.browser
SHIPPED = sorted((Path(__file__).parents[2] / "processes").glob("*.bpmn"))

DRAWN = """async xml => {
  const modeler = document.getElementById('modeler').tenderway.modeler;
  await modeler.importXML(xml);
  const registry = modeler.get('elementRegistry');
  const holds = one => /Participant|Lane/.test(one.type) || (one.children || []).some(child => !child.labelTarget);
  const words = one => {
    const text = registry.getGraphics(one).querySelector(':scope > .djs-visual > text');
    if (!text || !text.textContent.trim()) return null;
    const box = text.getBBox(), moved = text.transform.baseVal.consolidate()?.matrix || { e: 0, f: 0 };
    return [ one.x + box.x + moved.e, one.y + box.y + moved.f, box.width, box.height ];
  };
  return registry.getAll().filter(one => one.parent && !one.hidden).map(one => ({
    id: one.id, label: Boolean(one.labelTarget), holds: !one.waypoints && !one.labelTarget && holds(one),
    way: one.waypoints?.map(({ x, y }) => [ x, y ]) || null,
    box: one.waypoints ? null : [ one.x, one.y, one.width, one.height ], words: one.waypoints ? null : words(one)
  }));
}"""


class Box(NamedTuple):
    """A rectangle on the drawing, in its pixels."""

    x: float
    y: float
    width: float
    height: float

    def crosses(self, other: Box) -> bool:
        """Whether two overlap by more than a pixel."""
        wide = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        high = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return wide > 1 and high > 1

    def is_crossed_by(self, start: tuple[float, float], end: tuple[float, float]) -> bool:
        """Whether a straight piece of a flow (none is oblique) goes through it."""
        x, y = sorted((start[0], end[0])), sorted((start[1], end[1]))
        return self.crosses(Box(x[0] - 1, y[0] - 1, x[1] - x[0] + 2, y[1] - y[0] + 2))


def badge_at(shape: Box) -> Box:
    """Where the monitor puts the badge of a token: over the top right corner, inside it on a task."""
    x, y, width, _ = shape
    return Box(x + width - 36, y - 18, 30, 22) if width > 60 else Box(x + width - 9, y - 14, 22, 22)


def crossings(drawn: list[dict]) -> list[str]:
    """What each label lies on, and the titles that a badge would cover."""
    shapes = {one["id"]: Box(*one["box"]) for one in drawn if one["box"] and not one["label"] and not one["holds"]}
    labels = {one["id"]: Box(*one["words"]) for one in drawn if one["label"] and one["words"]}
    titles = {one["id"]: Box(*one["words"]) for one in drawn if one["id"] in shapes and one["words"]}
    found = [f"{one} {other}" for one, other in combinations(labels, 2) if labels[one].crosses(labels[other])]
    for name, label in labels.items():
        found += [f"{name} shape {shape}" for shape, box in shapes.items() if label.crosses(box)]
        found += [f"{name} badge {shape}" for shape, box in shapes.items() if label.crosses(badge_at(box))]
        flows = ((one["id"], piece) for one in drawn if one["way"] for piece in pairwise(one["way"]))
        found += [f"{name} flow {flow}" for flow, piece in flows if label.is_crossed_by(*piece)]
    return found + [f"{name} own badge" for name, words in titles.items() if words.crosses(badge_at(shapes[name]))]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_label_of_a_shipped_diagram_crosses_anything(browser_page, site, language):
    with site.extensions["tenderway"].sessions() as session:
        analyst = grants.holders(session, "analyst")[0].login
    page = browser_page(analyst, "/studio", language=language)
    page.click("tr:has-text('tender_lot') form button")
    page.wait_for_selector("#modeler[data-ready=yes]")
    drawn = {path.stem: page.evaluate(DRAWN, path.read_text(encoding="utf-8")) for path in SHIPPED}
    assert all(any(one["label"] and one["words"] for one in elements) for elements in drawn.values())
    assert {name: found for name, elements in drawn.items() if (found := crossings(elements))} == {}


COVERED = """() => {
  const words = [...document.querySelectorAll('#monitor .djs-visual > text')].filter(one => one.textContent.trim());
  const meets = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  return [...document.querySelectorAll('#monitor .tw-token')].map(badge => {
    const box = badge.getBoundingClientRect();
    return words.filter(one => meets(box, one.getBoundingClientRect())).map(one => one.textContent);
  });
}"""


def test_no_badge_of_a_case_covers_a_word_of_its_diagram(browser_page, site):
    with site.extensions["tenderway"].sessions() as session:
        row = session.query(InstanceRow).filter_by(state="active", process_id="project").first()
        auditor = grants.holders(session, "auditor")[0].login
    page = browser_page(auditor, f"/cases/{row.id}?part=diagram")
    page.wait_for_selector("#monitor[data-ready=yes] .tw-token")
    covered = page.evaluate(COVERED)
    assert covered
    assert [words for words in covered if words] == []
