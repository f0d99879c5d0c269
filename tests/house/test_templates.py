"""The pages' templates: no wider than a screen shows, and every element that one of them opens it closes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

FOLDER = Path(__file__).resolve().parents[2] / "app/web/templates"
TEMPLATES = sorted(FOLDER.rglob("*.html"))
WIDTH = 120
"""Columns; a Chinese character takes two, as in Python's lines."""
VOID = frozenset(["br", "circle", "hr", "img", "input", "link", "meta", "path", "source", "wbr"])
"""Elements that have no end (those of SVG end themselves)."""
WAYS = range(4)
"""In the nth, each ``if`` takes its nth branch, or its last one: together they pass through every branch."""
WIDE = frozenset(
    [
        "base.html",
        "bonds/index.html",
        "bonds/lot.html",
        "bonds/statement.html",
        "bonds/table.html",
        "cases/index.html",
        "cases/part.html",
        "cases/parts.html",
        "cases/show.html",
        "cases/steps.html",
        "contracts/countersign.html",
        "contracts/decline.html",
        "contracts/index.html",
        "contracts/lodge.html",
        "contracts/propose.html",
        "contracts/show.html",
        "demonstration/clock.html",
        "demonstration/samples.html",
        "demonstration/turn.html",
        "error.html",
        "failure.html",
        "identity/account.html",
        "identity/forgotten.html",
        "identity/set_password.html",
        "identity/sign_in.html",
        "identity/signed_in.html",
        "inbox/index.html",
        "kept.html",
        "layout.html",
        "macros/forms.html",
        "macros/lists.html",
        "macros/marks.html",
        "macros/page.html",
        "macros/shell.html",
        "operations/change.html",
        "operations/move.html",
        "people/index.html",
        "portal/about.html",
        "portal/breach.html",
        "portal/breaches.html",
        "portal/contract.html",
        "portal/contracts.html",
        "portal/index.html",
        "portal/notice.html",
        "portal/open_data.html",
        "portal/parts.html",
        "portal/set_aside.html",
        "portal/tender.html",
        "portal/verify.html",
        "portal_base.html",
        "shell/help.html",
        "shell/search.html",
        "starts/form.html",
        "starts/index.html",
        "studio/scenarios.html",
        "supplier/bid.html",
        "supplier/bond.html",
        "supplier/bonds.html",
        "supplier/check.html",
        "supplier/company.html",
        "supplier/company_fields.html",
        "supplier/index.html",
        "supplier/messages.html",
        "supplier/parts.html",
        "supplier/receipt.html",
        "supplier/register.html",
        "supplier/registered.html",
        "supplier/registration.html",
        "supplier/registrations.html",
        "supplier/summary.html",
        "supplier/tender.html",
        "supplier/tenders.html",
        "tasks/done.html",
        "tasks/dossier.html",
        "tasks/entry.html",
        "tasks/fields.html",
        "tasks/parts.html",
        "tasks/sections.html",
        "tasks/show.html",
        "tasks/surroundings.html",
        "tenders/change.html",
        "tenders/index.html",
        "tenders/override.html",
        "tenders/parts.html",
        "tenders/questions.html",
        "tenders/show.html",
        "tenders/terminate.html",
        "tenders/versions.html",
    ]
)
"""Templates that still have wider lines: tests read what they write sign by sign. Laid out, one leaves this list."""
_TAG = re.compile(r"""<(/?)([a-zA-Z][\w-]*)(?:"[^"]*"|'[^']*'|[^"'>])*>""")
_RAW = re.compile(r"<!--.*?-->|(?<=>)[^<]*(?=</(?:script|style)>)", re.DOTALL)

named = pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(FOLDER).as_posix())


@named
def test_no_line_is_wider_than_a_screen_or_ends_in_blanks(template):
    lines = enumerate(template.read_text(encoding="utf-8").splitlines(), 1)
    faults = [number for number, line in lines if columns(line) > WIDTH or line != line.rstrip()]
    assert bool(faults) == (template.relative_to(FOLDER).as_posix() in WIDE), faults


@named
def test_what_is_opened_is_closed(template):
    tree = Environment(trim_blocks=True, lstrip_blocks=True).parse(template.read_text(encoding="utf-8"))
    assert [fault for way in WAYS for fault in unclosed("".join(written(tree, way)))] == []


def test_what_is_left_open_is_found():
    assert unclosed('<p class="a > b">x<br></p><ul><li></ul>') == ["<li> ends as </ul>", "<ul> isn't closed"]


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)


def written(node: nodes.Node, way: int) -> Iterator[str]:
    """What a template writes on one way through its branches; the values of expressions are each an ``x``."""
    match node:
        case nodes.TemplateData(data=data):
            yield data
        case nodes.If():
            branches = [node.body, *(branch.body for branch in node.elif_), node.else_]
            for each in branches[min(way, len(branches) - 1)]:
                yield from written(each, way)
        case nodes.Expr():
            yield "x"
        case nodes.For() | nodes.Macro() | nodes.CallBlock() | nodes.FilterBlock() | nodes.AssignBlock():
            for each in node.body:
                yield from written(each, way)
        case nodes.Output() | nodes.Block() | nodes.Template() | nodes.With():
            for each in node.iter_child_nodes():
                yield from written(each, way)


def unclosed(page: str) -> list[str]:
    """The elements of a page that don't end where they should."""
    open_, wrong = [], []
    for ends, name in _TAG.findall(_RAW.sub("", page)):
        if not ends and name not in VOID:
            open_.append(name)
        elif ends and (not open_ or open_[-1] != name):
            wrong.append(f"<{open_[-1]}> ends as </{name}>" if open_ else f"</{name}> ends nothing")
            del open_[-1:]
        elif ends:
            open_.pop()
    return wrong + [f"<{name}> isn't closed" for name in open_]
