"""Sample files of what can be imported, for whoever tries the demonstration: each belongs to the pages that take such a file.

A further import adds its line to ``SAMPLES``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import typst
from sqlalchemy.orm import Session

from app.demonstration import bank
from app.foundation import clock
from app.foundation.actor import Actor
from app.foundation.text import Text
from app.procurement import bonds
from app.procurement.papers.glyphs import FONT_FOLDERS
from config import Config

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Sample:
    """A file: the endpoints of the pages that take it, its title and media type, and what makes it for whoever asks."""

    endpoints: tuple[str, ...]
    title: Text
    media_type: str
    make: Callable[[Session, Actor, Config], bytes]


def _statement(session: Session, actor: Actor, _config: Config) -> bytes:
    """A statement of the agency's account with a payment whose reference nobody knows, and one without a reference."""
    account = bonds.account_of(session, actor.organisation_id or "")
    now = clock.now(session)
    payments = [
        bank.Payment(f"JCB-SAMPLE-{number}", now, amount, "CNY", remittance, "江城样本有限公司", "6222000000009999", "")
        for number, (amount, remittance) in enumerate((("18000.00", "RF18SAMPLE"), ("500.00", "")), 1)
    ]
    return bank.statement(account.account if account else "", payments, now)


def _lines(session: Session, actor: Actor) -> list[list[str]]:
    """The same as a bank's site gives it: its own account above, its own words for the columns, money out too."""
    account = bonds.account_of(session, actor.organisation_id or "")
    now = clock.now(session).astimezone(clock.PLACE)
    day, at = f"{now:%Y-%m-%d}", f"{now:%H:%M:%S}"
    return [
        ["账号", account.account if account else ""],
        ["交易日期", "交易时间", "借方发生额", "贷方发生额", "对方户名", "对方账号", "附言", "交易流水号"],
        [day, at, "", "18,000.00", "江城样本有限公司", "6222000000009999", "RF18SAMPLE", "JCB-TABLE-1"],
        [day, at, "35.00", "", "江城银行", "", "手续费", "JCB-TABLE-2"],
        [day, at, "", "500.00", "江城样本有限公司", "6222000000009999", "", "JCB-TABLE-3"],
        ["合计", "", "35.00", "18,500.00", "", "", "", ""],
    ]


def _csv(session: Session, actor: Actor, _config: Config) -> bytes:
    made = io.StringIO(newline="")
    csv.writer(made).writerows(_lines(session, actor))
    return made.getvalue().encode("utf-8-sig")


def _xlsx(session: Session, actor: Actor, _config: Config) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for line in _lines(session, actor):
        book.active.append(line)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _letter(_session: Session, _actor: Actor, _config: Config) -> bytes:
    drawn = typst.compile(Path(__file__).with_name("sample.typ"), font_paths=[*FONT_FOLDERS], ignore_system_fonts=True)
    assert isinstance(drawn, bytes)
    return drawn


def _diagram(_session: Session, _actor: Actor, config: Config) -> bytes:
    return (config.processes_folder / "open_tender.bpmn").read_bytes()


SAMPLES: dict[str, Sample] = {
    "statement.xml": Sample(
        ("bonds.import_statement",),
        Text("a bank statement (camt.053)", "银行对账单（camt.053）"),
        "application/xml",
        _statement,
    ),
    "statement.xlsx": Sample(("bonds.import_statement",), Text("as Excel (.xlsx)", "Excel格式（.xlsx）"), XLSX, _xlsx),
    "statement.csv": Sample(("bonds.import_statement",), Text("as CSV", "CSV格式"), "text/csv", _csv),
    "sample.pdf": Sample(
        ("supplier.lodge_guarantee", "tasks.submit", "supplier.add_file"),
        Text("a sample file (PDF)", "样本文件（PDF）"),
        "application/pdf",
        _letter,
    ),
    "open_tender.bpmn": Sample(
        ("studio.new",),
        Text("the diagram of the open tender (BPMN)", "公开招标流程图（BPMN）"),
        "application/xml",
        _diagram,
    ),
}
"""The samples by their file names."""


def of(endpoint: str) -> dict[str, Sample]:
    """The samples for a page that takes files."""
    return {name: sample for name, sample in SAMPLES.items() if endpoint in sample.endpoints}
