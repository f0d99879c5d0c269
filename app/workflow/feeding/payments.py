"""Payments of bid bonds booked by hand: what one person reads in the bank's book or on its slip, another confirms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, time

from sqlalchemy.orm import Session
from stdnum import iso11649

from app.foundation import clock
from app.foundation.actor import Actor
from app.foundation.columns import Column
from app.foundation.text import Text
from app.foundation.workdays import ONE_DAY, end_of, local_day
from app.procurement import bids, bonds
from app.procurement.bonds import Bond
from app.procurement.bonds.credits import Credit
from app.workflow.feeding.tables import Known, Scope, Table, Values

AT = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")


def _find(_session: Session, _scope: Scope, _values: Values) -> Known | None:
    """Each is new: what is known from a statement is found when it is booked."""
    return None


def _check(session: Session, scope: Scope, values: Values, _known: Known | None) -> Iterator[tuple[str, Text]]:
    if bonds.account_of(session, scope.organisation_id or "") is None:
        yield "", bonds.NoBondAccount().sentence
    if values.get("amount") == 0:
        yield "amount", Text("Must be more than 0.", "应大于0。")
    if not iso11649.is_valid(values.get("reference", "")):
        yield (
            "reference",
            Text(
                "Not a payment reference. It begins with RF and has 16 characters.",
                "不是缴款识别号，应以RF开头、共16位。",
            ),
        )
    if "time" in values and values["time"] and not AT.fullmatch(values["time"]):
        yield "time", Text("Not a time, like 09:30.", "不是时间，例如09:30。")
    elif "day" in values and _booked_at(values, is_earliest=True) > clock.now(session):
        yield "day", Text("The date must not be in the future.", "不得晚于当前时间。")


def _booked_at(values: Values, *, is_earliest: bool = False) -> datetime:
    """When it was booked; of a day alone its end, so that no payment counts as earlier than it was."""
    found = AT.fullmatch(values.get("time") or "")
    if found:
        return datetime.combine(values["day"], time(int(found[1]), int(found[2]), int(found[3] or 0)), clock.PLACE)
    return datetime.combine(values["day"], time(0), clock.PLACE) if is_earliest else end_of(values["day"])


def _enter(session: Session, actor: Actor, _scope: Scope, values: Values, _known: Known | None) -> object:
    credit = Credit(
        bank_reference=values["bank_reference"],
        booked_at=_booked_at(values),
        amount=values["amount"],
        currency="CNY",
        remittance=iso11649.compact(values["reference"]),
        payer_name=values["payer_name"],
        payer_account="".join(values["payer_account"].split()),
        payer_bank=values["payer_bank"],
    )
    entry = bonds.book_by_hand(session, actor, credit)
    if entry.outcome == "late" and entry.bond_id:
        bids.invalidate_late_bonds(session, actor, lot_id=session.get_one(Bond, entry.bond_id).lot_id)
    return entry


def _examples(session: Session, _scope: Scope) -> list[tuple[str, ...]]:
    today = local_day(clock.now(session) - ONE_DAY).isoformat()
    return [
        ("RF18539007547034", "12000.00", today, "09:30", "2027013100012345", "样本有限公司", "6222000000009999", "")
    ]


PAYMENTS = Table(
    id="payments",
    name=Text("Payments of bonds", "保证金入账"),
    lead=Text(
        "A payment that came to your account for bonds and is in no file of the bank. Enter what the bank's slip says.",
        "已到达保证金账户、但银行未提供文件的入账。请按银行回单填写。",
    ),
    role="agency-officer",
    columns=(
        Column(
            "reference",
            Text("Payment reference", "缴款识别号"),
            longest=30,
            hint=Text("The words of the payer: RF and 14 more characters", "附言中以RF开头的16位识别号"),
        ),
        Column("amount", Text("Amount (yuan)", "金额（元）"), "amount", longest=30),
        Column("day", Text("Day of booking", "入账日期"), "day", hint=Text("Like 2027-01-31", "例如2027-01-31")),
        Column(
            "time",
            Text("Time of booking", "入账时间"),
            required=False,
            longest=8,
            hint=Text(
                "Like 09:30. Without it the payment counts at the end of its day.",
                "例如09:30；未填写的，按当日24时计算。",
            ),
        ),
        Column("bank_reference", Text("The bank's number of the payment", "银行流水号"), longest=60),
        Column("payer_name", Text("Payer", "付款人名称")),
        Column(
            "payer_account",
            Text("Payer's account", "付款人账号"),
            longest=40,
            hint=Text("The bond goes back to this account", "保证金将退还至该账户"),
        ),
        Column("payer_bank", Text("Payer's bank (CNAPS number)", "付款人开户行行号"), required=False, longest=40),
    ),
    key=("bank_reference",),
    find=_find,
    check=_check,
    enter=_enter,
    examples=_examples,
    of_organisation=True,
    is_secret=True,
)
"""What an agency's two persons book."""
