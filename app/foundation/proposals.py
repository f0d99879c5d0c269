"""Two persons: one proposes what is to be entered, another looks at it and decides. Nothing counts in between.

A proposal keeps what was entered as it was entered; what it would do is worked out anew whenever somebody looks, and the
one who confirms says which of it they saw (``seen``), so that nobody confirms what has changed under their eyes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import rfc8785
from sqlalchemy import Index, String, select
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.database import Base, Json, UtcDateTime, new_id, one_of
from app.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from app.foundation.text import Text


class ProposalState(StrEnum):
    """Where a proposal stands; a draft is seen by who enters it and by nobody else."""

    DRAFT = "draft"  #: being entered
    WAITING = "waiting"  #: another person is to decide
    CONFIRMED = "confirmed"  #: another person agreed: it counts
    REJECTED = "rejected"  #: another person refused it, with reasons
    WITHDRAWN = "withdrawn"  #: its proposer took it back


class Proposal(Base):
    """What somebody wants entered. ``kind`` says how ``content`` is read; ``organisation_id``: whose matter it is."""

    __tablename__ = "proposal"
    __table_args__ = (Index(None, "kind", "state", "proposed_at"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(40))
    organisation_id: Mapped[str | None] = mapped_column(String(32), default=None)
    subject_en: Mapped[str] = mapped_column(String(300))
    subject_zh: Mapped[str] = mapped_column(String(300))
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    why: Mapped[str] = mapped_column(LongText, default="")
    state: Mapped[ProposalState] = mapped_column(one_of(ProposalState, 12, "state"), default=ProposalState.DRAFT)
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_by: Mapped[str] = mapped_column(String(64))
    proposed_by_name: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    decided_by: Mapped[str | None] = mapped_column(String(64), default=None)
    decided_by_name: Mapped[str] = mapped_column(String(200), default="")
    reasons: Mapped[str] = mapped_column(LongText, default="")

    @property
    def subject(self) -> Text:
        """What it is about."""
        return Text(self.subject_en, self.subject_zh)

    @property
    def is_waiting(self) -> bool:
        """Whether it still waits for a second person."""
        return self.state == ProposalState.WAITING


class ProposalUnknown(NotFound):
    """There is no such proposal."""

    text = Text("There is no such entry.", "没有该待复核事项。")


class SecondPersonNeeded(NotAllowed):
    """Who entered something doesn't confirm it."""

    code = "second-person-for-entry"
    text = Text("You entered this yourself. Someone else must confirm it.", "本事项由您录入，须由其他人员复核。")


class AlreadySettled(Conflict):
    """Somebody has decided already."""

    code = "proposal-settled"
    text = Text("%(who)s has already decided this.", "该事项已由%(who)s处理。")


class ChangedSince(Conflict):
    """What would be entered differs from what the person saw."""

    code = "proposal-changed"
    text = Text(
        "The effect of this has changed since you opened it. Check it again before you decide.",
        "您查看后，该事项的影响已发生变化，请重新核对后再作决定。",
    )


class WhyRejected(Invalid):
    """Who gives an entry back says why."""

    code = "proposal-reasons"
    text = Text("Enter why you are returning it.", "请说明退回理由。")


def digest(shown: Any) -> str:
    """What a person saw, as a short text that only the same sight gives; ``shown`` is JSON."""
    return hashlib.sha256(rfc8785.dumps(shown)).hexdigest()


def draft(
    session: Session,
    actor: Actor,
    *,
    kind: str,
    subject: Text,
    content: Mapping[str, Any],
    organisation_id: str | None = None,
    why: str = "",
) -> Proposal:
    """Keep what somebody enters, for them to look at before they hand it on."""
    proposal = Proposal(
        kind=kind,
        organisation_id=organisation_id,
        subject_en=subject.en[:300],
        subject_zh=subject.zh[:300],
        content=dict(content),
        why=why.strip(),
        proposed_at=clock.now(session),
        proposed_by=actor.id,
        proposed_by_name=actor.name,
    )
    session.add(proposal)
    session.flush()
    return proposal


