"""Looking at contracts: the list, and one with its signatures, performance and payments."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from flask import render_template
from werkzeug.wrappers import Response

from app.foundation import dates, documents
from app.foundation.documents import Document
from app.foundation.text import Text, text_of
from app.foundation.workdays import end_of, local_day
from app.procurement import acceptance, breaches, contracts, payments, rules
from app.procurement.acceptance import (
    GROUP_ROLES,
    OPINIONS,
    RATINGS,
    SUPPLIER_OPINIONS,
    Acceptance,
    AcceptanceRow,
    Delivery,
)
from app.procurement.breaches import Breach, BreachState
from app.procurement.contracts import Contract, lists
from app.procurement.payments import Invoice
from app.web import current, listing
from app.web.contracts import blueprint, way
from app.workflow import cases

PHASES = {
    "": Text("All", "全部"),
    "signing": Text("To be signed", "待签署"),
    "performing": Text("In performance", "履行中"),
    "completed": Text("Completed", "已完成"),
}
TONES = {"signing": "waiting", "performing": "now", "completed": "done"}
INVOICE_TONES = {"requested": "waiting", "returned": "refused", "checked": "waiting", "approved": "now", "paid": "done"}


@blueprint.get("")
def index() -> Response | str:
    """List the contracts of one's organisation."""
    session, actor = current.session(), current.actor()
    asked = listing.asked(sorts=("-number", "-signed", "-price", "delivery"))
    phase = listing.chosen("phase", PHASES)
    rows, total = lists.find(
        session,
        actor,
        phase=phase,
        search=asked.search,
        by=asked.by,
        descending=asked.is_descending,
        offset=asked.offset,
        limit=asked.limit,
    )
    if asked.wants_csv:
        header = (Text("Number", "合同编号"), Text("Title", "合同名称"), Text("Buyer", "采购人"), Text("Supplier", "供应商"),
                  Text("State", "状态"), Text("Signed", "签订日期"), Text("Price", "合同金额"), Text("Currency", "币种"))  # fmt: skip
        lines = (
            (c.number, c.title, c.buyer.name, c.supplier.name, contracts.STATE_NAMES[c.state],
             local_day(c.signed_at) if c.signed_at else "", c.price, c.currency)
            for c in rows
        )  # fmt: skip
        return listing.csv("contracts", header, lines)
    return render_template(
        "contracts/index.html",
        rows=listing.Rows(
            [(each, next_due(each, payments.of_contract(session, each.id))) for each in rows],
            asked.page,
            asked.size,
            total,
        ),
        asked=asked,
        phase=phase,
        phases=PHASES,
        tones=TONES,
        phase_of=lists.phase_of,
        states=contracts.STATE_NAMES,
        counts=lists.counts(session, actor, search=asked.search),
        reported=_reported(),
        delayed=payments.delays(session, actor.organisation_id or "", local_day(current.now())),
    )


def _reported() -> list[Breach]:
    """The reports against the person's own organisation that it may still answer."""
    actor = current.actor()
    if not (actor.has_role("supplier-admin") or actor.has_role("supplier-signer")):
        return []
    mine = breaches.visible(current.session(), actor)
    return [breach for breach in mine if breach.state == BreachState.NOTIFIED and breach.replied_at is None]


@dataclass(frozen=True)
class Next:
    """What a contract waits for next, and until when."""

    name: Text
    due_at: datetime


def next_due(contract: Contract, invoices: list[Invoice]) -> Next | None:
    """The next period of a contract with its applications for payment that runs; None once nothing does."""
    session = current.session()
    for invoice in invoices:
        if invoice.is_open:
            return Next(Text("Payment", "付款"), end_of(invoice.due_on))
    found: tuple[Text, date | None]
    last = acceptance.latest(session, contract.id)
    if lists.phase_of(contract) == "signing":
        found = Text("Signature", "签署"), contract.sign_by_on
    elif lists.phase_of(contract) == "completed" or (last is not None and last.acceptance and last.acceptance.accepted):
        return None
    elif contract.published_at is None:
        found = Text("Publication", "公告"), contract.publish_by_on
    elif last is not None and last.acceptance is None:
        found = Text("Acceptance", "验收"), last.accept_by_on
    else:
        found = Text("Delivery", "交付"), contract.delivery_due_on
    name, on = found
    return None if on is None else Next(name, end_of(on))


@dataclass(frozen=True)
class Payment:
    """An application for payment with its clock: ``due_at``, the rule it follows from, interest so far."""

    invoice: Invoice
    due_at: datetime
    rule: rules.Rule
    interest: Decimal
    papers: list[Document]


