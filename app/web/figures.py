"""Figures: plain tables with bars, counted when they are looked at; a year at a time, each table also as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from app.engine import definitions
from app.foundation.text import Text
from app.identity import roles
from app.web import current, listing, templating, words
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
    """A column of a table. ``bar``: its values are drawn as bars too, the longest for the largest of the table."""

    name: Text
    is_number: bool = True
    bar: bool = False


@dataclass(frozen=True)
class Cell:
    """A value as people read it (``said``), as a spreadsheet takes it (``value``), and for its bar (``size``)."""

    said: str
    value: Any
    size: float = 0


@dataclass(frozen=True)
class Table:
    """One table of figures. ``basis`` says what was counted, ``is_now`` that it doesn't depend on the year."""

    id: str
    title: Text
    basis: Text
    columns: tuple[Column, ...]
    rows: list[list[Cell]]
    is_now: bool = False

    def most(self, number: int) -> float:
        """The largest of a column's values, for its bars."""
        return max((row[number].size for row in self.rows), default=0) or 1


@blueprint.get("")
def index() -> str | Response:
    """Show all figures of a year, or one table as CSV."""
    known = figures.years(current.session(), current.now(), current.zone())
    year = figures.year_of(int(listing.chosen("year", map(str, known), str(known[0]))), current.zone())
    tables = list(_tables(year))
    wanted = listing.chosen("table", [table.id for table in tables])
    if wanted:
        table = next(table for table in tables if table.id == wanted)
        name = templating.written(table.title) if table.is_now else f"{templating.written(table.title)} {year.number}"
        rows = ([cell.value for cell in row] for row in table.rows)
        return listing.csv(name, [column.name for column in table.columns], rows)
    return render_template("figures/index.html", tables=tables, years=known, year=year.number)


def _tables(year: figures.Year) -> Iterator[Table]:
    session, now = current.session(), current.now()
    read = figures.Stages(current.engine(), session)
    names = {one.key: one.name for one in definitions.all_latest(session)}
    yield _cases(figures.cases(session, year), names)
    yield _in_stages(figures.in_stages(session, read), names)
    yield _stage_times(figures.stage_times(session, read, year), names)
    yield _by_role(figures.tasks_by_role(session, now))
    yield _by_age(figures.tasks_by_age(session, now))
    yield _savings(figures.savings(session, year))
    yield _competition(figures.competition(session, year))


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
        Text("The cases started in the year, and how they stand now.", "当年发起的项目及其当前状态。"),
        (
            PROCEDURE,
            Column(Text("Started", "发起"), bar=True),
            Column(Text("Under way", "进行中")),
            Column(Text("Completed", "已完成")),
            Column(Text("Cancelled", "已撤销")),
        ),
        rows,
    )


def _in_stages(found: list[figures.StageCases], names: dict[str, Text]) -> Table:
    return Table(
        "stages",
        Text("Where cases wait", "项目所处阶段"),
        Text(
            "Running cases by the stages in which something waits; a case that waits in two stages counts in both.",
            "运行中的项目按等待事项所在阶段统计；同时处于两个阶段的分别计入。",
        ),
        (PROCEDURE, STAGE, Column(Text("Cases", "项目数"), bar=True)),
        [[_process(one.process_id, names), _text(stages.name(one.stage)), _count(one.cases)] for one in found],
        is_now=True,
    )


def _stage_times(found: list[figures.StageTime], names: dict[str, Text]) -> Table:
    return Table(
        "stage-times",
        Text("How long stages take", "各阶段用时"),
        Text(
            "Cases started in the year that have passed the stage: from first coming there to last completing, in days of 24 hours, "
            "nights and holidays included.",
            "当年发起且已通过该阶段的项目：自首次进入至最后完成，按24小时为一天计算，含夜间与节假日。",
        ),
        (
            PROCEDURE,
            STAGE,
            Column(Text("Cases", "项目数")),
            Column(Text("Median, days", "中位数（天）"), bar=True),
            Column(Text("90 % take at most, days", "90%不超过（天）"), bar=True),
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
            "Open tasks by the roles that may do them; a task for two roles counts for each.",
            "按可办理角色统计的待办任务；可由两个角色办理的分别计入。",
        ),
        (
            Column(Text("Role", "角色"), is_number=False),
            Column(Text("Open", "待办")),
            Column(Text("Late", "逾期"), bar=True),
        ),
        [[_text(_role(one.role)), _count(one.open), _count(one.late)] for one in found],
        is_now=True,
    )


def _by_age(counts: list[int]) -> Table:
    return Table(
        "ages",
        Text("Open tasks by age", "待办任务停留时间"),
        Text("How long ago the open tasks came.", "待办任务自到达至今的时间。"),
        (Column(Text("Age", "停留时间"), is_number=False), Column(Text("Tasks", "任务数"), bar=True)),
        [[_text(name), _count(number)] for name, number in zip(AGES, counts, strict=True)] if any(counts) else [],
        is_now=True,
    )


def _savings(found: list[figures.Savings]) -> Table:
    return Table(
        "savings",
        Text("Savings", "资金节约"),
        Text(
            "Lots whose award was published in the year and stands: their budget against the award's price.",
            "当年公告中标结果且结果有效的采购包：预算金额与中标金额对比。",
        ),
        (
            Column(Text("Object", "采购类别"), is_number=False),
            Column(Text("Lots", "采购包数")),
            Column(Text("Budget", "预算金额")),
            Column(Text("Award", "中标金额")),
            Column(Text("Saved", "节约金额")),
            Column(Text("Rate", "节约率"), bar=True),
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
    )


def _competition(found: figures.Competition) -> Table:
    mean = words.number(_language(), found.mean, places=2) if found.mean is not None else ""
    basis = Text("Lots opened in the year by how many bids they had.", "当年开标的采购包按投标数统计。")
    average = Text(" On average %(mean)s bids for a lot.", "平均每包%(mean)s份投标。").filled(mean=mean)
    return Table(
        "competition",
        Text("Competition", "竞争情况"),
        Text(basis.en + average.en, basis.zh + average.zh) if found.lots else basis,
        (Column(Text("Bids for the lot", "投标数"), is_number=False), Column(Text("Lots", "采购包数"), bar=True)),
        [[_count(bids), _count(lots)] for bids, lots in found.by_bids],
    )


# -- cells


def _language() -> str:
    return templating.place().language


def _process(process_id: str, names: dict[str, Text]) -> Cell:
    return _text(names.get(process_id) or Text(process_id, process_id))


def _role(role: str) -> Text:
    return roles.name(role) if roles.known(role) else Text(role, role)


def _text(text: Text) -> Cell:
    return Cell(str(templating.written(text)), text)


def _count(number: int) -> Cell:
    return Cell(words.number(_language(), number), number, number)


def _days(span: timedelta) -> Cell:
    days = (Decimal(span.total_seconds()) / 86400).quantize(Decimal("0.1"))
    return Cell(words.number(_language(), days, places=1), days, float(days))


def _money(amount: Decimal, currency: str) -> Cell:
    return Cell(words.money(_language(), amount, currency), amount)


def _rate(rate: Decimal) -> Cell:
    exact = rate.quantize(Decimal("0.0001"))
    return Cell(words.percent(_language(), exact), exact, max(0.0, float(exact)))
