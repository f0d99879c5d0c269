"""When a payment is due, and what being late costs (N38 3; SMEPay 9, 10, 17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from app.foundation.money import CENT
from app.foundation.workdays import Calendar, Sense
from app.procurement.rules import Law


@dataclass(frozen=True)
class Due:
    """The last day to pay in time, and the id of the rule it follows from."""

    on: date
    rule: str


def due(
    calendar: Calendar,
    law: Law,
    *,
    received_on: date,
    accepted_on: date | None,
    accept_by_on: date,
    agreed_days: int,
    is_sme: bool,
) -> Due:
    """When an invoice must be paid: the earliest day that any rule names.

    Everybody is paid within thirty days after the invoice, and within the days that the contract agrees on after the
    acceptance (N38 3). A small or medium enterprise is paid within the agreed days, at most sixty, thirty if none were
    agreed, from the acceptance, or from the day by which it was owed where the buyer let that pass (SMEPay 9, 10).
    ``accepted_on`` is None while the acceptance is overdue. An invoice that comes late gives the buyer no new days.
    Periods are duties: doubt about the last day is resolved for the earlier one.
    """
    by_invoice = law.at(received_on).rule("payment")
    found = [Due(by_invoice.last_day(calendar, received_on), by_invoice.id)]
    if is_sme:
        begins = min(accepted_on or accept_by_on, accept_by_on)
        by_law = law.at(begins).rule("payment_sme")
        days = min(agreed_days or by_law.count, law.at(begins).count("payment_sme_cap"))
        found.append(Due(_after(calendar, begins, days), by_law.id))
    elif agreed_days:
        found.append(Due(_after(calendar, accepted_on or received_on, agreed_days), by_invoice.id))
    return min(found, key=lambda each: each.on)


def _after(calendar: Calendar, begins: date, days: int) -> date:
    return Sense.DUTY.last_day(calendar.add_days(begins, days, Sense.DUTY))


def interest(amount: Decimal, daily_rate: Decimal, *, due_on: date, paid_on: date) -> Decimal:
    """What paying on ``paid_on`` costs: the rate for each day after the due day, rounded half up to cents; nothing in time."""
    days = max((paid_on - due_on).days, 0)
    return (amount * daily_rate * days).quantize(CENT, ROUND_HALF_UP)
