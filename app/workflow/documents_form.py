"""The form of the tender documents: what the acts take of what was entered, and what it shows of documents that are there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.foundation import clock
from app.foundation.text import Text
from app.procurement.tenders import NewAttachment, NewFactor, NewRequirement, Tender, Terms
from app.procurement.tenders.numbers import plain
from app.procurement.tenders.terms import OPTIONAL

_STEP = re.compile(r"[\d.]+")


def read_documents(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the form as ``draft_documents`` and ``change`` take them."""
    return {
        "requirements": [
            NewRequirement(
                row["lot"],
                row["id"],
                row["kind"],
                Text(row.get("text_en") or "", row["text_zh"]),
                bool(row.get("starred")),
                row.get("evidence") or "",
            )
            for row in values["requirements"]
        ],
        "factors": [
            NewFactor(
                row["lot"],
                row["id"],
                Text(row.get("name_en") or row["name_zh"], row["name_zh"]),
                row["kind"],
                Decimal(row["points"]),
                row.get("standard") or "",
                [{"points": plain(Decimal(step))} for step in _STEP.findall(row.get("steps") or "")],
            )
            for row in values.get("factors") or ()
        ],
        "terms": Terms(
            bid_deadline_at=values["bid_deadline_at"],
            bond_percent=Decimal(values["bond_percent"]),
            validity_days=values["validity_days"],
            performance_bond_percent=Decimal(values["performance_bond_percent"]),
            payment_days=values["payment_days"],
            delivery_days=values["delivery_days"],
            tie_break=values["tie_break"],
            committee_size=values["committee_size"],
            contract_terms=values["contract_terms"],
            sme_deduction_percent=_percent(values.get("sme_deduction_percent")),
            more={"consortium": False} | {name: _optional(values[name]) for name in OPTIONAL if values.get(name)},
        ),
        "attachments": [
            NewAttachment(
                row["kind"],
                Text(row.get("title_en") or "", row["title_zh"]),
                row["file"],
                row.get("lot"),
                row.get("number"),
            )
            for row in values.get("attachments") or ()
        ],
    }


def _optional(value: Any) -> Any:
    return value if isinstance(value, bool | str) else plain(Decimal(value))


def _percent(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def documents_as_values(tender: Tender) -> dict[str, Any]:
    """A tender's documents as values of the form."""
    numbers = {lot.id: lot.number for lot in tender.project.lots}
    requirements = [
        NewRequirement(numbers[r.lot_id], r.code, r.kind, Text(r.text_en, r.text_zh), r.starred, r.evidence)
        for r in tender.requirements
    ]
    factors = [
        NewFactor(numbers[f.lot_id], f.code, Text(f.name_en, f.name_zh), f.kind, f.points, f.standard, f.bands)
        for f in tender.factors
    ]
    assert tender.bid_deadline_at is not None, "documents are drafted with their deadline"
    terms = Terms(
        bid_deadline_at=tender.bid_deadline_at.astimezone(clock.PLACE),
        bond_percent=tender.bond_percent,
        validity_days=tender.validity_days,
        performance_bond_percent=tender.performance_bond_percent,
        payment_days=tender.payment_days,
        delivery_days=tender.delivery_days,
        tie_break=tender.tie_break,
        committee_size=tender.committee_size,
        contract_terms=tender.contract_terms,
        sme_deduction_percent=tender.sme_deduction_percent,
        more=tender.terms,
    )
    return as_values(requirements, factors, terms) | {"attachments": list(_attachment_rows(tender, numbers))}


def _attachment_rows(tender: Tender, numbers: Mapping[str, int]) -> Iterable[dict[str, Any]]:
    for row in tender.attachments:
        yield {
            "number": row.number,
            "lot": numbers.get(row.lot_id or ""),
            "kind": row.kind,
            "title_zh": row.title_zh,
            "title_en": row.title_en,
            "file": row.document_id,
        }


def as_values(requirements: Sequence[NewRequirement], factors: Sequence[NewFactor], terms: Terms) -> dict[str, Any]:
    """Documents as values of the form that ``read_documents`` reads."""
    plain_terms = {
        name: plain_number(getattr(terms, name))
        for name in Terms.__dataclass_fields__
        if name != "more" and getattr(terms, name) is not None
    }
    return {
        **as_rows(requirements, factors),
        **plain_terms,
        **{
            name: value if isinstance(value, bool) or name == "delivery_place" else Decimal(value)
            for name, value in terms.more.items()
            if name in OPTIONAL
        },
    }


def as_rows(requirements: Sequence[NewRequirement], factors: Sequence[NewFactor]) -> dict[str, Any]:
    """Requirements and factors as rows of the form's tables."""
    return {
        "requirements": [
            {
                "lot": r.lot,
                "id": r.code,
                "kind": r.kind,
                "starred": r.starred,
                "text_zh": r.text.zh,
                "text_en": r.text.en,
                "evidence": r.evidence,
            }
            for r in requirements
        ],
        "factors": [
            {
                "lot": f.lot,
                "id": f.code,
                "name_zh": f.name.zh,
                "name_en": f.name.en,
                "kind": f.kind,
                "points": plain_number(f.points),
                "standard": f.standard,
                "steps": "、".join(band["points"] for band in f.bands),
            }
            for f in factors
        ],
    }


def plain_number(value: Any) -> Any:
    """A decimal without needless zeros, as a person would type it."""
    return value if not isinstance(value, Decimal) else Decimal(f"{value.normalize():f}")
