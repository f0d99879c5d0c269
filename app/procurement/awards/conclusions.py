"""When the contract of an award may be concluded: not while it is queried, not before the window ends (IR 54; policy G49)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock
from app.foundation.errors import RuleBroken
from app.foundation.text import Text
from app.foundation.workdays import last_second_of
from app.procurement import projects
from app.procurement.awards.decisions import get
from app.procurement.awards.records import Award, AwardState, SigningPause


class SigningPaused(RuleBroken):
    """A query or complaint that may affect the result is open: the contract isn't signed (IR 54)."""

    text = Text(
        "A challenge that may affect the result is open. The contract cannot be signed until it is answered.",
        "存在可能影响中标结果的质疑，处理完毕前暂停签订合同。",
    )
    statute = "IR 54"


class WindowOpen(RuleBroken):
    """Suppliers can still query the result: the house's policy waits for the window's end."""

    code = "query-window-open"
    text = Text(
        "The result can be challenged until %(until)s. The contract can be signed after that.",
        "质疑期至%(until)s届满，届满后方可签订合同。",
    )


class NotPublished(RuleBroken):
    """The award isn't published."""

    code = "award-not-published"
    text = Text("The award has not been published yet.", "中标结果尚未公告。")


def require_concludable(session: Session, lot_id: str) -> Award:
    """The award whose contract may be signed now.

    :raises SigningPaused:
    :raises WindowOpen:
    :raises NotPublished:
    :raises AwardUnknown:
    """
    award = get(session, lot_id, lock=True)
    obstacle = _obstacle(session, award)
    if obstacle is not None:
        raise obstacle
    return award


def _obstacle(session: Session, award: Award) -> RuleBroken | None:
    if award.state != AwardState.PUBLISHED or award.query_until_on is None:
        return NotPublished(under=projects.law_of_lot(session, award.lot_id))
    if pauses(session, award.lot_id):
        return SigningPaused()
    if clock.now(session) < last_second_of(award.query_until_on):
        return WindowOpen(until=award.query_until_on)
    return None


def pauses(session: Session, lot_id: str) -> list[SigningPause]:
    """What pauses the signing of a lot's contract now."""
    statement = select(SigningPause).where(SigningPause.lot_id == lot_id, SigningPause.ended_at.is_(None))
    return list(session.scalars(statement.order_by(SigningPause.id)))


def pause(session: Session, *, lot_id: str, cause: str, cause_id: str) -> SigningPause:
    """Pause the signing of a lot's contract (IR 54); the same cause pauses once. Called by queries and complaints."""
    statement = select(SigningPause).where(SigningPause.cause == cause, SigningPause.cause_id == cause_id)
    known = session.scalars(statement).one_or_none()
    if known is not None:
        return known
    row = SigningPause(lot_id=lot_id, cause=cause, cause_id=cause_id, from_at=clock.now(session))
    session.add(row)
    session.flush()
    return row


def resume(session: Session, *, cause: str, cause_id: str) -> None:
    """End the pause of a cause, if there is one."""
    statement = select(SigningPause).where(SigningPause.cause == cause, SigningPause.cause_id == cause_id)
    row = session.scalars(statement.with_for_update()).one_or_none()
    if row is not None and row.ended_at is None:
        row.ended_at = clock.now(session)
