"""Paying: the supplier applies with its invoice, the buyer checks it, the finance department approves, the buyer pays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.foundation import clock, dates, journal, workdays
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid, NotFound, RuleBroken
from app.foundation.money import Money, in_figures
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import roles
from app.procurement import acceptance, contracts, duties, mails, papers, projects
from app.procurement.acceptance import Acceptance, Delivery
from app.procurement.contracts import Contract, ContractState
from app.procurement.payments.dues import Due, due, interest
from app.procurement.payments.records import STATE_NAMES, Invoice, InvoiceState
from app.procurement.projects import LotState, ReasonsMissing


class InvoiceUnknown(NotFound):
    """There is no such invoice, or none this person may know of."""

    text = Text("There is no such payment application.", "没有该资金支付申请。")


class InvoiceNotOpen(Conflict):
    """The invoice isn't where this act needs it."""

    text = Text(
        "The application is “%(state)s”. You cannot do this now.", "资金支付申请当前为“%(state)s”，不能执行此操作。"
    )


class NotAccepted(RuleBroken):
    """Nothing is paid before the delivery was accepted."""

    text = Text("The delivery has not been accepted yet.", "尚未验收合格，不能申请付款。")


class MoreThanOwed(Invalid):
    """An invoice is for more than nothing and at most what the contract leaves to pay."""

    text = Text(
        "The amount must be between ¥0.01 and ¥%(left)s.", "申请金额应当大于零，且不超过合同未付金额%(left)s元。"
    )


class InvoiceKnown(Conflict):
    """The same invoice isn't paid twice."""

    text = Text("This invoice is already in a payment application.", "该发票已申请付款。")


class InvoiceDayWrong(Invalid):
    """An invoice is written after the contract was concluded, by today."""

    text = Text(
        "The date of the invoice must be between the day of the contract and today.",
        "开票日期应在合同签订之日至今日之间。",
    )


class AccountDiffers(RuleBroken):
    """Money goes to the contract's account and no other (N38 3)."""

    text = Text(
        "Use the bank account that the contract gives: %(account)s.",
        "收款账户与合同约定不符，请填写合同约定的账户：%(account)s。",
    )
    statute = "N38 3"


class PaidDayWrong(Invalid):
    """A payment that is recorded was made by today, and not before it was applied for."""

    text = Text(
        "The day of payment must be between the day of the application and today.", "支付日期应在申请日至今日之间。"
    )


class NotOverdue(Conflict):
    """The payment is still in time."""

    text = Text("This payment is not overdue.", "该笔付款未逾期。")


def request(
    session: Session,
    actor: Actor,
    *,
    contract_id: str,
    number: str,
    invoiced_on: date,
    amount: Decimal,
    account: str,
    attachments: Sequence[str],
) -> Invoice:
    """The supplier applies for payment of what was accepted, or should have been (SMEPay 10); its due day follows.

    :raises NotAccepted:
    :raises MoreThanOwed:
    :raises InvoiceKnown:
    :raises InvoiceDayWrong:
    :raises AccountDiffers:
    :raises RoleMissing:
    """
    contract = contracts.get(session, contract_id, lock=True)
    roles.require(actor, "supplier-signer", contract.supplier_id)
    today = local_day(clock.now(session))
    delivery = _payable(session, contract, today)
    _check(session, contract, number=number, invoiced_on=invoiced_on, amount=amount, account=account, today=today)
    owed = _due(session, contract, delivery, today)
    invoice = Invoice(
        request_number=projects.next_number(session, "ZF"),
        contract_id=contract.id,
        number=number.strip(),
        invoiced_on=invoiced_on,
        amount=amount,
        currency=contract.currency,
        account=account.strip(),
        attachments=list(attachments),
        requested_by=actor.id,
        requested_at=clock.now(session),
        due_on=owed.on,
        due_rule=owed.rule,
    )
    session.add(invoice)
    session.flush()
    _keep_paper(session, actor, contract, invoice, delivery.acceptance)
    _journal(session, actor, invoice, "payments.request", amount=str(amount), due_on=str(owed.on), rule=owed.rule)
    return invoice


