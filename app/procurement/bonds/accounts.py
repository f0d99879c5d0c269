"""The account into which an agency takes bonds: suppliers pay to it, statements are of it, returns come from it."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from app.foundation import journal
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid
from app.foundation.text import Text
from app.identity import roles
from app.procurement.bonds.records import BondAccount

_ACCOUNT = re.compile(r"[A-Z0-9]{5,34}")
_CODE = re.compile(r"\d{12}|[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")


class AccountInvalid(Invalid):
    """Not an account number."""

    text = Text("Enter a bank account number of 5 to 34 digits and letters.", "银行账号应为5至34位数字或字母。")


class BankCodeInvalid(Invalid):
    """Neither a CNAPS number nor a BIC."""

    text = Text("Enter a bank code of 12 digits (CNAPS), or a BIC.", "银行行号应为12位支付系统行号，或者BIC。")


class HolderMissing(Invalid):
    """An account belongs to somebody, at some bank."""

    code = "account-holder-missing"
    text = Text("Enter the name of the account holder and the bank.", "请填写账户名称和开户银行。")


class NoBondAccount(Conflict):
    """The agency hasn't named its account."""

    text = Text(
        "The agency has not entered its bank account for bid bonds yet.", "采购代理机构尚未登记投标保证金账户。"
    )


def set_account(
    session: Session, actor: Actor, *, holder: str, account: str, bank_name: str, bank_code: str = ""
) -> BondAccount:
    """Name the account of the actor's agency.

    :raises AccountInvalid:
    :raises BankCodeInvalid:
    :raises HolderMissing:
    :raises RoleMissing:
    """
    roles.require(actor, "agency-officer", actor.organisation_id)
    assert actor.organisation_id is not None, "who holds a role for an organisation acts for it"
    number, code = "".join(account.split()).upper(), "".join(bank_code.split()).upper()
    if not _ACCOUNT.fullmatch(number):
        raise AccountInvalid(field="account")
    if code and not _CODE.fullmatch(code):
        raise BankCodeInvalid(field="bank_code")
    if not holder.strip() or not bank_name.strip():
        raise HolderMissing(field="holder" if not holder.strip() else "bank_name")
    row = session.get(BondAccount, actor.organisation_id)
    if row is None:
        row = BondAccount(organisation_id=actor.organisation_id)
        session.add(row)
    row.holder, row.account, row.bank_name, row.bank_code = holder.strip(), number, bank_name.strip(), code
    session.flush()
    facts = {"account": number, "bank": row.bank_name}
    journal.write(session, actor, case=f"organisation:{actor.organisation_id}", act="bonds.set_account", facts=facts)
    return row


def account_of(session: Session, agency_id: str) -> BondAccount | None:
    """An agency's account for bonds."""
    return session.get(BondAccount, agency_id)


def require_account(session: Session, agency_id: str, *, lock: bool = False) -> BondAccount:
    """An agency's account for bonds, locked for whoever takes in what came to it.

    :raises NoBondAccount:
    """
    row = session.get(BondAccount, agency_id, with_for_update=lock or None)
    if row is None:
        raise NoBondAccount
    return row
