"""Mails that remind people of tasks: each by itself, or a day's together, as they chose in their account.

A task reminds who has it, or while nobody has, everybody who may take it. It names its project to the buyer, the agency
and the finance department only: what bids and evaluations are about, nobody else is told outside this service (O87 28,
47, 66).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from app.engine import instances, reminders, tasks
from app.engine.records import OpenTaskRow, WaitingReminder
from app.engine.reminders import Due
from app.foundation import clock, dates
from app.foundation.actor import Actor
from app.foundation.text import Text
from app.identity.accounts import Account, Reminders
from app.procurement import mails
from app.workflow import assignment, cases

DIGEST_AT = time(8, 0)
"""When a day's reminders come together."""


def remind(sessions: sessionmaker[Session]) -> None:
    """Send what is due by now: each task in a transaction of its own, then each person's digest."""
    while _is_waiting(sessions):
        with sessions() as session:
            due = reminders.take(session)
            if due is None:
                break
            _tell(session, due)
            session.commit()
    for account_id in _digests_due(sessions):
        with sessions() as session:
            _send_digest(session, account_id)
            session.commit()


def _is_waiting(sessions: sessionmaker[Session]) -> bool:
    with sessions() as session:
        session.connection(execution_options={"read_only": True})
        return reminders.is_waiting(session)


# -- one by one


def _tell(session: Session, due: Due) -> None:
    """Put the reminders of one task into the outbox, or aside for the digest of who wants that."""
    for account, actor in assignment.people(session, due.task):
        if account.reminders == Reminders.EACH:
            subject, body = _said(session, due, actor)
            mails.tell_people(
                session, [account], key=_key(due), subject=subject, body=body, page=f"/tasks/{due.task.id}"
            )
        elif account.reminders == Reminders.DIGEST:
            send_at = next_digest(clock.now(session))
            session.merge(WaitingReminder(task_id=due.task.id, account_id=account.id, send_at=send_at))


def _key(due: Due) -> str:
    """Names the occasion: a task reminds once before each of its due dates, and once when that has passed."""
    assert due.task.due_at is not None, "only tasks with a due date remind"
    return f"task-{'late' if due.is_late else 'due'}:{due.task.id}:{due.task.due_at:%Y%m%dT%H%M%S}"


def _said(session: Session, due: Due, actor: Actor) -> tuple[Text, Text]:
    assert due.task.due_at is not None, "only tasks with a due date remind"
    told = {"task": _named(session, due.task, actor), "due": dates.when(due.task.due_at)}
    subject, body = (_LATE, _LATE_BODY) if due.is_late else (_SOON, _SOON_BODY)
    whose = _YOURS if due.task.holder_id else _ANYBODYS
    said = body.filled(**told)
    return subject.filled(task=due.task.name), Text(
        f"{said.en} {whose.en}\n\n{_CHOICE.en}", f"{said.zh}{whose.zh}\n\n{_CHOICE.zh}"
    )


def _named(session: Session, task: OpenTaskRow, actor: Actor) -> Text:
    """A task by its name, with the number of its project for the parties of that."""
    project = cases.project_of(session, instances.get(session, task.instance_id))
    parties = {project.buyer_id, project.agency_id, project.finance_id} - {None} if project is not None else set()
    if project is None or actor.organisation_id not in parties:
        return Text(f"“{task.name.en}”", f"“{task.name.zh}”")
    return Text(f"“{task.name.en}” ({project.number})", f"“{task.name.zh}”（{project.number}）")


_SOON = Text("Task due soon: %(task)s", "任务即将到期：%(task)s")
_SOON_BODY = Text("The task %(task)s is due on %(due)s.", "任务%(task)s的办理期限为%(due)s。")
_LATE = Text("Task late: %(task)s", "任务已逾期：%(task)s")
_LATE_BODY = Text(
    "The task %(task)s was due on %(due)s and is late.", "任务%(task)s的办理期限为%(due)s，现已逾期，请尽快办理。"
)
_YOURS = Text("It is assigned to you.", "该任务由您办理。")
_ANYBODYS = Text("You or a colleague can claim it.", "您或者同岗位的同事可以领取办理。")
_CHOICE = Text("You can choose under “My account” which reminders you get.", "您可以在“我的账号”中设置接收哪些提醒。")


# -- a day's together


def next_digest(now: datetime) -> datetime:
    """The next instant at which digests are sent, after now."""
    there = now.astimezone(clock.PLACE)
    today = datetime.combine(there.date(), DIGEST_AT, clock.PLACE)
    return today if today > there else datetime.combine(there.date() + timedelta(days=1), DIGEST_AT, clock.PLACE)


def _digests_due(sessions: sessionmaker[Session]) -> Sequence[str]:
    """The people whose digest is to be sent by now."""
    with sessions() as session:
        session.connection(execution_options={"read_only": True})
        due = WaitingReminder.send_at <= clock.now(session)
        return session.scalars(select(WaitingReminder.account_id).where(due).distinct()).all()


def _send_digest(session: Session, account_id: str) -> None:
    """One mail of the tasks that wait in a person's digest and are still theirs to do; then none of them waits there."""
    now = clock.now(session)
    mine = (WaitingReminder.account_id == account_id, WaitingReminder.send_at <= now)
    waiting = select(WaitingReminder).where(*mine).with_for_update(skip_locked=True)
    found = [row.task_id for row in session.scalars(waiting)]
    account = session.get_one(Account, account_id)
    if found and account.is_active and account.reminders != Reminders.NONE:
        _write_digest(session, account, found, now)
    session.execute(delete(WaitingReminder).where(*mine, WaitingReminder.task_id.in_(found)))


def _write_digest(session: Session, account: Account, task_ids: Sequence[str], now: datetime) -> None:
    statement = select(OpenTaskRow).where(OpenTaskRow.id.in_(task_ids), OpenTaskRow.due_at.is_not(None))
    still = [
        (task, assignment.acting(session, account, task))
        for task in session.scalars(statement.order_by(OpenTaskRow.due_at, OpenTaskRow.id))
        if task.holder_id in (None, account.id)
    ]
    theirs = [(task, actor) for task, actor in still if tasks.may_be_given(session, actor, task)]
    if not theirs:
        return
    lines = [_line(session, task, actor, now) for task, actor in theirs]
    count = len(lines)
    mails.tell_people(
        session,
        [account],
        key=f"task-digest:{now.astimezone(clock.PLACE):%Y%m%d}",
        subject=_DIGEST.filled(n=count),
        body=Text(
            "\n".join([_DIGEST_LEAD.en, *(line.en for line in lines), "", _CHOICE.en]),
            "\n".join([_DIGEST_LEAD.zh, *(line.zh for line in lines), "", _CHOICE.zh]),
        ),
        page="/inbox",
    )


def _line(session: Session, task: OpenTaskRow, actor: Actor, now: datetime) -> Text:
    assert task.due_at is not None, "only tasks with a due date wait in a digest"
    name, due = _named(session, task, actor), dates.when(task.due_at)
    if task.due_at <= now:
        return Text(f"- {name.en}: was due on {due.en}, late", f"- {name.zh}：期限{due.zh}，已逾期")
    return Text(f"- {name.en}: due on {due.en}", f"- {name.zh}：期限{due.zh}")


_DIGEST = Text("Tasks due soon or late: %(n)s", "即将到期和已逾期的任务：%(n)s项")
_DIGEST_LEAD = Text("These tasks are due soon or late:", "以下任务即将到期或者已逾期：")
