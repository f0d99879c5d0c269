"""Bonds sent back: the bank's file and the list of it all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock, documents
from app.foundation.actor import SYSTEM, Actor
from app.foundation.money import Money
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import organisations
from app.procurement import papers, projects, tenders
from app.procurement.bonds.accounts import require_account
from app.procurement.bonds.deposits import BondUnknown
from app.procurement.bonds.payment_files import payment_file
from app.procurement.bonds.records import Bond, ReturnBatch
from app.procurement.bonds.returns import NOTHING, Repayment, return_bonds


def send_back(
    session: Session, actor: Actor, *, bond_ids: Sequence[str], earned: Mapping[str, Decimal] = NOTHING
) -> ReturnBatch:
    """Send bonds of one agency back (see ``return_bonds``), with the pain.001 file for the bank and the list of it all.

    Letters of guarantee stand in no payment file: they lapse.

    :raises RepaymentIncomplete:
    :raises NoBondAccount:
    """
    bonds = [session.get(Bond, bond_id) for bond_id in bond_ids]
    if not bonds or any(bond is None for bond in bonds):
        raise BondUnknown
    first = next(bond for bond in bonds if bond is not None)
    agency_id = tenders.of_lot(session, first.lot_id).agency_id
    batch, lines = return_bonds(session, actor, bond_ids=bond_ids, earned=earned)
    house = Actor(id=actor.id, name=actor.name, organisation_id=agency_id) if actor == SYSTEM else actor
    if lines:
        _keep_payment_file(session, house, agency_id, batch, lines)
    _keep_list(session, house, agency_id, batch, first.lot_id)
    session.flush()
    return batch


def bonds_of_batch(session: Session, batch_id: str) -> list[Bond]:
    """The bonds that went back together."""
    return list(session.scalars(select(Bond).where(Bond.return_batch_id == batch_id).order_by(Bond.reference)))


def batches_of(session: Session, lot_id: str) -> list[ReturnBatch]:
    """The returns in which bonds of a lot went back, the newest first."""
    statement = select(ReturnBatch).join(Bond, Bond.return_batch_id == ReturnBatch.id).where(Bond.lot_id == lot_id)
    return list(session.scalars(statement.distinct().order_by(ReturnBatch.id.desc())))


def _keep_payment_file(
    session: Session, actor: Actor, agency_id: str, batch: ReturnBatch, lines: Sequence[Repayment]
) -> None:
    now = clock.now(session)
    data = payment_file(
        batch.message_id,
        require_account(session, agency_id),
        lines,
        made_at=now.astimezone(clock.PLACE),
        pay_on=local_day(now),
    )
    file = documents.add(
        session,
        actor,
        name=f"{batch.message_id}.pain.001.xml",
        source=data,
        case=f"bond-return:{batch.id}",
        kind="bond_payment_file",
        access="private",
        media_type="application/xml",
    )
    batch.document_id = file.id


def _keep_list(session: Session, actor: Actor, agency_id: str, batch: ReturnBatch, lot_id: str) -> None:
    lot, sent = projects.lot(session, lot_id), bonds_of_batch(session, batch.id)
    content = {
        "number": f"{lot.project.number}-{lot.number}",
        "message_id": batch.message_id,
        "project": {"title": lot.project.title, "number": lot.project.number},
        "lot": Text(f"Lot {lot.number}: {lot.name.en}", f"采购包{lot.number}：{lot.name.zh}"),
        "rows": [_listed(session, bond) for bond in sent],
        "total": Money(batch.total),
        "issuer": organisations.get(session, agency_id).name,
    }
    title = Text(
        f"Bid bonds returned {lot.project.number}-{lot.number}", f"投标保证金退还清单{lot.project.number}-{lot.number}"
    )
    chinese, english = papers.keep(
        session, actor, "bond_return_list", content, case=lot_id, title=title, kind="bond_return_list"
    )
    batch.list_zh_id, batch.list_en_id = chinese.id, english.id


def _guarantee(bond: Bond) -> Text:
    return Text(f"letter of guarantee {bond.guarantee_number}", f"保函{bond.guarantee_number}")


def _listed(session: Session, bond: Bond) -> dict[str, object]:
    letter = bond.kind != "transfer"
    back = bond.amount + bond.interest
    return {
        "supplier": organisations.get(session, bond.supplier_id).name,
        "reference": bond.reference,
        "holder": "" if letter else bond.payer_name,
        "account": _guarantee(bond) if letter else bond.payer_account,
        "bank_name": bond.guarantee_issuer if letter else "",
        "bank": "" if letter else bond.payer_bank,
        "amount": Money(bond.amount, bond.currency),
        "interest": Money(bond.interest, bond.currency),
        "total": Money(back if not letter else bond.amount * 0, bond.currency),
    }