def _check(
    session: Session, contract: Contract, *, number: str, invoiced_on: date, amount: Decimal, account: str, today: date
) -> None:
    left = outstanding(session, contract)
    if not Decimal(0) < amount <= left:
        raise MoreThanOwed(field="amount", left=f"{left:,.2f}")
    known = select(Invoice.id).where(
        Invoice.contract_id == contract.id, Invoice.number == number.strip(), Invoice.state != InvoiceState.RETURNED
    )
    if session.scalars(known).first() is not None:
        raise InvoiceKnown(field="invoice_number")
    signed_on = local_day(contract.signed_at) if contract.signed_at else today
    if not signed_on <= invoiced_on <= today:
        raise InvoiceDayWrong(field="invoiced_on")
    if contract.account and not _same_account(contract.account, account):
        raise AccountDiffers(field="account", account=contract.account)


def _same_account(contracted: str, given: str) -> bool:
    """Whether the number of the contract's account, its last word, is the one that is given."""
    number = contracted.split()[-1]
    return number in "".join(given.split()) or number in given


def _payable(session: Session, contract: Contract, today: date) -> Delivery:
    """The delivery that is paid for: accepted, or of a smaller enterprise whose buyer lets the acceptance pass (SMEPay 10)."""
    accepted = acceptance.accepted(session, contract.id)
    if accepted is not None:
        return accepted.delivery
    overdue = acceptance.overdue(session, contract.id, today) if contract.is_sme else None
    if overdue is None:
        raise NotAccepted
    return overdue


def _due(session: Session, contract: Contract, delivery: Delivery, today: date) -> Due:
    return due(
        workdays.load(session),
        projects.law_of_lot(session, contract.lot_id, on=today),
        received_on=today,
        accepted_on=local_day(delivery.acceptance.decided_at) if delivery.acceptance else None,
        accept_by_on=delivery.accept_by_on,
        agreed_days=contract.payment_days,
        is_sme=contract.is_sme,
    )


def outstanding(session: Session, contract: Contract) -> Decimal:
    """What of the contract was neither paid nor applied for yet."""
    return outstanding_of(contract, _as_stored(session, contract.id))


def outstanding_of(contract: Contract, invoices: Iterable[Invoice]) -> Decimal:
    """The same from all its applications for payment."""
    asked = [invoice.amount for invoice in invoices if invoice.state != InvoiceState.RETURNED]
    return contract.total - sum(asked, Decimal(0))


def paid(session: Session, contract_id: str) -> Decimal:
    """What of a contract was paid, without interest."""
    return paid_of(_as_stored(session, contract_id))


def paid_of(invoices: Iterable[Invoice]) -> Decimal:
    """The same from all its applications for payment."""
    return sum((invoice.amount for invoice in invoices if invoice.state == InvoiceState.PAID), Decimal(0))


def complete(session: Session, contract: Contract) -> None:
    """A contract that is accepted and paid in full is completed, in whichever order the two came."""
    if paid(session, contract.id) < contract.total or acceptance.accepted(session, contract.id) is None:
        return
    contract.state, contract.completed_at = ContractState.COMPLETED, clock.now(session)
    projects.move_lot(session, projects.lot(session, contract.lot_id, lock=True), LotState.PAID)


def check(session: Session, actor: Actor, *, invoice_id: str, decision: str, reasons: str = "") -> Invoice:
    """The buyer's payment officer passes an application (``pass``) or sends it back with reasons (``return``)."""
    invoice = get(session, invoice_id, lock=True)
    roles.require(actor, "payment-officer", invoice.contract.buyer_id)
    _refuse_unless(invoice, InvoiceState.REQUESTED)
    if decision not in ("pass", "return"):
        raise ValueError(f"unknown decision: {decision}")
    if decision == "return" and not reasons.strip():
        raise ReasonsMissing(field="reasons")
    invoice.checked_by, invoice.checked_at = actor.id, clock.now(session)
    invoice.state = InvoiceState.CHECKED if decision == "pass" else InvoiceState.RETURNED
    invoice.return_reasons = reasons.strip() if decision == "return" else ""
    if decision == "return":
        _tell_of_return(session, invoice)
    _journal(session, actor, invoice, "payments.check", decision=decision, reasons=invoice.return_reasons)
    return invoice


def approve(session: Session, actor: Actor, *, invoice_id: str) -> Invoice:
    """The finance department approves a checked application."""
    invoice = get(session, invoice_id, lock=True)
    roles.require(actor, "finance-officer", invoice.contract.lot.project.finance_id)
    _refuse_unless(invoice, InvoiceState.CHECKED)
    duties.require_apart(session, actor, "payments.approve", invoice.contract.lot_id, checked=invoice.checked_by)
    invoice.state, invoice.approved_by, invoice.approved_at = InvoiceState.APPROVED, actor.id, clock.now(session)
    _journal(session, actor, invoice, "payments.approve")
    return invoice


