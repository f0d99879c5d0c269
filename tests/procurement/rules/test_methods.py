"""Methods are rows: what a row says holds, what it doesn't say doesn't apply, and nothing raises for it."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.foundation import workdays
from app.foundation.text import Text
from app.procurement import projects, rules
from app.procurement.experts.committees import CommitteeEven
from app.procurement.projects import LotState, lives
from app.procurement.rules import methods

ON = date(2026, 3, 2)
BARE = methods.Method(id="bare", name=methods.main().name)
"""A method whose row says nothing but its name."""


def law(method_id):
    return rules.Law(ON, "goods", method_id)


def test_while_no_method_is_chosen_the_main_one_holds():
    assert law(None).method == law(None).main == methods.main()


def test_there_is_one_main_method_on_a_day_and_it_has_a_threshold():
    assert [row.id for row in methods.rows() if row.main] == [methods.main().id]
    assert law(None).threshold.name == methods.main().threshold


def test_of_what_is_no_method_nothing_holds():
    method = law("outside").method
    assert (method.name.en, method.rules, method.timetable) == ("outside", (), ())


BOUGHT = [(row, object) for row in methods.rows() for object in sorted(row.objects or ("goods", "services", "works"))]


@pytest.mark.parametrize(("method", "object"), BOUGHT, ids=lambda each: getattr(each, "id", each))
def test_what_a_method_does_not_have_raises_nothing(session, method, object):
    """Every question that is asked of a method by its row, of each method and object that the row is for."""
    asked = rules.Law(ON, object, method.id)
    assert len(rules.timetable(workdays.load(session), asked)) == len(method.timetable)
    assert asked.step("a date of no method") is None
    assert [
        asked.least_offers() > 0,
        asked.most_candidates() is not None,
        asked.group_size(Decimal(1)) is not None,
    ] == ([True] * 3 if method.timetable else [False] * 3)


def test_a_region_s_own_row_counts_there(monkeypatch):
    own = replace(methods.main(), jurisdiction="CN-SC", states=("planned",))
    monkeypatch.setattr(methods, "rows", lambda rows=methods.rows(): (*rows, own))
    found = [rules.Law(ON, "goods", own.id, region=region).method.states for region in ("CN-SC", "CN-SH")]
    assert [len(states) for states in found] == [1, 11]


@pytest.mark.parametrize(("days", "length"), [(-1, 11), (0, 1)])
def test_a_row_counts_from_its_first_day(monkeypatch, days, length):
    own = replace(methods.main(), valid_from=ON, states=("planned",))
    monkeypatch.setattr(methods, "rows", lambda rows=methods.rows(): (*rows, own))
    assert len(rules.Law(ON + timedelta(days=days), "goods", own.id).method.states) == length


def test_what_goes_on_as_another_method_has_its_entries_but_is_not_main(tmp_path):
    whole = json.loads(methods.METHODS_FILE.read_text(encoding="utf-8"))["methods"]
    other = {
        "id": "b",
        "as": whole[0]["id"],
        "name": {"en": "B", "zh": "乙"},
        "valid_from": "2026-01-01",
        "valid_to": None,
    }
    file = tmp_path / "methods.json"
    file.write_text(json.dumps({"methods": [whole[0], other]}), encoding="utf-8")
    first, second = methods.rows(file)
    assert (second.timetable, second.checks, second.main, second.threshold) == (
        first.timetable,
        first.checks,
        False,
        "",
    )


@pytest.mark.parametrize("state", [state for state in LotState if state != LotState.CANCELLED])
def test_a_lot_goes_only_where_the_states_of_its_method_lead(state):
    """A method without an opening goes from bidding to the evaluation; nothing leads to a state it doesn't have."""
    course = tuple(each for each in methods.main().states if each != LotState.OPENED)
    leads = lives.moves(course).get(state, frozenset())
    assert LotState.OPENED not in leads
    assert (LotState.EVALUATING in leads) is (state in (LotState.BIDDING, LotState.DECIDED, LotState.NOTIFIED))


def test_a_method_without_states_moves_no_lot(session, entrusted, monkeypatch):
    monkeypatch.setattr(methods, "rows", lambda: (BARE,))
    lot = entrusted.lots[0]
    lot.project.method = "bare"
    with pytest.raises(lives.NotInThisState):
        lives.move_lot(session, lot, LotState.BIDDING)


def test_why_a_lot_failed_is_said_in_the_words_of_its_own_method(entrusted, monkeypatch):
    lot, main = entrusted.lots[0], methods.main()
    lot.failure_reason = "few_bids"
    other = replace(main, id="other", main=False, failures={"few_bids": Text("none came", "无人报价")})
    monkeypatch.setattr(methods, "rows", lambda: (main, other))
    assert projects.failure(lot) == main.failures["few_bids"]


APP = Path(rules.__file__).parents[2]
OF_SOME_METHODS = re.compile(r"\bO(?:74|87|110)\b")
"""The orders that are about some methods only."""


def constants():
    """The article of every refusal's class in the domain and in what stands upon it."""
    for file in sorted(file for room in ("procurement", "workflow", "web") for file in (APP / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for part in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(part, ast.Assign) and ast.unparse(part.targets[0]) == "statute":
                    yield node.name, ast.unparse(part.value)


def test_no_refusal_has_the_order_of_a_method_as_its_constant():
    assert [name for name, statute in constants() if OF_SOME_METHODS.search(statute)] == []


def test_a_refusal_rests_on_the_article_of_its_purchases_method(session, entrusted, monkeypatch):
    purchase = rules.law(session, entrusted)
    shipped, other = (
        CommitteeEven(under=purchase).statute,
        replace(methods.main(), articles={"committee-even": "O74 7"}),
    )
    monkeypatch.setattr(methods, "rows", lambda: (BARE, other))
    assert (shipped, CommitteeEven(under=purchase).statute) == ("O87 47", "O74 7")
    assert CommitteeEven(under=replace(purchase, method_id="bare")).statute is None
