"""Bank statements in ISO 20022 camt.053, as banks send them: read into credits, or refused in words about each entry.

Versions 02 to 14 are read: they differ in where they put a party's name and an entry's state. Entities and document
types are refused, nothing is fetched. What isn't a booked credit (debits, pending entries, reversals) is passed over.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from lxml import etree

from app.foundation import clock
from app.foundation.errors import Invalid, Refusal, Several
from app.foundation.foreign import Unreadable, markup
from app.foundation.text import Text
from app.foundation.workdays import end_of
from app.procurement.bonds.deposits import Credit

NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(0[2-9]|1[0-4])")
LARGEST = 20 * 1024 * 1024
"""The most bytes of a statement; a day of one account is a thousandth of it."""
MOST_SAID = 20
"""How many problems are named; a file with more is told as one that can't be read as a whole."""

Element = etree._Element


class NotAStatement(Invalid):
    """The file isn't a camt.053 statement."""

    code = "not-a-statement"
    text = Text(
        "This isn't a bank statement in ISO 20022 camt.053 (%(why)s).",
        "该文件不是ISO 20022 camt.053格式的对账单（%(why)s）。",
    )


class EntryUnreadable(Invalid):
    """An entry lacks something, or says it in a way that can't be read."""

    code = "entry-unreadable"
    text = Text("Statement %(statement)s, entry %(number)s: %(why)s", "对账单%(statement)s第%(number)s笔：%(why)s")


class StatementIncomplete(Invalid):
    """The entries don't lead from the opening balance to the closing one: something is missing."""

    code = "statement-incomplete"
    text = Text(
        "Statement %(statement)s isn't complete: the entries lead to %(reached)s, the closing balance is %(closing)s.",
        "对账单%(statement)s不完整：按明细推算余额为%(reached)s，期末余额为%(closing)s。",
    )


@dataclass(frozen=True)
class Statement:
    """One account's statement: its credits, and how many entries were passed over."""

    statement_id: str
    account: str
    currency: str
    credits: tuple[Credit, ...]
    passed_over: int


@dataclass
class _Entry:
    """An entry as far as it was read, with what is wrong with it."""

    statement: str
    number: int
    problems: list[Refusal] = field(default_factory=list)

    def lacks(self, english: str, chinese: str) -> None:
        self.problems.append(
            EntryUnreadable(field="file", statement=self.statement, number=self.number, why=Text(english, chinese))
        )


def read_statements(data: bytes) -> list[Statement]:
    """The statements of a file, one for each account; raises NotAStatement, EntryUnreadable, StatementIncomplete, Several."""
    root = _root(data)
    problems: list[Refusal] = []
    read = [_statement(element, problems) for element in _children(root, "BkToCstmrStmt", "Stmt")]
    if not read and not problems:
        raise NotAStatement(field="file", why=Text("it holds no statement", "文件中没有对账单"))
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise Several(problems[:MOST_SAID])
    return read


def _root(data: bytes) -> Element:
    try:
        root = markup.read(data, largest=LARGEST)
    except Unreadable as unreadable:
        raise NotAStatement(field="file", why=unreadable.why) from unreadable
    named = etree.QName(root)
    if named.localname != "Document" or not NAMESPACE.fullmatch(named.namespace or ""):
        found = (named.namespace or named.localname).rpartition(":")[2][:40]
        raise NotAStatement(field="file", why=Text(f"it is “{found}”", f"其类型为“{found}”"))
    return root


def _statement(element: Element, problems: list[Refusal]) -> Statement:
    said = _text(element, "Id") or "?"
    account = _account(element, "Acct") or ""
    currency = _text(element, "Acct", "Ccy") or "CNY"
    if not account:
        problems.append(
            NotAStatement(field="file", why=Text(f"statement {said} names no account", f"对账单{said}未写明账号"))
        )
    credits: list[Credit] = []
    passed_over, moved, found = 0, Decimal(0), len(problems)
    for number, entry in enumerate(_children(element, "Ntry"), 1):
        state = _Entry(said, number)
        amount = _amount(entry, state, "Amt")
        booked = (_text(entry, "Sts", "Cd") or _text(entry, "Sts")) in ("BOOK", "")
        credited = _text(entry, "CdtDbtInd") == "CRDT"
        if amount is not None and booked:
            moved += amount[0] if credited else -amount[0]
        if not booked or not credited or _text(entry, "RvslInd") in ("true", "1"):
            passed_over += 1
        elif amount is not None:
            credits += _credits(entry, state, amount)
        problems += state.problems
    if len(problems) == found:
        _check_balances(element, said, moved)
    return Statement(said, account, currency, tuple(_told_apart(credits)), passed_over)


def _credits(entry: Element, state: _Entry, amount: tuple[Decimal, str]) -> Iterator[Credit]:
    """The credits of an entry: one, or one for each transaction of a batch."""
    booked_at = _booked_at(entry, state)
    if booked_at is None:
        return
    details = _children(entry, "NtryDtls", "TxDtls")
    reference = _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef")
    for number, detail in enumerate(details or [entry], 1):
        part = amount
        if len(details) > 1:
            own = _first_amount(detail, state, number)
            if own is None:
                continue
            part = own
        refs = _text(detail, "Refs", "AcctSvcrRef") or (_text(detail, "Refs", "TxId") if len(details) > 1 else "")
        yield Credit(
            bank_reference=(refs or (f"{reference}/{number}" if reference and len(details) > 1 else reference))[:60],
            booked_at=booked_at,
            amount=part[0],
            currency=part[1],
            remittance=_remittance(entry, detail)[:500],
            payer_name=(_text(detail, "RltdPties", "Dbtr", "Pty", "Nm") or _text(detail, "RltdPties", "Dbtr", "Nm"))[
                :200
            ],
            payer_account=(_account(detail, "RltdPties", "DbtrAcct") or "")[:40],
            payer_bank=_bank(detail)[:40],
        )


