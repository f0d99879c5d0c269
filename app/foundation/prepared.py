"""Statements that every step runs, made into SQL once for each dialect: making them anew costs more than running them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Column, Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.sql.compiler import SQLCompiler

Values = Mapping[str, Any]


class Prepared:
    """A statement with a value for each ``bindparam``; what it selects comes as the driver gives it.

    ``columns`` are those that an insertion is given, by their names; what is left out has its default.
    """

    def __init__(self, statement: Insert | Update | Delete | Select[Any], columns: Sequence[str] | None = None) -> None:
        self._statement, self._columns = statement, columns
        self._made: dict[str, _Made] = {}

    def first(self, connection: Connection, values: Values) -> tuple[Any, ...] | None:
        """Run it, and give the first row of what it selects; None when there is none."""
        made = self._of(connection)
        given = made.of(values)
        if _is_heard(connection):
            found = connection.exec_driver_sql(made.sql, given).first()
            return None if found is None else tuple(found)
        row: tuple[Any, ...] | None = _straight(
            connection, made.sql, given, "execute", lambda cursor: cursor.fetchone()
        )
        return row

    def write(self, connection: Connection, values: Values | Sequence[Values]) -> int:
        """Run it once, or once for each of several values; how many rows it wrote."""
        made, many = self._of(connection), not isinstance(values, Mapping)
        given: Any = [made.of(each) for each in values] if many else made.of(values)  # type: ignore[arg-type]
        if _is_heard(connection):
            return connection.exec_driver_sql(made.sql, given).rowcount
        way = "executemany" if many else "execute"
        written: int = _straight(connection, made.sql, given, way, lambda cursor: cursor.rowcount)
        return written

    def _of(self, connection: Connection) -> _Made:
        made = self._made.get(connection.dialect.name)
        if made is None:
            made = self._made[connection.dialect.name] = _Made(self._statement, self._columns, connection.dialect)
        return made


def _is_heard(connection: Connection) -> bool:
    """Whether somebody listens to statements."""
    return bool(connection.dispatch.before_cursor_execute or connection.dispatch.after_cursor_execute)


def _straight(connection: Connection, sql: str, given: Any, way: str, result: Callable[[Any], Any]) -> Any:
    """What a statement came to, run by the driver itself where nobody listens.

    SQLAlchemy's way there costs an embedded database several times what the statement does.
    """
    cursor = connection.connection.cursor()
    try:
        getattr(cursor, way)(sql, given)
        return result(cursor)
    except Exception as error:  # noqa: BLE001 - SQLAlchemy raises it again, as one of its own
        connection._handle_dbapi_exception(error, sql, given, cursor, None)
    finally:
        cursor.close()


class _Made:
    """A statement in the SQL of one dialect, with how each of its values is handed to the driver."""

    def __init__(self, statement: Any, columns: Sequence[str] | None, dialect: Dialect) -> None:
        compiled = cast(SQLCompiler, statement.compile(dialect=dialect, column_keys=columns and list(columns)))
        forms = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind, name in compiled.bind_names.items()
        }
        self.sql, self._positional = compiled.string, compiled.positional
        self._values = [(name, forms[name]) for name in compiled.positiontup or forms]
        self._fixed = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required}
        self._defaults = [(column.name, _default(column)) for column in compiled.insert_prefetch]

    def of(self, values: Values) -> tuple[Any, ...] | dict[str, Any]:
        """The values of one execution, as the driver takes them."""
        if self._fixed or self._defaults:
            values = {**self._fixed, **{name: default() for name, default in self._defaults}, **values}
        if self._positional:
            return tuple([form(values[name]) if form else values[name] for name, form in self._values])
        return {name: form(values[name]) if form else values[name] for name, form in self._values}


def _default(column: Column[Any]) -> Callable[[], Any]:
    """What makes the default of a column that is left out."""
    default: Any = column.default
    if default.is_callable:
        return lambda: default.arg(None)
    assert default.is_scalar, column
    return lambda: default.arg
