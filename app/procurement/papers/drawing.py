"""Drawing papers with typst, and keeping them as documents.

Data reaches a template only as JSON in an input and is shown as text, so nothing in it can become markup. The fonts
come with the program and the time in the file from the content, so that the same content gives the same bytes anywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst
from sqlalchemy.orm import Session

from app.foundation import clock, documents
from app.foundation.actor import Actor
from app.foundation.documents import Document
from app.foundation.money import Money
from app.foundation.text import LANGUAGES, Text
from app.foundation.workdays import local_day
from app.procurement.papers.contents import PAPERS, missing
from app.procurement.papers.glyphs import FONT_FOLDERS, printable

TEMPLATES = Path(__file__).with_name("templates")
STANDARDS: Final[list[Any]] = ["a-2a", "ua-1"]
"""PDF/A-2a (ISO 19005-2): the archive keeps these files for fifteen years and longer (GPL 42). PDF/UA-1 (ISO 14289-1):
who doesn't see a page has it read aloud."""

CURRENCIES = {"CNY": "人民币", "USD": "美元", "EUR": "欧元", "HKD": "港元", "JPY": "日元", "GBP": "英镑"}
"""The names that Chinese amounts in words begin with."""

UNITS = {
    "台": "unit",
    "套": "set",
    "个": "piece",
    "件": "piece",
    "只": "piece",
    "支": "piece",
    "把": "piece",
    "张": "sheet",
    "项": "item",
    "批": "batch",
    "次": "time",
    "人": "person",
    "辆": "vehicle",
    "年": "year",
    "月": "month",
    "米": "m",
    "平方米": "m²",
    "公斤": "kg",
    "吨": "tonne",
}
"""The units that quantities are usually counted in, in English."""

_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


class ContentIncomplete(ValueError):
    """A paper was asked for without something it has to say; a mistake in the program, never a person's."""


def draw(name: str, content: Mapping[str, Any], language: str) -> bytes:
    """The paper ``name`` as PDF/A-2a and PDF/UA-1 in one language; the same content always gives the same bytes.

    ``content`` as ``contents.PAPERS`` describes it, with its ``dated_on``.

    :raises ContentIncomplete:
    """
    plain = shown(content)
    lacking = missing(name, content) + ([] if "dated_on" in content else ["dated_on"])
    if lacking:
        raise ContentIncomplete(f"the paper {name} lacks {', '.join(lacking)}")
    if language not in LANGUAGES:
        raise ValueError(f"no such language: {language}")
    instants = {value: _local(value) for value in _instants(plain)}
    dated = date.fromisoformat(plain["dated_on"]["on"] if isinstance(plain["dated_on"], dict) else plain["dated_on"])
    compiler = typst.Compiler(TEMPLATES / f"{name}.typ", root=TEMPLATES, font_paths=_fonts(), ignore_system_fonts=True)
    inputs = {
        "content": json.dumps(plain),
        "instants": json.dumps(instants),
        "language": language,
        "original": "yes" if language == "en" and _chinese_only(plain) else "",
        "author": _author(plain, language),
        "subject": _subject(plain, language),
        "units": json.dumps(UNITS),
    }
    drawn = compiler.compile(
        format="pdf",
        sys_inputs=inputs,
        pdf_standards=STANDARDS,
        timestamp=int(datetime.combine(dated, time(), UTC).timestamp()),
    )
    assert isinstance(drawn, bytes)
    return drawn


def keep(
    session: Session,
    actor: Actor,
    name: str,
    content: Mapping[str, Any],
    *,
    case: str,
    title: Text,
    kind: str,
    access: str = "case",
) -> tuple[Document, Document]:
    """Draw a paper in both languages and keep the files: the Chinese document, then the English one.

    ``title`` names the files; without ``dated_on`` the paper bears today's date.
    """
    if name not in PAPERS:
        raise ValueError(f"no such paper: {name}")
    dated = {"dated_on": local_day(clock.now(session)), **content}
    chinese, english = (
        documents.add(
            session,
            actor,
            name=f"{title.in_(language)}.pdf",
            media_type="application/pdf",
            source=draw(name, dated, language),
            case=case,
            kind=kind,
            access=access,
        )
        for language in ("zh", "en")
    )
    return chinese, english


def shown(value: Any) -> Any:
    """``value`` as the templates read it: plain JSON whose every character the fonts can print.

    Money becomes {"amount", "currency", "words"}, a day {"on"}, an instant {"at"}, a decimal its plain digits.
    """
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Text):
        return {language: printable(value.in_(language)) for language in LANGUAGES}
    if isinstance(value, Money):
        currency = CURRENCIES.get(value.currency, value.currency)
        words = {"en": value.in_words("en"), "zh": currency + value.in_words("zh")}
        return {"amount": f"{value.amount:f}", "currency": value.currency, "words": words}
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    if isinstance(value, Mapping):
        return {str(key): shown(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [shown(part) for part in value]
    return value


def _chinese_only(value: Any) -> bool:
    """Whether something in it has no English words: a text in Chinese that isn't one of a pair."""
    if isinstance(value, str):
        return bool(_HAN.search(value))
    if isinstance(value, Mapping):
        spoken = {key: part for key, part in value.items() if key not in ("zh", "words")}
        return any(_chinese_only(part) for key, part in spoken.items() if key != "unit" or part not in UNITS)
    return isinstance(value, list) and any(_chinese_only(part) for part in value)


def _author(plain: Mapping[str, Any], language: str) -> str:
    """Whose paper it is: who issues it, else the buyer whose procurement it belongs to."""
    said = plain.get("issuer") or plain.get("buyer") or ""
    name = said.get("name", said) if isinstance(said, Mapping) else said
    return str(name[language] if isinstance(name, Mapping) else name)


def _subject(plain: Mapping[str, Any], language: str) -> str:
    """What the paper is about: its project or contract by number and name."""
    about = (
        plain.get("project")
        or plain.get("contract")
        or plain.get("party")
        or {"title": plain.get("supplier") or plain.get("title", "")}
    )
    title = about.get("title") or about.get("name") or ""
    return f"{about.get('number', '')} {title[language] if isinstance(title, Mapping) else title}".strip()


def _instants(value: Any) -> Iterator[str]:
    """Every text that is an instant in ISO 8601 with an offset."""
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _instants(part)
    elif isinstance(value, list):
        for part in value:
            yield from _instants(part)
    elif isinstance(value, str) and len(value) > len("2026-03-02T09:30") and value[10] == "T" and _read(value):
        yield value


def _read(value: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return None
    return instant if instant.tzinfo else None


def _local(value: str) -> str:
    return datetime.fromisoformat(value).astimezone(clock.PLACE).strftime("%Y-%m-%dT%H:%M:%S")


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=FONT_FOLDERS)
