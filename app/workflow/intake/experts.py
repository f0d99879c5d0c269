"""The forms of the committee: the buyer's representative, the criteria of the draw, the answer to a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.acts import IntakeContext
from app.foundation import dates
from app.foundation.text import Text
from app.procurement import evaluation, experts, projects, tenders
from app.procurement.projects import LotState
from app.workflow import facts, standings
from app.workflow.beside import Fact, beside
from app.workflow.declaring import ACTS
from app.workflow.values import LOT


@ACTS.act(
    "experts.appoint_representative",
    name=Text("Appoint the buyer's representative", "指派采购人代表"),
    form="appoint_representative",
    needs=[LOT],
    states=[standings.lot(LotState.OPENED)],
)
def _appoint(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    if not values.get("none") and not values.get("account"):
        raise experts.RepresentativeMissing(field="account")
    experts.appoint_representative(
        context.session,
        context.actor,
        lot_id=context.variables["lot_id"],
        account_id=None if values.get("none") else values["account"],
    )
    return {}


@ACTS.prepares("appoint_representative")
def _prepare_appointment(context: IntakeContext) -> Mapping[str, Any]:
    lot_id = context.variables["lot_id"]
    people = experts.fit_representatives(context.session, context.actor, lot_id)
    choices = [(account.id, facts.same(account.name)) for account in people]
    return {"options": {"people": choices}, "facts": of_lot(context, lot_id)}


@ACTS.act(
    "experts.set_criteria",
    name=Text("Set the conditions of the draw", "设定专家抽取条件"),
    form="set_draw_criteria",
    needs=[LOT],
    states=[standings.lot(LotState.OPENED)],
)
def _set_criteria(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    experts.set_criteria(
        context.session,
        context.actor,
        lot_id=context.variables["lot_id"],
        seats=int(values["seats"]),
        specialities=values["specialities"],
        recusals=experts.named(context.session, (values.get("recusals") or "").splitlines()),
        recusal_reasons=values.get("recusal_reasons") or "",
    )
    return {}


@ACTS.prepares("set_draw_criteria")
def _prepare_criteria(context: IntakeContext) -> Mapping[str, Any]:
    lot_id = context.variables["lot_id"]
    pool = experts.everybody(context.session)
    committee = experts.of_lot(context.session, lot_id)
    last = committee.draws[-1] if committee.draws else None
    around = experts.conflict_context(context.session, lot_id)
    bound = experts.excluded(context.session, around, pool, specialities=experts.SPECIALITIES)
    values: dict[str, Any] = {"seats": experts.least_seats(context.session, lot_id)}
    if last is not None:
        values |= {"seats": last.criteria["seats"], "specialities": last.criteria["specialities"]}
    return {
        "values": values,
        "options": {"specialities": list(experts.SPECIALITIES.items())},
        "facts": [*_exhausted(committee), *of_lot(context, lot_id), *_counts(pool, bound)],
    }


@beside
def _exhausted(committee: experts.Committee) -> list[Fact]:
    """After an exhausted pool: how many the last criteria gave, and how many have accepted."""
    if not committee.draws:
        return []
    size, present = len(committee.draws[-1].pool), len(experts.serving(committee))
    words = Text(
        f"The last conditions gave {size} experts. {present} of {committee.seats} places are filled.",
        f"上次条件符合专家{size}人；{committee.seats}名成员已确定{present}名。",
    )
    return [(Text("Too few experts", "专家不足"), words)]


@beside
def _counts(pool: list[experts.Expert], bound: Mapping[str, str]) -> list[Fact]:
    """How many of the pool may be drawn, by speciality; how many stay away by themselves, and why."""
    shown = []
    for code, name in experts.SPECIALITIES.items():
        count = sum(code in expert.specialities for expert in pool if expert.id not in bound)
        if count:
            shown.append((Text(f"In the pool: {name.en}", f"可抽取：{name.zh}"), Text(f"{count}", f"{count}人")))
    for reason in dict.fromkeys(bound.values()):
        count = sum(each == reason for each in bound.values())
        words = experts.REASONS[reason]
        shown.append((Text(f"Excluded: {words.en}", f"已排除：{words.zh}"), Text(f"{count}", f"{count}人")))
    return shown


@ACTS.act("experts.answer", name=Text("Answer the invitation", "答复抽取通知"), form="answer_call", needs=[LOT])
def _answer(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    experts.answer(
        context.session,
        context.actor,
        lot_id=context.variables["lot_id"],
        decision=values["decision"],
        reasons=values.get("reasons") or "",
    )
    return {}


@ACTS.prepares("answer_call")
def _prepare_answer(context: IntakeContext) -> Mapping[str, Any]:
    """What is procured and who bids, so that the expert knows whether to stay away; never what they bid (O87 45(3))."""
    lot_id = context.variables["lot_id"]
    names = [bid.supplier.name for bid in evaluation.opened_bids(context.session, lot_id)]
    bidders = Text(", ".join(name.en for name in names), "、".join(name.zh for name in names))
    return {"facts": [*of_lot(context, lot_id), (Text("Bidders", "投标人"), bidders)]}


@beside
def of_lot(context: IntakeContext, lot_id: str) -> list[Fact]:
    """What a lot is: project, buyer, lot, opening."""
    lot, tender = projects.lot(context.session, lot_id), tenders.of_lot(context.session, lot_id)
    project = tender.project
    shown = [
        (Text("Project", "项目"), Text(*(f"{project.number} {title}" for title in project.title))),
        (Text("Lot", "采购包"), Text(f"{lot.number} {lot.name.en}", f"{lot.number} {lot.name.zh}")),
        (Text("Buyer", "采购人"), project.buyer.name),
        (Text("Budget", "预算"), facts.money(lot.budget, lot.currency)),
        (Text("Evaluation method", "评标方法"), facts.named(facts.REVIEW_METHODS, tender.review_method)),
    ]
    if tender.bid_deadline_at is not None:
        shown.append((Text("Opening", "开标时间"), dates.when(tender.bid_deadline_at)))
    return shown
