"""Contracts as lists show them: those a person may work with, by phase, words and order."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import Session, aliased, joinedload

from app.foundation.actor import Actor
from app.identity.organisations import Organisation
from app.procurement.contracts.records import Contract, ContractState
from app.procurement.projects import Lot, Project

PHASES = ("signing", "performing", "completed")
"""What a list tells apart: waiting for a signature, concluded and not done, done."""
ORDERS = {
    "number": Contract.number,
    "signed": Contract.signed_at,
    "price": Contract.price,
    "delivery": Contract.delivery_due_on,
}


def find(
    session: Session,
    actor: Actor,
    *,
    phase: str = "",
    search: str = "",
    by: str = "number",
    descending: bool = True,
    offset: int = 0,
    limit: int = 25,
) -> tuple[list[Contract], int]:
    """One page of the contracts the actor may see (``drafting.visible_to``), and how many there are."""
    statement = _of(actor, phase, search)
    order = ORDERS[by]
    ordered = statement.order_by(
        order.desc().nulls_last() if descending else order.asc().nulls_last(), Contract.id.desc()
    )
    parties = (joinedload(Contract.buyer), joinedload(Contract.supplier))
    rows = session.scalars(ordered.options(*parties).offset(offset).limit(limit))
    return list(rows.unique()), _count(session, statement)


def of_supplier(session: Session, actor: Actor, supplier_id: str) -> list[Contract]:
    """The contracts with a supplier that the actor may see, the newest first."""
    statement = _of(actor, "", "").where(Contract.supplier_id == supplier_id)
    rows = session.scalars(statement.order_by(Contract.number.desc()).options(joinedload(Contract.buyer)))
    return list(rows.unique())


def counts(session: Session, actor: Actor, *, search: str = "") -> dict[str, int]:
    """How many contracts each phase has for this person; under ``""``, how many there are in all."""
    return {phase: _count(session, _of(actor, phase, search)) for phase in ("", *PHASES)}


def _count(session: Session, statement: Select[Contract]) -> int:
    return session.scalar(select(func.count()).select_from(statement.with_only_columns(Contract.id).subquery())) or 0


def _of(actor: Actor, phase: str, search: str) -> Select[Contract]:
    """The contracts that ``drafting.visible_to`` lets the actor see, as a query."""
    statement = (
        select(Contract)
        .join(Lot, Lot.id == Contract.lot_id)
        .join(Project, Project.id == Lot.project_id)
        .where(_phase(phase))
    )
    if not actor.has_role("auditor"):
        place = actor.organisation_id
        parties = (Contract.buyer_id, Contract.supplier_id, Project.agency_id, Project.finance_id)
        statement = statement.where(or_(*(party == place for party in parties)))
    if search:
        supplier = aliased(Organisation)
        statement = statement.join(supplier, supplier.id == Contract.supplier_id).where(
            Contract.number.icontains(search, autoescape=True)
            | Project.number.icontains(search, autoescape=True)
            | Contract.title_zh.contains(search, autoescape=True)
            | Contract.title_en.icontains(search, autoescape=True)
            | supplier.name_zh.contains(search, autoescape=True)
            | supplier.name_en.icontains(search, autoescape=True)
        )
    return statement


def _phase(phase: str) -> ColumnElement[bool]:
    if phase == "signing":
        return Contract.state.in_((ContractState.DRAFTED, ContractState.SUPPLIER_SIGNED))
    if phase == "performing":
        return Contract.state == ContractState.ACTIVE
    if phase == "completed":
        return Contract.state == ContractState.COMPLETED
    return true()


def phase_of(contract: Contract) -> str:
    """The phase a contract is in."""
    if contract.state == ContractState.COMPLETED:
        return "completed"
    return "performing" if contract.state == ContractState.ACTIVE else "signing"
