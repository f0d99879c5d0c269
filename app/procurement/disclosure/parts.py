"""What every section of a release is made of: amounts, instants, organisations, documents, items (OCDS 1.1.5)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.foundation import clock, documents
from app.foundation.text import Text
from app.foundation.workdays import last_second_of
from app.identity import organisations
from app.identity.organisations import Organisation
from app.procurement.projects import Item
from app.procurement.publishers import publisher
from app.procurement.tenders import Notice

PLACE: ZoneInfo = clock.PLACE
SCALES = frozenset({"medium", "small", "micro"})
"""The sizes of enterprises that bidders declare (N46 2), as the party scale extension names them."""


def amount(value: Decimal) -> float | int:
    """An amount as a JSON number: a whole one without a fraction."""
    return int(value) if value == value.to_integral_value() else float(value)


def value(of: Decimal, currency: str) -> dict[str, Any]:
    """An OCDS Value."""
    return {"amount": amount(of), "currency": currency}


def instant(at: datetime) -> str:
    """A date and time as people of the place read it, with its offset (RFC 3339)."""
    return at.astimezone(PLACE).isoformat(timespec="seconds")


def period(start: datetime | None, end: datetime | None) -> dict[str, str]:
    """An OCDS Period."""
    found = {"startDate": start, "endDate": end}
    return {name: instant(at) for name, at in found.items() if at is not None}


def until(day: date) -> str:
    """The last second of a day: a day by which something is due, or on which a period ends, belongs to it."""
    return instant(last_second_of(day))


# -- parties


class Parties:
    """The organisations a release names, each once, with all its roles."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.roles: dict[str, list[str]] = {}
        self.scales: dict[str, str] = {}

    def refer(self, organisation_id: str, *roles: str) -> dict[str, str]:
        """An OrganizationReference; the organisation joins the parties with these roles."""
        organisation = organisations.get(self.session, organisation_id)
        known = self.roles.setdefault(organisation.id, [])
        known += [role for role in roles if role not in known]
        return {"id": identifier(organisation), "name": organisation.name.zh}

    def declare(self, organisation_id: str, scale: str) -> None:
        """Say which size a winner declared, as its award notice does (N46 13); other than these nothing is said."""
        if scale in SCALES:
            self.scales[organisation_id] = scale

    def as_json(self) -> list[dict[str, Any]]:
        """The parties section."""
        return [self._party(organisations.get(self.session, key), roles) for key, roles in self.roles.items()]

    def _party(self, organisation: Organisation, roles: list[str]) -> dict[str, Any]:
        party: dict[str, Any] = {
            "id": identifier(organisation),
            "name": organisation.name.zh,
            "name_en": organisation.name.en,
            "identifier": {"scheme": "CN-USCC", "id": organisation.uscc, "legalName": organisation.name.zh},
            "roles": roles,
        }
        if organisation.address:
            party["address"] = {"streetAddress": organisation.address, "countryName": "中国"}
        if organisation.contact_name and "supplier" not in roles and "tenderer" not in roles:
            party["contactPoint"] = {"name": organisation.contact_name, "telephone": organisation.contact_phone}
        if organisation.id in self.scales:
            party["details"] = {"scale": self.scales[organisation.id]}
        return party


def identifier(organisation: Organisation) -> str:
    """An organisation's id in the open data: the unified social credit code under its scheme."""
    return f"CN-USCC-{organisation.uscc}"


# -- documents


def document(session: Session, document_id: str | None, kind: str, title: Text, language: str) -> dict[str, Any] | None:
    """A Document of the portal, or None where there is none, or none that is public.

    ``title`` is in the release's language whatever language the paper is in; ``language`` says that one.
    """
    found = session.get(documents.Document, document_id) if document_id else None
    if found is None or found.access != "public":
        return None
    return {
        "id": found.id,
        "documentType": kind,
        "title": title.zh,
        "title_en": title.en,
        "url": publisher(session).address(f"documents/{found.id}"),
        "datePublished": instant(found.created_at),
        "format": found.media_type,
        "language": language,
    }


def both(session: Session, zh_id: str | None, en_id: str | None, kind: str, title: Text) -> list[dict[str, Any]]:
    """The Chinese and the English paper, those that are there."""
    found = [document(session, zh_id, kind, title, "zh"), document(session, en_id, kind, title, "en")]
    return [each for each in found if each is not None]


def announced(session: Session, notice: Notice, kind: str) -> list[dict[str, Any]]:
    """A notice of the portal: its page and its papers, as documents of one type."""
    title = Text(notice.title["en"], notice.title["zh"])
    page = {
        "id": f"notice-{notice.id}",
        "documentType": kind,
        "title": title.zh,
        "title_en": title.en,
        "url": publisher(session).address(f"portal/notices/{notice.id}"),
        "datePublished": instant(notice.published_at),
        "format": "text/html",
        "language": "zh",
    }
    return [page, *both(session, notice.document_zh_id, notice.document_en_id, kind, title)]


# -- items


def item(found: Item, *, quantity: Decimal | None = None, unit_price: dict[str, Any] | None = None) -> dict[str, Any]:
    """An Item; ``quantity`` where it isn't what was asked for, ``unit_price`` (a Value) where one was agreed or offered."""
    unit: dict[str, Any] = {"name": found.unit}
    if unit_price is not None:
        unit["value"] = unit_price
    section: dict[str, Any] = {
        "id": found.id,
        "description": found.name,
        "quantity": amount(found.quantity if quantity is None else quantity),
        "unit": unit,
    }
    if found.code:
        section["classification"] = {"scheme": "CN-PCC", "id": found.code, "description": found.name}
    if found.lot_id:
        section["relatedLot"] = found.lot_id
    return section
