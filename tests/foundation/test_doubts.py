"""Clocks that were found apart stop what is final until a person has looked."""

from datetime import timedelta

import pytest

from app.foundation import doubts, journal
from app.foundation.actor import Actor

ROOT = Actor("root", "Root")


def test_a_doubt_is_kept_once_until_somebody_looks(session):
    assert doubts.note(session, which="keeper", node="one", apart=timedelta(seconds=3))
    assert not doubts.note(session, which="keeper", node="two", apart=timedelta(seconds=4))
    with pytest.raises(doubts.ClocksDoubted):
        doubts.require_none(session)


def test_once_somebody_has_looked_things_go_on_and_the_journal_knows_why(session):
    doubts.note(session, which="keeper", node="one", apart=timedelta(seconds=-3))
    (doubt,) = doubts.unseen(session)
    doubts.see(session, ROOT, doubt_id=doubt.id, reasons="NTP was off")
    doubts.require_none(session)
    (entry,) = journal.of_case(session, "clocks")
    assert (entry.actor_id, entry.facts["seconds"], entry.facts["reasons"]) == ("root", "-3.0", "NTP was off")


def test_the_second_who_looks_is_told(session):
    doubts.note(session, which="database", node="one", apart=timedelta(seconds=2))
    (doubt,) = doubts.unseen(session)
    doubts.see(session, ROOT, doubt_id=doubt.id, reasons="seen")
    with pytest.raises(doubts.DoubtUnknown):
        doubts.see(session, ROOT, doubt_id=doubt.id, reasons="seen")
