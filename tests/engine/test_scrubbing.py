"""The scrubber finds by itself what was changed in the database by hand."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.engine import scrubbing
from app.foundation import workdays


@pytest.fixture
def scrub(engine, database, session_factory):
    return lambda: scrubbing.scrub(engine, database, session_factory)


@pytest.fixture
def calendar(session):
    workdays.seed(session)
    session.commit()


def test_it_notes_that_nothing_differs(scrub, calendar, session):
    scrub()
    assert scrubbing.latest(session).lines == []


def test_it_notes_what_was_changed_by_hand(scrub, calendar, database, session):
    with database.begin() as connection:
        connection.execute(text("UPDATE calendar_year SET source = 'forged' WHERE year = 2026"))
    scrub()
    assert scrubbing.latest(session).lines == ["calendar_year 2026 source: it isn't what the journal holds"]


def test_one_node_scrubs_in_an_hour(scrub, calendar, virtual_clock):
    assert (scrub() is not None, scrub()) == (True, None)
    virtual_clock.turn(timedelta(hours=1))
    assert scrub() is not None
