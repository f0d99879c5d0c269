"""The draw: random, out of the pool the criteria give, and replayable by anybody afterwards (O87 48, IR 39).

The order of calling is fixed by arithmetic: every expert of the pool gets a code, HMAC-SHA256 of the committee's seed
over the expert's id, and the codes are called in ascending order. The seed was made by ``secrets`` when the committee
began and its SHA-256 was journalled then, before anybody could know the pool; the codes' digest is journalled before
the first call. So nobody can choose: not who sets the criteria (the seed is unknown to them), not who holds the seed (the
pool isn't known yet), and substitutes come from the same list. After the result the seed is published; ``verify`` works
everything out again from the published record with nothing but SHA-256 and HMAC. Experts who didn't serve stay hidden
behind their codes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import rfc8785
from sqlalchemy.orm import Session

from app.foundation import clock, dates, workdays
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid, RuleBroken
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import accounts, roles
from app.procurement import agreements, mails, projects, rules, tenders
from app.procurement.experts.committees import (
    CommitteeSeated,
    CommitteeUnknown,
    NotAMember,
    note,
    of_lot,
    opened_lot,
    refuse_unlawful_size,
    serving,
)
from app.procurement.experts.eligibility import conflict_context, excluded
from app.procurement.experts.pool import SPECIALITIES, SpecialityUnknown, everybody, get
from app.procurement.experts.records import Committee, Draw, Member, MemberState, Recusal
from app.procurement.projects import ReasonsMissing


class CriteriaMissing(Conflict):
    """Nobody is drawn before the criteria are set."""

    text = Text("The conditions of the draw have not been set yet.", "尚未设定专家抽取条件。")


class PoolExhausted(RuleBroken):
    """The pool has fewer experts left than seats are empty."""

    text = Text(
        "Only %(left)s experts meet the conditions for %(missing)s places. Widen the conditions.",
        "符合条件的专家仅余%(left)s人，尚缺%(missing)s人，请调整抽取条件。",
    )


class DrawTooEarly(RuleBroken):
    """Experts are drawn at most two working days before the review (Notice 198/2016)."""

    text = Text("Experts can be drawn from %(from_on)s.", "评审专家应当自%(from_on)s起抽取。")
    statute = "财库〔2016〕198号"


class CallAnswered(Conflict):
    """The call was answered, or has expired."""

    text = Text("This invitation is no longer open.", "该抽取通知已失效。")


class AnswerUnknown(Invalid):
    """A call is accepted, declined, or answered with a recusal."""

    text = Text("Choose an answer.", "请选择答复。")


def set_criteria(
    session: Session,
    actor: Actor,
    *,
    lot_id: str,
    seats: int,
    specialities: Sequence[str],
    recusals: Sequence[str] = (),
    recusal_reasons: str = "",
    region: str = "",
) -> Draw:
    """Fix how many are drawn and from whom, and commit to the pool that follows (O87 48).

    ``recusals`` are experts who must stay away, with the reason why. Raises CommitteeTooSmall, CommitteeEven,
    SpecialityUnknown, ReasonsMissing, BeyondPowers or RoleMissing.
    """
    opened_lot(session, lot_id)
    committee = of_lot(session, lot_id, lock=True)
    tender = tenders.of_lot(session, lot_id)
    roles.require(actor, "agency-officer", tender.agency_id)
    agreements.require_power(session, actor, project_id=tender.project_id, power="organise_evaluation")
    if committee.seated_at is not None:
        raise CommitteeSeated
    refuse_unlawful_size(session, committee, seats)
    if not specialities or set(specialities) - set(SPECIALITIES):
        raise SpecialityUnknown(field="specialities")
    if recusals and not recusal_reasons.strip():
        raise ReasonsMissing(field="recusal_reasons")
    for expert_id in recusals:
        _recuse(session, actor, lot_id, expert_id, recusal_reasons)
    committee.seats = seats
    draw = _pool_of(session, committee, sorted(set(specialities)), region)
    draw.set_by, draw.set_at = actor.id, clock.now(session)
    session.add(draw)
    session.flush()
    session.expire(committee, ["draws"])
    facts = {"number": draw.number, "seats": seats, "pool": len(draw.pool), "pool_digest": draw.pool_digest}
    note(session, actor, lot_id, "experts.set_criteria", facts)
    return draw


def _pool_of(session: Session, committee: Committee, specialities: list[str], region: str) -> Draw:
    whole = everybody(session)
    asked = [member.expert_id for member in committee.members if member.expert_id]
    around = conflict_context(session, committee.lot_id)
    out = excluded(session, around, whole, specialities=specialities, region=region, asked=asked)
    pool = sorted([code_of(committee.seed, expert.id), expert.id] for expert in whole if expert.id not in out)
    draw = Draw(
        committee_id=committee.id,
        number=len(committee.draws) + 1,
        criteria={"seats": committee.seats, "specialities": specialities, "region": region},
        pool=pool,
        excluded=out,
    )
    draw.pool_digest = digest_of(committee.lot_id, draw.number, draw.criteria, [code for code, _ in pool])
    return draw


def code_of(seed: str, expert_id: str) -> str:
    """An expert's place in the order of calling: HMAC-SHA256 of the seed over the id, in hex."""
    return hmac.new(bytes.fromhex(seed), f"expert:{expert_id}".encode(), hashlib.sha256).hexdigest()


