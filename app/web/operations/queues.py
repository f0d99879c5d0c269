"""What waits: timers, mails, messages without a receiver; and the journal, checked on demand."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from flask import render_template
from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.engine import charts, invariants, scrubbing
from app.engine.records import BufferedMessage, InstanceRow, TimerRow
from app.foundation import journal as journals
from app.foundation import outbox
from app.foundation.database import reading
from app.foundation.errors import Conflict, NotFound
from app.foundation.journal import JournalCheckpoint, JournalHead
from app.foundation.outbox import Outgoing, OutgoingState
from app.foundation.text import Text
from app.web import current, listing, templating
from app.web.answers import redirect
from app.web.notices import notice
from app.web.operations import blueprint

LATE = timedelta(minutes=1)
"""The clock looks every second; what is due longer than this wasn't set off."""
MOST_VIOLATIONS = 200


# -- timers

TIMERS = {
    "all": Text("All", "全部"),
    "late": Text("Late", "逾期"),
    "put-off": Text("Failed, tried again later", "失败待重试"),
    "held": Text("Held (case suspended)", "已暂停"),
}


def _timers_where(show: str, now: datetime) -> ColumnElement[bool]:
    return {
        "all": true(),
        "late": and_(TimerRow.wake_at.is_not(None), TimerRow.due_at < now - LATE),
        "put-off": and_(TimerRow.wake_at.is_not(None), TimerRow.attempts > 0),
        "held": TimerRow.wake_at.is_(None),
    }[show]


def count_timers(session: Session, show: str, now: datetime) -> int:
    """How many timers one of the filters shows."""
    return session.scalar(select(func.count()).select_from(TimerRow).where(_timers_where(show, now))) or 0


@blueprint.get("/timers")
def timers() -> str | Response:
    """List the armed timers, the earliest first."""
    session, now = current.session(), current.now()
    asked, show = listing.asked(sorts=("due",)), listing.chosen("show", TIMERS, "all")
    statement = select(TimerRow, InstanceRow).outerjoin(InstanceRow, InstanceRow.id == TimerRow.instance_id)
    statement = statement.where(_timers_where(show, now))
    if asked.search:
        statement = statement.where(
            or_(InstanceRow.business_key.icontains(asked.search, autoescape=True), TimerRow.element_id == asked.search)
        )
    total = session.scalar(select(func.count()).select_from(statement.with_only_columns(TimerRow.id).subquery())) or 0
    order = (TimerRow.due_at.desc(), TimerRow.id) if asked.is_descending else (TimerRow.due_at, TimerRow.id)
    found = session.execute(statement.order_by(*order).offset(asked.offset).limit(asked.limit)).all()
    named = [(timer, row, _element_name(row, timer)) for timer, row in found]
    if asked.wants_csv:
        header = (
            Text("Due", "到期时间"),
            Text("Case", "项目编号"),
            Text("Element", "元素"),
            Text("Attempts", "尝试次数"),
        )
        lines = ((t.due_at.isoformat(), _key_of(row, t), name, t.attempts) for t, row, name in named)
        return listing.csv(templating.translate("Timers", "定时器"), header, lines)
    return render_template(
        "operations/timers.html",
        asked=asked,
        show=show,
        shows=[(name, words, count_timers(session, name, now)) for name, words in TIMERS.items()],
        rows=listing.Rows(named, asked.page, asked.size, total),
        is_late=lambda timer: timer.wake_at is not None and timer.due_at < now - LATE,
    )


def _key_of(row: InstanceRow | None, timer: TimerRow) -> str:
    return (row.business_key or row.id) if row is not None else timer.process_id


def _element_name(row: InstanceRow | None, timer: TimerRow) -> Text:
    """An element's name by the case's own diagram; its id where it only starts a process."""
    if row is None:
        return Text(timer.element_id, timer.element_id)
    return charts.of_instance(current.engine(), current.session(), row).name(timer.process_id, timer.element_id)


# -- mails

MAILS = {"waiting": Text("Waiting", "待发"), "failed": Text("Failed", "发送失败"), "sent": Text("Sent", "已发出")}


