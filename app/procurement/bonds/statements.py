"""Bank statements in ISO 20022 camt.053, as banks send them: read into credits, or refused in words about each entry.

Versions 02 to 14 are read: they differ in where they put a party's name and an entry's state. Entities and document
types are refused, nothing is fetched; an envelope (AppHdr) around the document is looked through. What isn't a booked credit (debits, pending entries, reversals) is passed over.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from app.foundation import clock
from app.foundation.errors import Invalid, Refusal, Several
from app.foundation.foreign import Unreadable, markup
from app.foundation.money import in_figures
from app.foundation.text import Text
from app.foundation.workdays import ONE_DAY, end_of
from app.procurement.bonds.credits import Credit
from app.procurement.bonds.wrong_files import as_xml

NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(0[2-9]|1[0-4])")
DAY = re.compile(r"(\d{4}-\d\d-\d\d)(Z|[+-]\d\d:\d\d)?")
"""A day (xs:date), with or without a zone."""
LARGEST = 20 * 1024 * 1024
"""The most bytes of a statement; a day of one account is a thousandth of it."""
MOST_SAID = 20
"""How many problems are named; a file with more is told as one that can't be read as a whole."""

Element = etree._Element


class NotAStatement(Invalid):
    """The file isn't a bank's statement; ``why`` says what it is and what to do."""

    text = Text("This is not a bank statement that can be read: %(why)s.", "该文件不是可读取的银行对账单：%(why)s。")


class EntryUnreadable(Invalid):
    """An entry lacks something, or says it in a way that can't be read."""

    text = Text("Statement %(statement)s, entry %(number)s: %(why)s", "对账单%(statement)s第%(number)s笔：%(why)s")


class EntryContradicts(EntryUnreadable):
    """An entry's transactions don't make up the entry."""


class StatementIncomplete(Invalid):
    """The entries don't lead from the opening balance to the closing one: something is missing."""

    text = Text(
        "Statement %(statement)s is not complete: the entries add up to %(reached)s but the closing balance is %(closing)s.",
        "对账单%(statement)s不完整：按明细推算余额为%(reached)s，期末余额为%(closing)s。",
    )


@dataclass(frozen=True)
class Statement:
    """One account's statement: its credits, and how many entries were passed over.

    ``doubts``: where it contradicts itself. Who takes it all the same says why; credits of such an entry are unclear.
    """

    statement_id: str
    account: str
    currency: str
    credits: tuple[Credit, ...] = ()
    passed_over: int = 0
    doubts: tuple[Refusal, ...] = ()


@dataclass
class _Entry:
    """An entry as far as it was read, with what is wrong with it."""

    statement: str
    number: int
    problems: list[Refusal] = field(default_factory=list)
    doubts: list[Refusal] = field(default_factory=list)

    def lacks(self, english: str, chinese: str) -> None:
        self.problems.append(EntryUnreadable(**self._said(english, chinese)))

    def contradicts(self, english: str, chinese: str) -> None:
        self.doubts.append(EntryContradicts(**self._said(english, chinese)))

    def _said(self, english: str, chinese: str) -> dict[str, Any]:
        return {"field": "file", "statement": self.statement, "number": self.number, "why": Text(english, chinese)}


def read_statements(data: bytes, *, account: str | None = None, with_doubts: bool = False) -> list[Statement]:
    """The statements of a file; of other accounts than ``account`` (if given) only whose they are.

    Raises NotAStatement, EntryUnreadable, StatementIncomplete or Several; ``with_doubts`` gives a statement that
    contradicts itself (a part is missing, a batch doesn't add up) with its doubts instead.
    """
    problems: list[Refusal] = []
    elements = [element for document in _documents(data) for element in _children(document, "BkToCstmrStmt", "Stmt")]
    read = [_statement(element, problems, account) for element in elements]
    if not with_doubts:
        problems += [doubt for statement in read for doubt in statement.doubts]
    if not read and not problems:
        raise NotAStatement(field="file", why=Text("the file contains no statement", "文件中没有对账单"))
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise Several(problems[:MOST_SAID])
    return read