def digest_of(lot_id: str, number: int, criteria: Mapping[str, Any], codes: Sequence[str]) -> str:
    """What is committed to before the first call: SHA-256 over the canonical JSON of criteria and codes."""
    content: dict[str, Any] = {"lot": lot_id, "number": number, "criteria": dict(criteria), "codes": list(codes)}
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def draw(session: Session, actor: Actor, *, lot_id: str) -> list[Member]:
    """Call as many experts as seats are empty, the next ones of the committed order.

    :raises PoolExhausted: and calls nobody
    :raises DrawTooEarly:
    :raises CriteriaMissing:
    :raises CommitteeSeated:
    """
    committee = of_lot(session, lot_id, lock=True)
    if committee.seated_at is not None:
        raise CommitteeSeated
    if not committee.draws:
        raise CriteriaMissing
    _refuse_early(session, lot_id)
    current = committee.draws[-1]
    coming = [m for m in committee.members if m.state in (MemberState.ACCEPTED, MemberState.CALLED)]
    missing = committee.seats - len(coming)
    known = {member.expert_id for member in committee.members}
    left = [(code, expert_id) for code, expert_id in current.pool if expert_id not in known]
    if len(left) < missing:
        raise PoolExhausted(left=len(left), missing=missing, under=projects.law_of_lot(session, lot_id))
    position = max((member.position for member in committee.members), default=0)
    called = [
        _call(session, committee, current, code, expert_id, position + step)
        for step, (code, expert_id) in enumerate(left[:missing], 1)
    ]
    session.flush()
    session.expire(committee, ["members"])
    for member in called:
        _tell(session, lot_id, member)
    note(session, actor, lot_id, "experts.draw", {"number": current.number, "codes": [m.code for m in called]})
    return called


def answer_due_at(session: Session, lot_id: str) -> datetime:
    """Until when a call made now is answered (the house's policy); who is silent is counted as not coming."""
    return clock.now(session) + timedelta(minutes=projects.law_of_lot(session, lot_id).count("expert_call"))


def _call(session: Session, committee: Committee, current: Draw, code: str, expert_id: str, position: int) -> Member:
    expert = get(session, expert_id)
    member = Member(
        committee_id=committee.id,
        account_id=expert.account_id,
        expert_id=expert.id,
        name=expert.name,
        position=position,
        code=code,
        draw_number=current.number,
        called_at=clock.now(session),
    )
    session.add(member)
    return member


def _tell(session: Session, lot_id: str, member: Member) -> None:
    """The call by mail; it names neither project nor bidders, which only the platform shows (O87 47, 66)."""
    until = dates.when(answer_due_at(session, lot_id))
    mails.tell_people(
        session,
        [accounts.get(session, member.account_id)],
        key=f"expert-call:{member.id}",
        page="/inbox",
        subject=Text("Invitation to an evaluation committee", "评审专家抽取通知"),
        body=Text(
            f"You have been drawn for an evaluation committee. Answer on this service before {until.en}. After that "
            "the next expert is invited.",
            f"您已被随机抽取参加评审，请于{until.zh}前登录本平台答复；逾期未答复的，将通知下一位专家。",
        ),
    )


def _refuse_early(session: Session, lot_id: str) -> None:
    tender = tenders.of_lot(session, lot_id)
    deadline = tender.bid_deadline_at
    if deadline is None:
        raise ValueError("a tender without a deadline has no review")
    today = local_day(clock.now(session))
    rule = rules.law(session, tender.project).step("draw_from")
    if rule is None:
        return
    first = rule.first_day(workdays.load(session), local_day(deadline))
    if today < first:
        raise DrawTooEarly(from_on=first)


