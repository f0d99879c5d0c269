"""Context functions (DMN 1.5, table 83)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.feel.evaluation import Environment
from app.feel.functions.signatures import built_in


@built_in("get value", "m: context, key: string", "context: context, keys: list")
def _get_value(_env: Environment, context: Any, key: Any) -> Any:
    for part in key if isinstance(key, list) else [key]:
        if not isinstance(context, Mapping) or not isinstance(part, str):
            return None
        context = context.get(part)
    return context


@built_in("get entries", "m: context")
def _get_entries(_env: Environment, context: Mapping[str, Any]) -> Any:
    return [{"key": key, "value": value} for key, value in context.items()]


@built_in("context", "entries: list")
def _context(_env: Environment, entries: list[Any]) -> Any:
    made: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, Mapping) or "value" not in entry:
            return None
        key = entry.get("key")
        if not isinstance(key, str) or key in made:
            return None
        made[key] = entry["value"]
    return made


@built_in("context put", "context: context, key: string, value: any", "context: context, keys: list, value: any")
def put(env: Environment, context: Mapping[str, Any], key: Any, value: Any) -> Any:
    """A context with an entry; with a list of keys, one further in. None where there is no such place."""
    keys = key if isinstance(key, list) else [key]
    if not keys or not all(isinstance(part, str) for part in keys):
        return None
    env.run.step(len(keys))
    made = dict(context)
    inner = made
    for part in keys[:-1]:
        below = inner.get(part)
        if not isinstance(below, Mapping):
            return None
        inner[part] = dict(below)
        inner = inner[part]
    inner[keys[-1]] = value
    return made


@built_in("context merge", "contexts: list")
def merge(env: Environment, contexts: list[Any]) -> Any:
    """The entries of all contexts, the later ones first; None unless all are contexts."""
    if any(not isinstance(context, Mapping) for context in contexts):
        return None
    env.run.sized(sum(map(len, contexts)))
    return {key: value for context in contexts for key, value in context.items()}
