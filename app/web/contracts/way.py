"""A contract's way: signed, published, delivered, accepted, paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from app.foundation import dates
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.procurement.acceptance import Delivery
from app.procurement.contracts import Contract
from app.web import current


@dataclass(frozen=True)
class Step:
    """A step: ``state`` is ``done``, ``now`` (the first that isn't done) or nothing; ``said`` the day it was done or is due."""

    name: Text
    state: str
    said: Text | None
    url: str | None = None


def steps(contract: Contract, deliveries: Sequence[Delivery], paid: Decimal) -> list[Step]:
    """Every step with its day; ``paid`` is what was paid of the contract's total."""
    last = deliveries[-1] if deliveries else None
    judged = [each.acceptance for each in deliveries if each.acceptance is not None and each.acceptance.accepted]
    found = [
        _step(Text("Signed", "签订"), _day(contract.signed_at), contract.sign_by_on),
        _step(Text("Published", "公告"), _day(contract.published_at), contract.publish_by_on),
        _step(Text("Delivered", "交付"), last.delivered_on if last else None, contract.delivery_due_on),
        _step(
            Text("Accepted", "验收"),
            _day(judged[-1].decided_at) if judged else None,
            last.accept_by_on if last else None,
        ),
        Step(Text("Paid", "支付"), "done" if paid >= contract.total > 0 else "", None),
    ]
    at_hand = next((place for place, step in enumerate(found) if not step.state), None)
    return [replace(step, state="now") if place == at_hand else step for place, step in enumerate(found)]


def _step(name: Text, done_on: date | None, due_on: date | None) -> Step:
    if done_on is not None:
        return Step(name, "done", dates.day(done_on))
    due = dates.day(due_on)
    return Step(name, "", None if due_on is None else Text(f"by {due.en}", f"期限：{due.zh}"))


def _day(at: datetime | None) -> date | None:
    return None if at is None else local_day(at, current.zone())
