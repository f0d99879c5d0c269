"""Stand-ins for a scenario's service tasks: they return, fail or end in a business error as the scenario says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from app import feel
from app.engine import spiff
from app.engine.acts import Act, Context, Registry
from app.foundation.text import Text


class StandInFailed(RuntimeError):
    """The technical failure a scenario asked for."""


class Unlisted(RuntimeError):
    """A job type that the scenario doesn't list was called."""


class StandIns(Registry):
    """A registry in which every job type has an operation, played by the scenario. ``calls`` counts them."""

    def __init__(self, services: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__()
        self.services = services
        self.calls: Counter[str] = Counter()
        self.unlisted: list[str] = []

    def operation(self, type: str) -> Act:
        """The stand-in for a job type."""
        return _StandIn(type, Text(type, type), doing=_nothing, stage=self)

    def play(self, type: str, context: Context, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """One call."""
        self.calls[type] += 1
        service = self.services.get(type)
        if service is None:
            self.unlisted.append(type)
            raise Unlisted(f"the job type “{type}” isn't among the scenario's services")
        if self.calls[type] <= service.get("fails", 0):
            raise StandInFailed(f"{type} fails, as the scenario asks (call {self.calls[type]})")
        if "error" in service:
            error = service["error"]
            variables = _worked_out(error.get("variables", {}), inputs, context)
            raise spiff.BpmnError(error.get("code", ""), error.get("message", ""), variables)
        returned = _worked_out(service.get("returns", {}), inputs, context)
        return dict(returned) if isinstance(returned, Mapping) else {}


class _StandIn(Act):
    def __init__(self, id: str, name: Text, doing: Any, stage: StandIns) -> None:
        super().__init__(id, name, doing)
        object.__setattr__(self, "stage", stage)

    def call(self, context: Context, inputs: Mapping[str, Any]) -> dict[str, Any]:
        stage: StandIns = self.stage  # type: ignore[attr-defined]
        return stage.play(self.id, context, inputs)


def _nothing(_context: Context, **_inputs: Any) -> None:
    return None


def _worked_out(value: Any, inputs: Mapping[str, Any], context: Context) -> Any:
    """The value with every text that begins with ``=`` worked out over the operation's inputs."""
    if isinstance(value, str) and value.startswith("="):
        return feel.compile(value[1:]).evaluate(inputs, now=context.now)
    if isinstance(value, Mapping):
        return {key: _worked_out(item, inputs, context) for key, item in value.items()}
    if isinstance(value, list):
        return [_worked_out(item, inputs, context) for item in value]
    return value
