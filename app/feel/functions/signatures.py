"""How built-in functions are declared and called. A function has one or several signatures; a call takes the first that
its values fit, as they are or converted: a list of one to its item, a single value to a list of one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.feel.evaluation import Environment
from app.feel.types import BUILT_IN_TYPES, FunctionType
from app.feel.values import Function, kind

BUILT_IN: dict[str, Function] = {}
Body = Callable[..., Any]

_PARAMETER = re.compile(r"(\*)?([\w ]+?)(\?)?: ([\w |]+?)( or null)?\Z")
_MISSING = object()


@dataclass(frozen=True)
class Parameter:
    """A parameter: its name, the kinds it takes (none: all), whether null will do, may it be left out, any number."""

    name: str
    kinds: frozenset[str]
    nullable: bool
    optional: bool
    many: bool

    @classmethod
    def read(cls, text: str) -> Parameter:
        """Read ``[*]name[?]: kind[|kind…][ or null]``."""
        found = _PARAMETER.match(text)
        assert found is not None, text
        many, name, optional, kinds, nullable = found.groups()
        every = kinds == "any"
        wanted = frozenset() if every else frozenset(part.strip() for part in kinds.split("|"))
        return cls(name, wanted, bool(nullable) or every, bool(optional), bool(many))

    def take(self, value: Any, converting: bool) -> Any:
        """The value as the parameter wants it; ``_MISSING`` when it doesn't fit."""
        if value is None:
            return None if self.nullable else _MISSING
        found = kind(value)
        if not self.kinds or found in self.kinds:
            return value
        if converting and "list" in self.kinds:
            return [value]
        if converting and found == "list" and len(value) == 1 and kind(value[0]) in self.kinds:
            return value[0]
        return _MISSING


@dataclass(frozen=True)
class Signature:
    """The parameters of one way to call a function."""

    text: str
    parameters: tuple[Parameter, ...]

    @classmethod
    def read(cls, text: str) -> Signature:
        """Read parameters joined by commas."""
        return cls(text, tuple(Parameter.read(part.strip()) for part in text.split(",") if part.strip()))

    def bind(self, values: tuple[Any, ...], converting: bool) -> list[Any] | None:
        """Positional values as arguments; None when they don't fit."""
        many = bool(self.parameters) and self.parameters[-1].many
        least = sum(not parameter.optional and not parameter.many for parameter in self.parameters)
        if len(values) < least + many or (not many and len(values) > len(self.parameters)):
            return None
        plain = self.parameters[:-1] if many else self.parameters
        bound = [parameter.take(value, converting) for parameter, value in zip(plain, values, strict=False)]
        if many:
            bound += [self.parameters[-1].take(value, converting) for value in values[len(plain) :]]
        return None if any(value is _MISSING for value in bound) else bound

    def bind_named(self, values: dict[str, Any], converting: bool) -> list[Any] | None:
        """Named values as arguments; None when they don't fit."""
        if not set(values) <= {parameter.name for parameter in self.parameters if not parameter.many}:
            return None
        bound: list[Any] = []
        for parameter in self.parameters:
            if parameter.name not in values and not parameter.optional:
                return None
            taken = parameter.take(values[parameter.name], converting) if parameter.name in values else ...
            if taken is _MISSING:
                return None
            bound.append(taken)
        while bound and bound[-1] is ...:
            bound.pop()
        return [None if value is ... else value for value in bound]


class BuiltIn:
    """What a built-in function does when it is called."""

    def __init__(self, name: str, body: Body, signatures: tuple[Signature, ...]) -> None:
        self.name, self.body, self.signatures = name, body, signatures

    def __call__(self, env: Environment, *values: Any) -> Any:
        """Call with positional values."""
        for converting in (False, True):
            for signature in self.signatures:
                bound = signature.bind(values, converting)
                if bound is not None:
                    return self._done(env, bound)
        env.run.warn(f"{self.name} doesn't take ({', '.join(map(kind, values))})")
        return None

    def named(self, env: Environment, values: dict[str, Any]) -> Any:
        """Call with named values."""
        for converting in (False, True):
            for signature in self.signatures:
                bound = signature.bind_named(values, converting)
                if bound is not None:
                    return self._done(env, bound)
        given = ", ".join(f"{name}: {kind(value)}" for name, value in values.items())
        env.run.warn(f"{self.name} doesn't take ({given})")
        return None

    def _done(self, env: Environment, bound: list[Any]) -> Any:
        env.run.step(_weight(bound))
        result = self.body(env, *bound)
        if result is None:
            env.run.warn(f"{self.name} has no value here")
        return result


def _weight(values: list[Any]) -> int:
    """What going through the arguments once costs; parts of parts are weighed where they are looked at."""
    return 1 + sum(
        len(value) >> (6 if isinstance(value, str) else 2) for value in values if isinstance(value, str | list | dict)
    )


def built_in(name: str, *signatures: str) -> Callable[[Body], Body]:
    """Register a built-in function by its signatures.

    A signature is its parameters, ``name: kind|kind``: with ``?`` after the name it may be left out, with ``or null``
    null will do, and with ``*`` before the last any number of values is taken.
    """

    def register(body: Body) -> Body:
        read = tuple(map(Signature.read, signatures))
        BUILT_IN[name] = Function(("*",), BuiltIn(name, body, read), name, _type_of(read))
        return body

    return register


def _type_of(signatures: tuple[Signature, ...]) -> FunctionType | None:
    """The type of a function that can be called in one way only."""
    parameters = signatures[0].parameters
    if len(signatures) > 1 or any(parameter.many or parameter.optional for parameter in parameters):
        return None
    types = [
        BUILT_IN_TYPES[next(iter(parameter.kinds))] if len(parameter.kinds) == 1 else BUILT_IN_TYPES["Any"]
        for parameter in parameters
    ]
    return FunctionType("function", tuple(types))
