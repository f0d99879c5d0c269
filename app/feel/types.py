"""FEEL's types: whether a value is of one, and what becomes of it where one is asked for (DMN 1.5, section 10.3.2.9).

``instance of`` asks ``conforms``; typed parameters, variables and results ask ``coerce``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time, timezone
from typing import Any

from app.feel import temporal as t
from app.feel.values import Function, Range, kind


class NotWritten(ValueError):
    """A text that writes no value of the kind that is wanted."""

    def __init__(self, text: str, kind: str) -> None:
        super().__init__(f"“{text}” is no {kind}")
        self.text, self.kind = text, kind


@dataclass(frozen=True)
class Type:
    """Any value at all; the other types are its subclasses."""

    name: str = "Any"

    def holds(self, _value: Any) -> bool:
        """Whether a value that isn't null is of this type, whatever its constraints."""
        return True

    def allows(self, value: Any) -> bool:
        """Whether a value that isn't null is of this type and meets all constraints."""
        return self.holds(value)

    def accepts(self, other: Type) -> bool:
        """Whether every value of the other type is of this one."""
        return type(self) is Type or self == other

    def converted(self, value: Any) -> Any:
        """A value that isn't null as one of this type, or None when it can't be."""
        if self.allows(value):
            return value
        if isinstance(value, list) and len(value) == 1 and value[0] is not None and self.allows(value[0]):
            return value[0]
        return None

    def read(self, value: Any) -> Any:
        """A value from outside with its texts of dates, times and durations as what they write where the type wants it.

        :raises NotWritten: a text that writes nothing of the kind
        """
        return value


ANY = Type()
_READERS: dict[str, Callable[[str], Any]] = {
    "date": t.parse_date,
    "time": t.parse_time,
    "date and time": t.parse_date_time,
    "days and time duration": t.parse_duration,
    "years and months duration": t.parse_duration,
}
"""How the text of each kind is read that JSON has no values for."""


@dataclass(frozen=True)
class Simple(Type):
    """One of the built-in types that have no parts."""

    def holds(self, value: Any) -> bool:
        """Whether the value's kind is this one."""
        return kind(value) == self.name

    def converted(self, value: Any) -> Any:
        """As such, or a date as its midnight in UTC where a date and time is wanted."""
        if self.name == "date and time" and t.is_date(value):
            return t.join(value, time(tzinfo=timezone.utc))  # noqa: UP017
        return super().converted(value)

    def read(self, value: Any) -> Any:
        """A text as the date, time or duration that it writes, where one is wanted."""
        if self.name not in _READERS or not isinstance(value, str):
            return value
        read = _READERS[self.name](value.strip())
        if kind(read) != self.name:
            raise NotWritten(value, self.name)
        return read


@dataclass(frozen=True)
class ListType(Type):
    """A list of items of one type."""

    item: Type = ANY

    def holds(self, value: Any) -> bool:
        """Whether it is a list whose every item is of the type, or null."""
        return isinstance(value, list | tuple) and all(conforms(item, self.item) for item in value)

    def allows(self, value: Any) -> bool:
        """Whether it is a list whose every item is allowed, or null."""
        return isinstance(value, list | tuple) and all(item is None or self.item.allows(item) for item in value)

    def accepts(self, other: Type) -> bool:
        """A list type whose items are accepted."""
        return isinstance(other, ListType) and self.item.accepts(other.item)

    def converted(self, value: Any) -> Any:
        """As such, or a single value as a list of one."""
        if self.allows(value):
            return value
        return [value] if self.item.allows(value) else None

    def read(self, value: Any) -> Any:
        """Each item as its type reads it."""
        return [self.item.read(item) for item in value] if isinstance(value, list | tuple) else self.item.read(value)


@dataclass(frozen=True)
class RangeType(Type):
    """A range between values of one type."""

    item: Type = ANY

    def holds(self, value: Any) -> bool:
        """Whether it is a range whose ends are of the type."""
        return isinstance(value, Range) and all(conforms(end, self.item) for end in (value.low, value.high))

    def accepts(self, other: Type) -> bool:
        """A range type whose ends are accepted."""
        return isinstance(other, RangeType) and self.item.accepts(other.item)


