"""The procedure against a supplier: report, notice with the right to be heard, decision, publication (GPL 77, IR 72-73)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.foundation import arrivals, clock, dates, journal, workdays
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken
from app.foundation.money import Money
from app.foundation.text import Text
from app.foundation.workdays import ONE_DAY, local_day
from app.identity import organisations, roles
from app.procurement import contracts, mails, papers, projects, rules, suppliers
from app.procurement.breaches import decisions
from app.procurement.breaches.records import GROUNDS, STATE_NAMES, Breach, BreachState
from app.procurement.projects import Project, ReasonsMissing, SamePerson
from app.procurement.rules import laws
from app.procurement.suppliers import Exclusion

REPORTERS = ("buyer-handler", "buyer-reviewer", "buyer-contract-officer", "agency-officer", "finance-officer")
"""The roles that may report a breach."""


class BreachUnknown(NotFound):
    """There is no such report, or none this person may know of."""

    text = Text("There is no such report.", "没有该违法违规报告。")


class BreachNotOpen(Conflict):
    """The procedure isn't where this act needs it."""

    text = Text("The procedure is “%(state)s”. You cannot do this now.", "该程序当前为“%(state)s”，不能执行此操作。")


class NotYourCase(NotAllowed):
    """Somebody reports a breach in a procurement in which their organisation has no part."""

    text = Text("Your organisation is not a party to this procurement.", "贵单位不是该采购项目的当事人。")


class ReplyOpen(RuleBroken):
    """Nothing is decided while the supplier may still be heard."""

    text = Text(
        "The supplier can reply until %(until)s. You cannot decide before then.",
        "供应商可在%(until)s前陈述、申辩或者要求听证，期满前不得作出决定。",
    )
    statute = "APL 64"


class HearingOwed(RuleBroken):
    """The supplier asked for a hearing, and it wasn't held yet."""

    text = Text("The supplier asked for a hearing. Hold it first.", "供应商要求听证，应当先行组织听证。")
    statute = "APL 64"


class ReplyLate(Conflict):
    """The time to reply is over."""

    text = Text("The time to reply ended on %(until)s.", "陈述、申辩期限已于%(until)s届满。")


class ExclusionOutOfRange(RuleBroken):
    """An exclusion lasts from one to three years (GPL 77)."""

    text = Text(
        "An exclusion lasts %(least)s to %(most)s years.", "禁止参加政府采购活动的期限应为%(least)s至%(most)s年。"
    )
    statute = "GPL 77"


class FineOutOfRange(RuleBroken):
    """A fine is half to one percent of the procurement amount (GPL 77)."""

    text = Text("The fine must be between ¥%(least)s and ¥%(most)s.", "罚款金额应在%(least)s元至%(most)s元之间。")
    statute = "GPL 77"


class HeardInFuture(Invalid):
    """A hearing that is recorded was held by today."""

    text = Text("The hearing must have been held by today.", "听证日期不得晚于今日。")


def report(
    session: Session,
    actor: Actor,
    *,
    supplier_id: str,
    ground: str,
    facts: str,
    evidence: Sequence[str] = (),
    lot_id: str | None = None,
) -> Breach:
    """Report a supplier's breach on a ground of GROUNDS, in a lot of one's own procurement where it belongs to one."""
    if not any(actor.has_role(role) for role in REPORTERS):
        raise roles.RoleMissing(role=roles.name("finance-officer"))
    organisations.get(session, supplier_id, kind="supplier")
    if ground not in GROUNDS:
        raise ValueError(f"unknown ground: {ground}")
    if not facts.strip():
        raise ReasonsMissing(field="facts")
    lot = None if lot_id is None else projects.lot(session, lot_id)
    if lot is not None:
        _require_part(actor, lot.project)
    contract = None if lot is None else contracts.of_lot(session, lot.id)
    base_amount = None if lot is None else contract.price if contract is not None else lot.budget
    breach = Breach(
        number=projects.next_number(session, "WG"),
        supplier_id=supplier_id,
        lot_id=lot_id,
        ground=ground,
        facts=facts.strip(),
        evidence=list(evidence),
        base_amount=base_amount,
        reported_by=actor.id,
        reported_by_name=actor.name,
        reporter_id=actor.organisation_id,
        finance_id=lot.project.finance_id if lot is not None else _supervisor(session, actor),
        reported_at=clock.now(session),
    )
    session.add(breach)
    session.flush()
    _journal(session, actor, breach, "breaches.report", supplier=supplier_id, ground=ground)
    return breach


def _supervisor(session: Session, actor: Actor) -> str | None:
    """The finance department that the reporter belongs or answers to."""
    if actor.organisation_id is None or actor.has_role("finance-officer"):
        return actor.organisation_id
    return organisations.get(session, actor.organisation_id).supervisor_id


def _require_part(actor: Actor, project: Project) -> None:
    if actor.organisation_id not in (project.buyer_id, project.agency_id, project.finance_id):
        raise NotYourCase


