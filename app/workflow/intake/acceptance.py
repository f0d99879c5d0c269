"""The forms of the acceptance: the supplier reports the delivery, the buyer judges every requirement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.engine.acts import IntakeContext, Value
from app.foundation import dates
from app.foundation.text import Text, text_of
from app.foundation.workdays import local_day
from app.procurement import acceptance, payments
from app.procurement.acceptance import Delivery, NewMember, Row
from app.procurement.contracts import Contract, ContractState, is_lodged, require_lodged
from app.workflow import disclosing, facts, sealing, standings
from app.workflow.beside import Fact, beside
from app.workflow.declaring import ACTS, partners
from app.workflow.intake import contracts
from app.workflow.values import CONTRACT


@ACTS.act(
    "acceptance.report_delivery",
    name=Text("Report the delivery", "报告交付"),
    form="report_delivery",
    needs=[CONTRACT],
    gives=[
        Value("acceptance_due_at", "datetime", label=Text("To be accepted by", "验收期限")),
        Value("acceptance_decision", label=Text("Result of the acceptance", "验收结论"), required=False),
    ],
    states=[standings.contract(ContractState.ACTIVE)],
)
def _report(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    require_lodged(contracts.of(context))
    delivery = acceptance.report(
        context.session,
        context.actor,
        contract_id=context.variables["contract_id"],
        delivered_on=values["delivered_on"],
        note=values["note"],
        attachments=values.get("attachments") or (),
    )
    _disclose(context, disclosing.Kind.DELIVERY)
    return {"acceptance_due_at": facts.due_at(delivery.accept_by_on), "acceptance_decision": None}


def _disclose(context: IntakeContext, kind: disclosing.Kind) -> None:
    """The portal shows deliveries and what was decided on them; so does the open data."""
    contract = contracts.of(context)
    disclosing.published(context.session, kind, project_id=contract.lot.project_id)


@ACTS.prepares("report_delivery")
def _prepare_report(context: IntakeContext) -> Mapping[str, Any]:
    contract = contracts.of(context)
    last = acceptance.latest(context.session, contract.id)
    shown: list[Fact] = []
    if contract.delivery_due_on is not None:
        shown.append((Text("Performance period ends", "合同履行期限至"), dates.day(contract.delivery_due_on)))
    if not is_lodged(contract):
        missing = Text("Submit it on the contract's page first", "请先在合同页面提交")
        shown.append((Text("Performance bond not submitted", "履约保证金尚未提交"), missing))
    if last is not None and last.acceptance is not None:
        shown += _wanting(contract, last)
    return {
        "values": {"delivered_on": local_day(context.now)},
        "facts": [*shown, *contracts.of_contract(context.session, contract)],
        "documents": contracts.papers_of(contract),
    }


@beside
def _wanting(contract: Contract, delivery: Delivery) -> Iterable[Fact]:
    """What the acceptance found wanting, with its evidence."""
    if delivery.acceptance is None:
        return
    codes = {row["id"]: row for row in acceptance.requirements_of(contract)}
    for judged in delivery.acceptance.rows:
        if not judged.met:
            row = codes[judged.requirement_id]
            yield (
                Text(f"Not met: {row['code']}", f"不合格：{row['code']}"),
                Text(*(f"{words} ({judged.evidence})" for words in text_of(row["requirement"]))),
            )


@ACTS.act(
    "acceptance.accept_delivery",
    name=Text("Accept the delivery", "履约验收"),
    form="accept_delivery",
    needs=[CONTRACT],
    gives=[Value("acceptance_decision", label=Text("Result of the acceptance", "验收结论"))],
    states=[standings.contract(ContractState.ACTIVE, leaves=[ContractState.ACTIVE, ContractState.COMPLETED])],
)
def _accept(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    session = context.session
    accepted = acceptance.accept(
        session,
        context.actor,
        contract_id=context.variables["contract_id"],
        rows=[Row(row["requirement_id"], row["result"] == "met", row["evidence"]) for row in values["rows"]],
        rating=int(values["rating"]),
        feedback=values.get("feedback") or "",
        attachments=values.get("attachments") or (),
        members=[
            NewMember(row["name"], row["organisation"], row["role"], row["opinion"], row.get("reasons") or "")
            for row in values.get("members") or ()
        ],
        signed_sheets=values.get("signed_sheets") or (),
    )
    if accepted.accepted:
        payments.complete(session, contracts.of(context))
    _disclose(context, disclosing.Kind.ACCEPTANCE)
    sealing.acceptance_certificate(session, context.actor, partners(context).authority, contracts.of(context), accepted)
    return {"acceptance_decision": "accepted" if accepted.accepted else "rejected"}


@ACTS.prepares("accept_delivery")
def _prepare_acceptance(context: IntakeContext) -> Mapping[str, Any]:
    contract = contracts.of(context)
    delivery = acceptance.latest(context.session, contract.id)
    shown = [] if delivery is None else list(_delivered(delivery))
    return {
        "values": {
            "rows": [
                {
                    "requirement_id": row["id"],
                    "requirement": f"{'★' if row['starred'] else ''}{row['code']} {text_of(row['requirement']).zh}",
                    "response": row["response"],
                }
                for row in acceptance.requirements_of(contract)
            ]
        },
        "facts": [*shown, *contracts.of_contract(context.session, contract)],
        "documents": [*(delivery.attachments if delivery else ()), *contracts.papers_of(contract)],
    }


@beside
def _delivered(delivery: Delivery) -> Iterable[Fact]:
    yield Text("Delivered on", "交付日期"), dates.day(delivery.delivered_on)
    yield Text("What was delivered", "交付内容"), facts.same(delivery.note)
    yield Text("To be accepted by", "验收期限"), dates.day(delivery.accept_by_on)
    if delivery.number > 1:
        yield Text("Acceptance no.", "第几次验收"), facts.same(str(delivery.number))
