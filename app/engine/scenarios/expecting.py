"""What a scenario expects, held against what is there."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import feel
from app.engine import spiff
from app.engine.records import HistoryRow, IncidentRow, InstanceRow, OpenTaskRow, SubscriptionRow, TimerRow
from app.engine.states import InstanceState, SubscriptionKind

_HAPPENED = ("entered", "fired", "completed")


class Unmet(Exception):
    """An expectation that doesn't hold: what was expected, what was found."""


@dataclass
class Found:
    """Where to look: the played instance, all instances' rows, the stand-ins' calls."""

    session: Session
    instance_id: str | None
    variables: Callable[[], Mapping[str, Any]]
    calls: Mapping[str, int]


def check(expected: Mapping[str, Any], found: Found) -> None:
    """Everything that is expected must hold.

    :raises Unmet: with the first thing that doesn't
    """
    for key, wanted in expected.items():
        _CHECKS[key](wanted, found)


def _state(wanted: str, found: Found) -> None:
    row = found.session.get(InstanceRow, found.instance_id) if found.instance_id else None
    if row is None:
        raise Unmet(f"expected the state {wanted}, found no instance")
    troubled = found.session.scalars(
        select(IncidentRow.id).where(IncidentRow.instance_id == row.id, IncidentRow.resolved_at.is_(None)).limit(1)
    ).first()
    states = {row.state, "incident"} if row.state == InstanceState.ACTIVE and troubled else {row.state}
    if wanted not in states:
        raise Unmet(f"expected the state {wanted}, found {' and '.join(sorted(states))}")


def _open(wanted: list[str], found: Found) -> None:
    there = found.session.scalars(select(OpenTaskRow.element_id)).all()
    if Counter(wanted) != Counter(there):
        raise Unmet(f"expected the open tasks {_listed(wanted)}, found {_listed(there)}")


def _timers(wanted: list[Mapping[str, str]], found: Found) -> None:
    there = [
        (element, due_at)
        for element, due_at in found.session.execute(
            select(TimerRow.element_id, TimerRow.due_at)
            .where(TimerRow.instance_id.is_not(None))
            .order_by(TimerRow.due_at, TimerRow.element_id)
        )
    ]
    said = [_timer_text(element, due_at) for element, due_at in there]
    asked = [_timer_text(timer["element"], _instant(timer.get("due"))) for timer in wanted]
    left = list(there)
    for timer in sorted(wanted, key=lambda timer: "due" not in timer):
        due = _instant(timer.get("due"))
        match = next((t for t in left if t[0] == timer["element"] and (due is None or t[1] == due)), None)
        if match is None:
            raise Unmet(f"expected the timers {_listed(asked)}, found {_listed(said)}")
        left.remove(match)
    if left:
        raise Unmet(f"expected the timers {_listed(asked)}, found {_listed(said)}")


def _instant(text: str | None) -> datetime | None:
    moment = spiff.parse_instant(text) if text else None
    return moment.astimezone(UTC) if moment else None


def _timer_text(element: str, due: datetime | None) -> str:
    return element if due is None else f"{element} ({due.astimezone(UTC).isoformat()})"


def _messages(wanted: list[Mapping[str, Any]], found: Found) -> None:
    there = [
        (name, key)
        for name, key in found.session.execute(
            select(SubscriptionRow.name, SubscriptionRow.correlation_key).where(
                SubscriptionRow.kind == SubscriptionKind.MESSAGE, SubscriptionRow.instance_id.is_not(None)
            )
        )
    ]
    said = _listed(f"{name} ({key})" for name, key in there)
    left = list(there)
    for message in sorted(wanted, key=lambda message: "correlationKey" not in message):
        any_key = "correlationKey" not in message
        key = None if any_key else spiff.correlation_text(message["correlationKey"])
        match = next((m for m in left if m[0] == message["name"] and (any_key or m[1] == key)), None)
        if match is None:
            raise Unmet(f"expected a subscription to {message['name']}{'' if any_key else f' ({key})'}, found {said}")
        left.remove(match)
    if left:
        raise Unmet(f"expected {len(wanted)} message subscriptions, found {said}")


