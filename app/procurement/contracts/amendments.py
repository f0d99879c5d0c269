"""Amendments: more of what was bought, other terms unchanged, in all at most a tenth of the contract (GPL 49)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid, NotFound, RuleBroken
from app.foundation.money import CENT, Money
from app.foundation.text import Text
from app.identity import roles
from app.identity.certificates import Signer
from app.procurement import papers, projects, rules
from app.procurement.contracts.drafting import STATE_NAMES, ContractNotOpen, get
from app.procurement.contracts.records import Amendment, Contract, ContractState
from app.procurement.contracts.signing import add_signed
from app.procurement.projects import ReasonsMissing


class AdditionTooLarge(RuleBroken):
    """All additions together are at most a tenth of the original contract (GPL 49)."""

    text = Text(
        "Additions cannot exceed one tenth of the contract price. At most ¥%(left)s can still be added.",
        "追加采购金额合计不得超过原合同金额的百分之十，本次最多可追加%(left)s元。",
    )
    statute = "GPL 49"


class AdditionInvalid(Invalid):
    """An addition names an item of the contract and a quantity above zero; its unit price is the contract's."""

    text = Text(
        "An addition must use items of the contract, each with a quantity above zero and the unit price of the contract.",
        "追加采购应当为合同标的，数量大于零，并按合同单价计算。",
    )
    statute = "GPL 49"


class AmendmentSettled(Conflict):
    """The other party has answered already, or an earlier proposal is still open."""

    text = Text(
        "This amendment is not open, or another amendment is still open.",
        "该补充协议不处于待签状态，或尚有未处理的补充协议。",
    )


class AmendmentUnknown(NotFound):
    """There is no such amendment."""

    text = Text("There is no such amendment.", "没有该补充协议。")


@dataclass(frozen=True)
class Addition:
    """More of the contract's item at ``position``."""

    position: int
    quantity: Decimal


@dataclass(frozen=True)
class ContractItem:
    """A thing bought, as contract and agreed additions together have it; no ``unit_price`` where only a total was agreed."""

    position: int
    name: str
    unit: str
    quantity: Decimal
    unit_price: Decimal | None


def items(contract: Contract) -> list[ContractItem]:
    """What is bought now: the contract's items with what was added to them (GPL 49)."""
    added: dict[int, Decimal] = defaultdict(Decimal)
    for amendment in contract.amendments:
        if amendment.agreed_at is not None:
            for item in amendment.items:
                added[item["position"]] += Decimal(item["quantity"])
    return [
        ContractItem(
            item["position"],
            item["name"],
            item["unit"],
            Decimal(item["quantity"]) + added[item["position"]],
            Decimal(item["unit_price"]["amount"]) if "unit_price" in item else None,
        )
        for item in written_items(contract)
    ]


def written_items(contract: Contract) -> list[dict[str, Any]]:
    """The items as the contract itself has them, as plain JSON."""
    return [item for clause in contract.content["clauses"] for item in clause.get("items", ())]


def room_left(contract: Contract, ceiling: Decimal) -> Decimal:
    """What additions may still come to: ``ceiling`` of the original price less what was agreed on."""
    return (contract.price * ceiling).quantize(CENT, ROUND_DOWN) - (contract.total - contract.price)


def propose(
    session: Session, actor: Actor, *, contract_id: str, additions: Sequence[Addition], reasons: str, signer: Signer
) -> Amendment:
    """The buyer offers a supplementary agreement, signed for its party.

    :raises AdditionTooLarge:
    :raises AdditionInvalid:
    """
    contract = get(session, contract_id, lock=True)
    roles.require(actor, "buyer-contract-officer", contract.buyer_id)
    if contract.state != ContractState.ACTIVE:
        raise ContractNotOpen(state=STATE_NAMES[contract.state])
    if not reasons.strip():
        raise ReasonsMissing(field="reasons")
    if any(is_open(amendment) for amendment in contract.amendments):
        raise AmendmentSettled
    items = _priced(contract, additions)
    amount = sum((Decimal(item["amount"]) for item in items), Decimal(0))
    left = room_left(contract, addition_ceiling(session, contract).value)
    if amount > left:
        raise AdditionTooLarge(field="additions", left=f"{left:,.2f}")
    amendment = Amendment(
        contract_id=contract.id,
        number=len(contract.amendments) + 1,
        reasons=reasons,
        items=items,
        amount=amount,
        proposed_by=actor.id,
        proposed_by_name=actor.name,
        proposed_at=clock.now(session),
    )
    session.add(amendment)
    session.flush()
    session.expire(contract, ["amendments"])
    title = _title(amendment)
    drawn = papers.keep(
        session, actor, "amendment", _content(contract, amendment), case=contract.lot_id, title=title, kind="contract"
    )
    amendment.document_en_id = drawn[1].id
    amendment.document_zh_id = add_signed(session, actor, contract, "buyer", drawn[0].id, signer).id
    _journal(session, actor, contract, amendment, "contracts.propose_amendment")
    return amendment