def notify(session: Session, actor: Actor, *, breach_id: str, intended: str) -> Breach:
    """Tell the supplier what it is held to have done and what is intended, and that it may reply or ask for a hearing."""
    breach = _open(session, actor, breach_id, BreachState.REPORTED)
    if not intended.strip():
        raise ReasonsMissing(field="intended")
    now = clock.now(session)
    today = local_day(now)
    until = rules.common(today).rule("breach_reply").last_day(workdays.load(session), today)
    breach.notified_by, breach.notified_at, breach.intended = actor.id, now, intended.strip()
    breach.reply_until_on, breach.state = until, BreachState.NOTIFIED
    by, law = dates.by(until), laws.citation("APL 64")
    _tell(
        session,
        breach,
        "notified",
        Text(f"Notice before a penalty {breach.number}: you may reply", f"行政处罚事先告知（{breach.number}）"),
        Text(
            f"Your organisation is reported for: {breach.ground_name.en}. Intended: {breach.intended}. You may state your "
            f"case or ask for a hearing {by.en} ({law.en}).",
            f"贵单位涉嫌{breach.ground_name.zh}，拟作出：{breach.intended}。贵单位可于{by.zh}陈述、申辩或者要求听证（{law.zh}）。",
        ),
    )
    _journal(session, actor, breach, "breaches.notify", intended=breach.intended, until=str(breach.reply_until_on))
    return breach


def reply(
    session: Session,
    actor: Actor,
    *,
    breach_id: str,
    statement: str,
    attachments: Sequence[str] = (),
    wants_hearing: bool = False,
    arrived_at: datetime | None = None,
) -> Breach:
    """The supplier states its case, or asks for a hearing, in time; once.

    :raises ReplyLate:
    :raises BreachNotOpen:
    """
    breach = get(session, breach_id, lock=True)
    if not (
        actor.has_role("supplier-admin", breach.supplier_id) or actor.has_role("supplier-signer", breach.supplier_id)
    ):
        raise roles.RoleMissing(role=roles.name("supplier-admin"))
    if breach.state != BreachState.NOTIFIED or breach.replied_at is not None:
        raise BreachNotOpen(state=STATE_NAMES[breach.state])
    if not statement.strip():
        raise ReasonsMissing(field="statement")
    now = arrivals.arrived(session, arrived_at)
    if breach.reply_until_on is not None and local_day(now) > breach.reply_until_on:
        raise ReplyLate(until=breach.reply_until_on)
    breach.reply, breach.reply_attachments = statement.strip(), list(attachments)
    breach.wants_hearing, breach.replied_by, breach.replied_at = wants_hearing, actor.id, now
    _journal(session, actor, breach, "breaches.reply", wants_hearing=wants_hearing, arrived_at=now.isoformat())
    return breach


def hear(session: Session, actor: Actor, *, breach_id: str, heard_on: date, record: str) -> Breach:
    """Record the hearing that was held; its host didn't report or investigate the case."""
    breach = _open(session, actor, breach_id, BreachState.NOTIFIED)
    if actor.id in (breach.reported_by, breach.notified_by):
        raise SamePerson
    if not record.strip():
        raise ReasonsMissing(field="record")
    if heard_on > local_day(clock.now(session)):
        raise HeardInFuture(field="heard_on")
    breach.heard_on, breach.hearing_record = heard_on, record.strip()
    _journal(session, actor, breach, "breaches.hear", heard_on=str(heard_on))
    return breach


def decide(
    session: Session,
    actor: Actor,
    *,
    breach_id: str,
    decision: str,
    reasons: str,
    years: int = 0,
    fine: Decimal = Decimal(0),
) -> Breach:
    """Decide: ``exclude`` for ``years`` (with a fine where an amount is known), or ``dismiss``; never by who reported it.

    An exclusion is in force from today.

    :raises ReplyOpen:
    :raises HearingOwed:
    :raises ExclusionOutOfRange:
    :raises FineOutOfRange:
    :raises SamePerson:
    """
    breach = _open(session, actor, breach_id, BreachState.NOTIFIED)
    if actor.id == breach.reported_by:
        raise SamePerson
    if decision not in ("exclude", "dismiss"):
        raise ValueError(f"unknown decision: {decision}")
    if not reasons.strip():
        raise ReasonsMissing(field="reasons")
    now = clock.now(session)
    _refuse_unheard(breach, local_day(now))
    breach.reasons, breach.decided_by, breach.decided_at = reasons.strip(), actor.id, now
    if decision == "dismiss":
        breach.state = BreachState.DISMISSED
    else:
        _exclude(session, actor, breach, years, fine)
    _tell_decision(session, breach)
    _journal(session, actor, breach, "breaches.decide", decision=decision, years=years, fine=str(fine))
    return breach


def _refuse_unheard(breach: Breach, today: date) -> None:
    if breach.replied_at is None and breach.reply_until_on is not None and today <= breach.reply_until_on:
        raise ReplyOpen(until=breach.reply_until_on)
    if breach.wants_hearing and breach.heard_on is None:
        raise HearingOwed


