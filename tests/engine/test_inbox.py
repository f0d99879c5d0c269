"""The inbox sorts by what is late, finds by index, and shows a task to whom it is for and nobody else."""

from datetime import timedelta

import pytest
import toys
from sqlalchemy import insert

from app.engine import tasks
from app.engine.records import OpenTaskRow, table_of
from app.foundation import clock
from app.foundation.actor import Actor
from app.foundation.database import new_id

GROUPED = Actor("gina", "Gina", groups=frozenset({"clerk", "chief"}))


@pytest.fixture
def offered(play, session):
    """Adds tasks to a started toy: ``offered(groups=…, due_in=…, priority=…, name=…)`` gives the id."""
    from app.engine.projection import offers_of
    from app.engine.records import Offer

    row = play(toys.ONE_TASK, key="2026-0001")

    def offer(*, groups=("chief",), assignee=None, due_in=None, priority=50, name="Do it"):
        now = clock.now(session)
        task = {
            "id": new_id(),
            "instance_id": row.id,
            "token_id": new_id(),
            "element_id": "extra",
            "process_id": "toy",
            "business_key": "2026-0001",
            "kind": "user",
            "name_en": name,
            "name_zh": name,
            "candidate_groups": list(groups),
            "candidate_users": [],
            "assignee_id": assignee,
            "created_at": now,
            "due_at": None if due_in is None else now + due_in,
            "priority": priority,
            "version": 1,
        }
        session.execute(insert(table_of(OpenTaskRow)), [task])
        session.execute(insert(table_of(Offer)), offers_of(task))
        return task["id"]

    return offer


def ids(page):
    return [task.id for task in page.rows]


def test_what_is_due_first_stands_first_and_what_has_no_date_last(offered, session):
    never, late, soon = offered(), offered(due_in=-timedelta(days=1)), offered(due_in=timedelta(days=1))
    assert ids(tasks.inbox(session, toys.CARA)) == [late, soon, never]


def test_of_two_tasks_due_at_once_the_more_urgent_stands_first(offered, session):
    usual, urgent = offered(due_in=timedelta(1)), offered(due_in=timedelta(1), priority=90)
    assert ids(tasks.inbox(session, toys.CARA)) == [urgent, usual]


def test_a_task_of_two_of_my_groups_is_shown_and_counted_once(offered, session):
    offered(groups=("clerk", "chief"))
    page = tasks.inbox(session, GROUPED, tasks.Filters(element_id="extra"))
    assert (len(page.rows), page.total) == (1, 1)


def test_pages_follow_each_other_without_gap_or_repetition(offered, session):
    made = {offered(due_in=timedelta(hours=n)) for n in range(7)}
    pages = [tasks.inbox(session, toys.CARA, page=n, size=3) for n in (1, 2, 3)]
    assert {task for page in pages for task in ids(page)} == made
    assert [page.has_more for page in pages] == [True, True, False]


def test_the_total_counts_more_than_the_page(offered, session):
    for _ in range(5):
        offered()
    assert tasks.inbox(session, toys.CARA, size=2).total == 5


def test_mine_and_what_is_free_are_counted_apart(offered, session):
    offered(assignee="cara"), offered(), offered(due_in=-timedelta(1))
    counts = tasks.counts(session, toys.CARA, clock.now(session))
    assert (counts.mine, counts.group, counts.late) == (1, 2, 1)


def test_a_search_finds_names_and_business_keys(offered, session):
    wanted = offered(name="Sign 100% of it")
    offered(name="Sign all of it")
    assert ids(tasks.inbox(session, toys.CARA, tasks.Filters(search="100%"))) == [wanted]
    assert len(ids(tasks.inbox(session, toys.CARA, tasks.Filters(search="2026-0001")))) == 2


def test_what_is_late_is_found(offered, session):
    late = offered(due_in=-timedelta(hours=1))
    offered(due_in=timedelta(hours=1))
    assert ids(tasks.inbox(session, toys.CARA, tasks.Filters(due_before=clock.now(session)))) == [late]
