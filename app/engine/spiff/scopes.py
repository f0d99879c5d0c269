"""Scopes: where variables live, and what lives together.

A scope is opened by a process, a called process, a sub-process, a multi-instance body, one of its items, or an element
with inputs. An element reads its own scope, then outwards; it writes where the name is declared, else to the root.
Nothing but the id of its scope is in a token's task data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

ROOT, CALL, BODY, EVENT_BODY, MULTI, ELEMENT, COMPENSATION = (
    "root", "call", "body", "event", "multi", "element", "compensation",
)  # fmt: skip
FLOWING = frozenset({ROOT, CALL, BODY, EVENT_BODY, MULTI, COMPENSATION})
COUNTERS = frozenset(
    {"loopCounter", "numberOfInstances", "numberOfActiveInstances", "numberOfCompletedInstances", "numberOfTerminatedInstances"}
)  # fmt: skip
"""What a repetition counts by itself."""


class Scope:
    """Variables, and for the scopes in which tokens flow, these tokens and what they left to count.

    ``up``: the scope outside (None: look-up stops). ``owner``: the token whose body this is. ``arrived``: tokens waiting at a
    parallel join, by gateway and flow. ``records``: what was completed and can be compensated, oldest first.
    ``frozen``: read first, but written through: the variables of a compensation handler, as they were.
    ``own``: what the engine itself keeps readable here, a repetition's counters and its outputs so far; nobody else writes
    it. ``given``: the names that a called process was given and hasn't written.
    """

    __slots__ = (
        "arrived", "closing", "encoded", "frozen", "given", "id", "interrupted", "kind", "listeners", "own", "owner", "place",
        "positions", "process", "records", "tokens", "up", "variables", "waiting",
    )  # fmt: skip

    def __init__(self, identity: str, kind: str, up: str | None, owner: str | None, process: str, place: str) -> None:
        self.id = identity
        self.kind = kind
        self.up = up
        self.owner = owner
        self.process = process
        self.place = place
        self.variables: dict[str, Any] = {}
        self.own: dict[str, Any] = {}
        self.given: set[str] = set()
        self.tokens: dict[str, None] = {}
        self.listeners: dict[str, None] = {}
        self.positions: dict[str, int] = {}
        self.arrived: dict[str, dict[str, list[str]]] = {}
        self.waiting: dict[str, list[str]] = {}
        self.records: list[dict[str, Any]] = []
        self.interrupted = False
        self.closing = False
        self.frozen = kind == COMPENSATION
        self.encoded: dict[str, tuple[Any, bytes]] = {}


class View(Mapping[str, Any]):
    """What an element reads: ``extra``, then its scope, the engine's own before variables, then outwards. Nothing is copied."""

    __slots__ = ("_extra", "_scopes", "_start")

    def __init__(self, scopes: Mapping[str, Scope], start: str, extra: Mapping[str, Any] | None = None) -> None:
        self._scopes = scopes
        self._start = start
        self._extra = extra

    def __getitem__(self, name: str) -> Any:
        if self._extra is not None and name in self._extra:
            return self._extra[name]
        at: str | None = self._start
        while at is not None:
            scope = self._scopes[at]
            if name in scope.own:
                return scope.own[name]
            if name in scope.variables:
                return scope.variables[name]
            at = scope.up
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        if self._extra is not None and name in self._extra:
            return True
        at: str | None = self._start
        while at is not None:
            scope = self._scopes[at]
            if name in scope.own or name in scope.variables:
                return True
            at = scope.up
        return False

    def _names(self) -> dict[str, None]:
        names: dict[str, None] = dict.fromkeys(self._extra or ())
        for scope in self._outwards():
            names.update(dict.fromkeys(scope.own))
            names.update(dict.fromkeys(scope.variables))
        return names

    def _outwards(self) -> Iterator[Scope]:
        at: str | None = self._start
        while at is not None:
            yield self._scopes[at]
            at = self._scopes[at].up

    def kept(self) -> dict[str, Any]:
        """The variables to hand on or to keep, as they are now: without counters, and outputs so far copied."""
        kept: dict[str, Any] = {}
        for scope in self._outwards():
            for name, value in scope.own.items():
                if name not in COUNTERS:
                    kept.setdefault(name, list(value))
            for name, value in scope.variables.items():
                kept.setdefault(name, value)
        return kept

    def owned(self) -> set[str]:
        """The names that are the engine's own here."""
        return {name for scope in self._outwards() if scope.own for name in scope.own}

    def counters(self) -> dict[str, Any]:
        """The counters that can be read here, the innermost of each name."""
        found: dict[str, Any] = {}
        for scope in self._outwards():
            for name in scope.own.keys() & COUNTERS:
                found.setdefault(name, scope.own[name])
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())


class Scopes(dict[str, Scope]):
    """The scopes of one instance by id. ``changed`` is told the scope and name of every variable that is written."""

    def __init__(self, changed: Callable[[str, str], None]) -> None:
        super().__init__()
        self._changed = changed

    def view(self, start: str, extra: Mapping[str, Any] | None = None) -> View:
        """What is read from ``start`` outwards; ``extra`` (what an element returned) first, but for the engine's own names."""
        if extra:
            owned = View(self, start).owned()
            extra = {name: value for name, value in extra.items() if name not in owned} if owned else extra
        return View(self, start, extra)

    def declare(self, scope_id: str, name: str, value: Any) -> None:
        """Write into this scope itself; where the engine's own has that name, it is read all the same."""
        scope = self[scope_id]
        scope.variables[name] = value
        scope.given.discard(name)
        self._changed(scope_id, name)

    def assign(self, start: str, name: str, value: Any) -> None:
        """Write where the name is declared, looking outwards from ``start``; else into the root.

        Where the engine's own has that name (a counter, a repetition's outputs so far) nothing is written.
        """
        scope = self[start]
        while True:
            if name in scope.own:
                return
            if name in scope.variables:
                scope.variables[name] = value
                if not scope.frozen:
                    break
            if scope.up is None:
                scope.variables[name] = value
                break
            scope = self[scope.up]
        scope.given.discard(name)
        self._changed(scope.id, name)