def mark_overdue(session: Session, actor: Actor, *, invoice_id: str) -> Invoice:
    """Write down that a payment is late: from here interest runs (SMEPay 17). Again changes nothing.

    :raises NotOverdue:
    """
    invoice = get(session, invoice_id, lock=True)
    if invoice.overdue_at is not None or not invoice.is_open:
        return invoice
    now = clock.now(session)
    if local_day(now) <= invoice.due_on:
        raise NotOverdue
    invoice.overdue_at = now
    _tell_of_delay(session, invoice)
    rate = str(invoice.contract.daily_interest)
    _journal(session, actor, invoice, "payments.mark_overdue", due_on=str(invoice.due_on), daily_interest=rate)
    return invoice


def pay(session: Session, actor: Actor, *, invoice_id: str, paid_on: date, bank_reference: str) -> Invoice:
    """Record that an approved application was paid; a late one with its interest. The last one completes the contract.

    Who checked or approved it doesn't pay.

    :raises DutiesApart:
    :raises InvoiceNotOpen:
    :raises PaidDayWrong:
    :raises RoleMissing:
    """
    invoice = get(session, invoice_id, lock=True)
    contract = contracts.get(session, invoice.contract_id, lock=True)
    roles.require(actor, "payment-officer", contract.buyer_id)
    _refuse_unless(invoice, InvoiceState.APPROVED)
    did = {"checked": invoice.checked_by, "approved": invoice.approved_by}
    duties.require_apart(session, actor, "payments.pay", contract.lot_id, **did)
    now = clock.now(session)
    if not local_day(invoice.requested_at) <= paid_on <= local_day(now):
        raise PaidDayWrong(field="paid_on")
    invoice.state, invoice.paid_on, invoice.paid_by, invoice.paid_at = InvoiceState.PAID, paid_on, actor.id, now
    invoice.bank_reference = bank_reference
    invoice.interest = interest(invoice.amount, contract.daily_interest, due_on=invoice.due_on, paid_on=paid_on)
    session.flush()
    complete(session, contract)
    _tell_of_payment(session, invoice)
    _journal(session, actor, invoice, "payments.pay", paid_on=str(paid_on), interest=str(invoice.interest))
    return invoice


def _refuse_unless(invoice: Invoice, state: InvoiceState) -> None:
    if invoice.state != state:
        raise InvoiceNotOpen(state=STATE_NAMES[invoice.state])


def get(session: Session, invoice_id: str, *, lock: bool = False) -> Invoice:
    """An invoice, under its row lock if asked.

    :raises InvoiceUnknown:
    """
    invoice = session.get(Invoice, invoice_id, with_for_update=lock or None, populate_existing=lock)
    if invoice is None:
        raise InvoiceUnknown
    return invoice


def of_contract(session: Session, contract_id: str) -> list[Invoice]:
    """All applications for payment under a contract, in order."""
    return list(session.scalars(select(Invoice).where(Invoice.contract_id == contract_id).order_by(Invoice.id)))


def _as_stored(session: Session, contract_id: str) -> Iterable[Invoice]:
    """The same read anew, for an act that holds the contract's lock: what another changed before counts."""
    statement = select(Invoice).where(Invoice.contract_id == contract_id)
    return session.scalars(statement.execution_options(populate_existing=True))


def accrued(invoice: Invoice, on: date) -> Decimal:
    """The interest of an invoice: what it cost once paid, what it would cost if it were paid on a day before."""
    if invoice.state == InvoiceState.PAID or not invoice.is_open:
        return invoice.interest
    return interest(invoice.amount, invoice.contract.daily_interest, due_on=invoice.due_on, paid_on=on)


@dataclass(frozen=True)
class Delay:
    """A buyer's unpaid contracts with small and medium enterprises at a day: their number and what is owed."""

    contracts: int
    amount: Decimal


