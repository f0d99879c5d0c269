"""When a payment is due, and what being late costs (N38 3; SMEPay 9, 10, 17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from app.foundation.money import CENT
from app.foundation.workdays import Calendar, Sense
from app.procurement import rules


@dataclass(frozen=True)
class Due:
    """The last day to pay in time, and the id of the rule it follows from."""

    on: date
    rule: str


def due(
    calendar: Calendar,
    *,
    received_on: date,
    accepted_on: date,
    accept_by_on: date,
    agreed_days: int,
    is_sme: bool,
) -> Due:
    """When an invoice must be paid: the earliest day that any rule names.

    Everybody is paid within thirty days after the invoice (N38). A small or medium enterprise is paid within the agreed
    days, at most sixty, from the acceptance, or from the day by which it should have been accepted (SMEPay 9, 10). Where
    that has passed before the invoice came, the invoice's own days count: a buyer isn't late before it was asked.
    Periods are duties: doubt about the last day is resolved for the earlier one.
    """
    by_invoice = rules.find("payment", on=received_on)
    found = [Due(by_invoice.last_day(calendar, received_on), by_invoice.id)]
    if is_sme:
        cap = rules.find("payment_sme_cap", on=accepted_on)
        days = min(agreed_days or rules.find("payment_sme", on=accepted_on).count, cap.count)
        begins = min(accepted_on, accept_by_on)
        last = Sense.DUTY.last_day(calendar.add_days(begins, days, Sense.DUTY))
        if last >= received_on:
            found.append(Due(last, rules.find("payment_sme", on=accepted_on).id))
    return min(found, key=lambda each: each.on)


def interest(amount: Decimal, daily_rate: Decimal, *, due_on: date, paid_on: date) -> Decimal:
    """What paying on ``paid_on`` costs: the rate for each day after the due day, rounded half up to cents; nothing in time."""
    days = max((paid_on - due_on).days, 0)
    return (amount * daily_rate * days).quantize(CENT, ROUND_HALF_UP)
