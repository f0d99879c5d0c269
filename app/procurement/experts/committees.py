"""The evaluation committee of a lot: the buyer's representative, its size, the seating, its leader, who may know it (O87 47)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken
from app.foundation.text import Text
from app.identity import accounts, grants, roles
from app.identity.accounts import Account
from app.identity.grants import Grant
from app.procurement import projects, rules, tenders
from app.procurement.experts.eligibility import REASONS, ConflictContext, bound, conflict_context
from app.procurement.experts.pool import of_accounts
from app.procurement.experts.records import Committee, Expert, Member, MemberState
from app.procurement.projects import STATE_NAMES, Lot, LotState, NotInThisState
from app.procurement.tenders import Tender


class CommitteeUnknown(NotFound):
    """There is no committee of this lot, or none this person may know of."""

    text = Text("There is no evaluation committee.", "没有该评标委员会。")


class CommitteeSeated(Conflict):
    """The committee is complete; it isn't formed anew."""

    text = Text("The committee is complete already.", "评标委员会已组成。")


class CommitteeTooSmall(RuleBroken):
    """The committee has too few seats for this lot (O87 47)."""

    text = Text("This lot needs a committee of at least %(least)s.", "本项目评标委员会成员应当为%(least)s人以上。")


class CommitteeEven(RuleBroken):
    """A committee has an odd number of members (O87 47)."""

    text = Text("The number of members must be odd.", "评标委员会成员人数应当为单数。")


class TooFewExperts(RuleBroken):
    """Experts are at least two thirds of a committee (O87 47)."""

    text = Text("At least two thirds of the members must be review experts.", "评审专家不得少于成员总数的三分之二。")


class RepresentativeUnfit(RuleBroken):
    """Who handled the project, or is bound to a party, doesn't represent the buyer on its committee."""

    text = Text(
        "%(name)s cannot be the buyer's representative: %(why)s.", "%(name)s不能担任本项目采购人代表：%(why)s。"
    )


class RepresentativeMissing(Invalid):
    """Name the representative, or say that the buyer sends none."""

    text = Text(
        "Choose a representative, or confirm that the buyer sends none.", "请选择采购人代表，或者确认不派代表。"
    )


class NotAMember(NotAllowed):
    """Only a member of the committee does this."""

    text = Text("Only members of the evaluation committee can do this.", "仅评标委员会成员可执行此操作。")


