"""The forms of a contract: both parties sign it, the buyer publishes and files it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.engine.acts import IntakeContext, Value
from app.foundation import dates
from app.foundation.money import Money
from app.foundation.text import Text
from app.procurement import contracts, tenders
from app.procurement.contracts import Contract, ContractState
from app.procurement.projects import LotState
from app.procurement.tenders import terms
from app.workflow import disclosing, drawing, facts, sealing, standings
from app.workflow.beside import Fact, beside
from app.workflow.declaring import ACTS, partners
from app.workflow.values import CONTRACT

PUBLISH_DUE_AT = Value("publish_due_at", "datetime", label=Text("To be published by", "公告期限"), required=False)


@ACTS.act(
    "contracts.sign_for_supplier",
    name=Text("Sign the contract as supplier", "供应商签署合同"),
    form="sign_contract_supplier",
    needs=[CONTRACT],
    gives=[PUBLISH_DUE_AT],
    states=[standings.contract(ContractState.DRAFTED, leaves=[ContractState.SUPPLIER_SIGNED])],
)
@ACTS.act(
    "contracts.sign_for_buyer",
    name=Text("Sign the contract as buyer", "采购人签署合同"),
    form="sign_contract_buyer",
    needs=[CONTRACT],
    gives=[PUBLISH_DUE_AT],
    states=[
        standings.contract(ContractState.SUPPLIER_SIGNED, leaves=[ContractState.ACTIVE]),
        standings.lot(LotState.NOTIFIED, LotState.CONTRACTED, leaves=[LotState.CONTRACTED]),
    ],
)
def _sign(context: IntakeContext, _values: dict[str, Any]) -> Mapping[str, Any]:
    contract_id, signer = context.variables["contract_id"], partners(context).authority
    contracts.sign(context.session, context.actor, contract_id=contract_id, signer=signer)
    publish_by = of(context).publish_by_on
    return {} if publish_by is None else {"publish_due_at": facts.due_at(publish_by)}


def of(context: IntakeContext) -> Contract:
    """The contract that a case is about."""
    return contracts.get(context.session, context.variables["contract_id"])


@ACTS.prepares("sign_contract_supplier", "sign_contract_buyer")
def _prepare_signing(context: IntakeContext) -> Mapping[str, Any]:
    contract = of(context)
    return {
        "facts": [
            *of_contract(context.session, contract),
            *_signed(contract),
            (Text("To be signed by", "签订期限"), _by(contract)),
        ],
        "documents": papers_of(contract),
    }


def _by(contract: Contract) -> Text:
    return facts.resting_on(dates.day(contract.sign_by_on), "GPL 46")


@beside
def of_contract(session: Session, contract: Contract) -> list[Fact]:
    """What a contract is: number, parties, price in figures and words, its terms."""
    price = Money(contract.price, contract.currency)
    shown = facts.money(contract.price, contract.currency)
    found = [
        (Text("Contract", "合同"), Text(*(f"{contract.number} {title}" for title in contract.title))),
        (Text("Buyer", "采购人"), contract.buyer.name),
        (Text("Supplier", "供应商"), contract.supplier.name),
        (Text("Price", "合同金额"), Text(f"{shown.en} ({price.in_words('en')})", f"{shown.zh}（{price.in_words()}）")),
        (Text("Performance period", "合同履行期限"), terms.performance(contract.delivery_days)),
        (Text("Payment period", "付款期限"), contracts.payment_period(session, contract)),
    ]
    if contract.performance_bond:
        found.append(
            (Text("Performance bond", "履约保证金"), facts.money(contract.performance_bond, contract.currency))
        )
    return found


@beside
def _signed(contract: Contract) -> Iterable[Fact]:
    names = {
        "supplier": Text("Signed for the supplier", "供应商已签署"),
        "buyer": Text("Signed for the buyer", "采购人已签署"),
    }
    for signature in contract.signatures:
        yield names[signature.party], Text(*(f"{signature.name}, {at}" for at in dates.when(signature.signed_at)))


def papers_of(contract: Contract) -> list[str]:
    """The contract's files: the one that is signed, and its translation."""
    return [id for id in (contract.document_zh_id, contract.document_en_id) if id]


@ACTS.act(
    "contracts.publish",
    name=Text("Publish and file the contract", "合同公告与备案"),
    form="publish_contract",
    needs=[CONTRACT],
    gives=[
        Value("delivery_due_at", "datetime", label=Text("Performance period ends", "合同履行期限至"), required=False)
    ],
    states=[standings.contract(ContractState.ACTIVE), standings.lot(LotState.CONTRACTED, leaves=[LotState.PERFORMING])],
)
def _publish(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    session = context.session
    contract = contracts.publish(
        session,
        context.actor,
        contract_id=context.variables["contract_id"],
        secret_clauses=values.get("secret_clauses") or (),
        reasons=values.get("reasons") or "",
    )
    tender = tenders.get(session, contract.tender_id)
    drawing.notice(session, context.actor, tender.notices[-1], tender)
    disclosing.published(session, disclosing.Kind.CONTRACT, project_id=tender.project_id)
    sealing.notice(session, context.actor, partners(context).authority, tender.notices[-1])
    return {} if contract.delivery_due_on is None else {"delivery_due_at": facts.due_at(contract.delivery_due_on)}


@ACTS.prepares("publish_contract")
def _prepare_publishing(context: IntakeContext) -> Mapping[str, Any]:
    contract = of(context)
    due = [
        (
            Text("To be published by", "公告期限"),
            facts.resting_on(dates.day(contract.publish_by_on), "IR 50"),
        ),
        (
            Text("To be filed by", "备案期限"),
            facts.resting_on(dates.day(contract.file_by_on), "GPL 47"),
        ),
    ]
    return {
        "options": {"clauses": contracts.secretable(contract)},
        "facts": [*due, *of_contract(context.session, contract), *_signed(contract)],
        "documents": papers_of(contract),
    }