def _incidents(wanted: list[str], found: Found) -> None:
    rows = found.session.execute(
        select(IncidentRow.element_id, IncidentRow.message_en).where(IncidentRow.resolved_at.is_(None))
    ).all()
    if set(wanted) != {element for element, _ in rows}:
        said = _listed(f"{element} ({message})" for element, message in rows)
        raise Unmet(f"expected incidents at {_listed(wanted)}, found {said}")


def _variables(wanted: Mapping[str, Any], found: Found) -> None:
    there = found.variables()
    for name, value in wanted.items():
        if not same(value, there.get(name)):
            raise Unmet(f"expected {name} = {_shown(value)}, found {_shown(there.get(name))}")


def same(wanted: Any, there: Any) -> bool:
    """Whether a value in a scenario is the variable's: numbers by value, dates and durations by their FEEL text."""
    if isinstance(wanted, Mapping):
        return (
            isinstance(there, Mapping)
            and wanted.keys() == there.keys()
            and all(same(wanted[k], there[k]) for k in wanted)
        )
    if isinstance(wanted, list):
        return isinstance(there, list) and len(wanted) == len(there) and all(map(same, wanted, there))
    if isinstance(wanted, bool) or isinstance(there, bool) or wanted is None or there is None:
        return wanted is there
    if isinstance(wanted, int | Decimal):
        return isinstance(there, int | Decimal) and wanted == there
    return bool(wanted == feel.to_json(there))


def _shown(value: Any) -> str:
    return json.dumps(feel.to_json(value), ensure_ascii=False, default=str)


def _rows(found: Found, *kinds: str) -> list[tuple[str, bool]]:
    """The elements of these kinds of history in order, each with whether the whole of a repeated activity is meant."""
    rows = found.session.execute(
        select(HistoryRow.element_id, HistoryRow.details)
        .where(HistoryRow.kind.in_(kinds), HistoryRow.element_id.is_not(None))
        .order_by(HistoryRow.instance_id, HistoryRow.sequence)
    )
    return [(element or "", bool((details or {}).get("whole"))) for element, details in rows]


def completions(found: Found) -> list[str]:
    """Completed elements in order. A repeated activity counts its repetitions, and itself only when it had none."""
    rows = _rows(found, "completed")
    repeated = {element for element, whole in rows if not whole}
    return [element for element, whole in rows if not whole or element not in repeated]


def _completed(wanted: list[str], found: Found) -> None:
    missing = [element for element in wanted if element not in set(completions(found))]
    if missing:
        raise Unmet(
            f"expected {_listed(missing)} to be completed, found only {_listed(dict.fromkeys(completions(found)))}"
        )


def _order(wanted: list[str], found: Found) -> None:
    there = completions(found)
    rest = iter(there)
    if not all(element in rest for element in wanted):
        raise Unmet(f"expected the order {', '.join(wanted)}, found {_listed(there)}")


def _times(wanted: Mapping[str, int], found: Found) -> None:
    there = Counter(completions(found))
    for element, times in wanted.items():
        if there[element] != times:
            raise Unmet(f"expected {element} to be completed {times} times, found {there[element]} times")


def _never(wanted: list[str], found: Found) -> None:
    there = {element for element, _ in _rows(found, *_HAPPENED)}
    entered = [element for element in wanted if element in there]
    if entered:
        raise Unmet(f"expected {_listed(entered)} never to be entered, found that it was")


def _calls(wanted: Mapping[str, int], found: Found) -> None:
    for name, times in wanted.items():
        if found.calls.get(name, 0) != times:
            raise Unmet(f"expected {name} to be called {times} times, found {found.calls.get(name, 0)} times")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


_CHECKS: dict[str, Callable[[Any, Found], None]] = {
    "state": _state,
    "open": _open,
    "timers": _timers,
    "messages": _messages,
    "incidents": _incidents,
    "variables": _variables,
    "completed": _completed,
    "order": _order,
    "times": _times,
    "never": _never,
    "calls": _calls,
}