def delays(session: Session, buyer_id: str, on: date) -> Delay:
    """What a buyer makes public each year (SMEPay 18): contracts with smaller enterprises whose payment is late on a day."""
    statement = (
        select(func.count(func.distinct(Invoice.contract_id)), func.sum(Invoice.amount))
        .join(Contract, Contract.id == Invoice.contract_id)
        .where(
            Contract.buyer_id == buyer_id,
            Contract.is_sme,
            Invoice.due_on < on,
            Invoice.state != InvoiceState.RETURNED,
            (Invoice.paid_on.is_(None)) | (Invoice.paid_on > on),
        )
    )
    count, amount = session.execute(statement).one()
    return Delay(count, amount or Decimal(0))


def _keep_paper(
    session: Session, actor: Actor, contract: Contract, invoice: Invoice, accepted: Acceptance | None
) -> None:
    currency = contract.currency
    content = {
        "number": invoice.request_number,
        "contract": {
            "title": contract.title,
            "number": contract.number,
            "price": Money(contract.total, currency),
        },
        "buyer": contract.buyer.name,
        "supplier": contract.supplier.name,
        "invoice_number": invoice.number,
        "invoiced_on": invoice.invoiced_on,
        "amount": Money(invoice.amount, currency),
        "account": invoice.account,
        "paid_before": Money(paid(session, contract.id), currency),
        "due_on": invoice.due_on,
    }
    if accepted is not None:
        content |= {"accepted_on": local_day(accepted.decided_at), "acceptance_number": accepted.number}
    title = Text(f"Payment application {invoice.request_number}", f"资金支付申请{invoice.request_number}")
    drawn = papers.keep(
        session, actor, "payment_request", content, case=contract.lot_id, title=title, kind="payment_voucher"
    )
    invoice.document_zh_id, invoice.document_en_id = (document.id for document in drawn)


def _tell_of_return(session: Session, invoice: Invoice) -> None:
    _tell_supplier(
        session,
        invoice,
        "returned",
        Text(f"Payment application {invoice.request_number} returned", f"资金支付申请{invoice.request_number}已退回"),
        Text(
            f"Your payment application was returned: {invoice.return_reasons}",
            f"贵单位的资金支付申请已退回，原因：{invoice.return_reasons}",
        ),
    )


def _tell_of_payment(session: Session, invoice: Invoice) -> None:
    late, on = invoice.interest, dates.day(invoice.paid_on)
    _tell_supplier(
        session,
        invoice,
        "paid",
        Text(f"Paid: {invoice.request_number}", f"已支付：{invoice.request_number}"),
        Text(
            f"{in_figures(invoice.amount, invoice.currency)} was paid on {on.en}, bank reference "
            f"{invoice.bank_reference}." + (f" Late payment interest: ¥{late:,.2f}." if late else ""),
            f"款项{invoice.amount:,.2f}元已于{on.zh}支付，银行流水号{invoice.bank_reference}。"
            + (f"逾期利息{late:,.2f}元。" if late else ""),
        ),
    )


def _tell_supplier(session: Session, invoice: Invoice, what: str, subject: Text, body: Text) -> None:
    mails.tell(
        session,
        organisation_id=invoice.contract.supplier_id,
        roles=("supplier-signer",),
        key=f"invoice:{invoice.id}:{what}",
        page=f"/contracts/{invoice.contract_id}",
        subject=subject,
        body=body,
        project=invoice.contract.lot.project.number,
    )


def _tell_of_delay(session: Session, invoice: Invoice) -> None:
    contract, due = invoice.contract, dates.day(invoice.due_on)
    for organisation_id, role in (
        (contract.buyer_id, "payment-officer"),
        (contract.lot.project.finance_id, "finance-officer"),
    ):
        mails.tell(
            session,
            organisation_id=organisation_id,
            roles=(role,),
            key=f"invoice:{invoice.id}:overdue:{role}",
            page=f"/contracts/{contract.id}",
            subject=Text(f"Payment late: {contract.number}", f"付款逾期：{contract.number}"),
            body=Text(
                f"The payment of {in_figures(invoice.amount, invoice.currency)} under “{contract.title.en}” was due on "
                f"{due.en}. Late payment interest is charged for each day.",
                f"《{contract.title.zh}》项下款项{invoice.amount:,.2f}元应于{due.zh}（含当日）前支付，现已逾期，按日计收逾期利息。",
            ),
            project=contract.lot.project.number,
        )


def _journal(session: Session, actor: Actor, invoice: Invoice, act: str, **facts: str) -> None:
    case = invoice.contract.lot.project_id
    told = {"invoice": invoice.id, "request": invoice.request_number, **facts}
    journal.write(session, actor, case=case, act=act, facts=told)
