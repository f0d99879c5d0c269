"""Tables that are fed by rows: what each row would do, shown before a second person lets it count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from app.foundation.actor import Actor
from app.foundation.columns import CellWrong, Column
from app.foundation.errors import Refusal, RuleBroken
from app.foundation.text import Text
from app.workflow.feeding.sheets import Row

Values = dict[str, Any]
"""A row's values by column."""


class Change(StrEnum):
    """What a row would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Known:
    """What a row's key names already: the record, and its present values."""

    record: Any
    values: Values


@dataclass(frozen=True)
class Scope:
    """For whom rows are entered: the organisation whose matter it is (None: the whole office)."""

    organisation_id: str | None


@dataclass(frozen=True)
class Table:
    """A table that people feed.

    ``examples`` are the rows of the template, such as this office could enter them. ``find`` gives what a row's key names already; ``check`` yields (column, refusal) for what may not be entered
    (cells that can't be read are missing from its values; those of the key are there);
    ``enter`` writes one row and journals it; ``order`` sorts the rows so that what others refer to comes first.
    """

    id: str
    name: Text
    lead: Text
    role: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    find: Callable[[Session, Scope, Values], Known | None]
    check: Callable[[Session, Scope, Values, Known | None], Iterable[tuple[str, Text]]]
    enter: Callable[[Session, Actor, Scope, Values, Known | None], object]
    examples: Callable[[Session, Scope], Iterable[Sequence[str]]] = lambda _session, _scope: ()
    order: Callable[[Values], Any] | None = None
    identify: Callable[[Session, Scope, Values], Any] | None = None
    """What a row is known by, where its key can be written in more than one way."""
    of_organisation: bool = False
    is_secret: bool = False
    """Whether what is entered must not be known to more than the two persons (who bids, before the deadline: O87 28)."""
    confirmer: str = ""
    """Who confirms, where it is another role than the one that enters."""

    def column(self, name: str) -> Column:
        """The column of a name."""
        return next(column for column in self.columns if column.name == name)


@dataclass
class RowPreview:
    """One row: what was entered, what it would do, the values before, and what is wrong, by column ("": the whole row)."""

    number: int
    cells: dict[str, str]
    change: Change
    before: dict[str, str] = field(default_factory=dict)
    problems: dict[str, Text] = field(default_factory=dict)
    values: Values = field(default_factory=dict)
    known: Known | None = None


@dataclass(frozen=True)
class Preview:
    """What all rows would do."""

    rows: list[RowPreview]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each change."""
        return {change: sum(row.change == change for row in self.rows) for change in Change}

    @property
    def usable(self) -> bool:
        """Whether it can be handed on: nothing is refused, and something would change."""
        counts = self.counts
        return not counts[Change.REFUSED] and bool(counts[Change.NEW] + counts[Change.CHANGED])

    @property
    def shown(self) -> list[Any]:
        """The same as JSON, for the digest of what a person saw."""
        return [
            [row.number, row.change, row.cells, row.before, {name: why.en for name, why in row.problems.items()}]
            for row in self.rows
        ]


class RowsRefused(RuleBroken):
    """Rows that can't be entered (any more)."""

    text = Text(
        "%(count)s rows cannot be entered. See the note beside each row.", "有%(count)s行无法录入，请见各行说明。"
    )


class RowRefused(RuleBroken):
    """The act itself refused a row; nothing was entered."""

    text = Text("Row %(number)s: %(why)s Nothing was entered.", "第%(number)s行：%(why)s未录入任何内容。")


def preview(session: Session, table: Table, scope: Scope, rows: Sequence[Row]) -> Preview:
    """What each row would do now; nothing is changed."""
    seen: dict[tuple[Any, ...], int] = {}
    return Preview([_row(session, table, scope, row, seen) for row in rows])


def _row(session: Session, table: Table, scope: Scope, row: Row, seen: dict[tuple[Any, ...], int]) -> RowPreview:
    shown = RowPreview(row.number, dict(row.cells), Change.REFUSED)
    for column in table.columns:
        try:
            shown.values[column.name] = column.read(row.cells.get(column.name, ""))
        except CellWrong as wrong:
            shown.problems[column.name] = wrong.why
    if any(name in shown.problems for name in table.key):
        return shown
    key = tuple(shown.values[name] for name in table.key)
    if table.identify is not None:
        key = table.identify(session, scope, shown.values) or key
    if key in seen:
        first = seen[key]
        shown.problems[table.key[-1]] = Text(f"The same as row {first}.", f"与第{first}行重复。")
    seen.setdefault(key, row.number)
    shown.known = table.find(session, scope, shown.values)
    for name, why in table.check(session, scope, shown.values, shown.known):
        shown.problems.setdefault(name, why)
    if not shown.problems:
        shown.change = _change(table, shown)
    return shown


def _change(table: Table, row: RowPreview) -> Change:
    if row.known is None:
        return Change.NEW
    before = row.known.values
    row.before = {
        column.name: column.write(before.get(column.name))
        for column in table.columns
        if column.name in before and before[column.name] != row.values[column.name]
    }
    return Change.CHANGED if row.before else Change.UNCHANGED


def enter(session: Session, actor: Actor, table: Table, scope: Scope, rows: Sequence[Row]) -> Mapping[str, int]:
    """Enter all rows or none; how many were new, changed and unchanged.

    :raises RowsRefused:
    """
    seen = preview(session, table, scope, rows)
    if not seen.usable:
        raise RowsRefused(count=seen.counts[Change.REFUSED])
    due = [row for row in seen.rows if row.change in (Change.NEW, Change.CHANGED)]
    if table.order is not None:
        due.sort(key=lambda row: table.order(row.values))  # type: ignore[misc]
    for row in due:
        try:
            table.enter(session, actor, scope, row.values, row.known)
        except Refusal as refusal:
            raise RowRefused(number=row.number, why=refusal.sentence) from refusal
    session.flush()
    return seen.counts
