"""Columns of the tables that people enter: their names, and how a cell is read. A cell that can't be read says why."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from app.foundation.text import Text

LONGEST = 2000
"""How many characters a cell has at most."""

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\Z|(\d{4})(\d\d)(\d\d)\Z")


class CellWrong(ValueError):
    """A cell that can't be read; ``why`` is for its row's preview."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True)
class Column:
    """One column. ``kind``: text, amount, decimal, number, day, choice or several; ``choices`` by key, read by key or by
    either name. Several choices are written with commas or 、 between them, and read as their keys in order."""

    name: str
    title: Text
    kind: str = "text"
    required: bool = True
    longest: int = 200
    choices: Mapping[str, Text] = field(default_factory=dict)
    default: str = ""
    hint: Text | None = None

    @property
    def titles(self) -> tuple[str, ...]:
        """Everything by which the head of a sheet may name the column."""
        return self.name, self.title.en, self.title.zh

    def read(self, cell: str) -> Any:
        """A cell's value: text, Decimal, int, date or the key of a choice (of several: the keys with commas); None for an empty optional cell of those kinds.

        :raises CellWrong: with the reason
        """
        text = unicodedata.normalize("NFC", cell).strip() or self.default
        if not text:
            if self.required:
                raise CellWrong(Text("Missing.", "未填写。"))
            return "" if self.kind in ("text", "choice", "several") else None
        if len(text) > self.longest:
            raise CellWrong(Text(f"This is longer than {self.longest} characters.", f"超过{self.longest}个字符。"))
        if any(unicodedata.category(sign) == "Cc" for sign in text):
            raise CellWrong(Text("Remove the characters that cannot be shown.", "请删除无法显示的字符。"))
        readers: dict[str, Callable[[str], Any]] = {
            "amount": read_amount,
            "number": _number,
            "day": read_day,
            "choice": self._choice,
            "decimal": _decimal,
            "several": self._several,
        }
        return readers[self.kind](text) if self.kind in readers else text

    def write(self, value: Any) -> str:
        """A value as the cell that reads as it."""
        if value is None:
            return ""
        if isinstance(value, Decimal):
            return f"{value:f}"
        return value.isoformat() if isinstance(value, date) else str(value)

    def _several(self, text: str) -> str:
        return ",".join(sorted({self._choice(part.strip()) for part in re.split(r"[,，、;；]", text) if part.strip()}))

    def _choice(self, text: str) -> str:
        for key, name in self.choices.items():
            if text.casefold() in (key.casefold(), name.en.casefold(), name.zh):
                return key
        offered = Text(
            ", ".join(name.en for name in self.choices.values()), "、".join(name.zh for name in self.choices.values())
        )
        raise CellWrong(Text(f"Must be one of: {offered.en}.", f"应为以下之一：{offered.zh}。"))


def read_amount(text: str) -> Decimal:
    """An amount of a cell, to the cent.

    :raises CellWrong:
    """
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "").removeprefix("¥").removesuffix("元")
    try:
        value = Decimal(plain)
    except InvalidOperation as error:
        raise CellWrong(
            Text("Enter an amount in yuan, for example 1200000.00.", "请填写以元为单位的金额，例如1200000.00。")
        ) from error
    if not value.is_finite() or value < 0 or value >= Decimal(10) ** 14:
        raise CellWrong(Text("Enter an amount from 0 to 99,999,999,999,999.99.", "金额应在0至99999999999999.99之间。"))
    if value != value.quantize(Decimal("0.01")):
        raise CellWrong(Text("Enter an amount with at most 2 decimal places.", "金额最多保留两位小数。"))
    return value.quantize(Decimal("0.01"))


def _decimal(text: str) -> Decimal:
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    if not re.fullmatch(r"\d{1,13}(\.\d{1,8})?", plain):
        raise CellWrong(
            Text(
                "Enter a number with at most 8 decimal places, for example 20 or 0.10.",
                "请填写数值，例如20或者0.10，最多八位小数。",
            )
        )
    return Decimal(plain)


def _number(text: str) -> int:
    plain = unicodedata.normalize("NFKC", text).removesuffix(".0").removesuffix("年")
    if not (plain.isascii() and plain.isdigit() and len(plain) < 10):
        raise CellWrong(Text("This is not a whole number.", "不是整数。"))
    return int(plain)


def read_day(text: str) -> date:
    """A day of a cell, as people and spreadsheets write it.

    :raises CellWrong:
    """
    found = _DAY.match(unicodedata.normalize("NFKC", text).split("T")[0].split(" ")[0])
    try:
        return date(*(int(part) for part in found.groups() if part)) if found else date.fromisoformat(text)
    except ValueError as error:
        raise CellWrong(Text("Enter a date, for example 2027-01-31.", "请填写日期，例如2027-01-31。")) from error
