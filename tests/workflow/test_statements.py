"""How often what a form shows asks the database: a few times, and no more often where a case has ten times as much of all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import event

from app.demonstration import lives, town
from app.demonstration.players import Play
from app.engine import tasks
from tests import growth, memory
from tests.counting import counted
from tests.workflow import test_lot as lots
from tests.workflow.test_first_half import confirmed_for_later
from tests.workflow.test_lot import at_fault, full_points, logins, reached  # noqa: F401

MOST = 20
"""Statements that what a form shows may need, however much it brings together."""
SIZES = ({}, {"times": 10}, {"times": 10, "lots": True})
"""A case as it is; with ten times as many bids, requirements, factors, files, people, …; with ten times as many lots."""


def asked(play, login, element_id, where=lambda _variables: True, **grown):
    """The statements that show a person's task, from rows that a request would hold on to; with ``grown``, of a larger case."""
    with play.house.sessions() as session:
        held = []
        event.listen(session, "loaded_as_persistent", lambda _, row: held.append(row))
        actor = town.actor(session, login)
        task_id = play._shown(session, actor, element_id, where).task.id
        if grown:
            growth.grow(session.connection(), **grown)
        session.expunge_all()
        held.clear()
        with counted(play.house.database) as said:
            assert tasks.show(play.house.engine, session, actor, task_id).form is not None
        return said


def faults(found):
    """The forms that ask too often, or more often of more: how often of each size, and what is asked again and again."""
    return {
        element: ([len(said) for said in sizes], {s for said in sizes for s in said if said.count(s) > 2})
        for element, sizes in found.items()
        if max(map(len, sizes)) > MOST or len({len(said) for said in sizes}) > 1
    }


@pytest.fixture
def found(monkeypatch):
    """By element, what showing its form asked of a case of each size, the first time it was done."""
    kept, do = {}, Play.do

    def measured(play, login, element_id, values=None, *, where=lambda _variables: True):
        if element_id not in kept:
            kept[element_id] = [asked(play, login, element_id, where, **size) for size in SIZES]
        do(play, login, element_id, values, where=where)

    monkeypatch.setattr(Play, "do", measured)
    return kept


def test_a_form_of_a_whole_life_asks_few_times_however_much_there_is(play, case, found, caplog):
    for script in lives.WHOLE:
        script(play, case)
    assert faults(found) == {}
    assert set(play.house.engine.acts.forms) - found.keys() == set(RARE)
    assert "has nothing to show" not in caplog.text


# -- what a whole life doesn't meet: how it comes about, and who does it


def a_suspect_price(play, request):
    request.getfixturevalue("reached")("review", lots.LOW)
    return "ming"


def an_explained_price(play, request):
    a_suspect_price(play, request)
    play.do("ming", "explain_price", {"explanation": "设备与备件自有，附成本明细。"})
    return logins(play, "decide_low_price")[0]


def a_corrected_price(play, request):
    request.getfixturevalue("reached")("review", lots.DIFFERENT)
    return lots.signer_of(play, "ming")


def points_that_differ(play, request):
    request.getfixturevalue("reached")("review")
    odd, *others = logins(play, "score_bids")
    play.do(odd, "score_bids", lambda shown: {"rows": [r | {"points": Decimal(0)} for r in full_points(shown)["rows"]]})
    for login in others:
        play.do(login, "score_bids", full_points)
    return odd


def a_challenge(play, request):
    lots.ask(play, request.getfixturevalue("reached")("award"))
    return "sun"


def documents_at_fault(play, request):
    request.getfixturevalue("at_fault")
    play.turn_to(lives.tender_of(play)[1])
    return "sun"


def a_year_without_a_calendar(play, request):
    play.clock.turn_to(datetime(2026, 12, 15, 1, tzinfo=UTC))
    case = request.getfixturevalue("case")
    memory.played(play, case, lives.FIRST_HALF[:2])
    play.do("chen", "plan", lambda shown: case.planned(shown.values))
    play.do("chen", "confirm_method", {"method": "open_tender"})
    return "chen"


def a_notice_for_later(play, request):
    confirmed_for_later(play, request.getfixturevalue("case"))
    return "chen"


RARE: dict[str, Callable[[Play, pytest.FixtureRequest], str]] = {
    "explain_price": a_suspect_price,
    "decide_low_price": an_explained_price,
    "confirm_price": a_corrected_price,
    "correct_scores": points_that_differ,
    "answer_query": a_challenge,
    "decide_documents": documents_at_fault,
    "confirm_timetable": a_year_without_a_calendar,
    "await_notice": a_notice_for_later,
}


@pytest.mark.parametrize("element_id", RARE)
def test_a_rare_form_asks_few_times_too(play, request, element_id):
    login = RARE[element_id](play, request)
    assert faults({element_id: [asked(play, login, element_id, **size) for size in SIZES]}) == {}
