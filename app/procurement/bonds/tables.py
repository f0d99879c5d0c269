"""Statements as banks' sites give them, Excel or CSV: each line read by its columns, or refused beside its cell.

A bank's site says nothing of its columns; what they mean is a ``Layout`` (``layouts``). Lines that say that money went out,
sums and notes are passed over; everything else is a credit or a problem.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from app.foundation import clock
from app.foundation.columns import CellWrong, read_amount, read_day
from app.foundation.errors import Invalid
from app.foundation.foreign import Unreadable, grids
from app.foundation.text import Text
from app.foundation.workdays import end_of
from app.procurement.bonds import layouts
from app.procurement.bonds.credits import Credit
from app.procurement.bonds.layouts import FIELDS, Layout
from app.procurement.bonds.statements import NotAStatement, told_apart

MOST_ROWS = 5_000
SUMS = ("合计", "总计", "小计", "本页", "本期", "累计", "total", "sum", "期初", "期末", "承前", "过次")
IN = frozenset(
    ["贷", "贷方", "收", "收入", "转入", "来账", "入账", "存入", "收款", "+", "c", "cr", "crdt", "credit", "in"]
)
OUT = frozenset(
    ["借", "借方", "支", "支出", "转出", "往账", "出账", "支取", "付款", "-", "d", "dr", "dbit", "debit", "out"]
)
YUAN = frozenset(("", "人民币", "人民币元", "cny", "rmb", "156", "01", "元"))
NOTHING = frozenset(("", "-", "--", "—", "/"))
LOST = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
MOMENT = re.compile(r"(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{8})[T\s]*(.*)")
TIME = re.compile(r"(\d{1,2}):?(\d{2})(?::?(\d{2}))?(\.\d+)?")
OWN_ACCOUNT = re.compile(
    r"(?:账\s*号|帐\s*号|卡\s*号|account(?:\s*(?:no|number))?)[^0-9A-Za-z*]{0,12}([0-9][0-9 -]{7,40}[0-9])", re.I
)


class TableUnread(Invalid):
    """A table has cells that can't be read; each is said beside its cell."""

    code = "statement-table-unread"
    text = Text(
        "%(count)s lines cannot be read. Correct the file, or choose other columns; nothing is imported yet.",
        "有%(count)s行无法读取。请更正文件或者重新选择列；尚未导入任何内容。",
    )


class LayoutIncomplete(Invalid):
    """Without a day and an amount nothing can be read."""

    code = "statement-layout-incomplete"
    text = Text(
        "Choose the columns of the date of booking and of the amount that came in.", "请选择入账日期列和收入金额列。"
    )


