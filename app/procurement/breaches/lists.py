"""Which reports and decisions are shown: to the public, to the parties, to the finance department."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, contains_eager

from app.foundation.actor import Actor
from app.procurement import rules, suppliers
from app.procurement.breaches.records import Breach, BreachState
from app.procurement.suppliers import Exclusion


def public_records(on: date) -> Select[Breach]:
    """The published decisions that are shown on a day, with their exclusions: while the exclusion lasts, and the years
    after its start that the record of serious dishonesty is shown; not those that were set aside."""
    shown_from = suppliers.years_before(on, rules.common(on).count("dishonesty_shown"))
    return (
        select(Breach)
        .join(Breach.exclusion)
        .where(
            Breach.published_at.is_not(None),
            Exclusion.revoked_at.is_(None),
            or_(Exclusion.valid_until >= on, Exclusion.valid_from >= shown_from),
        )
        .options(contains_eager(Breach.exclusion))
    )


def is_public(session: Session, breach: Breach, on: date) -> bool:
    """Whether a decision is shown to the public on a day."""
    return session.scalar(public_records(on).where(Breach.id == breach.id)) is not None


def was_set_aside(breach: Breach) -> bool:
    """Whether a published decision was set aside, which whoever has its address is told (GPL 77)."""
    return breach.published_at is not None and breach.exclusion is not None and breach.exclusion.revoked_at is not None


def visible(session: Session, actor: Actor) -> list[Breach]:
    """The reports an actor may see, the newest first."""
    statement = select(Breach).order_by(Breach.reported_at.desc(), Breach.id.desc())
    if not actor.has_role("auditor"):
        place = actor.organisation_id
        against = (Breach.supplier_id == place) & (Breach.state != BreachState.REPORTED)
        decided = or_(Breach.finance_id == place, Breach.finance_id.is_(None)) & actor.has_role("finance-officer")
        statement = statement.where(or_(Breach.reporter_id == place, against, decided))
    return list(session.scalars(statement))


def visible_to(actor: Actor, breach: Breach) -> bool:
    """Who may see a report: the finance department that decides it, auditors, who reported it; the supplier once told."""
    if actor.has_role("auditor") or actor.has_role("finance-officer", breach.finance_id):
        return True
    if actor.organisation_id is None:
        return False
    if actor.organisation_id == breach.reporter_id:
        return True
    return actor.organisation_id == breach.supplier_id and breach.state != BreachState.REPORTED
