"""The reference pages list what there is: every element that is executed, every kind of finding."""

import re
from itertools import product
from pathlib import Path

from test_elements import ELEMENTS

from app.engine import definitions  # noqa: F401 - with it, every kind of finding is declared
from app.engine.findings import KINDS
from app.engine.spiff import vocabulary
from app.engine.validation import events

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "docs" / "reference"
NAMES = {
    "task": "undefined task",
    "userTask": "user task",
    "manualTask": "manual task",
    "serviceTask": "service task",
    "sendTask": "send task",
    "receiveTask": "receive task",
    "scriptTask": "script task",
    "businessRuleTask": "business rule task",
    "callActivity": "call activity",
    "subProcess": "sub-process",
    "transaction": "transaction",
    "exclusiveGateway": "exclusive gateway",
    "parallelGateway": "parallel gateway",
    "inclusiveGateway": "inclusive gateway",
    "eventBasedGateway": "event-based gateway",
}
EVENTS = {
    "intermediateCatchEvent": "intermediate catch event",
    "intermediateThrowEvent": "intermediate throw event",
    "endEvent": "end event",
    "boundaryEvent": "boundary event",
}
ALWAYS_INTERRUPT = {"error", "cancel", "compensation"}


def rows(page):
    """The cells of every row of a page's tables, by the first."""
    lines = (REFERENCE / page).read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip().strip("|").split(" | ")] for line in lines if line.startswith("| ")]
    return {first.strip("`"): rest for first, *rest in cells}


def allowed():
    """Every element and kind of event that the vocabulary and the gate let pass, by its name on the page."""
    yield from (NAMES[kind] for kind in vocabulary.FLOW_NODES if kind in NAMES)
    yield from (f"start event, {kind}" for kind in events.START)
    for kind, words in product(events.EVENT_START, ("", ", not interrupting")):
        if not words or kind not in ALWAYS_INTERRUPT:
            yield f"start event of an event sub-process, {kind}{words}"
    for place, kinds in events.BY_KIND.items():
        for kind in kinds:
            yield f"{EVENTS[place]}, {kind}"
            if place == "boundaryEvent" and kind not in ALWAYS_INTERRUPT:
                yield f"{EVENTS[place]}, {kind}, not interrupting"


def test_every_element_that_is_let_pass_is_shown_to_be_executed():
    assert set(allowed()) - set(ELEMENTS) == set()
    assert set(NAMES) | set(EVENTS) | {"startEvent"} == set(vocabulary.FLOW_NODES)


def test_the_page_of_elements_lists_what_is_shown():
    assert set(rows("elements.md")) - {"element"} == set(ELEMENTS)


def filled(text):
    return re.sub(r"%\((\w+)\)s", r"‹\1›", text)


def listed(kind, shown_by):
    return f"| `{kind.code}` | {filled(kind.text.en)} | {filled(kind.remedy.en)} | {shown_by} |"


def test_the_page_of_the_dialect_lists_every_kind_of_finding_in_its_words():
    page = rows("dialect.md")
    for kind in KINDS.values():
        said = page.get(kind.code)
        assert said is not None, f"missing in dialect.md: {listed(kind, '…')}"
        assert said[:2] == [filled(kind.text.en), filled(kind.remedy.en)], listed(kind, said[-1])


def test_nothing_else_is_listed_as_a_finding():
    text = (REFERENCE / "dialect.md").read_text(encoding="utf-8")
    tables = text[text.index("## Errors") : text.index("## Import")]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", tables, re.MULTILINE)) == set(KINDS)


def test_errors_and_warnings_are_listed_apart():
    text = (REFERENCE / "dialect.md").read_text(encoding="utf-8")
    errors = text[text.index("## Errors") : text.index("## Warnings")]
    found = set(re.findall(r"^\| `([a-z-]+)` \|", errors, re.MULTILINE))
    assert found == {code for code, kind in KINDS.items() if kind.level == "error"}


def test_every_kind_of_finding_has_a_test_that_names_it():
    for code, cells in rows("dialect.md").items():
        if code in KINDS:
            test = ROOT / "tests/engine" / cells[-1]
            assert f'"{code}"' in test.read_text(encoding="utf-8"), f"{test} doesn't show {code}"


def test_every_kind_has_words_in_both_languages():
    for kind in KINDS.values():
        for text in (kind.text, kind.remedy):
            assert set(re.findall(r"%\(\w+\)s", text.en)) == set(re.findall(r"%\(\w+\)s", text.zh)), kind.code
            assert text.en == text.zh or re.search(r"[一-鿿]", text.zh), kind.code
