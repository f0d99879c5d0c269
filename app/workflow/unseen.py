"""Open tasks that nobody is offered: no person holds them, and nobody holds a role of their candidates whom duties let."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from app.engine import inbox
from app.engine.engine import ADMINISTRATOR
from app.engine.records import Offer, OpenTaskRow
from app.engine.states import TaskKind
from app.foundation import clock
from app.identity import grants
from app.identity.accounts import Account
from app.identity.grants import Grant


def for_nobody(now: datetime) -> ColumnElement[bool]:
    """Whether an open task is for nobody. Administrators, who are offered what nobody else is, don't count."""
    person = exists().where(Account.id == Offer.name, Account.disabled_at.is_(None))
    group = or_(Grant.role == Offer.name, (Grant.role + "@" + Grant.organisation_id) == Offer.name)
    able = not_(inbox.barred(Account.id))
    members = exists().where(
        Grant.account_id == Account.id, Account.disabled_at.is_(None), able, group, *grants.holding(now)
    )
    seen = or_(
        and_(Offer.kind.in_(("holder", "user")), person),
        and_(Offer.kind == "group", Offer.name != ADMINISTRATOR, members),
    )
    offered = exists().where(Offer.task_id == OpenTaskRow.id, seen)
    return and_(OpenTaskRow.kind != TaskKind.RECEIVE, not_(offered))


def count(session: Session) -> int:
    """How many open tasks are for nobody."""
    statement = select(func.count()).select_from(OpenTaskRow).where(for_nobody(clock.now(session)))
    return session.scalar(statement) or 0