def of_lot(session: Session, lot_id: str, *, lock: bool = False) -> Committee:
    """A lot's committee, under its row lock if asked.

    :raises CommitteeUnknown:
    """
    statement = select(Committee).where(Committee.lot_id == lot_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    committee = session.scalars(statement).one_or_none()
    if committee is None:
        raise CommitteeUnknown
    return committee


def appoint_representative(session: Session, actor: Actor, *, lot_id: str, account_id: str | None) -> Committee:
    """The buyer names its representative (None: all members are experts); with this the committee begins (O87 47).

    The seed of the draw is made here, before anybody can know the pool, and its commitment is journalled.

    :raises RepresentativeUnfit:
    :raises CommitteeSeated:
    :raises RoleMissing:
    :raises NotInThisState:
    """
    lot = opened_lot(session, lot_id)
    tender = tenders.of_lot(session, lot_id)
    roles.require(actor, "buyer-reviewer", tender.buyer_id)
    representative = None if account_id is None else _fit(session, actor, tender, lot_id, account_id)
    committee = _begun(session, actor, lot)
    committee.representative_id = representative.id if representative else None
    committee.appointed_by, committee.appointed_at = actor.id, clock.now(session)
    _seat_representative(session, committee, representative)
    facts = {"representative": committee.representative_id is not None, "seed_commitment": committee.seed_commitment}
    note(session, actor, lot_id, "experts.appoint_representative", facts)
    return committee


def _begun(session: Session, actor: Actor, lot: Lot) -> Committee:
    committee = session.scalars(select(Committee).where(Committee.lot_id == lot.id).with_for_update()).one_or_none()
    if committee is not None and committee.seats:
        raise CommitteeSeated
    if committee is None:
        seed = secrets.token_bytes(32)
        committee = Committee(
            lot_id=lot.id,
            seed=seed.hex(),
            seed_commitment=hashlib.sha256(seed).hexdigest(),
            appointed_by=actor.id,
            appointed_at=clock.now(session),
        )
        session.add(committee)
        session.flush()
    return committee


def _seat_representative(session: Session, committee: Committee, representative: Account | None) -> None:
    for old in committee.members:
        session.delete(old)
    session.flush()
    now = clock.now(session)
    if representative is not None:
        session.add(
            Member(
                committee_id=committee.id,
                account_id=representative.id,
                name=representative.name,
                position=0,
                state=MemberState.ACCEPTED,
                called_at=now,
                answered_at=now,
            )
        )
    session.flush()
    session.expire(committee, ["members"])


def _fit(session: Session, actor: Actor, tender: Tender, lot_id: str, account_id: str) -> Account:
    account = accounts.get(session, account_id)
    why = _unfit(session, actor, tender, lot_id, [account])[account.id]
    if why is not None:
        raise RepresentativeUnfit(field="account", name=account.name, why=why, under=rules.law(session, tender.project))
    return account


def _unfit(
    session: Session, actor: Actor, tender: Tender, lot_id: str, people: Sequence[Account]
) -> dict[str, Text | None]:
    """By account: why a person can't represent the buyer, or None."""
    ids, around = [account.id for account in people], conflict_context(session, lot_id)
    held, experts = grants.of_accounts(session, ids), of_accounts(session, ids)
    return {id: _fault(actor, tender, around, id, held.get(id, []), experts.get(id)) for id in ids}


def _fault(
    actor: Actor, tender: Tender, around: ConflictContext, account_id: str, held: list[Grant], expert: Expert | None
) -> Text | None:
    if tender.buyer_id not in grants.places(held):
        return Text("this person does not work for the buyer", "并非采购人工作人员")
    if account_id in _handlers(tender):
        return Text("handled this project", "经办过本项目")
    if any(grant.role == "buyer-contract-officer" and grant.organisation_id == tender.buyer_id for grant in held):
        return Text("signs and accepts for the buyer", "负责采购人合同签订与履约验收")
    if account_id == actor.id:
        return Text("confirms the winning bidder of this lot", "负责确定本项目中标人")
    reason = bound(around, held, expert.ties if expert else ())
    return REASONS[reason] if reason not in (None, "own_unit") else None


def _handlers(tender: Tender) -> set[str]:
    """Who handled a project: applied, planned or confirmed its documents."""
    project = tender.project
    return {project.applicant_id, project.planner_id or "", tender.confirmed_by or "", tender.drafted_by} - {""}


def fit_representatives(session: Session, actor: Actor, lot_id: str) -> list[Account]:
    """The buyer's people who can represent it on a lot's committee, by name."""
    tender = tenders.of_lot(session, lot_id)
    people = grants.holders_of_any(session, [role.id for role in roles.of_kind("buyer")], tender.buyer_id)
    unfit = _unfit(session, actor, tender, lot_id, people)
    return [person for person in people if unfit[person.id] is None]


def least_seats(session: Session, lot_id: str) -> int:
    """How many seats a lot's committee has at least: by the law and by the documents (O87 47)."""
    tender = tenders.of_lot(session, lot_id)
    rule = rules.law(session, tender.project).group_size(tender.project.estimate)
    return max(rule.count if rule else 0, tender.committee_size)


def share_kept(seats: int, experts: int, thirds: int) -> bool:
    """Whether experts are at least ``thirds`` thirds of a committee."""
    return experts * 3 >= seats * thirds


def refuse_unlawful_size(session: Session, committee: Committee, seats: int) -> None:
    """Raise CommitteeTooSmall, CommitteeEven or TooFewExperts for a size that O87 47 doesn't allow."""
    law = projects.law_of_lot(session, committee.lot_id)
    least = max(least_seats(session, committee.lot_id), len(serving(committee)))
    if seats < least:
        raise CommitteeTooSmall(field="seats", least=least, under=law)
    if seats % 2 == 0:
        raise CommitteeEven(field="seats", under=law)
    experts = seats - (committee.representative_id is not None)
    if not share_kept(seats, experts, law.expert_share()):
        raise TooFewExperts(field="seats", under=law)


def seat(session: Session, actor: Actor, *, lot_id: str) -> int:
    """Look who accepted: how many seats are still empty. With none the committee is complete, and the lot is evaluated.

    Who hasn't answered by now is counted as not coming. The leader is the expert who has held the senior title
    longest, of two the one called first; never the buyer's representative (O87 45(4)).
    """
    committee = of_lot(session, lot_id, lock=True)
    for member in committee.members:
        if member.state == MemberState.CALLED:
            member.state = MemberState.SILENT
    present = serving(committee)
    missing = committee.seats - len(present)
    if missing == 0 and committee.seated_at is None:
        committee.leader_id = _leader(session, present).account_id
        committee.seated_at = clock.now(session)
        projects.move_lot(session, projects.lot(session, lot_id, lock=True), LotState.EVALUATING)
    session.flush()
    facts = {"seats": committee.seats, "missing": missing, "members": [m.account_id for m in present]}
    note(session, actor, lot_id, "experts.seat", facts)
    return missing


def _leader(session: Session, present: list[Member]) -> Member:
    def seniority(member: Member) -> tuple[object, int]:
        return session.get_one(Expert, member.expert_id).senior_since, member.position

    return min((member for member in present if not member.is_representative), key=seniority)


def serving(committee: Committee) -> list[Member]:
    """The members who accepted, the representative first, then in the order of the draw."""
    return [member for member in committee.members if member.state == MemberState.ACCEPTED]


def require_member(session: Session, actor: Actor, lot_id: str) -> Member:
    """The actor's seat on the complete committee of a lot.

    :raises NotAMember:
    """
    committee = of_lot(session, lot_id)
    for member in serving(committee):
        if member.account_id == actor.id and committee.seated_at is not None:
            return member
    raise NotAMember(under=projects.law_of_lot(session, lot_id))


def reveal(session: Session, lot_id: str) -> Committee:
    """Let the list of members be known: with the notice of the result, no earlier (O87 47, 69)."""
    committee = of_lot(session, lot_id, lock=True)
    committee.revealed_at = committee.revealed_at or clock.now(session)
    return committee


def opened_lot(session: Session, lot_id: str) -> Lot:
    """A lot whose bids are open and whose committee isn't complete.

    :raises NotInThisState:
    """
    lot = projects.lot(session, lot_id, lock=True)
    if lot.state != LotState.OPENED:
        raise NotInThisState(state=STATE_NAMES[lot.state])
    return lot


def note(session: Session, actor: Actor, lot_id: str, act: str, facts: Mapping[str, Any]) -> None:
    """Journal under the evaluation's own case: the project's journal is read by people who mustn't know (O87 47)."""
    journal.write(session, actor, case=f"evaluation:{lot_id}", act=act, facts={"lot": lot_id, **facts})
