"""Performance bonds: lodged in any form but cash, and given back when what they secure is done (IR 48)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, Select, func, select, type_coerce
from sqlalchemy.orm import Session

from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid, NotFound, RuleBroken
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import roles
from app.procurement.contracts.drafting import STATE_NAMES, ContractNotOpen, get
from app.procurement.contracts.records import Contract, ContractState, PerformanceBond

FORMS: dict[str, Text] = {
    "guarantee": Text("letter of guarantee", "保函"),
    "cheque": Text("cheque", "支票"),
    "draft": Text("bank draft", "汇票"),
    "promissory": Text("promissory note", "本票"),
}
"""The forms of a performance bond; cash isn't one (IR 48)."""


class NoPerformanceBond(RuleBroken):
    """The contract asks for no performance bond."""

    text = Text("This contract does not require a performance bond.", "该合同不收取履约保证金。")


class PerformanceBondTooSmall(Invalid):
    """It secures less than the contract asks for."""

    text = Text("The performance bond must be ¥%(amount)s.", "履约保证金金额应为%(amount)s元。")


class PerformanceBondTooShort(Invalid):
    """It ends before the performance does."""

    text = Text("It must be valid until %(until)s or later.", "有效期不得早于%(until)s。")


class PerformanceBondMissing(RuleBroken):
    """The contract asks for a performance bond, and none was lodged."""

    text = Text(
        "A signer of the supplier must first submit the performance bond of ¥%(amount)s on the contract's page.",
        "请先由供应商签署人在合同页面提交%(amount)s元履约保证金。",
    )
    statute = "IR 48"


class PerformanceBondReturned(Conflict):
    """It went back already."""

    text = Text("This performance bond has already been returned.", "该履约保证金已退还。")


class PerformanceBondUnknown(NotFound):
    """There is no such performance bond."""

    text = Text("There is no such performance bond.", "没有该履约保证金。")


def lodge(
    session: Session,
    actor: Actor,
    *,
    contract_id: str,
    form: str,
    amount: Decimal,
    number: str,
    issuer: str,
    valid_until: date,
    document_id: str | None = None,
) -> PerformanceBond:
    """The supplier secures its performance. Raises NoPerformanceBond, PerformanceBondTooSmall or …TooShort."""
    contract = get(session, contract_id, lock=True)
    roles.require(actor, "supplier-signer", contract.supplier_id)
    if contract.state != ContractState.ACTIVE:
        raise ContractNotOpen(state=STATE_NAMES[contract.state])
    if not contract.performance_bond:
        raise NoPerformanceBond
    if form not in FORMS:
        raise ValueError(f"unknown form of performance bond: {form}")
    if amount < contract.performance_bond:
        raise PerformanceBondTooSmall(field="amount", amount=f"{contract.performance_bond:,.2f}")
    least = contract.delivery_due_on or local_day(clock.now(session))
    if valid_until < least:
        raise PerformanceBondTooShort(field="valid_until", until=least)
    bond = PerformanceBond(
        contract_id=contract.id,
        form=form,
        amount=amount,
        number=number,
        issuer=issuer,
        valid_until=valid_until,
        document_id=document_id,
        lodged_by=actor.id,
        lodged_at=clock.now(session),
    )
    session.add(bond)
    session.flush()
    session.expire(contract, ["bonds"])
    _journal(session, actor, contract, "contracts.lodge_bond", bond)
    return bond


def give_back(session: Session, actor: Actor, *, bond_id: str) -> PerformanceBond:
    """The buyer gives a performance bond back, once the contract's conditions for it are met (IR 48)."""
    bond = session.get(PerformanceBond, bond_id, with_for_update=True)
    if bond is None:
        raise PerformanceBondUnknown
    contract = get(session, bond.contract_id)
    roles.require(actor, "buyer-contract-officer", contract.buyer_id)
    if bond.returned_on is not None:
        raise PerformanceBondReturned
    bond.returned_on, bond.returned_by = local_day(clock.now(session)), actor.id
    _journal(session, actor, contract, "contracts.return_bond", bond)
    return bond


def secured(contract: Contract) -> bool:
    """Whether the contract is secured as it asks, or asks for nothing."""
    held = sum((bond.amount for bond in contract.bonds if bond.returned_on is None), Decimal(0))
    return held >= contract.performance_bond


def is_lodged(contract: Contract) -> bool:
    """Whether what the contract asks for was lodged; what the buyer gave back early isn't asked for again."""
    return sum((bond.amount for bond in contract.bonds), Decimal(0)) >= contract.performance_bond


def require_lodged(contract: Contract) -> None:
    """Go on with the performance only once it is secured.

    :raises PerformanceBondMissing:
    """
    if not is_lodged(contract):
        raise PerformanceBondMissing(amount=f"{contract.performance_bond:,.2f}")


def unsecured() -> Select[Contract]:
    """The contracts whose performance bond is still to be lodged."""
    lodged = select(func.coalesce(func.sum(type_coerce(PerformanceBond.amount, BigInteger)), 0))
    lodged = lodged.where(PerformanceBond.contract_id == Contract.id)
    asked = type_coerce(Contract.performance_bond, BigInteger)
    return select(Contract).where(Contract.state == ContractState.ACTIVE, asked > lodged.scalar_subquery())


def returnable() -> Select[PerformanceBond]:
    """The performance bonds that have nothing left to secure: their contract is performed and paid (IR 48)."""
    of = select(PerformanceBond).join(Contract, Contract.id == PerformanceBond.contract_id)
    return of.where(PerformanceBond.returned_on.is_(None), Contract.state == ContractState.COMPLETED)


def expiring(until: date) -> Select[PerformanceBond]:
    """The performance bonds that end by a day while their contract is being performed."""
    of = select(PerformanceBond).join(Contract, Contract.id == PerformanceBond.contract_id)
    return of.where(
        PerformanceBond.returned_on.is_(None),
        PerformanceBond.valid_until <= until,
        Contract.state == ContractState.ACTIVE,
    )


def _journal(session: Session, actor: Actor, contract: Contract, act: str, bond: PerformanceBond) -> None:
    facts = {"contract": contract.id, "bond": bond.id, "form": bond.form, "amount": str(bond.amount)}
    journal.write(session, actor, case=contract.lot.project_id, act=act, facts=facts)
