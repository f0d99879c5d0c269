"""What the papers of a bid say: its receipt and the opening record (``procurement/papers``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.foundation.money import Money
from app.foundation.text import Text, text_of
from app.foundation.workdays import local_day
from app.identity import organisations
from app.identity.accounts import Account
from app.procurement import projects, tenders
from app.procurement.bids.records import Bid, Opening
from app.procurement.bids.standings import BOND_STANDS, REASONS
from app.procurement.projects import Lot

HOST = Text("host of the opening", "开标主持人")
ONLINE = Text("this service, online", "本平台（网上开标）")
"""Where bids are opened."""

SEALS = {
    "undecryptable": Text("broken", "异常"),
    "unopened": Text("intact, not opened", "完好，未开启"),
}
"""How a bid's seal was found, by its state; of all others it was intact."""

UNOPENED = ("unconfirmed", "no_bond", "late_bond")
"""Why a bid is left sealed."""


def receipt_sheet(session: Session, bid: Bid) -> dict[str, Any]:
    """The content of the paper ``receipt``, in the words of the signed receipt."""
    said: Mapping[str, Any] = bid.receipt["content"]
    lot = projects.lot(session, bid.lot_id)
    agency = organisations.get(session, tenders.of_lot(session, bid.lot_id).agency_id)
    return {
        "number": said["bid"],
        "supplier": text_of(said["supplier"]["name"]),
        "project": {"title": text_of(said["tender"]["title"]), "number": said["tender"]["number"]},
        "lot": lot_words(lot),
        "received_at": said["received_at"],
        "deadline_at": said["bid_deadline_at"],
        "digest": said["sha256"],
        "size": said["size"],
        "document_version": said["document_version"],
        "sequence": said["sequence"],
        "issuer": agency.name,
        "dated_on": local_day(bid.received_at),
    }


ACTS = {
    "received": Text("bid received", "签收投标文件"),
    "confirmed": Text("confirmed after the correction", "更正后确认"),
    "withdrawn": Text("withdrawn", "撤回"),
}
"""What a receipt is given for."""


def receipt_facts(content: Mapping[str, Any]) -> list[tuple[Text, Text | datetime | str | int]]:
    """What a receipt that somebody shows says, as names and values; only what can be read of it."""
    tender, supplier = _part(content, "tender"), _part(content, "supplier")
    pairs: list[tuple[Text, Any]] = [
        (Text("Receipt for", "事项"), ACTS.get(str(content.get("act")))),
        (Text("Project number", "项目编号"), tender.get("number")),
        (Text("Lot", "采购包"), tender.get("lot")),
        (Text("Supplier", "供应商"), supplier.get("uscc")),
        (Text("Received at", "签收时间"), _instant(content.get("received_at"))),
        (Text("Signed at", "签署时间"), _instant(content.get("at"))),
        (Text("Number of this supplier's bid", "投标次序"), content.get("sequence")),
        (Text("SHA-256 of the sealed bid", "加密文件SHA-256"), content.get("sha256")),
        (Text("Bytes", "字节数"), content.get("size")),
        (Text("Version of the tender documents", "招标文件版本"), content.get("document_version")),
        (Text("Sealed with the public key", "密封公钥"), content.get("sealed_to")),
    ]
    return [(name, value) for name, value in pairs if isinstance(value, str | int | datetime | Text) and value != ""]


def _part(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    part = content.get(name)
    return part if isinstance(part, dict) else {}


def _instant(said: Any) -> datetime | str | None:
    try:
        return datetime.fromisoformat(said)
    except (TypeError, ValueError):
        return said if isinstance(said, str) else None


def opening_sheet(session: Session, opening: Opening) -> dict[str, Any]:
    """The content of the paper ``opening_record``."""
    lot, tender = projects.lot(session, opening.lot_id), tenders.of_lot(session, opening.lot_id)
    agency = organisations.get(session, tender.agency_id)
    sheet: dict[str, Any] = {
        "number": f"{tender.project.number}-{lot.number}",
        "project": {"title": tender.project.title, "number": tender.project.number},
        "lot": lot_words(lot),
        "opened_at": opening.opened_at,
        "place": ONLINE,
        "bid_count": opening.bid_count,
        "enough": opening.enough,
        "rows": [_row(row) for row in opening.rows],
        "objections": [_objection(session, objection) for objection in opening.objections],
        "issuer": agency.name,
        "dated_on": local_day(opening.signed_at or opening.opened_at),
    }
    if opening.signed_at is not None and opening.signed_by is not None:
        signer = session.get(Account, opening.signed_by)
        name = signer.name if signer is not None else opening.signed_by
        sheet["host"] = name
        sheet["signatures"] = [{"party": agency.name, "name": name, "signed_at": opening.signed_at}]
    return sheet


def lot_words(lot: Lot) -> Text:
    """A lot with its number and name."""
    return Text(f"Lot {lot.number}: {lot.name.en}", f"采购包{lot.number}：{lot.name.zh}")


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    read = {name: row.get(name) for name in ("delivery_days", "validity_days")}
    price = Money(Decimal(row["price"]), row["currency"]) if "price" in row else None
    sealed = "unopened" if row["reason"] in UNOPENED else row["state"]
    checked = {"seal": SEALS.get(sealed, Text("intact", "完好")), "bond": BOND_STANDS[row["bond"]]}
    note = {"note": REASONS[row["reason"]]} if row["reason"] else {}
    return {"supplier": text_of(row["supplier"]), **checked, "price": price, **read, **note}


def _objection(session: Session, objection: Mapping[str, Any]) -> dict[str, Any]:
    supplier_id = objection["supplier"]
    supplier = HOST if supplier_id is None else organisations.get(session, supplier_id).name
    return {"supplier": supplier, "text": objection["words"]}
