"""The receipt of a bid, to keep and to verify; and after the opening what was read, until the record is signed."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from flask import Response, jsonify, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.foundation import documents
from app.foundation.actor import SYSTEM
from app.foundation.documents import Document
from app.foundation.errors import Refusal
from app.foundation.text import Text
from app.procurement import awards, bids, papers, projects, queries, tenders
from app.procurement.bids import Bid, Opening
from app.web import current, errors, language
from app.web.answers import redirect
from app.web.notices import notice
from app.web.supplier import blueprint
from app.web.supplier.bidding import STATES, state_of
from app.web.supplier.editing import attachment
from app.web.supplier.tendering import head
from app.workflow import sealing


@blueprint.get("/supplier/bids/<bid_id>")
def receipt(bid_id: str) -> str:
    """Show a bid: its receipt, what may still be done with it, and after the opening what was read."""
    return _page(bids.get(current.session(), bid_id))


@blueprint.get("/supplier/bids/<bid_id>/receipt.json")
def receipt_json(bid_id: str) -> Response:
    """Send the signed receipt."""
    bid = bids.get(current.session(), bid_id)
    data = json.dumps(bid.receipt, ensure_ascii=False, indent=2).encode()
    return attachment(data, f"{_name(bid)}.json", "application/json")


@blueprint.get("/supplier/bids/<bid_id>/receipt.pdf")
def receipt_pdf(bid_id: str) -> Response:
    """Send the receipt on paper, in the language of the page; the Chinese one bears the agency's seal."""
    session, spoken = current.session(), language.language()
    bid = bids.get(session, bid_id)
    drawn = papers.draw("receipt", bids.receipt_sheet(session, bid), spoken)
    if spoken == "zh":
        agency, authority = tenders.of_lot(session, bid.lot_id).agency_id, current.house().authority
        drawn = sealing.sealed_file(session, SYSTEM, authority, drawn, organisation_id=agency, reason="receipt")
        current.commit()  # an agency that seals for the first time got its certificate
    return attachment(drawn, f"{_name(bid)}.pdf", "application/pdf")


@blueprint.get("/supplier/bids/<bid_id>/opening-record/<spoken>")
def opening_record(bid_id: str, spoken: str) -> Response:
    """Send the signed opening record to a bidder."""
    opening = bids.opening_of(current.session(), bids.get(current.session(), bid_id).lot_id)
    document_id = getattr(opening, f"document_{'zh' if spoken == 'zh' else 'en'}_id", None)
    if opening is None or document_id is None:
        raise bids.OpeningUnknown
    document = documents.get(current.session(), document_id)
    return attachment(documents.read(current.session(), document_id), document.name, document.media_type)


@blueprint.post("/supplier/bids/<bid_id>/objection")
def object_to_opening(bid_id: str) -> AnyResponse | tuple[str, int]:
    """Raise an objection to the opening."""
    bid, words = bids.get(current.session(), bid_id), request.form.get("words", "")
    try:
        bids.object_to_opening(current.session(), current.actor(), lot_id=bid.lot_id, words=words)
    except Refusal as refusal:
        current.session().rollback()
        again = bids.get(current.session(), bid_id)
        return _page(again, errors.parts_of(refusal), words), errors.status_of(type(refusal))
    current.commit()
    notice(Text("Your question is in the opening record.", "疑义已记入开标记录。"))
    return redirect("supplier.receipt", bid_id=bid_id)


@blueprint.get("/verify/receipt-key.json")
def receipt_key() -> Response:
    """Publish the key that signs receipts."""
    return jsonify(algorithm="Ed25519", key=current.house().signer.public_key, format="tenderway-receipt/1")


def _page(bid: Bid, problems: list[Refusal] | None = None, words: str = "") -> str:
    session = current.session()
    lot, tender = projects.lot(session, bid.lot_id), tenders.of_lot(session, bid.lot_id)
    opening = bids.opening_of(session, bid.lot_id)
    state = state_of(bid, tender, lot)
    return render_template(
        "supplier/receipt.html",
        **head(tender, "supplier.receipt", lot),
        bid=bid,
        state=state,
        letter=awards.letter_of(session, current.actor(), bid.lot_id),
        windows=queries.open_scopes(session, bid.supplier_id, bid.lot_id),
        states=STATES,
        said=bid.receipt["content"],
        signature=bid.receipt["signature"],
        reason=bids.REASONS.get(bid.invalid_reason),
        opening=opening if opening is not None and bid.ended_at is None else None,
        rows=_rows(opening) if opening is not None else [],
        own_objections=_own_objections(opening, bid),
        bond_stands=bids.BOND_STANDS,
        reasons=bids.REASONS,
        read=_read_files(bid),
        problems=problems or [],
        words=words,
    )


def _rows(opening: Opening) -> list[dict[str, Any]]:
    """What was read aloud, with its amounts as amounts."""
    return [row | {"amount": Decimal(row["price"]) if "price" in row else None} for row in opening.rows]


def _own_objections(opening: Opening | None, bid: Bid) -> list[dict[str, Any]]:
    return [said for said in opening.objections if said["supplier"] == bid.supplier_id] if opening is not None else []


def _read_files(bid: Bid) -> list[Document]:
    """The files of the bid as they came out of the seal."""
    if bid.opened is None:
        return []
    return [documents.get(current.session(), file.document_id) for file in bid.opened.files]


def _name(bid: Bid) -> str:
    said = bid.receipt["content"]["tender"]
    return f"receipt-{said['number']}-{said['lot']}-{bid.sequence}"
