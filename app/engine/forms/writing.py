"""Numbers, money, days and times as people write them in English and Chinese.

Each reader returns the value or a Text that says why it can't be read. What has two readings is refused, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from app.foundation.text import Text

NO_NUMBER = Text("Enter a number, for example 1,234.50.", "请填写数字，例如 1,234.50。")
NO_DATE = Text("Enter a date, for example 2026-03-02 or 2 March 2026.", "请填写日期，例如 2026-03-02 或 2026年3月2日。")
TWO_DATES = Text(
    "This date can be read in two ways. Enter it as 2026-03-02 or 2 March 2026.",
    "该日期有两种读法，请写成 2026-03-02 或 2026年3月2日。",
)
NO_TIME = Text(
    "Enter a date and time, for example 2026-03-02 09:30.",
    "请填写日期和时间，例如 2026-03-02 09:30 或 2026年3月2日 9时30分。",
)
NO_SUCH_TIME = Text("This time did not exist because the clocks were changed then.", "当时正值时制调整，该时刻不存在。")

_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)?(\.\d+)?\s?(万|亿|万亿)?\Z")
_MULTIPLES = {None: 0, "万": 4, "亿": 8, "万亿": 12}
_CURRENCY = re.compile(r"^(?:CNY|RMB|人民币|[¥￥])\s*|\s*(?:CNY|RMB|元|圆)(?:整)?$", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\Z")
_CHINESE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?\Z")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)\Z")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s+([A-Za-z]+)\.?,?\s+(\d{4})\Z")
_MONTH_DAY = re.compile(r"([A-Za-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\Z")
_EITHER = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\Z")
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_CLOCK = re.compile(
    r"(?P<day>.+?)[T\s,]*(?P<half>上午|下午|中午|晚上|凌晨)?\s*(?P<hour>\d{1,2})\s*(?:[:：时点]\s*(?P<minute>\d{1,2})?\s*分?)"
    r"(?:[:：]?\s*(?P<second>\d{1,2})(?:\.\d+)?\s*秒?)?\s*(?P<meridiem>[ap]\.?m\.?)?\s*(?P<zone>Z|[+-]\d\d:?\d\d)?\Z",
    re.IGNORECASE,
)


def _plain(text: str) -> str:
    """Full-width signs as half-width, one kind of space."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def number(text: str) -> Decimal | Text:
    """``1,234.50``, ``1 234.5``, ``１２３４``, ``-3``, ``12.5万``; thousands only in groups of three."""
    written = _plain(text)
    found = _NUMBER.match(written)
    if not found or not (found[2] or found[3]):
        return NO_NUMBER
    digits = (found[2] or "0").replace(",", "").replace(" ", "")
    if len(digits) > 30 or len(found[3] or "") > 30:
        return NO_NUMBER
    value = Decimal(f"{found[1]}{digits}{found[3] or ''}")
    multiple = _MULTIPLES[found[4]]
    return _unpadded(value.scaleb(multiple)) if multiple else value


def _unpadded(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


def money(text: str) -> Decimal | Text:
    """A number with or without its currency: ``¥1,234.50``, ``CNY 1234.5``, ``1234.50元``, ``44.5万元``."""
    return number(_CURRENCY.sub("", _CURRENCY.sub("", _plain(text))))


def day(text: str) -> date | Text:
    """``2026-03-02``, ``2026/3/2``, ``2026年3月2日``, ``2 March 2026``, ``March 2, 2026``; ``2/3/2026`` is refused."""
    written = _plain(text)
    if found := _ISO.match(written) or _CHINESE.match(written) or _COMPACT.match(written):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_MONTH.match(written):
        return _date(int(found[3]), _month(found[2]), int(found[1]))
    if found := _MONTH_DAY.match(written):
        return _date(int(found[3]), _month(found[1]), int(found[2]))
    return TWO_DATES if _EITHER.match(written) else NO_DATE


def _month(word: str) -> int:
    name = word.lower()
    return next((number for number, month in enumerate(_MONTHS, 1) if name in (month, month[:3], month[:4])), 0)


def _date(year: int, month: int, day_: int) -> date | Text:
    try:
        return date(year, month, day_)
    except ValueError:
        return NO_DATE


def instant(text: str, zone: tzinfo) -> datetime | Text:
    """A day and a time of day, in ``zone`` unless it carries an offset itself."""
    found = _CLOCK.match(_plain(text))
    if not found:
        return TWO_DATES if _EITHER.match(_plain(text)) else NO_TIME
    on = day(found["day"])
    at = _time(found)
    if isinstance(on, Text):
        return on if on is TWO_DATES else NO_TIME
    if at is None:
        return NO_TIME
    return _placed(datetime.combine(on, at), found["zone"], zone)


def _time(found: re.Match[str]) -> time | None:
    hour = int(found["hour"])
    half = (found["half"] or found["meridiem"] or "").lower().replace(".", "")
    if half and not 0 <= hour <= 12 and half in ("am", "pm"):
        return None
    if half in ("pm", "下午", "晚上") and hour < 12:
        hour += 12
    elif half in ("am", "上午", "凌晨") and hour == 12:
        hour = 0
    try:
        return time(hour, int(found["minute"] or 0), int(found["second"] or 0))
    except ValueError:
        return None


def _placed(local: datetime, offset: str | None, zone: tzinfo) -> datetime | Text:
    if offset:
        if offset in "Zz":
            return local.replace(tzinfo=UTC).astimezone(zone)
        sign = -1 if offset[0] == "-" else 1
        ahead = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:])) * sign
        return (local - ahead).replace(tzinfo=UTC).astimezone(zone)
    placed = local.replace(tzinfo=zone)
    there = placed.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    return placed if there == local else NO_SUCH_TIME
