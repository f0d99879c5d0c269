"""What an instance needs from outside: the time, operations, decisions and called processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from app.engine.spiff.model import Bundle


@dataclass(frozen=True)
class OperationCall:
    """One call of a registered operation by a task or a throwing event.

    ``inputs`` are the task's input mappings as values, or without mappings everything the task sees; ``variables`` is
    a read-only view of everything it sees. ``attempt`` counts from 1.
    """

    type: str
    inputs: Mapping[str, Any]
    headers: Mapping[str, str]
    token_id: str
    element_id: str
    process_id: str
    variables: Mapping[str, Any]
    attempt: int = 1


@dataclass(frozen=True)
class DecisionOutcome:
    """What a decision gave, and for each of its tables which rules fired on which inputs (as JSON, kept in history)."""

    value: Any
    fired: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Portion:
    """What one ``run()`` may take: automatic steps, and seconds of its thread's processor time. The rest goes on later."""

    steps: int = 10_000
    seconds: float = 3.0


MOST_TOKENS = 10_000
"""So many tokens may one instance have at once: what would make more is an incident. They take about 20 kB each."""


class Environment(Protocol):
    """Given by the platform to every live instance.

    ``zone`` is the zone of literals without one and of calendar arithmetic. ``portion`` bounds one ``run()``, and
    ``step_limit`` how many steps the instance may take, over however many runs, without coming to rest.
    ``automatic_retries`` false: a technical failure is an incident at its first attempt, whatever ``retries`` says.
    """

    zone: ZoneInfo
    portion: Portion
    step_limit: int
    automatic_retries: bool

    def now(self) -> datetime: ...

    def call(self, request: OperationCall) -> Mapping[str, Any] | None: ...

    def decide(self, decision_id: str, variables: Mapping[str, Any]) -> DecisionOutcome: ...

    def called_process(self, process_id: str, binding: str) -> Bundle | None:
        """The bundle whose process of that id is to be called now, None for the caller's own bundle or nothing."""

    def started_with(self, bundle: Bundle, process_id: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a process of a bundle, called with these variables, begins with: held against the form of its start event.

        :raises Failure: when they don't fit
        """

    def bundle(self, key: str) -> Bundle | None:
        """The bundle with that ``Bundle.key``: asked when an instance is restored that runs a process of another bundle."""
