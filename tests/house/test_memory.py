"""What tests remember: the same is put back, and what differs is done again."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.records import DeliveredMessageId
from app.foundation.clock import VirtualClock
from tests import memory
from tests.conftest import NOON

DONE: list[int] = []


def row(database, name):
    with Session(database) as session:
        session.add(DeliveredMessageId(message_id=name, name="m", at=NOON))
        session.commit()


def rows(database):
    with Session(database) as session:
        return sorted(session.scalars(select(DeliveredMessageId.message_id)))


def test_what_was_done_is_put_back(database):
    clock = VirtualClock(NOON)
    DONE.clear()

    def act():
        DONE.append(1)
        row(database, "a")

    for _ in range(2):
        memory.empty(database)
        memory.recall(database, clock, "put back", act)
    assert (rows(database), len(DONE)) == (["a"], 1)


def test_rows_that_no_entry_of_the_journal_tells_of_are_not_dropped(database):
    clock = VirtualClock(NOON)

    def act():
        row(database, "a")

    memory.recall(database, clock, "not dropped", act)
    memory.empty(database)
    row(database, "my own")
    memory.recall(database, clock, "not dropped", act)
    assert rows(database) == ["a", "my own"]


def test_what_a_function_captured_tells_it_from_others(database):
    clock = VirtualClock(NOON)

    def acting(name):
        return lambda: row(database, name)

    for name in ("a", "b"):
        memory.empty(database)
        memory.recall(database, clock, "captured", acting(name))
    assert rows(database) == ["b"]


def test_what_captured_functions_captured_counts_too(database):
    clock = VirtualClock(NOON)

    def acting(name):
        def inner():
            row(database, name)

        return lambda: inner()

    for name in ("a", "b"):
        memory.empty(database)
        memory.recall(database, clock, "captured deep", acting(name))
    assert rows(database) == ["b"]
