"""Who may read which document, from when: one table of kinds.

What is public everybody reads, what is private only the organisation that brought it. Everything else belongs to a case:
a project, a lot or an instance; its kind says which of the case's parties read it, from which phase on (O87 28, 47,
66, 69; GPL 53). Who brought a document reads it in any case, auditors whatever isn't private.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.records import InstanceRow
from app.foundation import clock, documents
from app.foundation.actor import Actor
from app.foundation.documents import Document
from app.foundation.errors import NotAllowed
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.procurement import breaches
from app.procurement.awards import AwardLetter
from app.procurement.bids import Bid, OpenedBid
from app.procurement.breaches import Breach
from app.procurement.contracts import Contract
from app.procurement.evaluation import reports
from app.procurement.experts import Committee, Member, MemberState
from app.procurement.projects import Lot, LotState, Project
from app.web.visibility.cases import WHOLE, awards_are_published, extent
from app.workflow import cases


class DocumentHidden(NotAllowed):
    """The document isn't for this person, or not yet."""

    code = "document-hidden"
    text = Text("This document isn't open to you.", "该文件未对您开放。")


@dataclass
class Reader:
    """Somebody who asks for a document of a project; ``lots`` are those it is about (all, when it names none)."""

    session: Session
    actor: Actor
    project: Project
    lots: Sequence[Lot]
    document: Document

    @cached_property
    def parties(self) -> set[str]:
        """What the reader's organisation is in the project: buyer, agency, finance."""
        mine, project = self.actor.organisation_id, self.project
        places = {"buyer": project.buyer_id, "agency": project.agency_id, "finance": project.finance_id}
        return {name for name, place in places.items() if mine is not None and place == mine}

    @property
    def is_opened(self) -> bool:
        """Whether the bids of its lots were opened."""
        return bool(self.lots) and all(lot.state not in (LotState.PLANNED, LotState.BIDDING) for lot in self.lots)

    @property
    def is_awarded(self) -> bool:
        """Whether the results of its lots are published."""
        return awards_are_published(self.lots)

    @property
    def has_bid(self) -> bool:
        """Whether a bid of the reader's organisation was opened on one of its lots."""
        query = select(OpenedBid.bid_id).join(Bid, Bid.id == OpenedBid.bid_id)
        return self._finds(query.where(Bid.lot_id.in_(self._lot_ids), Bid.supplier_id == self.actor.organisation_id))

    @property
    def has_contract(self) -> bool:
        """Whether the reader's organisation is the supplier of a contract of one of its lots."""
        mine = Contract.supplier_id == self.actor.organisation_id
        return self._finds(select(Contract.id).where(Contract.lot_id.in_(self._lot_ids), mine))

    @property
    def is_member(self) -> bool:
        """Whether the reader sits on the committee of one of its lots."""
        query = select(Member.id).join(Committee, Committee.id == Member.committee_id)
        mine = (Member.account_id == self.actor.id) & (Member.state == MemberState.ACCEPTED)
        return self._finds(query.where(Committee.lot_id.in_(self._lot_ids), mine))

    @property
    def is_addressee(self) -> bool:
        """Whether the document is the letter that told the reader's organisation the result."""
        own = AwardLetter.supplier_id == self.actor.organisation_id
        letter = (AwardLetter.document_zh_id == self.document.id) | (AwardLetter.document_en_id == self.document.id)
        return self._finds(select(AwardLetter.id).where(own, letter))

    @property
    def may_read_report(self) -> bool:
        """Whether the evaluation reports of its lots are open to the reader."""
        return bool(self.lots) and all(reports.visible_to(self.session, self.actor, lot.id) for lot in self.lots)

    @property
    def _lot_ids(self) -> list[str]:
        return [lot.id for lot in self.lots]

    def _finds(self, query: object) -> bool:
        return self.session.scalar(query.limit(1)) is not None  # type: ignore[attr-defined]


When = Callable[[Reader], bool]


def _by(*names: str, when: When = lambda _reader: True) -> When:
    """The parties of these names, from when that holds."""
    return lambda reader: bool(reader.parties & set(names)) and when(reader)


def _opened(reader: Reader) -> bool:
    return reader.is_opened


def _awarded(reader: Reader) -> bool:
    return reader.is_awarded


_COMMITTEE: When = lambda reader: reader.is_opened and reader.is_member  # noqa: E731
_BIDDERS: When = lambda reader: reader.is_opened and reader.has_bid  # noqa: E731
_CONTRACTOR: When = lambda reader: reader.has_contract  # noqa: E731

