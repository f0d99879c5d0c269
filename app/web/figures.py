"""Figures: tiles, and tables with their charts, counted when they are looked at; all as a workbook, each table also as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from app.engine import definitions
from app.foundation.text import Text
from app.identity import roles
from app.web import current, listing, templating, words, workbooks
from app.workflow import figures, stages
from app.workflow.facts import OBJECTS

blueprint = Blueprint("figures", __name__, url_prefix="/figures")

AGES = (
    Text("less than a day", "不足1天"),
    Text("1 to 3 days", "1至3天"),
    Text("3 to 7 days", "3至7天"),
    Text("7 to 30 days", "7至30天"),
    Text("longer", "30天以上"),
)


@dataclass(frozen=True)
class Column:
    """A column of a table. ``bar``: the colour, by the name of its token, in which the chart draws its values."""

    name: Text
    is_number: bool = True
    bar: str = ""


@dataclass(frozen=True)
class Cell:
    """A value as people read it (``said``), as a spreadsheet takes it (``value``), and for its bar (``size``); ``address``: what it counts."""

    said: str
    value: Any
    size: float = 0
    address: str = ""


@dataclass(frozen=True)
class Table:
    """One table of figures. ``basis`` says what was counted, ``is_now`` that it doesn't depend on the period.

    Its chart lays the bars of a row on each other (``is_stacked``), or shows parts of a whole (``is_share``).
    """

    id: str
    title: Text
    basis: Text
    columns: tuple[Column, ...]
    rows: list[list[Cell]]
    is_now: bool = False
    is_stacked: bool = False
    is_share: bool = False


@dataclass(frozen=True)
class Tile:
    """One number that says most: ``tone`` is good, soon, late, now or nothing."""

    name: Text
    said: str
    tone: str = ""
    note: str = ""
    address: str = ""


@blueprint.get("")
def index() -> str | Response:
    """Show all figures of a period, all of them as a workbook, or one table as CSV."""
    periods = _periods()
    period = periods[listing.chosen("period", periods, MONTHS)]
    tables = list(_tables(period))
    if request.args.get("format") == "xlsx":
        return workbooks.workbook(templating.translate("Statistics", "统计"), map(_sheet, tables))
    wanted = listing.chosen("table", [table.id for table in tables])
    if wanted:
        table = next(table for table in tables if table.id == wanted)
        title = templating.written(table.title)
        name = title if table.is_now else f"{title} {templating.written(period.name)}"
        return listing.csv(name, [column.name for column in table.columns], _values(table))
    return render_template(
        "figures/index.html", tables=tables, tiles=_tiles(period), periods=periods.values(), period=period
    )


MONTHS = "months"
"""The period that is shown first."""


def _periods() -> dict[str, figures.Period]:
    """The last twelve months, and the years from the first case to now."""
    session, now, zone = current.session(), current.now(), current.zone()
    years = (figures.year_of(number, zone) for number in figures.years(session, now, zone))
    return {period.key: period for period in (figures.twelve_months(now, zone), *years)}


def _values(table: Table) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in table.rows]


def _sheet(table: Table) -> workbooks.Sheet:
    return workbooks.Sheet(table.title, [column.name for column in table.columns], _values(table))


def _tiles(period: figures.Period) -> Iterator[Tile]:
    session, now = current.session(), current.now()
    cases, awarded = figures.cases(session, period), figures.savings(session, period)
    late, competition = figures.late_tasks(session, now), figures.competition(session, period)
    running = url_for("cases.index", state="active")
    yield Tile(Text("cases started", "发起的项目"), _said(sum(one.started for one in cases)), "now", address=running)
    yield Tile(Text("tasks open now", "当前待办任务"), _said(sum(figures.tasks_by_age(session, now))))
    yield Tile(Text("tasks late now", "当前逾期任务"), _said(late), "late" if late else "good")
    yield Tile(Text("lots awarded", "已中标采购包"), _said(sum(one.lots for one in awarded)))
    for currency in sorted({one.currency for one in awarded}):
        budget = sum((one.budget for one in awarded if one.currency == currency), Decimal(0))
        saved = sum((one.saved for one in awarded if one.currency == currency), Decimal(0))
        share = words.percent(_language(), (saved / budget).quantize(Decimal("0.0001"))) if budget else ""
        note = templating.translate("%(share)s of the budgets", "占预算的%(share)s", share=share)
        yield Tile(Text("saved", "节约资金"), words.money(_language(), saved, currency), "good", note)
    if competition.mean is not None:
        yield Tile(
            Text("bids for a lot on average", "平均每包投标数"), words.number(_language(), competition.mean, places=2)
        )


def _said(number: int) -> str:
    return words.number(_language(), number)


def _tables(period: figures.Period) -> Iterator[Table]:
    session, now = current.session(), current.now()
    read = figures.Stages(current.engine(), session)
    names = {one.key: one.name for one in definitions.all_latest(session)}
    yield _cases(figures.cases(session, period), names)
    yield _in_stages(figures.in_stages(session, read), names)
    yield _stage_times(figures.stage_times(session, read, period), names)
    yield _by_role(figures.tasks_by_role(session, now))
    yield _by_age(figures.tasks_by_age(session, now))
    yield _savings(figures.savings(session, period))
    yield _competition(figures.competition(session, period))


PROCEDURE = Column(Text("Procedure", "流程"), is_number=False)
STAGE = Column(Text("Stage", "阶段"), is_number=False)


def _cases(found: list[figures.ProcessCases], names: dict[str, Text]) -> Table:
    rows = [
        [_process(one.process_id, names), *map(_count, (one.started, one.running, one.completed, one.cancelled))]
        for one in found
    ]
    return Table(
        "cases",
        Text("Cases by procedure", "各流程项目数"),
        Text("The cases started in the period, and how they stand now.", "该期间发起的项目及其当前状态。"),
        (
            PROCEDURE,
            Column(Text("Started", "发起")),
            Column(Text("Under way", "进行中"), bar="accent"),
            Column(Text("Completed", "已完成"), bar="good"),
            Column(Text("Cancelled", "已撤销"), bar="still"),
        ),
        rows,
        is_stacked=True,
    )


def _in_stages(found: list[figures.StageCases], names: dict[str, Text]) -> Table:
    return Table(
        "stages",
        Text("Where cases are waiting", "项目所处阶段"),
        Text(
            "Running cases by the stage they are waiting in. A case waiting in two stages counts in both.",
            "运行中的项目按等待事项所在阶段统计；同时处于两个阶段的分别计入。",
        ),
        (PROCEDURE, STAGE, Column(Text("Cases", "项目数"), bar="accent")),
        [
            [
                _process(one.process_id, names),
                _text(stages.name(one.stage)),
                _count(one.cases, url_for("cases.index", process=one.process_id, stage=one.stage)),
            ]
            for one in found
        ],
        is_now=True,
    )


def _stage_times(found: list[figures.StageTime], names: dict[str, Text]) -> Table:
    return Table(
        "stage-times",
        Text("How long stages take", "各阶段用时"),
        Text(
            "Cases started in the period that have passed the stage: from first coming there to last completing, in days of 24 hours, "
            "nights and holidays included.",
            "该期间发起且已通过该阶段的项目：自首次进入至最后完成，按24小时为一天计算，含夜间与节假日。",
        ),
        (
            PROCEDURE,
            STAGE,
            Column(Text("Cases", "项目数")),
            Column(Text("Median (days)", "中位数（天）"), bar="accent"),
            Column(Text("90% take at most, days", "90%不超过（天）"), bar="phase-2"),
        ),
        [
            [
                _process(one.process_id, names),
                _text(stages.name(one.stage)),
                _count(one.passages),
                _days(one.half),
                _days(one.most),
            ]
            for one in found
        ],
    )


def _by_role(found: list[figures.RoleTasks]) -> Table:
    return Table(
        "roles",
        Text("Late tasks by role", "各角色逾期任务"),
        Text(
            "Open tasks by the roles that can do them. A task for two roles counts for each.",
            "按可办理角色统计的待办任务；可由两个角色办理的分别计入。",
        ),
        (
            Column(Text("Role", "角色"), is_number=False),
            Column(Text("Open", "待办"), bar="accent"),
            Column(Text("Late", "逾期"), bar="late"),
        ),
        [[_text(_role(one.role)), _count(one.open), _count(one.late)] for one in found],
        is_now=True,
    )


def _by_age(counts: list[int]) -> Table:
    return Table(
        "ages",
        Text("Open tasks by age", "待办任务停留时间"),
        Text("Time since the open tasks arrived.", "待办任务自到达至今的时间。"),
        (Column(Text("Age", "停留时间"), is_number=False), Column(Text("Tasks", "任务数"), bar="accent")),
        [[_text(name), _count(number)] for name, number in zip(AGES, counts, strict=True)] if any(counts) else [],
        is_now=True,
    )


def _savings(found: list[figures.Savings]) -> Table:
    return Table(
        "savings",
        Text("Savings", "资金节约"),
        Text(
            "Lots whose award was published in the period and stands: their budget against the award's price.",
            "该期间公告中标结果且结果有效的采购包：预算金额与中标金额对比。",
        ),
        (
            Column(Text("Category", "采购类别"), is_number=False),
            Column(Text("Lots", "采购包数")),
            Column(Text("Budget", "预算金额")),
            Column(Text("Award", "中标金额")),
            Column(Text("Saving", "节约金额")),
            Column(Text("Rate", "节约率"), bar="good"),
        ),
        [
            [
                _text(OBJECTS.get(one.object, Text(one.object, one.object))),
                _count(one.lots),
                *(_money(amount, one.currency) for amount in (one.budget, one.price, one.saved)),
                _rate(one.rate),
            ]
            for one in found
        ],
        is_share=True,
    )


def _competition(found: figures.Competition) -> Table:
    mean = words.number(_language(), found.mean, places=2) if found.mean is not None else ""
    basis = Text("Lots opened in the period by how many bids they had.", "该期间开标的采购包按投标数统计。")
    average = Text(" On average %(mean)s bids for a lot.", "平均每包%(mean)s份投标。").filled(mean=mean)
    return Table(
        "competition",
        Text("Competition", "竞争情况"),
        Text(basis.en + average.en, basis.zh + average.zh) if found.lots else basis,
        (Column(Text("Bids for the lot", "投标数"), is_number=False), Column(Text("Lots", "采购包数"), bar="accent")),
        [[_count(bids), _count(lots)] for bids, lots in found.by_bids],
    )


# -- cells


def _language() -> str:
    return templating.place().language


def _process(process_id: str, names: dict[str, Text]) -> Cell:
    cell = _text(names.get(process_id) or Text(process_id, process_id))
    return replace(cell, address=url_for("cases.index", process=process_id))


def _role(role: str) -> Text:
    return roles.name(role) if roles.known(role) else Text(role, role)


def _text(text: Text) -> Cell:
    return Cell(str(templating.written(text)), text)


def _count(number: int, address: str = "") -> Cell:
    return Cell(words.number(_language(), number), number, number, address)


def _days(span: timedelta) -> Cell:
    days = (Decimal(span.total_seconds()) / 86400).quantize(Decimal("0.1"))
    return Cell(words.number(_language(), days, places=1), days, float(days))


def _money(amount: Decimal, currency: str) -> Cell:
    return Cell(words.money(_language(), amount, currency), amount)


def _rate(rate: Decimal) -> Cell:
    exact = rate.quantize(Decimal("0.0001"))
    return Cell(words.percent(_language(), exact), exact, max(0.0, float(exact)))
