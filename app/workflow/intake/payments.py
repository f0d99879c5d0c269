"""The forms of a payment: the application with its invoice, its check, its approval, the payment itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from app.engine.acts import IntakeContext, Value
from app.foundation import clock, dates
from app.foundation.text import Text
from app.foundation.workdays import end_of, local_day
from app.procurement import acceptance, payments, rules
from app.procurement.contracts import Contract
from app.procurement.payments import Invoice, InvoiceState
from app.workflow import disclosing, facts, sealing, standings
from app.workflow.beside import Fact, beside
from app.workflow.declaring import ACTS, partners
from app.workflow.intake import contracts
from app.workflow.values import CONTRACT, INVOICE


@ACTS.act(
    "payments.request",
    name=Text("Apply for payment", "申请资金支付"),
    form="request_payment",
    needs=[CONTRACT],
    gives=[INVOICE, Value("payment_due_at", "datetime", label=Text("To be paid by", "最迟支付日期"))],
    states=[standings.invoice(leaves=[InvoiceState.REQUESTED])],
)
def _request(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    invoice = payments.request(
        context.session,
        context.actor,
        contract_id=context.variables["contract_id"],
        number=values["invoice_number"],
        invoiced_on=values["invoiced_on"],
        amount=Decimal(values["amount"]),
        account=values["account"],
        attachments=values["attachments"],
    )
    sealing.payment_application(context.session, context.actor, partners(context).authority, invoice)
    due_at = end_of(invoice.due_on).astimezone(clock.PLACE)
    return {"invoice_id": invoice.id, "payment_due_at": due_at.isoformat()}


@ACTS.prepares("request_payment")
def _prepare_request(context: IntakeContext) -> Mapping[str, Any]:
    session, contract = context.session, contracts.of(context)
    returned = [each for each in payments.of_contract(session, contract.id) if each.return_reasons]
    notes = [(Text("Returned", "退回原因"), facts.same(each.return_reasons)) for each in returned[-1:]]
    values: dict[str, Any] = {
        "amount": payments.outstanding(session, contract),
        "account": contract.account,
        "invoiced_on": local_day(context.now),
    }
    if returned:
        values["invoice_number"] = returned[-1].number
    return {"values": values, "facts": contracts.of_contract(session, contract), "notes": notes}


def _invoice(context: IntakeContext) -> Invoice:
    return payments.get(context.session, context.variables["invoice_id"])


@ACTS.act(
    "payments.check",
    name=Text("Check the payment application", "审核资金支付申请"),
    form="check_payment",
    needs=[INVOICE],
    gives=[Value("payment_decision", label=Text("Decision of the check", "审核意见"))],
    states=[standings.invoice(InvoiceState.REQUESTED, leaves=[InvoiceState.CHECKED, InvoiceState.RETURNED])],
)
def _check(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    payments.check(
        context.session,
        context.actor,
        invoice_id=context.variables["invoice_id"],
        decision=values["decision"],
        reasons=values.get("reasons") or "",
    )
    return {"payment_decision": values["decision"]}


@ACTS.act(
    "payments.approve",
    name=Text("Approve the payment", "批准支付"),
    form="approve_payment",
    needs=[INVOICE],
    states=[standings.invoice(InvoiceState.CHECKED, leaves=[InvoiceState.APPROVED])],
)
def _approve(context: IntakeContext, _values: dict[str, Any]) -> Mapping[str, Any]:
    payments.approve(context.session, context.actor, invoice_id=context.variables["invoice_id"])
    return {}


@ACTS.act(
    "payments.pay",
    name=Text("Pay", "支付"),
    form="pay",
    needs=[INVOICE],
    gives=[Value("fully_paid", "boolean", label=Text("The contract is paid in full", "合同款项是否付清"))],
    states=[standings.invoice(InvoiceState.APPROVED, leaves=[InvoiceState.PAID])],
)
def _pay(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    session = context.session
    invoice = payments.pay(
        session,
        context.actor,
        invoice_id=context.variables["invoice_id"],
        paid_on=values["paid_on"],
        bank_reference=values["bank_reference"],
    )
    disclosing.published(session, disclosing.Kind.PAYMENT, project_id=invoice.contract.lot.project_id)
    return {"fully_paid": payments.outstanding(session, invoice.contract) <= 0}


@ACTS.prepares("check_payment", "approve_payment")
def _prepare_checking(context: IntakeContext) -> Mapping[str, Any]:
    invoice = _invoice(context)
    contract = invoice.contract
    return {
        "facts": [
            *of_invoice(invoice),
            *_compared(context, invoice, contract),
            *contracts.of_contract(context.session, contract),
        ],
        "documents": [*invoice.attachments, *_sheet(context, contract), *contracts.papers_of(contract)],
    }


@ACTS.prepares("pay")
def _prepare_paying(context: IntakeContext) -> Mapping[str, Any]:
    return {**_prepare_checking(context), "values": {"paid_on": local_day(context.now)}}


@beside
def of_invoice(invoice: Invoice) -> list[Fact]:
    """What is applied for: invoice, amount, account, the day it is due and by which rule."""
    rule = rules.row(invoice.due_rule)
    due = facts.resting_on(dates.day(invoice.due_on), rule.citation)
    invoiced_on = dates.day(invoice.invoiced_on)
    return [
        (Text("Payment application", "资金支付申请"), facts.same(invoice.request_number)),
        (
            Text("Invoice", "发票"),
            Text(f"{invoice.number}, {invoiced_on.en}", f"{invoice.number}，{invoiced_on.zh}"),
        ),
        (Text("Amount", "申请金额"), facts.money(invoice.amount, invoice.currency)),
        (Text("Bank account", "收款账户"), facts.same(invoice.account)),
        (Text("To be paid by", "最迟支付日期"), due),
    ]


@beside
def _compared(context: IntakeContext, invoice: Invoice, contract: Contract) -> Iterable[Fact]:
    """Invoice, contract and acceptance side by side, and what a delay has cost so far."""
    session = context.session
    accepted = acceptance.accepted(session, contract.id)
    if accepted is not None:
        on = dates.day(local_day(accepted.decided_at))
        yield Text("Accepted on", "验收合格日期"), Text(f"{on.en}, {accepted.number}", f"{on.zh}，{accepted.number}")
    yield Text("Contract price", "合同总额"), facts.money(contract.total, contract.currency)
    yield Text("Already paid", "已付金额"), facts.money(payments.paid(session, contract.id), contract.currency)
    late = payments.accrued(invoice, local_day(context.now))
    if late:
        yield Text("Late payment interest so far", "截至今日逾期付款利息"), facts.money(late, contract.currency)


def _sheet(context: IntakeContext, contract: Contract) -> list[str]:
    accepted = acceptance.accepted(context.session, contract.id)
    return [] if accepted is None else [id for id in (accepted.document_zh_id, accepted.document_en_id) if id]