def _documents(data: bytes) -> list[Element]:
    """The camt.053 documents of a file: its root, or what an envelope holds beside the application header."""
    try:
        root = markup.read(data, largest=LARGEST)
    except Unreadable as unreadable:
        raise NotAStatement(field="file", why=unreadable.why) from unreadable
    found = [
        element for element in root.iter("{*}Document") if NAMESPACE.fullmatch(etree.QName(element).namespace or "")
    ]
    if found:
        return found
    inner = next(root.iter("{*}Document"), root)
    named = etree.QName(inner)
    said = (named.namespace or named.localname).rpartition(":")[2][:40]
    raise NotAStatement(field="file", why=as_xml(said))


def _statement(element: Element, problems: list[Refusal], wanted: str | None) -> Statement:
    said = _text(element, "Id") or "?"
    account = _account(element, "Acct") or ""
    currency = _text(element, "Acct", "Ccy") or "CNY"
    if not account:
        problems.append(
            NotAStatement(field="file", why=Text(f"statement {said} gives no account", f"对账单{said}未写明账号"))
        )
    if not account or (wanted is not None and account != wanted):
        return Statement(said, account, currency)
    credits: list[Credit] = []
    doubts: list[Refusal] = []
    passed_over, moved, found = 0, Decimal(0), len(problems)
    for number, entry in enumerate(_children(element, "Ntry"), 1):
        state = _Entry(said, number)
        amount = _amount(entry, state, "Amt")
        booked = (_text(entry, "Sts", "Cd") or _text(entry, "Sts")) in ("BOOK", "")
        came: list[Credit] = []
        if amount is not None and booked:
            moved += amount[0] if _is_credited(entry) else -amount[0]
            came = [] if _text(entry, "RvslInd") in ("true", "1") else list(_credits(entry, state, amount))
        passed_over += not came and not state.problems
        credits += came
        problems += state.problems
        doubts += state.doubts
    if len(problems) == found:
        doubts += _gap(element, said, moved)
    return Statement(said, account, currency, tuple(told_apart(credits)), passed_over, tuple(doubts))


def _is_credited(element: Element, otherwise: bool = False) -> bool:
    return {"CRDT": True, "DBIT": False}.get(_text(element, "CdtDbtInd"), otherwise)


def _credits(entry: Element, state: _Entry, amount: tuple[Decimal, str]) -> Iterator[Credit]:
    """The credits of an entry: one, or one for each transaction of a batch that came in, if they make up the entry."""
    credited = _is_credited(entry)
    details = _children(entry, "NtryDtls", "TxDtls")
    if not credited and not any(_is_credited(detail) for detail in details):
        return
    booked_at = _booked_at(entry, state)
    if booked_at is None:
        return
    parts = _parts(entry, details, state, amount)
    if parts is None:
        yield replace(_credit(entry, entry, booked_at, amount, state.number), is_unclear=True)
        return
    for number, (detail, part) in enumerate(parts, 1):
        if _is_credited(detail, credited):
            yield _credit(entry, detail, booked_at, part, state.number, number if len(parts) > 1 else None)


def _parts(
    entry: Element, details: list[Element], state: _Entry, amount: tuple[Decimal, str]
) -> list[tuple[Element, tuple[Decimal, str]]] | None:
    """The transactions of an entry with their amounts; None, and the doubt said, if they don't make up the entry."""
    told = sum(
        int(n) for each in _children(entry, "NtryDtls", "Btch", "NbOfTxs") if (n := (each.text or "")).isdecimal()
    )
    if details and told > len(details):
        state.contradicts(
            f"it is a batch of {told} payments, of which {len(details)} are in the file.",
            f"该批量共{told}笔，文件中仅有{len(details)}笔明细。",
        )
        return None
    if len(details) > 1:
        read = [_part_of(detail, state, number, amount) for number, detail in enumerate(details, 1)]
    else:
        alone = _find(details[0], "Amt") if details else None
        told_again = alone is not None and alone.get("Ccy", amount[1]) == amount[1]
        read = [_amount(details[0], state, "Amt") if told_again else amount]
    parts = [(detail, part) for detail, part in zip(details or [entry], read, strict=True) if part is not None]
    if len(parts) < len(read):
        return None
    credited = _is_credited(entry)
    total = sum((part[0] if _is_credited(each, credited) == credited else -part[0] for each, part in parts), Decimal(0))
    if total == amount[0]:
        return parts
    state.contradicts(
        f"its transactions come to {in_figures(total, amount[1])}, the entry to {in_figures(*amount)}.",
        f"其明细合计{in_figures(total, amount[1])}，该笔金额为{in_figures(*amount)}。",
    )
    return None