def _exclude(session: Session, actor: Actor, breach: Breach, years: int, fine: Decimal) -> None:
    today = local_day(clock.now(session))
    least, most = (rules.common(today).count(name) for name in ("exclusion_min", "exclusion_max"))
    if not least <= years <= most:
        raise ExclusionOutOfRange(field="years", least=least, most=most)
    _check_fine(breach, fine, today)
    exclusion = Exclusion(
        organisation_id=breach.supplier_id,
        basis=breach.article,
        reasons=breach.reasons,
        valid_from=today,
        valid_until=suppliers.years_after(today, years) - ONE_DAY,
        decided_by=actor.id,
        decided_at=clock.now(session),
    )
    session.add(exclusion)
    session.flush()
    breach.exclusion_id, breach.fine, breach.state = exclusion.id, fine, BreachState.DECIDED
    session.flush()
    session.expire(breach, ["exclusion"])


def _check_fine(breach: Breach, fine: Decimal, today: date) -> None:
    """A fine needs the procurement amount it is measured by; without one there is none here."""
    base = breach.base_amount or Decimal(0)
    least, most = (
        Money(base).times(rules.common(today).value(name)).amount for name in ("breach_fine_min", "breach_fine_max")
    )
    if fine and not least <= fine <= most:
        raise FineOutOfRange(field="fine", least=f"{least:,.2f}", most=f"{most:,.2f}")


def publish(session: Session, actor: Actor, *, breach_id: str) -> Breach:
    """Publish an exclusion: the decision becomes a paper that everybody may read (O101 3)."""
    breach = _open(session, actor, breach_id, BreachState.DECIDED)
    finance = organisations.get(session, actor.organisation_id) if actor.organisation_id else None
    breach.published_at, breach.state = clock.now(session), BreachState.PUBLISHED
    drawn = papers.keep(
        session,
        actor,
        "penalty_decision",
        {**decisions.content(session, breach), "issuer": finance.name if finance else Text(actor.name, actor.name)},
        case=f"breach:{breach.id}",
        title=Text(f"Penalty decision {breach.number}", f"行政处罚决定书（{breach.number}）"),
        kind="breach",
        access="public",
    )
    breach.document_zh_id, breach.document_en_id = (document.id for document in drawn)
    _journal(session, actor, breach, "breaches.publish")
    return breach


def lift(session: Session, actor: Actor, *, breach_id: str, reasons: str) -> Breach:
    """End an exclusion early, because the decision was set aside; it stays on record with the reasons."""
    breach = get(session, breach_id, lock=True)
    roles.require(actor, "finance-officer", breach.finance_id)
    exclusion = breach.exclusion
    if exclusion is None or exclusion.revoked_at is not None:
        raise BreachNotOpen(state=STATE_NAMES[breach.state])
    if not reasons.strip():
        raise ReasonsMissing(field="reasons")
    exclusion.revoked_at = clock.now(session)
    _journal(session, actor, breach, "breaches.lift", reasons=reasons)
    return breach


def _open(session: Session, actor: Actor, breach_id: str, state: BreachState) -> Breach:
    """A breach in that state, locked, for an officer of the finance department that decides it."""
    breach = get(session, breach_id, lock=True)
    roles.require(actor, "finance-officer", breach.finance_id)
    if breach.state != state:
        raise BreachNotOpen(state=STATE_NAMES[breach.state])
    return breach


def get(session: Session, breach_id: str, *, lock: bool = False) -> Breach:
    """A breach, under its row lock if asked.

    :raises BreachUnknown:
    """
    breach = session.get(Breach, breach_id, with_for_update=lock or None, populate_existing=lock)
    if breach is None:
        raise BreachUnknown
    return breach


def _tell_decision(session: Session, breach: Breach) -> None:
    exclusion = breach.exclusion
    if exclusion is None:
        body = Text(f"Report {breach.number} was dismissed.", f"经审查，对{breach.number}号报告决定不予行政处罚。")
    else:
        first, last = dates.day(exclusion.valid_from), dates.day(exclusion.valid_until)
        body = Text(
            f"Your organisation is excluded from government procurement from {first.en} to {last.en}, both days included. "
            f"Reasons: {breach.reasons}",
            f"贵单位自{first.zh}起至{last.zh}止（含起止当日）禁止参加政府采购活动。理由：{breach.reasons}",
        )
    _tell(session, breach, "decided", Text(f"Decision {breach.number}", f"处理决定（{breach.number}）"), body)


def _tell(session: Session, breach: Breach, what: str, subject: Text, body: Text) -> None:
    mails.tell(
        session,
        organisation_id=breach.supplier_id,
        roles=("supplier-admin", "supplier-signer"),
        key=f"breach:{breach.id}:{what}",
        page=f"/breaches/{breach.id}",
        subject=subject,
        body=body,
    )


def _journal(session: Session, actor: Actor, breach: Breach, act: str, **facts: Any) -> None:
    told = {"breach": breach.id, "number": breach.number, **facts}
    journal.write(session, actor, case=f"breach:{breach.id}", act=act, facts=told)
