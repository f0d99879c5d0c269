"""Java's methods, by which the TCK tries external functions (DMN 1.5, section 10.3.2.13.3). No Java runs.

The table holds pure methods of ``java.lang`` whose parameters and result FEEL maps to numbers, strings and booleans.
A parameter takes what its Java type can hold; a method that isn't here doesn't exist.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from app.feel.evaluation import Environment
from app.feel.external import Unknown
from app.feel.values import Function, number, number_from, plain_text

MAX_WIDTH = 100


class _Unfit(ValueError):
    """A value that a Java type can't hold."""


# -- Java's types


def _whole(bits: int) -> Callable[[Any], int]:
    def convert(value: Any) -> int:
        found = number(value)
        if found is None or found != found.to_integral_value() or not -(1 << bits) <= found < 1 << bits:
            raise _Unfit
        return int(found)

    return convert


def _double(value: Any) -> float:
    found = number(value)
    if found is None:
        raise _Unfit
    return float(found)


def _float(value: Any) -> float:
    return float(struct.unpack("f", struct.pack("f", _double(value)))[0])


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise _Unfit
    return value


def _char(value: Any) -> str:
    if not isinstance(value, str) or len(value) != 1:
        raise _Unfit
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Unfit
    return value


def _decimal(value: Any) -> Decimal:
    found = number(value)
    if found is None:
        raise _Unfit
    return found


_OBJECTS = "[Ljava.lang.Object;"
_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "byte": _whole(7), "short": _whole(15), "int": _whole(31), "long": _whole(63), "float": _float, "double": _double, "char": _char,
    "boolean": _boolean, "java.lang.String": _string, "java.lang.Object": lambda value: value, "java.math.BigDecimal": _decimal,
    "java.lang.Byte": _whole(7), "java.lang.Short": _whole(15), "java.lang.Integer": _whole(31), "java.lang.Long": _whole(63),
    "java.lang.Float": _float, "java.lang.Double": _double, "java.lang.Character": _char, "java.lang.Boolean": _boolean,
}  # fmt: skip


# -- the methods


def _parsed(least: int | None) -> Callable[[str], Any]:
    """A number out of its text; whole and in its type's limits when ``least`` says how many bits."""

    def parse(text: str) -> Any:
        if not re.fullmatch(
            r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?" if least is None else r"[+-]?\d+", text.strip(), re.ASCII
        ):
            raise _Unfit
        found = number_from(text.strip())
        return found if least is None else _whole(least)(found)

    return parse


def _format(template: str, *values: Any) -> str:
    """``String.format`` with the conversions s, d, f, b, c, x, n and %."""
    rest = list(values)

    def written(found: re.Match[str]) -> str:
        flags, width, precision, conversion = found.groups()
        if int(width or 0) > MAX_WIDTH or int(precision or 0) > MAX_WIDTH:
            raise _Unfit
        if conversion in "%n":
            return "%" if conversion == "%" else "\n"
        if not rest:
            raise _Unfit
        text = _formatted(rest.pop(0), conversion.lower(), precision, "," in flags, "+" in flags)
        text = text.upper() if conversion.isupper() else text
        if "0" in flags:
            return text.zfill(int(width or 0))
        return text.ljust(int(width or 0)) if "-" in flags else text.rjust(int(width or 0))

    made = re.sub(r"%([-+0, #(]*)(\d{1,5})?(?:\.(\d{1,5}))?([a-zA-Z%])", written, template)
    return made


def _formatted(value: Any, conversion: str, precision: str | None, grouped: bool, signed: bool) -> str:
    comma, sign = "," if grouped else "", "+" if signed else ""
    match conversion:
        case "s":
            text = plain_text(value) or "null"
            return text if precision is None else text[: int(precision)]
        case "d":
            return format(_whole(63)(value), sign + comma + "d")
        case "x":
            return format(_whole(63)(value), "x")
        case "f":
            return format(_decimal(value), f"{sign}{comma}.{int(precision or 6)}f")
        case "b":
            return "false" if value is None or value is False else "true"
        case "c":
            return _char(value)
    raise _Unfit


_METHODS: dict[tuple[str, str], tuple[tuple[tuple[str, ...], ...], Callable[..., Any]]] = {}
_NUMERIC = (("int",), ("long",), ("float",), ("double",))


def _method(owner: str, name: str, function: Callable[..., Any], *signatures: tuple[str, ...]) -> None:
    _METHODS[f"java.lang.{owner}", name] = (signatures, function)


