"""Suppliers' standing, as buyers look it up: registration, contracts, the buyers' ratings, exclusions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session

from app.identity.organisations import Organisation
from app.procurement import suppliers
from app.procurement.acceptance import Acceptance
from app.procurement.contracts import Contract, ContractState
from app.procurement.suppliers import Exclusion, Registration, RegistrationState


@dataclass(frozen=True)
class Standing:
    """One supplier on a day. ``rating`` is the mean of ``rated`` accepted contracts, to one place; amounts in yuan."""

    organisation: Organisation
    registration: Registration
    state: RegistrationState
    contracts: int
    amount: Decimal
    rating: Decimal | None
    rated: int
    excluded_until: date | None


def find(
    session: Session, on: date, *, state: str = "", search: str = "", offset: int = 0, limit: int = 25
) -> tuple[list[Standing], int]:
    """One page of the suppliers by name; ``state``: active, excluded, waiting (for the registrar) or none for all."""
    statement = _of(on, state, search).order_by(Organisation.name_zh, Organisation.id)
    rows = session.scalars(statement.offset(offset).limit(limit)).all()
    return _standings(session, rows, on), count(session, on, state=state, search=search)


def count(session: Session, on: date, *, state: str = "", search: str = "") -> int:
    """How many suppliers stand so."""
    statement = _of(on, state, search).with_only_columns(Registration.id).subquery()
    return session.scalar(select(func.count()).select_from(statement)) or 0


def of(session: Session, organisation_id: str, on: date) -> Standing | None:
    """The standing of one supplier; None where it never registered."""
    registration = suppliers.of_organisation(session, organisation_id)
    return None if registration is None else _standings(session, [registration], on)[0]


STATES = ("active", "excluded", "waiting")
"""What a list of suppliers tells apart."""


def _of(on: date, state: str, search: str) -> Select[Registration]:
    statement = (
        select(Registration).join(Organisation, Organisation.id == Registration.organisation_id).where(_in(on, state))
    )
    if search:
        statement = statement.where(
            Organisation.name_zh.contains(search, autoescape=True)
            | Organisation.name_en.icontains(search, autoescape=True)
            | Organisation.uscc.icontains(search, autoescape=True)
        )
    return statement


def _in(on: date, state: str) -> ColumnElement[bool]:
    excluded = (
        select(Exclusion.organisation_id)
        .where(Exclusion.revoked_at.is_(None), Exclusion.valid_from <= on, Exclusion.valid_until >= on)
        .scalar_subquery()
    )
    if state == "excluded":
        return Registration.organisation_id.in_(excluded)
    if state == "waiting":
        return Registration.state == RegistrationState.DECLARED
    if state == "active":
        return (
            (Registration.state == RegistrationState.ACTIVE)
            & (Registration.valid_until >= on)
            & Registration.organisation_id.not_in(excluded)
        )
    return true()


def _standings(session: Session, rows: Sequence[Registration], on: date) -> list[Standing]:
    ids = [row.organisation_id for row in rows]
    concluded = (ContractState.ACTIVE, ContractState.COMPLETED)
    contracts = {
        supplier: (count, amount)
        for supplier, count, amount in session.execute(
            select(Contract.supplier_id, func.count(), func.sum(Contract.price))
            .where(Contract.supplier_id.in_(ids), Contract.state.in_(concluded))
            .group_by(Contract.supplier_id)
        )
    }
    ratings = {
        supplier: (total, count)
        for supplier, total, count in session.execute(
            select(Acceptance.supplier_id, func.sum(Acceptance.rating), func.count())
            .where(Acceptance.supplier_id.in_(ids), Acceptance.accepted)
            .group_by(Acceptance.supplier_id)
        )
    }
    found = []
    for row in rows:
        number, amount = contracts.get(row.organisation_id, (0, Decimal(0)))
        total, rated = ratings.get(row.organisation_id, (0, 0))
        exclusion = suppliers.exclusion_on(session, row.organisation_id, on)
        found.append(
            Standing(
                organisation=row.organisation,
                registration=row,
                state=suppliers.state_on(session, row, on),
                contracts=number,
                amount=amount,
                rating=(Decimal(total) / rated).quantize(Decimal("0.1"), ROUND_HALF_UP) if rated else None,
                rated=rated,
                excluded_until=exclusion.valid_until if exclusion else None,
            )
        )
    return found