@dataclass(frozen=True)
class ContextType(Type):
    """A context with at least these entries."""

    entries: Mapping[str, Type] = field(default_factory=dict)

    def holds(self, value: Any) -> bool:
        """Whether it is a context that has every entry, each of its type or null."""
        return isinstance(value, Mapping) and all(
            name in value and conforms(value[name], wanted) for name, wanted in self.entries.items()
        )

    def allows(self, value: Any) -> bool:
        """Whether it is a context that has every entry, each allowed or null."""
        return isinstance(value, Mapping) and all(
            name in value and (value[name] is None or wanted.allows(value[name]))
            for name, wanted in self.entries.items()
        )

    def read(self, value: Any) -> Any:
        """Each entry as its type reads it."""
        if not isinstance(value, Mapping):
            return value
        return {key: self.entries[key].read(item) if key in self.entries else item for key, item in value.items()}

    def accepts(self, other: Type) -> bool:
        """A context type that has every entry, each accepted."""
        return isinstance(other, ContextType) and all(
            name in other.entries and wanted.accepts(other.entries[name]) for name, wanted in self.entries.items()
        )


@dataclass(frozen=True)
class FunctionType(Type):
    """A function of these parameters' types; its result is of unknown type when ``result`` is None."""

    parameters: tuple[Type, ...] | None = None
    result: Type | None = None

    def holds(self, value: Any) -> bool:
        """Whether it is a function that can be called as such and gives what is wanted."""
        if not isinstance(value, Function):
            return False
        if value.type is None:
            return self.parameters is None or "*" in value.parameters or len(value.parameters) == len(self.parameters)
        return self.accepts(value.type)

    def accepts(self, other: Type) -> bool:
        """A function type that takes at least the same parameters and gives at most the same results."""
        if not isinstance(other, FunctionType):
            return False
        if self.parameters is None or other.parameters is None:
            return True
        return (
            len(self.parameters) == len(other.parameters)
            and all(theirs.accepts(ours) for ours, theirs in zip(self.parameters, other.parameters, strict=True))
            and (self.result is None or other.result is None or self.result.accepts(other.result))
        )


@dataclass(frozen=True)
class Constrained(Type):
    """A type some of whose values only are allowed. ``instance of`` doesn't ask for the constraint."""

    of: Type = ANY
    allowed: Callable[[Any], bool] = field(default=lambda _value: True, compare=False)

    def holds(self, value: Any) -> bool:
        """Whether the value is of the type, allowed or not."""
        return self.of.holds(value)

    def allows(self, value: Any) -> bool:
        """Whether the value is of the type and allowed."""
        return self.of.allows(value) and self.allowed(value)

    def accepts(self, other: Type) -> bool:
        """What the type without its constraint accepts."""
        return self.of.accepts(other.of if isinstance(other, Constrained) else other)

    def read(self, value: Any) -> Any:
        """As the type without its constraint reads it."""
        return self.of.read(value)

    def converted(self, value: Any) -> Any:
        """The converted value if it is allowed."""
        made = self.of.converted(value)
        return made if made is not None and self.allowed(made) else None


BUILT_IN_TYPES: dict[str, Type] = {
    "Any": ANY,
    "list": ListType("list"),
    "range": RangeType("range"),
    "context": ContextType("context"),
    "function": FunctionType("function"),
    **{
        name: Simple(name)
        for name in (
            "number", "string", "boolean", "date", "time", "date and time", "days and time duration", "years and months duration",
        )
    },
    "dateTime": Simple("date and time"),
    "dayTimeDuration": Simple("days and time duration"),
    "yearMonthDuration": Simple("years and months duration"),
    "Null": Simple("null"),
}  # fmt: skip


def conforms(value: Any, wanted: Type) -> bool:
    """Whether a value inside another one is of a type; null is of every type."""
    return value is None or wanted.holds(value)


def coerce(value: Any, wanted: Type) -> Any:
    """A value where one of this type is asked for: itself, converted, or None when neither can be.

    A list of one gives its item, a single value becomes a list of one, a date its midnight.
    """
    return None if value is None else wanted.converted(value)
