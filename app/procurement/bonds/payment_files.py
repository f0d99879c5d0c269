"""The file a bank pays bonds back from: a credit transfer initiation in ISO 20022, pain.001.001.09."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from lxml import etree

from app.foundation.errors import Invalid
from app.foundation.text import Text
from app.procurement.bonds.records import BondAccount
from app.procurement.bonds.returns import Repayment

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
CLEARING_SYSTEM = "CNAPS"
"""China's payment system, in ISO's list of clearing systems."""


class RepaymentIncomplete(Invalid):
    """A bond can't be paid back: its payee or account isn't known, or it is in another currency."""

    text = Text("The bid bond %(reference)s cannot be returned: %(why)s", "投标保证金%(reference)s无法退还：%(why)s")


def payment_file(
    message_id: str, account: BondAccount, lines: Sequence[Repayment], *, made_at: datetime, pay_on: date
) -> bytes:
    """The XML of a return: one transfer for each line, from the agency's account.

    ``message_id`` at most 35 characters, unique for the agency: a bank takes a file once.

    :raises RepaymentIncomplete:
    """
    _check(lines)
    total = sum((line.amount for line in lines), Decimal(0))
    document = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    initiation = _add(document, "CstmrCdtTrfInitn")
    header = _add(initiation, "GrpHdr")
    _add(header, "MsgId", message_id)
    _add(header, "CreDtTm", made_at.isoformat(timespec="seconds"))
    _add(header, "NbOfTxs", str(len(lines)))
    _add(header, "CtrlSum", f"{total:.2f}")
    _add(_add(header, "InitgPty"), "Nm", account.holder)
    payment = _add(initiation, "PmtInf")
    _add(payment, "PmtInfId", message_id)
    _add(payment, "PmtMtd", "TRF")
    _add(payment, "NbOfTxs", str(len(lines)))
    _add(payment, "CtrlSum", f"{total:.2f}")
    _add(_add(payment, "ReqdExctnDt"), "Dt", pay_on.isoformat())
    _add(_add(payment, "Dbtr"), "Nm", account.holder)
    _add_account(payment, "DbtrAcct", account.account, lines[0].currency)
    _add_bank(payment, "DbtrAgt", account.bank_code, account.bank_name)
    for line in lines:
        _add_transfer(payment, line)
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _check(lines: Sequence[Repayment]) -> None:
    if not lines:
        raise ValueError("a payment file has at least one transfer")
    for line in lines:
        if not line.name.strip():
            why = Text("the name of the payer is not known.", "付款人名称不详。")
        elif not line.account.strip():
            why = Text("the account of the payer is not known.", "付款账号不详。")
        elif line.amount <= 0:
            why = Text("the amount is zero.", "退还金额为零。")
        elif line.currency != lines[0].currency:
            why = Text("its currency differs from the others.", "币种与其他款项不一致。")
        else:
            continue
        raise RepaymentIncomplete(reference=line.reference, why=why)


def _add_transfer(payment: etree._Element, line: Repayment) -> None:
    transfer = _add(payment, "CdtTrfTxInf")
    _add(_add(transfer, "PmtId"), "EndToEndId", line.reference)
    _add(_add(transfer, "Amt"), "InstdAmt", f"{line.amount:.2f}").set("Ccy", line.currency)
    if line.bank:
        _add_bank(transfer, "CdtrAgt", line.bank, "")
    _add(_add(transfer, "Cdtr"), "Nm", line.name)
    _add_account(transfer, "CdtrAcct", line.account)
    remittance = _add(_add(_add(transfer, "RmtInf"), "Strd"), "CdtrRefInf")
    _add(_add(_add(remittance, "Tp"), "CdOrPrtry"), "Cd", "SCOR")
    _add(remittance, "Ref", line.reference)


def _add_account(parent: etree._Element, name: str, number: str, currency: str = "") -> None:
    account = _add(parent, name)
    identification = _add(account, "Id")
    if re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", number):
        _add(identification, "IBAN", number)
    else:
        _add(_add(identification, "Othr"), "Id", number[:34])
    if currency:
        _add(account, "Ccy", currency)


def _add_bank(parent: etree._Element, name: str, code: str, called: str) -> None:
    """A bank by its CNAPS number or BIC, else by name (a debtor's bank must be there in some form)."""
    institution = _add(_add(parent, name), "FinInstnId")
    if re.fullmatch(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", code):
        _add(institution, "BICFI", code)
    elif code:
        member = _add(institution, "ClrSysMmbId")
        _add(_add(member, "ClrSysId"), "Cd", CLEARING_SYSTEM)
        _add(member, "MmbId", code)
    if called:
        _add(institution, "Nm", called)


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if text is not None:
        child.text = "".join(c for c in text if c.isprintable())[:140]
    return child
