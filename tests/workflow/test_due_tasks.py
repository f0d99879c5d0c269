"""Mails that remind people of tasks: who gets them, when, how often, and how they chose to."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.demonstration import town
from app.engine import definitions, instances, reminders, tasks
from app.engine.records import OpenTaskRow, WaitingReminder
from app.foundation import clock
from app.foundation.actor import SYSTEM
from app.foundation.outbox import Outgoing
from app.identity import accounts
from app.identity.accounts import Account, RemindersUnknown
from app.workflow import due_tasks

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ONE_TASK = b"""<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="n">
<bpmn:process id="p" name="One" isExecutable="true"><bpmn:startEvent id="s" />
<bpmn:userTask id="t" name="Answer"><bpmn:extensionElements><zeebe:userTask />
<zeebe:assignmentDefinition candidateGroups="=group" /><zeebe:taskSchedule dueDate="=due" />
<zeebe:properties><zeebe:property name="name:en" value="Answer" /><zeebe:property name="name:zh" value="\xe7\xad\x94\xe5\xa4\x8d" />
</zeebe:properties></bpmn:extensionElements></bpmn:userTask><bpmn:endEvent id="e" />
<bpmn:sequenceFlow id="a" sourceRef="s" targetRef="t" /><bpmn:sequenceFlow id="b" sourceRef="t" targetRef="e" />
</bpmn:process></bpmn:definitions>"""


@pytest.fixture
def begin(house):
    """Starts a case whose one task is for the agency's officers and due in so long; gives the task's id."""
    with house.sessions() as session:
        definitions.deploy(house.engine, session, SYSTEM, {"p.bpmn": ONE_TASK}, "to be reminded of")
        session.commit()

    def act(due_in=3 * DAY, role="agency-officer"):
        with house.sessions() as session:
            due = clock.now(session) + due_in
            group = f"{role}@{town.place(session, 'agency').id}" if role == "agency-officer" else role
            row = instances.start(
                house.engine, session, SYSTEM, "p", {"group": group, "due": due.isoformat()}, "no-project"
            )
            session.commit()
            return session.scalars(select(OpenTaskRow.id).where(OpenTaskRow.instance_id == row.id)).one()

    return act


@pytest.fixture
def later(house, virtual_clock):
    """Lets time pass, then looks twice for what is due, as two nodes do."""

    def act(duration):
        virtual_clock.turn_to(virtual_clock.instant + duration)
        due_tasks.remind(house.sessions)
        due_tasks.remind(house.sessions)

    return act


@pytest.fixture
def told(house):
    """The mails about tasks so far: to whom, with which subject."""

    def act():
        with house.sessions() as session:
            names = {account.id: account.login for account in session.scalars(select(Account))}
            rows = session.scalars(select(Outgoing).where(Outgoing.key.like("task-%")).order_by(Outgoing.id))
            return [(names[row.recipient_id], row.said("en")[0]) for row in rows]

    return act


SOON, LATE = "Task due soon: Answer", "Task late: Answer"


def chooses(house, login, reminders):
    with house.sessions() as session:
        accounts.set_reminders(session, account_id=town.actor(session, login).id, reminders=reminders)
        session.commit()


def test_nobody_is_reminded_before_it_is_time(begin, later, told):
    begin()
    later(2 * DAY - HOUR)
    assert told() == []


def test_everybody_who_may_take_a_task_is_reminded_once_before_it_is_due_and_once_when_it_is_late(begin, later, told):
    begin()
    later(2 * DAY)
    assert sorted(told()) == [("luo", SOON), ("sun", SOON)]
    later(DAY)
    assert sorted(told()) == [("luo", SOON), ("luo", LATE), ("sun", SOON), ("sun", LATE)]
    later(30 * DAY)
    assert len(told()) == 4


def test_of_a_short_task_people_are_reminded_at_half_of_its_time(begin, later, told):
    begin(due_in=2 * HOUR)
    later(HOUR - timedelta(minutes=1))
    assert told() == []
    later(timedelta(minutes=1))
    assert len(told()) == 2


def test_who_was_away_over_both_hears_only_that_it_is_late(begin, later, told):
    begin()
    later(5 * DAY)
    assert sorted(told()) == [("luo", LATE), ("sun", LATE)]


def test_who_has_taken_a_task_is_reminded_alone(house, begin, later, told):
    task_id = begin()
    with house.sessions() as session:
        tasks.claim(house.engine, session, town.actor(session, "luo"), task_id)
        session.commit()
    later(2 * DAY)
    assert told() == [("luo", SOON)]


def test_of_a_task_that_is_done_nobody_is_reminded(house, begin, later, told):
    task_id = begin()
    with house.sessions() as session:
        tasks.complete(house.engine, session, town.actor(session, "sun"), task_id, {})
        session.commit()
    later(30 * DAY)
    assert told() == []


def test_of_a_task_of_a_suspended_case_people_are_reminded_when_it_goes_on(house, begin, later, told):
    task_id = begin()
    with house.sessions() as session:
        case = session.get_one(OpenTaskRow, task_id).instance_id
        instances.suspend(house.engine, session, SYSTEM, case, "under review")
        session.commit()
    later(2 * DAY)
    assert told() == []
    with house.sessions() as session:
        instances.resume(house.engine, session, SYSTEM, case, "reviewed")
        session.commit()
    later(HOUR)
    assert len(told()) == 2


def test_a_task_without_a_due_date_reminds_nobody():
    assert reminders.first(None, None) is None


def test_the_mail_leads_to_the_task_in_the_persons_language(house, begin, later):
    task_id = begin()
    with house.sessions() as session:
        accounts.set_language(session, account_id=town.actor(session, "sun").id, language="zh")
        session.commit()
    later(2 * DAY)
    with house.sessions() as session:
        sun = town.actor(session, "sun").id
        mail = session.scalars(select(Outgoing).where(Outgoing.recipient_id == sun, Outgoing.key.like("task-%"))).one()
        assert mail.content["subject"] == "任务即将到期：答复"
        assert f"/tasks/{task_id}" in mail.content["body"]
        assert mail.content["page"] == f"/tasks/{task_id}"


def test_who_wants_no_reminders_gets_none(house, begin, later, told):
    chooses(house, "luo", "none")
    begin()
    later(3 * DAY)
    assert told() == [("sun", LATE)]


def test_who_wants_a_digest_gets_one_mail_of_all_tasks_on_the_next_morning(house, begin, later, told, virtual_clock):
    chooses(house, "luo", "digest")
    chooses(house, "sun", "none")
    for _ in range(3):
        begin()
    later(2 * DAY)
    assert told() == []
    with house.sessions() as session:
        morning = due_tasks.next_digest(clock.now(session))
    assert morning.astimezone(clock.PLACE).time() == due_tasks.DIGEST_AT
    later(morning - virtual_clock.instant)
    assert told() == [("luo", "Tasks due soon or late: 3")]


def test_what_was_done_before_the_digest_is_not_in_it(house, begin, later, told):
    chooses(house, "luo", "digest")
    chooses(house, "sun", "none")
    task_id = begin()
    later(2 * DAY)
    with house.sessions() as session:
        tasks.complete(house.engine, session, town.actor(session, "sun"), task_id, {})
        session.commit()
    later(DAY)
    assert told() == []
    with house.sessions() as session:
        assert session.scalars(select(WaitingReminder)).all() == []


def test_a_reminder_that_could_not_be_written_is_written_the_next_time(house, begin, later, told, monkeypatch):
    begin()
    with monkeypatch.context() as broken:
        broken.setattr(due_tasks, "_said", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            later(2 * DAY)
    assert told() == []
    due_tasks.remind(house.sessions)
    assert len(told()) == 2


def test_an_expert_is_not_told_of_which_project_a_task_is(house, play, case):
    """What an evaluation is about is said on this service only (O87 47, 66)."""
    from app.demonstration import lives
    from tests import memory

    memory.played(play, case, lives.FIRST_HALF[:4])
    with house.sessions() as session:
        task = session.scalars(select(OpenTaskRow).where(OpenTaskRow.element_id == "prepare_documents")).first()
        number = lives.number_of(play)
        assert number in due_tasks._named(session, task, town.actor(session, "sun")).en
        assert number not in due_tasks._named(session, task, town.actor(session, "zhu")).en
        assert number not in due_tasks._named(session, task, town.actor(session, "ming")).en


def test_there_are_no_other_choices(house):
    with house.sessions() as session, pytest.raises(RemindersUnknown):
        accounts.set_reminders(session, account_id=town.actor(session, "sun").id, reminders="hourly")