class NoSuchMail(NotFound):
    """There is no such message in the outbox."""

    text = Text("There is no such email.", "没有该邮件。")


class MailNotFailed(Conflict):
    """It wasn't given up, so that there is nothing to send again."""

    text = Text(
        "This email has not failed. It has been sent or is waiting to be sent.", "该邮件未失败：已发出或正在等待发送。"
    )


@blueprint.get("/mails")
def mails() -> str:
    """List what leaves the house: waiting, failed, sent."""
    session = current.session()
    grouped = session.execute(select(Outgoing.state, func.count()).group_by(Outgoing.state))
    counts = {str(row[0]): int(row[1]) for row in grouped}
    asked = listing.asked(sorts=("-created",))
    show = listing.chosen("show", MAILS, "failed" if counts.get("failed") else "waiting")
    column: Any = Outgoing.created_at
    order = column.desc() if asked.is_descending else column.asc()
    statement = select(Outgoing).where(Outgoing.state == show).order_by(order, Outgoing.id)
    found = list(session.scalars(statement.offset(asked.offset).limit(asked.limit)))
    return render_template(
        "operations/mails.html",
        asked=asked,
        show=show,
        shows=[(name, words, counts.get(name, 0)) for name, words in MAILS.items()],
        rows=listing.Rows(found, asked.page, asked.size, counts.get(show, 0)),
        has_server=bool(current.config().smtp_url),
    )


@blueprint.post("/mails/<message_id>/again")
def send_again(message_id: str) -> Response:
    """Send a mail that failed once more."""
    session = current.session()
    mail = session.get(Outgoing, message_id, with_for_update=True)
    if mail is None:
        raise NoSuchMail
    if mail.state != OutgoingState.FAILED:
        raise MailNotFailed
    outbox.again(session, message_id)
    facts = {"message": message_id, "key": mail.key}
    journals.write(session, current.actor(), case="outbox", act="outbox.again", facts=facts)
    current.commit()
    notice(Text("The email will be sent again within seconds.", "邮件将在数秒内重新发送。"))
    return redirect("operations.mails")


# -- messages


@blueprint.get("/messages")
def messages() -> str:
    """List messages that nobody took yet."""
    session, asked = current.session(), listing.asked(sorts=("sent",))
    total = session.scalar(select(func.count()).select_from(BufferedMessage)) or 0
    order = BufferedMessage.sent_at.desc() if asked.is_descending else BufferedMessage.sent_at.asc()
    statement = select(BufferedMessage, InstanceRow).outerjoin(InstanceRow, InstanceRow.id == BufferedMessage.target_id)
    found = session.execute(statement.order_by(order, BufferedMessage.id).offset(asked.offset).limit(asked.limit)).all()
    rows = listing.Rows(found, asked.page, asked.size, total)
    return render_template("operations/messages.html", asked=asked, rows=rows)


# -- the journal


@blueprint.get("/journal")
def journal() -> str:
    """Show the checkpoints; check the journal, or every invariant, when asked."""
    session = current.session()
    latest = select(JournalCheckpoint).order_by(JournalCheckpoint.sequence.desc()).limit(10)
    check = listing.chosen("check", ("journal", "all"))
    return render_template(
        "operations/journal.html",
        checkpoints=list(session.scalars(latest)),
        entries=journals.size(session),
        chains=session.scalar(select(func.count()).select_from(JournalHead)) or 0,
        check=check,
        scrub=scrubbing.latest(session),
        violations=_checked(check) if check else None,
        most=MOST_VIOLATIONS,
    )


def _checked(check: str) -> list[tuple[str, str]]:
    """What doesn't hold, read in a transaction of its own that keeps nobody from writing."""
    house = current.house()
    with reading(house.database) as session:
        broken = invariants.violations(house.engine, session) if check == "all" else journals.violations(session)
        return [(f"{one.table} {one.row}", f"{one.column or ''} {one.what}") for one in islice(broken, MOST_VIOLATIONS)]