DOCUMENTS: dict[str, tuple[When, ...]] = {
    # -- before the bids
    "apply": (_by("buyer", "finance"),),
    "agreement": (_by("buyer", "agency"),),
    # -- what bids contain and what is written about them
    "bid": (_by("agency", when=_opened), _COMMITTEE, _by("buyer", "finance", when=_awarded)),
    "explain_price": (_by("agency", when=_opened), _COMMITTEE, _by("buyer", "finance", when=_awarded)),
    "opening_record": (_by("buyer", "agency", "finance", when=_opened), _COMMITTEE, _BIDDERS),
    "evaluation_report": (lambda reader: reader.may_read_report,),
    "award_letter": (_by("buyer", "agency", "finance"), lambda reader: reader.is_addressee),
    "bond_return_list": (_by("agency", "finance"),),
    # -- what the two sides of a contract exchange
    "contract": (_by("buyer", "agency", "finance"), _CONTRACTOR),
    "acceptance_report": (_by("buyer", "agency", "finance"), _CONTRACTOR),
    "accept_delivery": (_by("buyer", "finance"), _CONTRACTOR),
    "report_delivery": (_by("buyer", "finance"), _CONTRACTOR),
    "request_payment": (_by("buyer", "finance"), _CONTRACTOR),
    "payment_voucher": (_by("buyer", "finance"), _CONTRACTOR),
}
"""By kind: who reads it, from when; one of the conditions is enough. What came with a form has the kind ``FORM.FIELD``
and goes by the form's name."""

OTHERS: tuple[When, ...] = (_by("buyer", "agency", "finance"),)
"""Kinds that aren't in the table: the parties of the project, and nobody else."""


def sees(session: Session, actor: Actor, document: Document) -> bool:
    """Whether an actor may read a document now."""
    decision = _breach_of(session, document)
    if document.access == "public" and (decision is None or breaches.is_public(session, decision, _today(session))):
        return True
    if document.created_by == actor.id:
        return True
    if actor.organisation_id is not None and document.organisation_id == actor.organisation_id:
        return True
    if document.access == "private":
        return False
    if actor.has_role("auditor"):
        return True
    if decision is not None:
        return breaches.visible_to(actor, decision)
    project, lots, row = _about(session, document.case_id)
    if project is None:
        return row is not None and extent(session, actor, row) == WHOLE
    reader = Reader(session, actor, project, lots, document)
    return any(may(reader) for may in DOCUMENTS.get(document.kind.partition(".")[0], OTHERS))


def seen_documents(session: Session, actor: Actor, case_ids: Iterable[str]) -> list[Document]:
    """The documents of cases that an actor may read now, in the order they came."""
    query = select(Document).where(Document.case_id.in_(list(case_ids))).order_by(Document.created_at, Document.id)
    return [document for document in session.scalars(query) if sees(session, actor, document)]


def document_cases(row: InstanceRow, project: Project | None) -> list[str]:
    """Under which cases an instance's documents stand: its own, its project's, its lots'."""
    return [row.id, *([project.id, *(lot.id for lot in project.lots)] if project is not None else [])]


def refuse_unseen_document(session: Session, actor: Actor, document_id: str) -> None:
    """Go on only if the actor may read the document now.

    :raises documents.NoSuchDocument: :raises DocumentHidden:
    """
    if not sees(session, actor, documents.get(session, document_id)):
        raise DocumentHidden


def _breach_of(session: Session, document: Document) -> Breach | None:
    """The breach whose papers a document is one of."""
    if document.case_id is None or not document.case_id.startswith("breach:"):
        return None
    return breaches.get(session, document.case_id.removeprefix("breach:"))


def _today(session: Session) -> date:
    return local_day(clock.now(session))


def _about(session: Session, case_id: str | None) -> tuple[Project | None, Sequence[Lot], InstanceRow | None]:
    """The project and the lots a document's case stands for (an instance, a project or a lot), and its instance."""
    if case_id is None:
        return None, (), None
    row = session.get(InstanceRow, case_id)
    if row is not None:
        project = cases.project_of(session, row)
        return project, project.lots if project else (), row
    lot = session.get(Lot, case_id)
    if lot is not None:
        return lot.project, [lot], None
    project = session.get(Project, case_id)
    return project, project.lots if project else (), None