@blueprint.get("/<contract_id>")
def show(contract_id: str) -> str:
    """Show a contract: parties, signatures checked anew, deliveries and acceptances, payments with their clock."""
    session, actor = current.session(), current.actor()
    contract = contracts.get(session, contract_id)
    today = local_day(current.now())
    deliveries = acceptance.of_contract(session, contract.id)
    invoices = payments.of_contract(session, contract.id)
    paid = payments.paid_of(invoices)
    papers = _papers(contract, deliveries, invoices)
    return render_template(
        "contracts/show.html",
        contract=contract,
        phase=lists.phase_of(contract),
        tone=TONES[lists.phase_of(contract)],
        state=contracts.STATE_NAMES[contract.state],
        next=next_due(contract, invoices),
        project=contract.lot.project,
        case=cases.instance_of(session, contract.lot.project_id),
        papers=papers(contract.document_zh_id, contract.document_en_id),
        published=papers(contract.public_zh_id, contract.public_en_id),
        checks=contracts.checks(session, contract),
        names={party.uscc: party.name for party in (contract.buyer, contract.supplier)},
        secret=[name for key, name in contracts.secretable(contract) if key in contract.secret_clauses],
        deliveries=[(delivery, _judged(contract, delivery), _sheet(delivery, papers)) for delivery in deliveries],
        ratings=RATINGS,
        group_roles=GROUP_ROLES,
        group_opinions=OPINIONS,
        said_by_supplier=_said_by_supplier,
        invoices=[_payment(invoice, today, papers) for invoice in invoices],
        invoice_states=payments.STATE_NAMES,
        invoice_tones=INVOICE_TONES,
        paid=paid,
        steps=way.steps(contract, deliveries, paid),
        outstanding=payments.outstanding_of(contract, invoices),
        amendments=[(each, papers(each.document_zh_id, each.document_en_id)) for each in contract.amendments],
        is_open=contracts.is_open,
        room=contracts.room_left(contract, contracts.addition_ceiling(current.session(), contract).value),
        forms=contracts.FORMS,
        payment_period=contracts.payment_period(current.session(), contract),
        secured=contracts.secured(contract),
        lodged=contracts.is_lodged(contract),
        returnable=contract.state == contracts.ContractState.COMPLETED
        and any(bond.returned_on is None for bond in contract.bonds),
        is_officer=actor.has_role("buyer-contract-officer", contract.buyer_id),
        is_signer=actor.has_role("supplier-signer", contract.supplier_id),
        is_active=contract.state == contracts.ContractState.ACTIVE,
    )


Papers = Callable[..., list[Document]]
"""``papers(*ids)``: the documents of these ids, those that are missing left out."""


def _papers(contract: Contract, deliveries: Iterable[Delivery], invoices: Iterable[Invoice]) -> Papers:
    """The papers of a contract and of all that belongs to it, asked for at once."""
    pairs: list[tuple[str | None, ...]] = [
        (contract.document_zh_id, contract.document_en_id),
        (contract.public_zh_id, contract.public_en_id),
    ]
    pairs += [(each.document_zh_id, each.document_en_id) for each in contract.amendments]
    judged = [each.acceptance for each in deliveries if each.acceptance is not None]
    pairs += [(each.document_zh_id, each.document_en_id, *each.signed_sheets) for each in judged]
    pairs += [(each.document_zh_id, each.document_en_id) for each in invoices]
    wanted = [document_id for pair in pairs for document_id in pair if document_id]
    found = {document.id: document for document in documents.several(current.session(), wanted)}
    return lambda *ids: [found[document_id] for document_id in ids if document_id]


def _judged(contract: Contract, delivery: Delivery) -> list[tuple[str, Text, AcceptanceRow]]:
    """Each requirement of a judged delivery: its code and words in the contract, and what was found."""
    if delivery.acceptance is None:
        return []
    judged = {row.requirement_id: row for row in delivery.acceptance.rows}
    return [
        (f"{'★' if asked['starred'] else ''}{asked['code']}", text_of(asked["requirement"]), judged[asked["id"]])
        for asked in acceptance.requirements_of(contract)
    ]


def _said_by_supplier(found: Acceptance | None) -> Text | None:
    """What the supplier said to a certificate, when; that it has said nothing yet."""
    if found is None:
        return None
    if found.supplier_signed_at is None:
        return Text("not signed yet", "尚未签署")
    said, at = SUPPLIER_OPINIONS[found.supplier_opinion], dates.when(found.supplier_signed_at)
    why = found.supplier_reasons and Text(f": {found.supplier_reasons}", f"：{found.supplier_reasons}")
    return Text(
        f"{found.supplier_signed_by_name} {said.en}, {at.en}{why.en if why else ''}",
        f"{found.supplier_signed_by_name}{said.zh}（{at.zh}）{why.zh if why else ''}",
    )


def _sheet(delivery: Delivery, papers: Papers) -> list[Document]:
    found = delivery.acceptance
    return [] if found is None else papers(found.document_zh_id, found.document_en_id, *found.signed_sheets)


def _payment(invoice: Invoice, today: date, papers: Papers) -> Payment:
    return Payment(
        invoice=invoice,
        due_at=end_of(invoice.due_on),
        rule=rules.row(invoice.due_rule),
        interest=payments.accrued(invoice, today),
        papers=papers(invoice.document_zh_id, invoice.document_en_id),
    )
