"""Who may query what, and when: by what was known when, within seven working days (GPL 52, IR 53, O94 10-11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock, workdays
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.procurement import awards, experts, rules, tenders
from app.procurement.bids import Opening
from app.procurement.tenders import DocumentAccess, Tender

SCOPES: dict[str, Text] = {
    "documents": Text("the tender documents", "招标文件"),
    "opening": Text("the opening", "开标过程"),
    "evaluation": Text("the evaluation", "评审过程"),
    "result": Text("the result", "中标结果"),
}
"""What a query can be about; opening and evaluation are parts of the procurement's course (O94 10)."""


@dataclass(frozen=True)
class Window:
    """The days on which a query of one scope is taken: the first and the last, both included."""

    scope: str
    from_on: date
    until_on: date

    def holds(self, at: datetime) -> bool:
        """Whether a query is taken at this instant."""
        return self.from_on <= local_day(at) <= self.until_on


def may_ask(session: Session, supplier_id: str, lot_id: str, scope: str) -> bool:
    """Whether a supplier may query: whoever took the documents about those, only bidders about the rest (O94 11)."""
    if scope != "documents":
        return supplier_id in experts.bidders(session, lot_id)
    return _access(session, tenders.of_lot(session, lot_id), supplier_id) is not None


def window(session: Session, supplier_id: str, lot_id: str, scope: str) -> Window | None:
    """The window of a supplier for a scope; None while what would be queried hasn't happened.

    It begins when the supplier knew or had to know: for documents the later of taking them and the end of the notice, for
    the opening its day, for evaluation and result the end of the result's notice. Whoever knows earlier, by the notice
    itself, may ask at once. Doubt about the calendar makes a window longer.
    """
    tender = tenders.of_lot(session, lot_id)
    known = _known(session, tender, supplier_id, lot_id, scope)
    if known is None:
        return None
    from_on, counted_from = known
    rule = rules.law(session, tender.project).rule("query_window")
    return Window(scope, from_on, rule.last_day(workdays.load(session), counted_from))


def _known(session: Session, tender: Tender, supplier_id: str, lot_id: str, scope: str) -> tuple[date, date] | None:
    """From which day a scope may be queried, and the day the window is counted from."""
    if scope == "documents":
        access = _access(session, tender, supplier_id)
        if access is None or tender.notice_ends_on is None:
            return None
        taken_on = local_day(access.taken_at)
        return taken_on, max(taken_on, tender.notice_ends_on)
    if scope == "opening":
        opening = session.scalars(select(Opening).where(Opening.lot_id == lot_id)).one_or_none()
        return None if opening is None else (local_day(opening.opened_at), local_day(opening.opened_at))
    award = awards.of_lot(session, lot_id)
    if award is None or award.published_at is None or award.notice_ends_on is None:
        return None
    return local_day(award.published_at), award.notice_ends_on


def _access(session: Session, tender: Tender, supplier_id: str) -> DocumentAccess | None:
    statement = select(DocumentAccess).where(
        DocumentAccess.tender_id == tender.id, DocumentAccess.supplier_id == supplier_id
    )
    return session.scalars(statement).one_or_none()


def open_scopes(session: Session, supplier_id: str, lot_id: str) -> list[Window]:
    """What a supplier may query now."""
    now = clock.now(session)
    windows = [
        window(session, supplier_id, lot_id, scope) for scope in SCOPES if may_ask(session, supplier_id, lot_id, scope)
    ]
    return [w for w in windows if w is not None and w.holds(now)]
