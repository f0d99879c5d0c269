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
from typing import Any

from sqlalchemy import Select, select
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

    text = Text("You cannot view this document.", "该文件未对您开放。")


@dataclass
class Reader:
    """Somebody who asks for documents of a project; ``lots`` are those they are about (all, when they name none).

    What is asked of the database is asked once for all documents of the same case.
    """

    session: Session
    actor: Actor
    project: Project
    lots: Sequence[Lot]

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

    @cached_property
    def has_bid(self) -> bool:
        """Whether a bid of the reader's organisation was opened on one of its lots."""
        statement = select(OpenedBid.bid_id).join(Bid, Bid.id == OpenedBid.bid_id)
        return self._finds(
            statement.where(Bid.lot_id.in_(self._lot_ids), Bid.supplier_id == self.actor.organisation_id)
        )

    @cached_property
    def has_contract(self) -> bool:
        """Whether the reader's organisation is the supplier of a contract of one of its lots."""
        mine = Contract.supplier_id == self.actor.organisation_id
        return self._finds(select(Contract.id).where(Contract.lot_id.in_(self._lot_ids), mine))

    @cached_property
    def is_member(self) -> bool:
        """Whether the reader sits on the committee of one of its lots."""
        statement = select(Member.id).join(Committee, Committee.id == Member.committee_id)
        mine = (Member.account_id == self.actor.id) & (Member.state == MemberState.ACCEPTED)
        return self._finds(statement.where(Committee.lot_id.in_(self._lot_ids), mine))

    @cached_property
    def letters(self) -> set[str]:
        """The ids of the letters that told the reader's organisation a result."""
        statement = select(AwardLetter.document_zh_id, AwardLetter.document_en_id)
        told = self.session.execute(statement.where(AwardLetter.supplier_id == self.actor.organisation_id))
        return {document_id for letter in told for document_id in letter if document_id is not None}

    @cached_property
    def may_read_report(self) -> bool:
        """Whether the evaluation reports of its lots are open to the reader."""
        return bool(self.lots) and all(reports.visible_to(self.session, self.actor, lot.id) for lot in self.lots)

    @property
    def _lot_ids(self) -> list[str]:
        return [lot.id for lot in self.lots]

    def _finds(self, statement: Select[Any]) -> bool:
        return self.session.scalar(statement.limit(1)) is not None


When = Callable[[Reader, Document], bool]


def _by(*names: str, when: When = lambda _reader, _document: True) -> When:
    """The parties of these names, from when that holds."""
    return lambda reader, document: bool(reader.parties & set(names)) and when(reader, document)


def _opened(reader: Reader, _document: Document) -> bool:
    return reader.is_opened


def _awarded(reader: Reader, _document: Document) -> bool:
    return reader.is_awarded


_COMMITTEE: When = lambda reader, _: reader.is_opened and reader.is_member  # noqa: E731
_BIDDERS: When = lambda reader, _: reader.is_opened and reader.has_bid  # noqa: E731
_CONTRACTOR: When = lambda reader, _: reader.has_contract  # noqa: E731
_ADDRESSEE: When = lambda reader, document: document.id in reader.letters  # noqa: E731

DOCUMENTS: dict[str, tuple[When, ...]] = {
    # -- before the bids
    "apply": (_by("buyer", "finance"),),
    "agreement": (_by("buyer", "agency"),),
    # -- what bids contain and what is written about them
    "bid": (_by("agency", when=_opened), _COMMITTEE, _by("buyer", "finance", when=_awarded)),
    "explain_price": (_by("agency", when=_opened), _COMMITTEE, _by("buyer", "finance", when=_awarded)),
    "price_confirmation": (_by("agency", when=_opened), _COMMITTEE, _by("buyer", "finance", when=_awarded)),
    "opening_record": (_by("buyer", "agency", "finance", when=_opened), _COMMITTEE, _BIDDERS),
    "evaluation_report": (lambda reader, _: reader.may_read_report,),
    "award_letter": (_by("buyer", "agency", "finance"), _ADDRESSEE),
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


_CASES: tuple[type[InstanceRow] | type[Lot] | type[Project], ...] = (InstanceRow, Lot, Project)
"""What a case of documents can be."""


class Sight:
    """What an actor may read now. Each case is looked at once, however many of its documents are asked for."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self.session, self.actor = session, actor
        self._cases: dict[str | None, Reader | bool] = {None: False}
        self._readers: dict[tuple[str, ...] | str, Reader] = {}

    def of(self, found: Iterable[Document]) -> list[Document]:
        """Those of some documents that the actor may read, in their order."""
        asked = list(found)
        self._look_at({document.case_id for document in asked if document.case_id is not None})
        return [document for document in asked if self._sees(document)]

    def _sees(self, document: Document) -> bool:
        session, actor = self.session, self.actor
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
        reader = self._cases.get(document.case_id, False)
        if isinstance(reader, bool):
            return reader
        return any(may(reader, document) for may in DOCUMENTS.get(document.kind.partition(".")[0], OTHERS))

    def _look_at(self, case_ids: set[str]) -> None:
        """Find out what cases are about: an instance (and its project), a lot or a project.

        The papers of an instance without a project are read by whoever sees all of it.
        """
        session = self.session
        held = {row.id: row for row in session.identity_map.values() if isinstance(row, InstanceRow | Lot | Project)}
        known = [held[case_id] for case_id in case_ids if case_id in held]
        rest = case_ids - {each.id for each in known}
        for kind in _CASES:
            statement: Select[Any] = select(kind).where(kind.id.in_(rest))
            found: list[InstanceRow | Lot | Project] = list(session.scalars(statement)) if rest else []
            known += found
            rest = rest - {each.id for each in found}
        rows = [each for each in known if isinstance(each, InstanceRow)]
        about = cases.projects_of(session, [row.business_key for row in rows])
        for row in rows:
            project = about.get(row.business_key or "")
            whole = project is None and extent(session, self.actor, row) == WHOLE
            self._cases[row.id] = self._reader(project, project.lots) if project is not None else whole
        for each in known:
            if isinstance(each, Lot):
                self._cases[each.id] = self._reader(each.project, [each])
            elif isinstance(each, Project):
                self._cases[each.id] = self._reader(each, each.lots)

    def _reader(self, project: Project, lots: Sequence[Lot]) -> Reader:
        key = tuple(lot.id for lot in lots) or project.id
        return self._readers.setdefault(key, Reader(self.session, self.actor, project, lots))


def sees(session: Session, actor: Actor, document: Document) -> bool:
    """Whether an actor may read a document now."""
    return bool(Sight(session, actor).of([document]))


def seen_documents(session: Session, actor: Actor, case_ids: Iterable[str]) -> list[Document]:
    """The documents of cases that an actor may read now, in the order they came."""
    statement = select(Document).where(Document.case_id.in_(list(case_ids))).order_by(Document.created_at, Document.id)
    return Sight(session, actor).of(session.scalars(statement))


def seen_of(session: Session, actor: Actor, document_ids: Sequence[str]) -> list[Document]:
    """Those of the documents of these ids that an actor may read now, in the order of the ids.

    :raises documents.NoSuchDocument:
    """
    if not document_ids:
        return []
    found = {each.id: each for each in session.scalars(select(Document).where(Document.id.in_(document_ids)))}
    return Sight(session, actor).of([found.get(each) or documents.get(session, each) for each in document_ids])


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
