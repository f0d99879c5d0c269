"""Rows of the statutory data by sheet or by hand: a region's limits, a rate or period that changed."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.foundation import clock
from app.foundation.actor import Actor
from app.foundation.columns import Column
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import organisations
from app.procurement import rules
from app.procurement.rules import entries, methods
from app.procurement.rules.entries import NewEntry
from app.workflow import facts
from app.workflow.feeding.tables import Known, Scope, Table, Values


def _new(values: Values) -> NewEntry:
    several = {
        name: tuple(part for part in values.get(name, "").split(",") if part)
        for name in ("objects", "methods", "levels")
    }
    return NewEntry(**{**values, **several})


def _find(session: Session, _scope: Scope, values: Values) -> Known | None:
    if any(column.name not in values for column in LAW.columns):
        return None
    entry = entries.find(session, _new(values))
    return None if entry is None else Known(entry, {name: getattr(entry, name) for name in entries.CHANGEABLE})


def _check(session: Session, _scope: Scope, values: Values, _known: Known | None) -> Iterator[tuple[str, Text]]:
    if any(column.name not in values for column in LAW.columns):
        return
    for problem in entries.problems(session, _new(values)):
        yield problem.field or "name", problem.sentence


def _enter(session: Session, actor: Actor, _scope: Scope, values: Values, _known: Known | None) -> object:
    return entries.enter(session, actor, _new(values))


def _examples(session: Session, _scope: Scope) -> list[tuple[str, ...]]:
    """A province's own limit, as its department of finance would announce it."""
    base = entries.shipped(methods.main().threshold)
    year = local_day(clock.now(session)).year
    unit, status = entries.UNITS[base.unit].zh, rules.VERIFICATION[rules.Verification.VERIFIED].zh
    quote = "（填写文件原文）"
    return [
        (
            base.title.zh,
            "4000000",
            unit,
            "CN-SC",
            "货物、服务",
            "",
            "",
            f"{year}-01-01",
            "",
            "（填写文号）",
            "",
            quote,
            status,
        )
    ]


LAW = Table(
    id="law",
    name=Text("Rules of law", "法定规则"),
    lead=Text(
        "A region's own limits, or a rate or period that changed: beside the rules this service ships with. A row counts "
        "from the day after it was confirmed at the earliest.",
        "地方限额标准，以及调整后的比例、期限等，作为平台内置规则的补充。经复核后最早自次日起适用。",
    ),
    role="administrator",
    columns=(
        Column("name", Text("Rule", "规则"), "choice", choices=entries.names()),
        Column("value", Text("Value", "数值"), "decimal", longest=24),
        Column("unit", Text("Unit", "单位"), "choice", choices=entries.UNITS),
        Column(
            "jurisdiction",
            Text("Region", "适用地区"),
            longest=20,
            default="CN",
            hint=Text("CN for the country, CN-SC for a province", "全国填写CN，省级填写CN-SC等"),
        ),
        Column("objects", Text("For which objects", "适用采购对象"), "several", required=False, choices=facts.OBJECTS),
        Column(
            "methods", Text("For which methods", "适用采购方式"), "several", required=False, choices=methods.names()
        ),
        Column(
            "levels",
            Text("For which budget levels", "适用预算级次"),
            "several",
            required=False,
            choices=organisations.LEVELS,
        ),
        Column("valid_from", Text("In force from", "施行日期"), "day"),
        Column("valid_to", Text("In force until", "失效日期"), "day", required=False),
        Column("source", Text("Law or document number", "法规名称或者文号"), longest=100),
        Column("article", Text("Article", "条款"), required=False, longest=60),
        Column("quote", Text("Its words", "原文"), longest=2000),
        Column("status", Text("Verified", "核对情况"), "choice", choices=rules.VERIFICATION),
    ),
    key=("name", "jurisdiction", "objects", "methods", "levels", "valid_from"),
    find=_find,
    check=_check,
    enter=_enter,
    examples=_examples,
)
"""What administrators enter of the law."""
