"""Functions of Camunda 8's FEEL that the standard doesn't have, and that diagrams made for it call.

``EXTENSIONS`` names them; the language's page marks them, since other DMN tools may not know them.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from app.feel import operations as op
from app.feel import temporal as t
from app.feel.evaluation import Environment
from app.feel.functions import signatures
from app.feel.functions.contexts import merge, put
from app.feel.functions.signatures import Body
from app.feel.functions.strings import find_all
from app.feel.values import plain_text, to_json

EXTENSIONS: set[str] = set()
"""The names of the functions that aren't the standard's."""


def _extension(name: str, *texts: str) -> Callable[[Body], Body]:
    EXTENSIONS.add(name)
    return signatures.built_in(name, *texts)


# -- null and emptiness


@_extension("is defined", "value: any")
def _is_defined(_env: Environment, value: Any) -> Any:
    return value is not None


@_extension("get or else", "value: any, default: any")
def _get_or_else(_env: Environment, value: Any, default: Any) -> Any:
    return default if value is None else value


@_extension("is empty", "list: list")
def _is_empty(_env: Environment, items: list[Any]) -> Any:
    return not items


@_extension("is blank", "string: string")
def _is_blank(_env: Environment, text: str) -> Any:
    return not text.strip()


# -- strings


@_extension("trim", "string: string")
def _trim(_env: Environment, text: str) -> Any:
    return text.strip()


@_extension("extract", "string: string, pattern: string")
def _extract(env: Environment, text: str, pattern: str) -> Any:
    return find_all(env, text, pattern)


@_extension("to base64", "value: string")
def _to_base64(env: Environment, text: str) -> Any:
    env.run.sized(2 * len(text))
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")


@_extension("uuid", "")
def _uuid(_env: Environment) -> Any:
    return str(uuid.uuid4())


# -- lists


@_extension("partition", "list: list, size: number")
def _partition(_env: Environment, items: list[Any], size: Any) -> Any:
    width = int(size)
    return [items[at : at + width] for at in range(0, len(items), width)] if width >= 1 else None


@_extension("last index of", "list: list, match: any", "string: string, match: string")
def _last_index_of(env: Environment, source: Any, match: Any) -> Any:
    if isinstance(source, str):
        found = source.rfind(match)
    else:
        env.run.weigh(source)
        found = next((index for index in range(len(source) - 1, -1, -1) if op.same(source[index], match)), -1)
    return Decimal(found + 1) if found >= 0 else None


# -- contexts


@_extension("put", "context: context, key: string, value: any")
def _put(env: Environment, context: Mapping[str, Any], key: str, value: Any) -> Any:
    return put(env, context, key, value)


@_extension("put all", "*contexts: context")
def _put_all(env: Environment, *contexts: Mapping[str, Any]) -> Any:
    return merge(env, list(contexts))


# -- dates


@_extension("last day of month", "date: date|date and time")
def _last_day_of_month(_env: Environment, value: Any) -> Any:
    return t.last_of_month(value)


# -- JSON


@_extension("to json", "value: any")
def _to_json(env: Environment, value: Any) -> Any:
    env.run.weigh(value)
    return _written(to_json(value))


def _written(value: Any) -> str:
    """A value of JSON's kinds as its text; a number is written as the decimal it is."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_written(key)}:{_written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    return str(plain_text(value))  # a number


@_extension("from json", "value: string")
def _from_json(env: Environment, text: str) -> Any:
    env.run.sized(len(text))
    try:
        read = json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as problem:
        env.run.warn(f"this text is no JSON: {problem}")
        return None
    env.run.weigh(read)
    return read


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