def _first_amount(detail: Element, state: _Entry, number: int) -> tuple[Decimal, str] | None:
    for place in (("Amt",), ("AmtDtls", "TxAmt", "Amt"), ("AmtDtls", "InstdAmt", "Amt")):
        if _find(detail, *place) is not None:
            return _amount(detail, state, *place)
    state.lacks(f"transaction {number} of the batch names no amount.", f"批量中的第{number}笔交易没有金额。")
    return None


def _told_apart(credits: list[Credit]) -> Iterator[Credit]:
    """Credits without a reference of the bank get one from what they say, the same in every statement that has them."""
    seen: dict[str, int] = {}
    for credit in credits:
        if credit.bank_reference:
            yield credit
            continue
        parts = (credit.booked_at.isoformat(), credit.amount, credit.currency, credit.payer_account, credit.remittance)
        made = hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:40]
        seen[made] = seen.get(made, 0) + 1
        yield replace(credit, bank_reference=f"{made}-{seen[made]}")


def _check_balances(element: Element, said: str, moved: Decimal) -> None:
    """Opening balance and booked entries make the closing balance, where a statement of one page says both."""
    if _text(element, "StmtPgntn", "LastPgInd") == "false" or _text(element, "StmtPgntn", "PgNb") not in ("", "1"):
        return
    balances: dict[str, Decimal] = {}
    for balance in _children(element, "Bal"):
        kind = _text(balance, "Tp", "CdOrPrtry", "Cd")
        try:
            value = Decimal(_text(balance, "Amt"))
        except InvalidOperation:
            continue
        balances[kind] = value if _text(balance, "CdtDbtInd") == "CRDT" else -value
    opening, closing = balances.get("OPBD", balances.get("PRCD")), balances.get("CLBD")
    if opening is not None and closing is not None and opening + moved != closing:
        reached, closed = f"{opening + moved:,.2f}", f"{closing:,.2f}"
        raise StatementIncomplete(field="file", statement=said, reached=reached, closing=closed)


def _amount(element: Element, state: _Entry, *path: str) -> tuple[Decimal, str] | None:
    found = _find(element, *path)
    said = (found.text or "").strip() if found is not None else ""
    if found is None or not re.fullmatch(r"\d{1,15}(\.\d{1,5})?", said):
        state.lacks(f"the amount “{said[:40]}” can't be read.", f"金额“{said[:40]}”无法识别。")
        return None
    amount = Decimal(said)
    if amount != amount.quantize(Decimal("0.01")):
        state.lacks(f"the amount {said} has more than two decimals.", f"金额{said}超过两位小数。")
        return None
    currency = found.get("Ccy") or ""
    if not re.fullmatch(r"[A-Z]{3}", currency):
        state.lacks("the amount has no currency.", "金额没有币种。")
        return None
    return amount.quantize(Decimal("0.01")), currency


def _booked_at(entry: Element, state: _Entry) -> datetime | None:
    """The instant of booking; of a day alone its end, so that no payment counts as earlier than it was."""
    instant, day = _text(entry, "BookgDt", "DtTm"), _text(entry, "BookgDt", "Dt")
    try:
        if instant:
            read = datetime.fromisoformat(instant)
            return read if read.tzinfo else read.replace(tzinfo=clock.PLACE)
        if day:
            return end_of(date.fromisoformat(day[:10]))
    except ValueError:
        state.lacks(f"the booking date “{instant or day}” can't be read.", f"记账日期“{instant or day}”无法识别。")
        return None
    state.lacks("it has no booking date.", "没有记账日期。")
    return None


def _remittance(entry: Element, detail: Element) -> str:
    """All words in which a payer may have put the reference, the structured ones first."""
    structured = [
        (found.text or "").strip()
        for place in (("RmtInf", "Strd", "CdtrRefInf", "Ref"), ("RmtInf", "Strd", "AddtlRmtInf"), ("RmtInf", "Ustrd"))
        for found in _children(detail, *place)
    ]
    more = [_text(detail, "Refs", "EndToEndId"), _text(detail, "AddtlTxInf"), _text(entry, "AddtlNtryInf")]
    return " ".join(dict.fromkeys(part for part in [*structured, *more] if part and part != "NOTPROVIDED"))


def _account(element: Element, *path: str) -> str:
    return _text(element, *path, "Id", "IBAN") or _text(element, *path, "Id", "Othr", "Id")


def _bank(detail: Element) -> str:
    place = ("RltdAgts", "DbtrAgt", "FinInstnId")
    for name in (("ClrSysMmbId", "MmbId"), ("BICFI",), ("BIC",)):
        found = _text(detail, *place, *name)
        if found:
            return found
    return ""


def _children(element: Element, *path: str) -> list[Element]:
    found = [element]
    for name in path:
        found = [child for parent in found for child in parent.iterchildren(f"{{*}}{name}")]
    return found


def _find(element: Element, *path: str) -> Element | None:
    return next(iter(_children(element, *path)), None)


def _text(element: Element, *path: str) -> str:
    found = _find(element, *path)
    return (found.text or "").strip() if found is not None else ""
