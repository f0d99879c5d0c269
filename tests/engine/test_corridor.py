"""A toy process from deployment to its end, on both databases, with and without its memory."""

import pytest
import test_unreadable
import toys
from sqlalchemy import select

from app.engine import history, instances, locks, messages, tasks
from app.engine.records import InstanceRow, OpenTaskRow
from app.foundation import journal


def only_task(session):
    return session.scalars(select(OpenTaskRow)).one()


def test_a_started_process_shows_its_task_in_the_inbox(play, session):
    play(toys.ONE_TASK)
    assert [task.name.zh for task in tasks.inbox(session, toys.ANNA).rows] == ["办理 work"]


def test_a_completed_task_leaves_the_inbox_and_ends_the_process(engine, play, session):
    row = play(toys.ONE_TASK)
    tasks.complete(engine, session, toys.ANNA, only_task(session).id, {})
    session.commit()
    assert tasks.inbox(session, toys.ANNA).rows == []
    assert session.get(InstanceRow, row.id).state == "completed"


def test_a_process_goes_on_after_the_memory_is_lost(engine, play, session):
    row = play(toys.TWO_TASKS, {"n": 1})
    tasks.complete(engine, session, toys.ANNA, only_task(session).id, {"m": 2})
    session.commit()
    engine.forget()
    tasks.complete(engine, session, toys.BO, only_task(session).id, {})
    session.commit()
    assert instances.variables(engine, session, row.id) == {"n": 1, "m": 2}


def test_a_task_that_only_waits_is_as_it_was_after_the_memory_is_lost(engine, play, session):
    play(test_unreadable.ALL, {"key": "A"})
    seen = only_task(session).version
    engine.forget()
    messages.send(engine, session, toys.ROOT, "answered", "A")
    session.commit()
    assert session.get(OpenTaskRow, only_task(session).id, populate_existing=True).version == seen


def test_a_step_that_is_rolled_back_leaves_nothing_in_memory_either(engine, play, session):
    row = play(toys.TWO_TASKS)
    tasks.complete(engine, session, toys.ANNA, only_task(session).id, {"lost": True})
    session.rollback()
    tasks.complete(engine, session, toys.BO, only_task(session).id, {"kept": True})
    session.commit()
    assert instances.variables(engine, session, row.id) == {"kept": True}


def test_a_savepoint_that_is_rolled_back_takes_the_step_in_it_back(engine, play, session):
    row = play(toys.TWO_TASKS)
    with session.begin_nested() as savepoint:
        tasks.complete(engine, session, toys.ANNA, only_task(session).id, {"lost": True})
        savepoint.rollback()
    tasks.complete(engine, session, toys.BO, only_task(session).id, {"kept": True})
    session.commit()
    assert instances.variables(engine, session, row.id) == {"kept": True}


def test_two_steps_in_one_transaction_follow_each_other(engine, play, session):
    row = play(toys.TWO_TASKS)
    tasks.complete(engine, session, toys.ANNA, only_task(session).id, {})
    tasks.complete(engine, session, toys.BO, only_task(session).id, {})
    session.commit()
    assert session.get(InstanceRow, row.id).state == "completed"


def test_a_step_after_the_first_comes_out_of_the_cache(engine, play, session):
    row = play(toys.TWO_TASKS)
    entry = engine.cache._entries[row.id]
    tasks.complete(engine, session, toys.ANNA, only_task(session).id, {})
    session.commit()
    assert engine.cache._entries[row.id] is entry


def test_looking_at_an_instance_keeps_it_in_the_cache(engine, play, session):
    row = play(toys.TWO_TASKS)
    instances.variables(engine, session, row.id)
    session.rollback()
    assert len(engine.cache) == 1


def test_a_suspended_instance_refuses_until_it_is_resumed(engine, play, session):
    row = play(toys.ONE_TASK)
    instances.suspend(engine, session, toys.ROOT, row.id, "a question")
    with pytest.raises(instances.InstanceSuspended):
        tasks.complete(engine, session, toys.ANNA, only_task(session).id, {})
    instances.resume(engine, session, toys.ROOT, row.id)
    assert tasks.complete(engine, session, toys.ANNA, only_task(session).id, {}).state == "completed"


def test_a_cancelled_instance_leaves_nothing_open(engine, play, session):
    row = play(toys.ONE_TASK)
    instances.cancel(engine, session, toys.ROOT, row.id, "no longer wanted")
    session.commit()
    assert session.get(InstanceRow, row.id).state == "cancelled"
    assert session.scalars(select(OpenTaskRow)).all() == []


def test_an_instance_that_does_not_exist_is_refused(engine, session):
    with pytest.raises(locks.NoSuchInstance):
        instances.suspend(engine, session, toys.ROOT, "none", "no longer wanted")


def test_values_set_by_an_administrator_are_journalled_before_and_after(engine, play, session):
    row = play(toys.ONE_TASK, {"limit": 1})
    instances.set_variables(engine, session, toys.ROOT, row.id, {"limit": 2})
    facts = journal.of_case(session, row.id)[-1].facts
    assert (facts["before"], facts["after"]) == ({"limit": "1"}, {"limit": 2})


def test_the_story_tells_who_did_what_in_both_languages(engine, play, session):
    row = play(toys.ONE_TASK)
    tasks.complete(engine, session, toys.BO, only_task(session).id, {})
    story = history.story(session, row.id)
    assert "Bo completed “Do work”." in [line.text.en for line in story]
    assert "Bo完成了“办理 work”。" in [line.text.zh for line in story]


def test_every_act_of_a_person_is_in_the_journal_of_the_instance(engine, play, session):
    row = play(toys.ONE_TASK)
    task_id = only_task(session).id
    tasks.claim(engine, session, toys.BO, task_id)
    tasks.complete(engine, session, toys.BO, task_id, {})
    acts = [entry.act for entry in journal.of_case(session, row.id)]
    assert acts == ["instances.start", "tasks.claim", "tasks.complete"]
