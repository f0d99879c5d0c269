"""The expert pool: who may be drawn, what binds them to whom, when they are away, how they did their duty (IR 9, O87 48)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from app.foundation.text import Text
from app.identity import accounts, organisations, roles
from app.procurement.experts.records import Expert, ExpertAbsence, ExpertConduct, ExpertState, ExpertTie
from app.procurement.projects import ReasonsMissing

SPECIALITIES: dict[str, Text] = {
    "A0201": Text("information technology equipment", "信息化设备"),
    "A0202": Text("office equipment", "办公设备"),
    "A0203": Text("vehicles", "车辆"),
    "A0232": Text("medical equipment", "医疗设备"),
    "A05": Text("furniture", "家具和用具"),
    "A07": Text("materials", "物资"),
    "B": Text("works", "工程"),
    "C04": Text("medical and health services", "医疗卫生服务"),
    "C16": Text("information technology services", "信息技术服务"),
    "C21": Text("property services", "房地产和物业服务"),
    "economics": Text("economics and finance", "经济与财务"),
    "law": Text("law", "法律"),
}
"""What experts are drawn for: first digits of the catalogue of procurement items (2022), and two professions."""

TIES: dict[str, Text] = {
    "employee": Text("works or worked there", "与该单位存在劳动关系"),
    "board": Text("director or supervisor of its board", "担任该单位董事、监事"),
    "controller": Text("controlling shareholder or actual controller", "该单位控股股东或者实际控制人"),
    "kinship": Text("relative of its legal representative or head", "与该单位法定代表人或者负责人有亲属关系"),
}
"""What binds an expert to an organisation (IR 9(1)-(4))."""

CONDUCT: dict[str, Text] = {
    "fulfilled": Text("did the duty", "履职情况正常"),
    "late": Text("came late or left early", "迟到早退或者擅离职守"),
    "partial": Text("made biased statements", "发表倾向性意见"),
    "leaked": Text("disclosed the evaluation", "泄露评审情况"),
    "unlawful": Text("broke the law during the evaluation", "评审中存在违法行为"),
}
"""How an expert did the duty (O87 45(1), 62)."""

STATES: dict[str, Text] = {
    ExpertState.ACTIVE: Text("active", "在库"),
    ExpertState.SUSPENDED: Text("suspended", "暂停抽取"),
    ExpertState.LEFT: Text("left the pool", "已退库"),
}
"""The names of an expert's states."""


class ExpertUnknown(NotFound):
    """There is no such expert, or none this person may know of."""

    text = Text("There is no such expert.", "没有该评审专家。")


class ExpertKnown(Conflict):
    """The account is in the pool already."""

    text = Text("This person is already in the pool.", "该人员已在专家库中。")


class SpecialityUnknown(Invalid):
    """An expert has at least one speciality, and only known ones."""

    text = Text("Choose at least one field of expertise.", "请至少选择一项评审专业。")


class DaysTurned(Invalid):
    """A period ends before it begins."""

    text = Text("The period ends before it begins.", "截止日期早于开始日期。")


class NotThePoolsKeeper(NotAllowed):
    """The pool is the finance department's (O87 48); experts declare what concerns themselves."""

    text = Text(
        "Only the finance department and administrators can change the expert pool.",
        "专家库由财政部门和系统管理员维护。",
    )
    statute = "IR 62"


def enter(
    session: Session,
    actor: Actor,
    *,
    account_id: str,
    specialities: Sequence[str],
    senior_since: date,
    region: str = "CN",
    phone: str = "",
) -> Expert:
    """Take a person into the pool.

    The person also needs the role ``expert`` to sign in as one; being drawn depends on this row alone.

    :raises ExpertKnown:
    :raises SpecialityUnknown:
    :raises NotThePoolsKeeper:
    """
    _require_keeper(actor)
    account = accounts.get(session, account_id)
    if of_account(session, account.id) is not None:
        raise ExpertKnown(field="account")
    expert = Expert(
        account_id=account.id,
        name=account.name,
        phone=phone,
        region=region or "CN",
        specialities=_known(specialities),
        senior_since=senior_since,
        entered_by=actor.id,
        entered_at=clock.now(session),
    )
    session.add(expert)
    session.flush()
    _note(session, actor, expert, "experts.enter", {"specialities": expert.specialities, "region": expert.region})
    return expert


def change(
    session: Session,
    actor: Actor,
    *,
    expert_id: str,
    specialities: Sequence[str],
    senior_since: date,
    region: str,
    phone: str,
    state: str,
) -> Expert:
    """Enter an expert's data anew, suspend an expert, or let one leave."""
    _require_keeper(actor)
    expert = get(session, expert_id, lock=True)
    if state not in STATES:
        raise ValueError(f"unknown state: {state}")
    expert.specialities, expert.senior_since = _known(specialities), senior_since
    expert.region, expert.phone, expert.state = region or "CN", phone, ExpertState(state)
    session.flush()
    facts = {"specialities": expert.specialities, "region": expert.region, "state": state}
    _note(session, actor, expert, "experts.change", facts)
    return expert


