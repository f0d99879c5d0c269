"""Who of the pool may be drawn for a lot, and why the others may not (IR 9, O87 45, 47)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import accounts, grants, organisations
from app.identity.grants import Grant
from app.identity.organisations import Organisation
from app.procurement import rules, tenders
from app.procurement.bids import Bid, BidState
from app.procurement.experts.records import Expert, ExpertState, ExpertTie, Recusal
from app.procurement.rules import laws

REASONS: dict[str, Text] = {
    "not_active": Text("is not active in the pool", "未处于在库状态"),
    "absent": Text("is not available that day", "当日不能参加评审"),
    "speciality": Text("has another field of expertise", "专业类别不符"),
    "region": Text("lives in another region", "所在地区不符"),
    "own_unit": laws.under(Text("belongs to the buyer", "属于采购人本单位"), "O87 47"),
    "agency": laws.under(Text("works at the agency", "属于采购代理机构工作人员"), "O87 47"),
    "employee": laws.under(Text("worked for a bidder in the last three years", "三年内与投标人存在劳动关系"), "IR 9"),
    "board": laws.under(Text("sat on a bidder's board in the last three years", "三年内担任投标人董事、监事"), "IR 9"),
    "controller": laws.under(
        Text("controlled a bidder in the last three years", "三年内系投标人控股股东或者实际控制人"), "IR 9"
    ),
    "kinship": laws.under(Text("is a relative of a bidder's head", "与投标人负责人有亲属关系"), "IR 9"),
    "recused": Text("declared a conflict of interest", "已声明回避"),
    "asked": Text("was already invited", "已被抽取并通知"),
}
"""Why an expert isn't in a draw's pool."""


@dataclass(frozen=True)
class ConflictContext:
    """What decides about experts for one lot: its buyer, agency and bidders, and from which day ties count."""

    buyer: Organisation
    agency: Organisation
    bidders: tuple[Organisation, ...]
    since: date
    today: date
    recused: frozenset[str] = field(default_factory=frozenset)


def conflict_context(session: Session, lot_id: str) -> ConflictContext:
    """What may be in conflict with a lot now; ties count from three years before its bidders took part (IR 9)."""
    tender = tenders.of_lot(session, lot_id)
    today = local_day(clock.now(session))
    began = local_day(tender.published_at) if tender.published_at else today
    years = rules.law(session, tender.project).count("recusal_years")
    recused = session.scalars(select(Recusal.expert_id).where(Recusal.lot_id == lot_id))
    suppliers = bidders(session, lot_id)
    around = organisations.by_ids(session, {tender.buyer_id, tender.agency_id, *suppliers})
    known = {organisation.id: organisation for organisation in around}
    return ConflictContext(
        buyer=known[tender.buyer_id],
        agency=known[tender.agency_id],
        bidders=tuple(known[supplier_id] for supplier_id in suppliers),
        since=_years_before(began, years),
        today=today,
        recused=frozenset(recused),
    )


def bidders(session: Session, lot_id: str) -> list[str]:
    """The suppliers who bid for a lot and didn't withdraw."""
    gone = (BidState.REPLACED, BidState.WITHDRAWN)
    statement = select(Bid.supplier_id).where(Bid.lot_id == lot_id, Bid.state.not_in(gone))
    return list(session.scalars(statement.distinct().order_by(Bid.supplier_id)))


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def excluded(
    session: Session,
    around: ConflictContext,
    experts: Iterable[Expert],
    *,
    specialities: Iterable[str],
    region: str = "",
    asked: Iterable[str] = (),
) -> dict[str, str]:
    """``{expert id: key of REASONS}`` of all who may not be drawn; ``asked`` are the experts called before."""
    wanted, known, pool = set(specialities), set(asked), list(experts)
    people = [expert.account_id for expert in pool]
    active = {account.id for account in accounts.by_ids(session, people) if account.is_active}
    held = grants.of_accounts(session, people)
    reasons = {}
    for expert in pool:
        reason = (
            "asked"
            if expert.id in known
            else _unavailable(around, expert, expert.account_id in active)
            or _unfit(expert, wanted, region)
            or bound(around, held.get(expert.account_id, []), expert.ties)
        )
        if reason:
            reasons[expert.id] = reason
    return reasons


def _unavailable(around: ConflictContext, expert: Expert, has_account: bool) -> str | None:
    if expert.state != ExpertState.ACTIVE or not has_account:
        return "not_active"
    if any(absence.from_on <= around.today <= absence.to_on for absence in expert.absences):
        return "absent"
    return "recused" if expert.id in around.recused else None


def _unfit(expert: Expert, specialities: set[str], region: str) -> str | None:
    if region and not expert.region.startswith(region):
        return "region"
    return None if specialities & set(expert.specialities) else "speciality"


def bound(around: ConflictContext, held: list[Grant], ties: Iterable[ExpertTie] = ()) -> str | None:
    """What binds a person who holds these roles to a bidder, the agency or (asked last) the buyer: a key of REASONS, or None."""
    places = set(grants.places(held))
    ties = list(ties)
    if places & {bidder.id for bidder in around.bidders}:
        return "employee"
    for tie in ties:
        if _counts(tie, around) and any(_names(tie, bidder) for bidder in around.bidders):
            return tie.kind
    for reason, organisation in (("agency", around.agency), ("own_unit", around.buyer)):
        if organisation.id in places or any(_works_at(tie, organisation, around.today) for tie in ties):
            return reason
    return None


def _counts(tie: ExpertTie, around: ConflictContext) -> bool:
    """Kinship always counts, other ties for three years after their end."""
    return tie.kind == "kinship" or tie.to_on is None or tie.to_on >= around.since


def _works_at(tie: ExpertTie, organisation: Organisation, today: date) -> bool:
    return tie.kind == "employee" and (tie.to_on is None or tie.to_on >= today) and _names(tie, organisation)


def _names(tie: ExpertTie, organisation: Organisation) -> bool:
    if tie.uscc:
        return tie.uscc == organisation.uscc
    name = tie.organisation_name.strip().casefold()
    return name in (organisation.name_zh.strip().casefold(), organisation.name_en.strip().casefold())