def _fill() -> None:
    for name in ("max", "min"):
        _method("Math", name, {"max": max, "min": min}[name], *(kinds * 2 for kinds in _NUMERIC))
    _method("Math", "abs", abs, *_NUMERIC)
    for name in (
        "cos", "sin", "tan", "acos", "asin", "atan", "cosh", "sinh", "tanh", "exp", "expm1", "log", "log10", "log1p", "sqrt", "cbrt",
    ):  # fmt: skip
        _method("Math", name, getattr(math, name), ("double",))
    _method("Math", "toRadians", math.radians, ("double",))
    _method("Math", "toDegrees", math.degrees, ("double",))
    _method("Math", "ceil", lambda value: float(math.ceil(value)), ("double",))
    _method("Math", "floor", lambda value: float(math.floor(value)), ("double",))
    _method("Math", "rint", lambda value: float(round(value)), ("double",))
    _method("Math", "signum", lambda value: math.copysign(1, value) if value else value, ("double",), ("float",))
    _method(
        "Math",
        "round",
        lambda value: int((Decimal(value) + Decimal("0.5")).to_integral_value(ROUND_FLOOR)),
        ("double",),
        ("float",),
    )
    _method("Math", "pow", math.pow, ("double", "double"))
    _method("Math", "hypot", math.hypot, ("double", "double"))
    _method("Math", "atan2", math.atan2, ("double", "double"))
    _method("Math", "floorDiv", lambda a, b: a // b, ("int", "int"), ("long", "long"))
    _method("Math", "floorMod", lambda a, b: a % b, ("int", "int"), ("long", "long"))
    for owner, bits, primitive in (
        ("Byte", 7, "byte"),
        ("Short", 15, "short"),
        ("Integer", 31, "int"),
        ("Long", 63, "long"),
    ):
        _method(
            owner,
            "valueOf",
            lambda value, bits=bits: _parsed(bits)(value) if isinstance(value, str) else value,
            (primitive,),
            ("java.lang.String",),
        )
        _method(owner, {"int": "parseInt"}.get(primitive, f"parse{owner}"), _parsed(bits), ("java.lang.String",))
    for owner, primitive in (("Float", "float"), ("Double", "double")):
        _method(
            owner,
            "valueOf",
            lambda value: _parsed(None)(value) if isinstance(value, str) else value,
            (primitive,),
            ("java.lang.String",),
        )
        _method(owner, f"parse{owner}", _parsed(None), ("java.lang.String",))
    every = tuple((name,) for name in ("boolean", "char", "int", "long", "float", "double", "java.lang.Object"))
    _method("String", "valueOf", lambda value: plain_text(value) or "null", *every)
    _method("String", "format", _format, ("java.lang.String", _OBJECTS))
    _method(
        "String",
        "join",
        lambda sign, *texts: sign.join(map(_string, texts)),
        ("java.lang.CharSequence", "[Ljava.lang.CharSequence;"),
    )
    _method("Boolean", "parseBoolean", lambda text: text.lower() == "true", ("java.lang.String",))


_CONVERSIONS["java.lang.CharSequence"] = _string
_fill()


def find_method(names: tuple[str, ...], described: Any) -> Function:
    """The function that a ``class`` and a ``method signature`` describe.

    :raises Unknown: when the table has no such method
    """
    owner = described.get("class") if isinstance(described, Mapping) else None
    signature = described.get("method signature") if isinstance(described, Mapping) else None
    found = re.fullmatch(r"\s*(\w+)\s*\(([^()]*)\)\s*", signature) if isinstance(signature, str) else None
    if found is None:
        raise Unknown(
            "an external function needs a class and a method signature; nothing but Java's methods can be named"
        )
    kinds = tuple(kind.strip() for kind in found.group(2).split(",") if kind.strip())
    signatures, function = _METHODS.get((str(owner), found.group(1)), ((), abs))
    if kinds not in signatures:
        raise Unknown(f"there is no method {owner}.{signature}")
    many = bool(kinds) and kinds[-1].startswith("[L")
    if len(kinds) != len(names) and not many:
        raise Unknown(f"{owner}.{signature} doesn't have the parameters {', '.join(names)}")

    def call(env: Environment, *values: Any) -> Any:
        env.run.weigh(list(values))
        plain = kinds[:-1] if many else kinds
        rest = values[len(plain) :]
        if many and len(rest) == 1 and isinstance(rest[0], list):
            rest = tuple(rest[0])
        try:
            given = [_CONVERSIONS[kind](value) for kind, value in zip(plain, values, strict=False)]
            made = function(*given, *rest)
        except (_Unfit, ArithmeticError, ValueError) as wrong:
            env.run.warn(f"{owner}.{signature} has no value here: {wrong or 'a value has the wrong type'}")
            return None
        if isinstance(made, str):
            env.run.sized(len(made))
            return made
        return made if isinstance(made, bool) else number(made)

    return Function(names, call, f"{owner}.{found.group(1)}")