def declare_tie(
    session: Session,
    actor: Actor,
    *,
    expert_id: str,
    kind: str,
    organisation_name: str,
    uscc: str = "",
    relative: str = "",
    from_on: date | None = None,
    to_on: date | None = None,
) -> ExpertTie:
    """Declare what binds an expert to an organisation (IR 9): by the expert, or by who keeps the pool."""
    expert = get(session, expert_id, lock=True)
    _require_keeper_or_self(actor, expert)
    if kind not in TIES:
        raise ValueError(f"unknown tie: {kind}")
    if not organisation_name.strip():
        raise ReasonsMissing(field="organisation_name")
    if from_on and to_on and to_on < from_on:
        raise DaysTurned(field="to_on")
    tie = ExpertTie(
        expert_id=expert.id,
        kind=kind,
        uscc=organisations.checked_code(uscc) if uscc else "",
        organisation_name=organisation_name.strip(),
        relative=relative,
        from_on=from_on,
        to_on=to_on,
        declared_by=actor.id,
        declared_at=clock.now(session),
    )
    session.add(tie)
    session.flush()
    session.expire(expert, ["ties"])
    facts = {"kind": kind, "organisation": tie.organisation_name, "uscc": tie.uscc}
    _note(session, actor, expert, "experts.declare_tie", facts)
    return tie


def declare_absence(session: Session, actor: Actor, *, expert_id: str, from_on: date, to_on: date) -> ExpertAbsence:
    """Say on which days an expert can't serve: by the expert, or by who keeps the pool."""
    expert = get(session, expert_id, lock=True)
    _require_keeper_or_self(actor, expert)
    if to_on < from_on:
        raise DaysTurned(field="to_on")
    absence = ExpertAbsence(expert_id=expert.id, from_on=from_on, to_on=to_on)
    session.add(absence)
    session.flush()
    session.expire(expert, ["absences"])
    _note(session, actor, expert, "experts.declare_absence", {"from_on": str(from_on), "to_on": str(to_on)})
    return absence


def record_conduct(
    session: Session,
    actor: Actor,
    *,
    expert_id: str,
    kind: str,
    reasons: str,
    lot_id: str | None = None,
    suspend: bool = False,
) -> ExpertConduct:
    """Record how an expert did the duty, and keep the expert from being drawn if that is so grave (O87 45(1), 81)."""
    _require_keeper(actor)
    expert = get(session, expert_id, lock=True)
    if kind not in CONDUCT:
        raise ValueError(f"unknown conduct: {kind}")
    if not reasons.strip():
        raise ReasonsMissing(field="reasons")
    conduct = ExpertConduct(
        expert_id=expert.id,
        lot_id=lot_id,
        kind=kind,
        reasons=reasons.strip(),
        recorded_by=actor.id,
        recorded_at=clock.now(session),
    )
    session.add(conduct)
    if suspend:
        expert.state = ExpertState.SUSPENDED
    session.flush()
    session.expire(expert, ["conduct"])
    _note(session, actor, expert, "experts.record_conduct", {"kind": kind, "suspended": suspend})
    return conduct


def get(session: Session, expert_id: str, *, lock: bool = False) -> Expert:
    """An expert, under its row lock if asked.

    :raises ExpertUnknown:
    """
    expert = session.get(Expert, expert_id, with_for_update=lock or None, populate_existing=lock)
    if expert is None:
        raise ExpertUnknown
    return expert


def of_account(session: Session, account_id: str) -> Expert | None:
    """The expert a person is, if they are in the pool."""
    return session.scalars(select(Expert).where(Expert.account_id == account_id)).one_or_none()


def everybody(session: Session) -> list[Expert]:
    """The whole pool by name, each with what binds them and when they are away."""
    statement = select(Expert).options(selectinload(Expert.ties), selectinload(Expert.absences))
    return list(session.scalars(statement.order_by(Expert.name, Expert.id)))


def of_accounts(session: Session, account_ids: Collection[str]) -> dict[str, Expert]:
    """Those of some people who are in the pool, by account, each with what binds them."""
    statement = select(Expert).where(Expert.account_id.in_(account_ids)).options(selectinload(Expert.ties))
    return {expert.account_id: expert for expert in session.scalars(statement)}


def named(session: Session, names: Iterable[str]) -> list[str]:
    """The ids of the experts who have one of these names, whole or as a part of theirs; nobody for a name that isn't there.

    Whoever may not see the pool can name people without learning whether they are in it.
    """
    wanted = [" ".join(name.split()).casefold() for name in names if name.strip()]
    return [
        expert.id
        for expert in everybody(session)
        if any(name == own for name in wanted for own in (expert.name.casefold(), *expert.name.casefold().split()))
    ]


def keeps(actor: Actor) -> bool:
    """Whether this person keeps the pool."""
    return actor.has_role("finance-officer") or actor.has_role("administrator")


def visible_to(actor: Actor, expert: Expert) -> bool:
    """Who may see an expert's data: those who keep the pool, the expert, auditors."""
    return keeps(actor) or actor.id == expert.account_id or actor.has_role("auditor")


def _known(specialities: Sequence[str]) -> list[str]:
    chosen = sorted(set(specialities))
    if not chosen or set(chosen) - set(SPECIALITIES):
        raise SpecialityUnknown(field="specialities")
    return chosen


def _require_keeper(actor: Actor) -> None:
    if not keeps(actor):
        raise NotThePoolsKeeper


def _require_keeper_or_self(actor: Actor, expert: Expert) -> None:
    if actor.id != expert.account_id:
        _require_keeper(actor)
    elif not keeps(actor):
        roles.require(actor, "expert")


def _note(session: Session, actor: Actor, expert: Expert, act: str, facts: Mapping[str, Any]) -> None:
    journal.write(session, actor, case=f"expert:{expert.id}", act=act, facts={"expert": expert.id, **facts})