def hand_on(session: Session, actor: Actor, proposal_id: str) -> Proposal:
    """Hand a draft to a second person."""
    proposal = _locked(session, proposal_id, ProposalState.DRAFT)
    _refuse_others(actor, proposal)
    proposal.state, proposal.proposed_at = ProposalState.WAITING, clock.now(session)
    session.flush()
    _note(session, actor, proposal, "proposals.propose", {"content": digest(proposal.content)})
    return proposal


def discard(session: Session, actor: Actor, proposal_id: str) -> None:
    """Throw a draft away."""
    proposal = _locked(session, proposal_id, ProposalState.DRAFT)
    _refuse_others(actor, proposal)
    session.delete(proposal)
    session.flush()


def confirm(
    session: Session, actor: Actor, proposal_id: str, *, seen: str, showing: str, act: Callable[[Proposal], object]
) -> Proposal:
    """A second person lets it count: ``act`` enters it, in this transaction.

    ``seen``: the digest of what the person saw, ``showing``: of what it would do now.
    :raises SecondPersonNeeded: :raises AlreadySettled: :raises ChangedSince:
    """
    proposal = _open(session, actor, proposal_id)
    if seen != showing:
        raise ChangedSince
    act(proposal)
    return _settle(session, actor, proposal, ProposalState.CONFIRMED)


def reject(session: Session, actor: Actor, proposal_id: str, reasons: str) -> Proposal:
    """A second person gives it back, with reasons."""
    proposal = _open(session, actor, proposal_id)
    if not reasons.strip():
        raise WhyRejected(field="reasons")
    return _settle(session, actor, proposal, ProposalState.REJECTED, reasons.strip())


def withdraw(session: Session, actor: Actor, proposal_id: str) -> Proposal:
    """Who entered it takes it back."""
    proposal = _locked(session, proposal_id)
    _refuse_others(actor, proposal)
    return _settle(session, actor, proposal, ProposalState.WITHDRAWN)


def get(session: Session, proposal_id: str) -> Proposal:
    """A proposal.

    :raises ProposalUnknown:
    """
    proposal = session.get(Proposal, proposal_id)
    if proposal is None:
        raise ProposalUnknown
    return proposal


def of_kinds(
    session: Session, kinds: tuple[str, ...], *, organisation_id: str | None = None, waiting: bool, limit: int = 50
) -> list[Proposal]:
    """The proposals of some kinds that wait (or are settled), the latest first."""
    settled = (ProposalState.CONFIRMED, ProposalState.REJECTED, ProposalState.WITHDRAWN)
    states = (ProposalState.WAITING,) if waiting else settled
    statement = select(Proposal).where(Proposal.kind.in_(kinds), Proposal.state.in_(states))
    if organisation_id is not None:
        statement = statement.where(Proposal.organisation_id == organisation_id)
    return list(session.scalars(statement.order_by(Proposal.proposed_at.desc(), Proposal.id).limit(limit)))


def _refuse_others(actor: Actor, proposal: Proposal) -> None:
    if proposal.proposed_by != actor.id:
        raise NotAllowed


def _locked(session: Session, proposal_id: str, state: ProposalState = ProposalState.WAITING) -> Proposal:
    proposal = session.get(Proposal, proposal_id, with_for_update=True, populate_existing=True)
    if proposal is None:
        raise ProposalUnknown
    if proposal.state != state:
        raise AlreadySettled(who=proposal.decided_by_name or proposal.proposed_by_name)
    return proposal


def _open(session: Session, actor: Actor, proposal_id: str) -> Proposal:
    proposal = _locked(session, proposal_id)
    if proposal.proposed_by == actor.id:
        raise SecondPersonNeeded
    return proposal


def _settle(session: Session, actor: Actor, proposal: Proposal, state: ProposalState, reasons: str = "") -> Proposal:
    proposal.state, proposal.reasons = state, reasons
    proposal.decided_at, proposal.decided_by, proposal.decided_by_name = clock.now(session), actor.id, actor.name
    session.flush()
    _note(session, actor, proposal, f"proposals.{state}", {"reasons": reasons})
    return proposal


def _note(session: Session, actor: Actor, proposal: Proposal, act: str, facts: Mapping[str, Any]) -> None:
    told = {"kind": proposal.kind, "subject": proposal.subject.as_json(), **facts}
    journal.write(session, actor, case=f"proposal:{proposal.id}", act=act, facts=told)