def answer(session: Session, actor: Actor, *, lot_id: str, decision: str, reasons: str = "") -> Member:
    """A called expert accepts, declines, or must stay away (``recuse``, with the reason; IR 9)."""
    committee = of_lot(session, lot_id, lock=True)
    member = next((m for m in committee.members if m.account_id == actor.id and not m.is_representative), None)
    if member is None:
        raise NotAMember(under=projects.law_of_lot(session, lot_id))
    if member.state != MemberState.CALLED or committee.seated_at is not None:
        raise CallAnswered
    states = {"accept": MemberState.ACCEPTED, "decline": MemberState.DECLINED, "recuse": MemberState.RECUSED}
    if decision not in states:
        raise AnswerUnknown(field="decision")
    if decision == "recuse":
        if not reasons.strip():
            raise ReasonsMissing(field="reasons")
        _recuse(session, actor, lot_id, member.expert_id or "", reasons)
    member.state, member.reasons, member.answered_at = states[decision], reasons.strip(), clock.now(session)
    session.flush()
    note(session, actor, lot_id, "experts.answer", {"code": member.code, "decision": decision})
    return member


def _recuse(session: Session, actor: Actor, lot_id: str, expert_id: str, reasons: str) -> None:
    expert = get(session, expert_id)
    committee = of_lot(session, lot_id)
    for member in committee.members:
        if member.expert_id == expert.id:
            member.state, member.reasons = MemberState.RECUSED, reasons.strip()
    if expert.id in conflict_context(session, lot_id).recused:
        return
    session.add(
        Recusal(
            lot_id=lot_id,
            expert_id=expert.id,
            reasons=reasons.strip(),
            declared_by=actor.id,
            declared_at=clock.now(session),
        )
    )
    session.flush()


def record(session: Session, lot_id: str) -> dict[str, Any]:
    """The record of a lot's draw as anybody may check it, once the committee is revealed.

    Only those who served are named; the others stay behind their codes.

    :raises CommitteeUnknown:
    """
    committee = of_lot(session, lot_id)
    if committee.revealed_at is None:
        raise CommitteeUnknown
    served = {member.id for member in serving(committee)}
    return {
        "lot": committee.lot_id,
        "seats": committee.seats,
        "representative": committee.representative_id is not None,
        "seed_commitment": committee.seed_commitment,
        "committed_at": committee.appointed_at.isoformat(),
        "seed": committee.seed,
        "draws": [
            {
                "number": draw.number,
                "criteria": draw.criteria,
                "codes": [code for code, _ in draw.pool],
                "pool_digest": draw.pool_digest,
                "set_at": draw.set_at.isoformat(),
            }
            for draw in committee.draws
        ],
        "calls": [
            {
                "draw": member.draw_number,
                "code": member.code,
                "state": member.state,
                "called_at": member.called_at.isoformat(),
                "expert": member.expert_id if member.id in served else None,
                "name": member.name if member.id in served else None,
            }
            for member in committee.members
            if not member.is_representative
        ],
    }


def verify(record: Mapping[str, Any]) -> list[Text]:
    """Replay a published draw: what doesn't hold in it; nothing when all is as it must be.

    Checks the seed against its commitment, each pool against its digest, that every expert who served carries the code
    the seed gives, and that no one was called out of turn.
    """
    wrong = []
    if hashlib.sha256(bytes.fromhex(record["seed"])).hexdigest() != record["seed_commitment"]:
        wrong.append(Text("The seed does not match the commitment.", "随机种子与事前承诺不符。"))
    for number, pool in enumerate(record["draws"], 1):
        codes = pool["codes"]
        if digest_of(record["lot"], pool["number"], pool["criteria"], codes) != pool["pool_digest"]:
            wrong.append(Text(f"Pool {number} does not match the commitment.", f"第{number}次名单与事前承诺不符。"))
        if codes != sorted(set(codes)):
            wrong.append(Text(f"Pool {number} is not in the order of its codes.", f"第{number}次名单未按编码排序。"))
        called = [call["code"] for call in record["calls"] if call["draw"] == pool["number"]]
        if called != codes[: len(called)]:
            wrong.append(Text(f"In draw {number} someone was passed over.", f"第{number}次抽取未按顺序通知。"))
    for call in record["calls"]:
        if call["expert"] is not None and code_of(record["seed"], call["expert"]) != call["code"]:
            wrong.append(
                Text(
                    f"{call['name']} has a code that does not follow from the seed.",
                    f"{call['name']}的编码与种子不符。",
                )
            )
    accepted = sum(call["state"] == MemberState.ACCEPTED for call in record["calls"]) + bool(record["representative"])
    if accepted != record["seats"]:
        wrong.append(
            Text(
                "The size of the committee does not match the conditions of the draw.", "评标委员会人数与抽取条件不符。"
            )
        )
    return wrong