@dataclass(frozen=True)
class Line:
    """A line as it stands in the file: what it says by field, the credit it is (None: passed over), what is wrong where."""

    number: int
    cells: dict[str, str]
    credit: Credit | None = None
    problems: dict[str, Text] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A bank's table: its heads, what they mean, its lines, and the other accounts that it has lines of."""

    heads: tuple[str, ...]
    layout: Layout
    lines: tuple[Line, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def credits(self) -> tuple[Credit, ...]:
        """The credits of the account, each with a reference."""
        return tuple(told_apart([line.credit for line in self.lines if line.credit is not None]))

    @property
    def unread(self) -> tuple[Line, ...]:
        """The lines that can't be read."""
        return tuple(line for line in self.lines if line.problems)

    @property
    def is_laid_out(self) -> bool:
        """Whether day and amount have a column."""
        return "booked" in self.layout and bool({"credit", "amount"} & set(self.layout))


def read_table(
    content: bytes, account: str, *, known: Mapping[str, str] | None = None, chosen: Mapping[str, int] | None = None
) -> Table:
    """A table's lines of an account. ``known``: what its columns meant last; ``chosen``: the places of columns that a person says.

    Raises NotAStatement, also for a table that says it is of another account.
    """
    try:
        grid = grids.read(content, most=MOST_ROWS)
    except Unreadable as unreadable:
        raise NotAStatement(field="file", why=unreadable.why) from unreadable
    place = layouts.find_heads(grid, known or {})
    if place is None:
        why = Text("no row of it names columns", "文件中没有列标题行")
        raise NotAStatement(field="file", why=why)
    _refuse_anothers(grid[:place], account)
    heads = layouts.named(grid[place][1])
    layout = _layout(heads, known or {}, chosen)
    table = Table(tuple(heads), layout)
    if not table.is_laid_out:
        return table
    columns = {name: heads.index(head) for name, head in layout.items()}
    others: dict[str, None] = {}
    lines = []
    for number, row in grid[place + 1 :]:
        cells = {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}
        of = "".join(cells.get("account", "").split()).upper()
        if of and of != account and not LOST.fullmatch(of):
            others[of] = None
        elif not _is_note(row, cells):
            lines.append(_line(number, cells))
    return Table(tuple(heads), layout, tuple(lines), tuple(others))


def _layout(heads: list[str], known: Mapping[str, str], chosen: Mapping[str, int] | None) -> Layout:
    if chosen is not None:
        return {name: heads[at] for name, at in chosen.items() if name in FIELDS and 0 <= at < len(heads) and heads[at]}
    if known and set(known.values()) <= set(heads):
        return dict(known)
    return layouts.guess(heads)


def _refuse_anothers(above: grids.Grid, account: str) -> None:
    """What stands above the heads names the account; a statement of another one isn't ours."""
    for _, cells in above:
        found = OWN_ACCOUNT.search(unicodedata.normalize("NFKC", " ".join(filter(None, cells))))
        number = re.sub(r"[ -]", "", found[1]) if found else account
        if number != account:
            why = Text(
                f"it is of the account {number}, yours for bonds is {account}",
                f"其账号为{number}，本单位投标保证金账号为{account}",
            )
            raise NotAStatement(field="file", why=why)


def _is_note(row: list[str], cells: Mapping[str, str]) -> bool:
    """Sums, notes and empty rows: no payments."""
    first = next((cell.strip() for cell in row if cell.strip()), "")
    says_nothing = not any(cells.get(name, "") not in NOTHING for name in ("booked", "credit", "amount"))
    return says_nothing or first.casefold().startswith(SUMS)


def _line(number: int, cells: dict[str, str]) -> Line:
    problems: dict[str, Text] = {}
    try:
        amount = _came_in(cells)
    except _Wrong as wrong:
        return Line(number, cells, problems={wrong.name: wrong.why})
    if amount is None:
        return Line(number, cells)
    booked_at, currency = None, None
    try:
        booked_at = _booked_at(cells["booked"], cells.get("time", ""))
    except CellWrong as wrong:
        problems["booked"] = wrong.why
    try:
        currency = _currency(cells.get("currency", ""))
    except CellWrong as wrong:
        problems["currency"] = wrong.why
    for name in ("payer_account", "bank_reference"):
        if LOST.fullmatch(cells.get(name, "")):
            problems[name] = Text(
                "Excel has cut this number. Download the file from the bank anew and do not save it in Excel, or set the column to text.",
                "该号码已被Excel截断，请重新从银行下载且勿用Excel另存，或者将该列设为文本格式。",
            )
    if problems or booked_at is None or currency is None:
        return Line(number, cells, problems=problems)
    words = dict.fromkeys(word for name in ("remittance", "more") if (word := cells.get(name, "")))
    reference = cells.get("bank_reference", "")
    credit = Credit(
        bank_reference=reference[:60],
        is_identified=bool(reference),
        booked_at=booked_at,
        amount=amount,
        currency=currency,
        remittance=" ".join(words)[:500],
        payer_name=cells.get("payer_name", "")[:200],
        payer_account="".join(cells.get("payer_account", "").split())[:40],
        payer_bank=cells.get("payer_bank", "")[:40],
        position=str(number),
    )
    return Line(number, cells, credit)


class _Wrong(CellWrong):
    """A cell that can't be read, with the name of its field."""

    def __init__(self, name: str, why: Text) -> None:
        super().__init__(why)
        self.name = name


def _came_in(cells: Mapping[str, str]) -> Decimal | None:
    """What came in by a line; None where money went out. Raises _Wrong."""
    name = "credit" if "credit" in cells else "amount"
    try:
        amount = _signed(cells[name])
    except CellWrong as wrong:
        raise _Wrong(name, wrong.why) from wrong
    if amount is None or amount == 0:
        return None
    if name == "amount" and "direction" in cells:
        said = unicodedata.normalize("NFKC", cells["direction"]).strip().casefold()
        if said in OUT:
            return None
        if said not in IN:
            why = Text(f"“{said[:20]}” says neither in nor out.", f"“{said[:20]}”无法判断收支。")
            raise _Wrong("direction", why)
    return amount if amount > 0 else None


def _signed(cell: str) -> Decimal | None:
    plain = unicodedata.normalize("NFKC", cell).strip()
    if plain in NOTHING:
        return None
    bare = re.sub(r"^([+-]?)\s*(CNY|RMB|人民币|¥)\s*", r"\1", plain, flags=re.IGNORECASE)
    is_out = bare.startswith("-") or (bare.startswith("(") and bare.endswith(")"))
    amount = read_amount(bare.strip("+-()"))
    return -amount if is_out else amount


def _currency(cell: str) -> str:
    plain = unicodedata.normalize("NFKC", cell).strip().casefold()
    if plain in YUAN:
        return "CNY"
    if re.fullmatch(r"[a-z]{3}", plain):
        return plain.upper()
    raise CellWrong(Text("Not a currency, like CNY.", "不是币种，例如CNY或人民币。"))


def _booked_at(day_cell: str, time_cell: str) -> datetime:
    """The instant of booking; of a day alone (midnight is one) its end, so that no payment counts as earlier than it was."""
    plain = unicodedata.normalize("NFKC", day_cell).strip()
    found = MOMENT.fullmatch(plain)
    if found is None:
        raise CellWrong(Text("Enter a date, for example 2027-01-31.", "请填写日期，例如2027-01-31。"))
    day = read_day(found[1])
    at = _time(found[2].strip()) or _time(unicodedata.normalize("NFKC", time_cell).strip())
    if at is not None and at != time(0):
        return datetime.combine(day, at, clock.PLACE)
    return _end_of(day)


def _end_of(day: date) -> datetime:
    try:
        return end_of(day)
    except OverflowError as error:
        raise CellWrong(Text("This day is too far off.", "日期超出范围。")) from error


def _time(cell: str) -> time | None:
    if not cell:
        return None
    found = TIME.fullmatch(cell) or TIME.fullmatch(cell.partition(" ")[2])
    try:
        return time(int(found[1]), int(found[2]), int(found[3] or 0)) if found else time.fromisoformat(cell)
    except ValueError as error:
        raise CellWrong(Text("Not a time, like 09:30:00.", "不是时间，例如09:30:00。")) from error