def _credit(
    entry: Element,
    detail: Element,
    booked_at: datetime,
    amount: tuple[Decimal, str],
    position: int,
    part: int | None = None,
) -> Credit:
    """A credit as its transaction and its entry say it; a transaction without an id of its own is numbered in its batch."""
    of_entry = _text(entry, "AcctSvcrRef")
    own = _text(detail, "Refs", "AcctSvcrRef")
    if part is not None and (not own or own == of_entry):
        own = _text(detail, "Refs", "TxId") or (f"{of_entry}/{part}" if of_entry else "")
    numbered = _text(entry, "NtryRef")
    numbered = f"{numbered}/{part}" if numbered and part is not None else numbered
    party = ("RltdPties", "Dbtr")
    return Credit(
        bank_reference=(own or (of_entry if part is None else "") or numbered)[:60],
        is_identified=bool(own or of_entry),
        booked_at=booked_at,
        amount=amount[0],
        currency=amount[1],
        remittance=_remittance(entry, detail)[:500],
        payer_name=(_text(detail, *party, "Pty", "Nm") or _text(detail, *party, "Nm"))[:200],
        payer_account=(_account(detail, "RltdPties", "DbtrAcct") or "")[:40],
        payer_bank=_bank(detail)[:40],
        position=str(position) if part is None else f"{position}/{part}",
    )


def _part_of(detail: Element, state: _Entry, number: int, whole: tuple[Decimal, str]) -> tuple[Decimal, str] | None:
    """A transaction's amount in the entry's currency; what was instructed in another one is no amount of this account."""
    currency = whole[1]
    for place in (("Amt",), ("AmtDtls", "TxAmt", "Amt"), ("AmtDtls", "InstdAmt", "Amt")):
        found = _find(detail, *place)
        if found is not None and found.get("Ccy", currency) == currency:
            return _amount(detail, state, *place)
    state.contradicts(
        f"transaction {number} of the batch names no amount in {currency}.",
        f"批量中的第{number}笔交易没有{currency}金额。",
    )
    return None


def told_apart(credits: list[Credit]) -> Iterator[Credit]:
    """Credits without a reference of the bank get one from what they say, the same in every statement that has them."""
    seen: dict[str, int] = {}
    for credit in credits:
        if credit.bank_reference:
            yield credit
            continue
        parts = (credit.booked_at.isoformat(), credit.amount, credit.currency, credit.payer_account, credit.remittance)
        made = hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:40]
        seen[made] = seen.get(made, 0) + 1
        yield replace(credit, bank_reference=f"{made}-{seen[made]}", is_identified=False)


def _gap(element: Element, said: str, moved: Decimal) -> list[Refusal]:
    """Opening balance and booked entries make the closing balance, where a statement of one page says both."""
    if _text(element, "StmtPgntn", "LastPgInd") == "false" or _text(element, "StmtPgntn", "PgNb") not in ("", "1"):
        return []
    balances: dict[str, Decimal] = {}
    for balance in _children(element, "Bal"):
        kind = _text(balance, "Tp", "CdOrPrtry", "Cd")
        try:
            value = Decimal(_text(balance, "Amt"))
        except InvalidOperation:
            continue
        balances[kind] = value if _is_credited(balance) else -value
    opening, closing = balances.get("OPBD", balances.get("PRCD")), balances.get("CLBD")
    if opening is None or closing is None or opening + moved == closing:
        return []
    reached, closed = f"{opening + moved:,.2f}", f"{closing:,.2f}"
    return [StatementIncomplete(field="file", statement=said, reached=reached, closing=closed)]


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
    """The instant of booking; of a day alone its end, so that no payment counts as earlier than it was.

    Banks write a time into ``Dt`` and a day into ``DtTm``: what is said counts, not where.
    """
    said = _text(entry, "BookgDt", "DtTm") or _text(entry, "BookgDt", "Dt")
    if not said:
        state.lacks("it has no booking date.", "没有记账日期。")
        return None
    day = DAY.fullmatch(said)
    try:
        if day and day[2]:
            return datetime.fromisoformat(f"{day[1]}T00:00:00{day[2]}") + ONE_DAY
        if day:
            return end_of(date.fromisoformat(day[1]))
        read = datetime.fromisoformat(said)
        return read if read.tzinfo else read.replace(tzinfo=clock.PLACE)
    except (ValueError, OverflowError):
        state.lacks(f"the booking date “{said[:40]}” can't be read.", f"记账日期“{said[:40]}”无法识别。")
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
