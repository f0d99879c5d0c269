"""The forms around bids: the host signs the opening record, the agency sends the losers' bonds back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.engine.acts import IntakeContext
from app.foundation import clock, dates
from app.foundation.text import Text, text_of
from app.identity import organisations
from app.procurement import bids, bonds
from app.procurement.bids import Opening
from app.procurement.bonds import Bond
from app.workflow import facts, sealing
from app.workflow.beside import Fact, beside
from app.workflow.declaring import ACTS, partners
from app.workflow.values import LOT

# -- sign_opening_record


@ACTS.act(
    "bids.sign_opening_record",
    name=Text("Sign the opening record", "签署开标记录"),
    form="sign_opening_record",
    needs=[LOT],
)
def _sign_opening_record(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    bids.sign_opening_record(
        context.session,
        context.actor,
        lot_id=context.variables["lot_id"],
        objections=values.get("objections") or "",
    )
    opening = bids.opening_of(context.session, context.variables["lot_id"])
    assert opening is not None, "its record was just signed"
    sealing.opening(context.session, context.actor, partners(context).authority, opening)
    return {}


@ACTS.prepares("sign_opening_record")
def _prepare_opening_record(context: IntakeContext) -> Mapping[str, Any]:
    opening = bids.opening_of(context.session, context.variables["lot_id"])
    return {} if opening is None else {"facts": list(_read_aloud(context.session, opening))}


@beside
def _read_aloud(session: Session, opening: Opening) -> Iterable[Fact]:
    """The opening as it was read: each bidder's line, then what bidders objected to."""
    at = opening.opened_at.astimezone(clock.PLACE)
    yield Text("Opened at", "开标时间"), dates.when(at, seconds=True)
    yield Text("Bids received", "收到投标"), facts.same(str(opening.bid_count))
    for row in opening.rows:
        yield text_of(row["supplier"]), _line(row)
    for objection in opening.objections:
        of = objection["supplier"]
        name = organisations.get(session, of).name if of else Text("the host", "主持人")
        yield Text(f"Question from {name.en}", f"{name.zh}的疑义"), facts.same(objection["words"])


def _line(row: Mapping[str, Any]) -> Text:
    """One bid as it was read aloud, or why nothing was read."""
    if "price" not in row:
        return bids.REASONS[row["reason"]]
    bond = bids.BOND_STANDS[row["bond"]]
    price = facts.money(Decimal(row["price"]), row["currency"])
    return Text(
        f"{price.en}; performance period {row['delivery_days']} days; validity {row['validity_days']} days; bid bond: {bond.en}",
        f"{price.zh}（{row['price_words']}）；合同履行期限{row['delivery_days']}日；投标有效期{row['validity_days']}日；投标保证金：{bond.zh}",
    )


# -- return_bonds


@ACTS.act("bonds.send_back", name=Text("Return the bid bonds", "退还投标保证金"), form="return_bonds", needs=[LOT])
def _return_bonds(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    waiting = bonds.due_back(context.session, context.variables["lot_id"])
    if waiting:
        rows = {row["bond_id"]: row.get("earned") for row in values.get("rows") or ()}
        earned = {bond_id: Decimal(str(amount)) for bond_id, amount in rows.items() if amount}
        bonds.send_back(context.session, context.actor, bond_ids=[bond.id for bond in waiting], earned=earned)
        sealing.bond_list(context.session, context.actor, partners(context).authority, context.variables["lot_id"])
    return {}


@ACTS.prepares("return_bonds")
def _prepare_return(context: IntakeContext) -> Mapping[str, Any]:
    lot_id = context.variables["lot_id"]
    waiting = bonds.due_back(context.session, lot_id)
    shown: list[Fact] = []
    account = bonds.account_of(context.session, _agency_of(context))
    if account is None:
        shown.append((facts.SEVERITIES["warning"], bonds.NoBondAccount.text))
    elif any(bond.kind == "transfer" for bond in waiting):
        shown.append((Text("Paid from", "付款账户"), facts.same(f"{account.holder} {account.account}")))
    if not waiting:
        none = Text("No bid bond of this lot is waiting to be returned.", "该采购包没有待退还的投标保证金。")
        shown.append((Text("Bid bonds", "投标保证金"), none))
    suppliers = organisations.by_ids(context.session, {bond.supplier_id for bond in waiting})
    names = {supplier.id: supplier.name.zh for supplier in suppliers}
    return {"values": {"rows": [_row(bond, names[bond.supplier_id]) for bond in waiting]}, "facts": shown}


def _agency_of(context: IntakeContext) -> str:
    return context.actor.organisation_id or ""


def _row(bond: Bond, supplier: str) -> dict[str, str]:
    letter = bond.kind != "transfer"
    return {
        "bond_id": bond.id,
        "supplier": supplier,
        "amount": f"{bond.amount:,.2f}",
        "account": f"{bond.guarantee_issuer} {bond.guarantee_number}" if letter else bond.payer_account,
        "due": str(bond.return_due_on),
    }
