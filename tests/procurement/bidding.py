"""Builders for tests of the bid period: registered suppliers, complete drafts, paid bonds, submitted bids."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import delete, insert

from app.foundation import clock
from app.foundation.actor import Actor
from app.identity import organisations
from app.procurement import bids, bonds, projects, suppliers, tenders
from app.procurement.bids.records import BidPiece
from app.sealer import packages

ACCOUNT = "51050110462500000123"
"""The agency's account for bonds."""


def register(session, town, bidder: Actor) -> suppliers.Registration:
    """An active registration of a bidder's organisation."""
    organisation = organisations.get(session, bidder.organisation_id)
    registration = suppliers.declare(
        session,
        bidder,
        uscc=organisation.uscc,
        name=organisation.name,
        legal_representative="李明",
        scale="small",
        conditions=range(1, 7),
    )
    return suppliers.review(session, town.registrar, registration_id=registration.id, decision="approve")


def content(session, lot_id: str, *, price="570000.00", **changes) -> dict:
    """What a bidder types for a complete bid; the unit price follows from the total of the lot's one item."""
    lot, tender = projects.lot(session, lot_id), tenders.of_lot(session, lot_id)
    unit = (Decimal(price) / lot.items[0].quantity).quantize(Decimal("0.01"))
    return {
        "price": price,
        "prices": {item.id: str(unit) for item in lot.items},
        "responses": {
            requirement.id: {"value": f"响应{requirement.code}", "deviation": "none"}
            for requirement in bids.requirements_of(tender, lot_id)
        },
        "declarations": list(bids.DECLARATIONS),
        "delivery_days": "30",
        "validity_days": "90",
        "sme": "small",
        "domestic": True,
        "brand": "江城",
        **changes,
    }


def write(session, bidder: Actor, lot_id: str, **changes) -> bids.BidDraft:
    """A complete draft, unless told otherwise."""
    return bids.save_draft(session, bidder, lot_id=lot_id, content=content(session, lot_id, **changes))


def credit(bond: bonds.Bond, **changes) -> bonds.Credit:
    """The payment of a bond in full, as the bank books it a minute after it was asked for."""
    paid = bonds.Credit(
        bank_reference=f"BANK-{bond.reference}",
        booked_at=bond.requested_at + timedelta(minutes=1),
        amount=bond.amount,
        currency=bond.currency,
        remittance=bond.reference,
        payer_name="供应商",
        payer_account=f"6222{bond.reference[4:]}",
        payer_bank="102651000000",
    )
    return replace(paid, **changes)


def pay(session, town, bidder: Actor, lot_id: str, **changes) -> bonds.Bond:
    """A bond that was asked for and came in, unless ``changes`` of the credit say otherwise."""
    bond = bonds.request(session, bidder, lot_id=lot_id)
    number = session.query(bonds.BankStatement).count()
    bonds.import_credits(
        session,
        town.officer,
        statement_id=f"S{number}",
        account=ACCOUNT,
        digest=f"{number:064d}",
        credits=[credit(bond, **changes)],
    )
    return bond


def at(session, instant) -> None:
    """Turn the session's clock, as a new transaction sees it."""
    session.commit()
    clock.of(session).turn_to(instant)
    assert clock.now(session) == instant


def put(session, bid, data, *, told=False):
    """Something else in the place of a sealed package; ``told``: the bid's digest says so."""
    session.execute(delete(BidPiece).where(BidPiece.bid_id == bid.id))
    session.execute(insert(BidPiece), {"bid_id": bid.id, "position": 0, "content": data})
    bid.digest = packages.digest(data) if told else bid.digest
    session.flush()


def sealed_to(recipient) -> bytes:
    """A package that holds nothing, sealed to a key."""
    target = io.BytesIO()
    packages.seal({"files": []}, [], recipient, target)
    return target.getvalue()
