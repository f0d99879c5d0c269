"""What the address of the public list asks for, and what a row of it shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request

from app.foundation.money import Money
from app.foundation.text import Text, text_of
from app.procurement.disclosure.searching import Wanted
from app.procurement.rules import methods
from app.procurement.tenders import Notice, Tender
from app.web import listing
from app.workflow import facts

FILTERS = ("buyer", "region", "object", "method", "least", "most", "since", "until")
"""The filters of the address beside the searched words; each narrows what the others left."""
LARGEST = Decimal(10) ** 13
"""An amount beyond this is taken as not asked."""


@dataclass(frozen=True)
class Row:
    """A published notice as the list shows it: what was published, never what lies behind it."""

    notice: Notice
    title: Text
    budget: Money
    price: Money | None
    winner: Text | None
    object: Text
    method: Text

    @property
    def tender(self) -> Tender:
        """The tender that the notice is of."""
        return self.notice.tender


def wanted(asked: listing.Asked) -> Wanted:
    """The words and filters of the address; what makes no sense is taken as not asked."""
    return Wanted(
        search=asked.search,
        **{name: request.args.get(name, "")[:40] for name in ("buyer", "region", "object", "method")},
        least=_amount("least"),
        most=_amount("most"),
        since=_day("since"),
        until=_day("until"),
    )


def row(notice: Notice) -> Row:
    """A notice with its budget and, where it tells of them, who won at what price."""
    content, project = notice.content, notice.tender.project
    lots = [lot for lot in project.lots if notice.lot_id in (None, lot.id)]
    named = {"award": "winner", "contract": "supplier"}.get(notice.kind)
    price = Money(Decimal(content["price"]), content.get("currency", project.currency)) if named else None
    return Row(
        notice,
        text_of(notice.title),
        Money(sum((lot.budget for lot in lots), Decimal(0)), project.currency),
        price,
        text_of(_name(content[named])) if named else None,
        facts.named(facts.OBJECTS, project.object),
        methods.named(notice.tender.method).name,
    )


def _name(party: Any) -> Any:
    """A party's name in a notice: an award's stands beside its code and address, a contract's alone."""
    return party.get("name", party) if isinstance(party, dict) else party


def _amount(name: str) -> Decimal | None:
    try:
        found = Decimal(request.args.get(name, "").replace(",", "").replace("，", "").strip())
    except InvalidOperation:
        return None
    return found.quantize(Decimal("0.01")) if found.is_finite() and 0 <= found < LARGEST else None


def _day(name: str) -> date | None:
    try:
        found = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2999 else None
