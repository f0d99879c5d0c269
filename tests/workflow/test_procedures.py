"""The gate refuses the procedure of a method whose row is incomplete, and says what it lacks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.engine import definitions
from app.engine.engine import Engine
from app.foundation.text import Text
from app.procurement.rules import methods
from app.workflow import procedures

ROOT = Path(__file__).parents[2]
SHIPPED = {path.name: path.read_bytes() for path in sorted((ROOT / "processes").rglob("*.[bd][pm][mn]*"))}
KEYS = [row.id for row in methods.rows() if f"{row.id}.bpmn" in SHIPPED]
STEP = methods.main().timetable[0]
WRONG = {
    "name in both languages": {"name": Text("A method", "")},
    "code in OCDS": {"ocds": "secret"},
    "what can be bought": {"objects": frozenset({"time"})},
    "states of its lots": {"states": ()},
    "“flying”": {"states": ("planned", "flying")},
    "causes of failure": {"failures": {}},
    "where its rules stand": {"source": ""},
    "word for “notice”": {"words": {}},
    "article of “decision-due”": {"articles": {}},
    "“no_check”": {"checks": frozenset({"no_check"})},
    "date “never”": {"timetable": (replace(STEP, anchor="never"),)},
    "rule “no_rule” for goods": {"timetable": (replace(STEP, rule="no_rule"),)},
    "rule “no_bids” for services": {"least_offers": "no_bids"},
}


@pytest.fixture
def row(monkeypatch):
    """``row(**entries)``: the main method's row has these entries instead."""

    def act(**entries):
        changed = replace(methods.main(), **entries)
        others = tuple(each for each in methods.rows() if each.id != changed.id)
        monkeypatch.setattr(methods, "rows", lambda: (changed, *others))
        return changed.id

    return act


def refused():
    found = definitions.check(SHIPPED, Engine(stand_ins=False, lacking=procedures.lacking))
    return [finding for finding in found if finding.code == "procedure-incomplete"]


@pytest.mark.parametrize("key", KEYS)
def test_the_row_of_every_shipped_procedure_is_whole(key):
    assert list(procedures.lacking(key)) == []


def test_a_process_of_no_method_lacks_nothing():
    assert list(procedures.lacking("contract_payment")) == []


@pytest.mark.parametrize("what", WRONG)
def test_what_a_row_lacks_is_said_by_name(row, what):
    key = row(**WRONG[what])
    lacking = list(procedures.lacking(key))
    assert any(what in text.en for text in lacking)
    assert all(text.zh for text in lacking)


def test_the_gate_passes_the_shipped_procedures_and_refuses_one_whose_row_is_incomplete(row):
    assert refused() == []
    key = row(failures={})
    assert [(finding.element_id, finding.level) for finding in refused()] == [(key, "error")]