def addition_ceiling(session: Session, contract: Contract) -> rules.Rule:
    """How much of the price may be added without a new procurement (GPL 49)."""
    return projects.law_of_lot(session, contract.lot_id).rule("contract_addition_ceiling")


def is_open(amendment: Amendment) -> bool:
    """Whether the supplier has still to answer."""
    return amendment.agreed_at is None and amendment.declined_at is None


def _priced(contract: Contract, additions: Sequence[Addition]) -> list[dict[str, Any]]:
    """The added items at the contract's own unit prices."""
    contracted = {item["position"]: item for item in written_items(contract)}
    rows = []
    for addition in additions:
        item = contracted.get(addition.position)
        if item is None or "unit_price" not in item or addition.quantity <= 0:
            raise AdditionInvalid(field="additions")
        unit_price = Decimal(item["unit_price"]["amount"])
        amount = Money(unit_price * addition.quantity, contract.currency).amount
        rows.append(
            {
                "position": addition.position,
                "name": item["name"],
                "unit": item["unit"],
                "quantity": f"{addition.quantity.normalize():f}",
                "unit_price": f"{unit_price:.2f}",
                "amount": f"{amount:.2f}",
            }
        )
    if not rows:
        raise AdditionInvalid(field="additions")
    return rows


def agree(session: Session, actor: Actor, *, amendment_id: str, signer: Signer) -> Amendment:
    """The supplier signs the supplementary agreement: it binds from now on.

    :raises AmendmentSettled:
    """
    amendment, contract = _open(session, actor, amendment_id)
    assert amendment.document_zh_id is not None, "a proposal is signed by the buyer"
    amendment.document_zh_id = add_signed(session, actor, contract, "supplier", amendment.document_zh_id, signer).id
    amendment.agreed_by, amendment.agreed_at = actor.id, clock.now(session)
    projects.lot(session, contract.lot_id, lock=True).contracted = contract.total
    _journal(session, actor, contract, amendment, "contracts.agree_amendment")
    return amendment


def decline(session: Session, actor: Actor, *, amendment_id: str, reasons: str) -> Amendment:
    """The supplier declines; nothing changes."""
    amendment, contract = _open(session, actor, amendment_id)
    if not reasons.strip():
        raise ReasonsMissing(field="reasons")
    amendment.declined_at, amendment.decline_reasons = clock.now(session), reasons
    _journal(session, actor, contract, amendment, "contracts.decline_amendment")
    return amendment


def _open(session: Session, actor: Actor, amendment_id: str) -> tuple[Amendment, Contract]:
    amendment = session.get(Amendment, amendment_id)
    if amendment is None:
        raise AmendmentUnknown
    contract = get(session, amendment.contract_id, lock=True)
    session.refresh(amendment)
    roles.require(actor, "supplier-signer", contract.supplier_id)
    if not is_open(amendment) or contract.state != ContractState.ACTIVE:
        raise AmendmentSettled
    return amendment, contract


def _title(amendment: Amendment) -> Text:
    return Text(f"Supplementary agreement {amendment.number}", f"补充协议（{amendment.number}）")


def _content(contract: Contract, amendment: Amendment) -> dict[str, Any]:
    currency = contract.currency
    return {
        "title": Text(
            f"{_title(amendment).en} to contract {contract.number}", f"合同{contract.number}{_title(amendment).zh}"
        ),
        "number": f"{contract.number}-{amendment.number}",
        "contract": {
            "title": contract.title,
            "number": contract.number,
            "price": Money(contract.price, currency),
        },
        "buyer": contract.buyer.name,
        "supplier": contract.supplier.name,
        "reasons": amendment.reasons,
        "items": [
            {
                **item,
                "unit_price": Money(Decimal(item["unit_price"]), currency),
                "amount": Money(Decimal(item["amount"]), currency),
            }
            for item in amendment.items
        ],
        "amount": Money(amendment.amount, currency),
        "total": Money(contract.total + amendment.amount, currency),
    }


def _journal(session: Session, actor: Actor, contract: Contract, amendment: Amendment, act: str) -> None:
    facts = {"contract": contract.id, "amendment": amendment.number, "amount": str(amendment.amount)}
    journal.write(session, actor, case=contract.lot.project_id, act=act, facts=facts)
