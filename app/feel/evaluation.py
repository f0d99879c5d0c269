"""What an evaluation carries along: variables, the moment, warnings and a budget; and how functions are called in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.feel.errors import BudgetExceeded
from app.feel.values import Function

MAX_WARNINGS = 100


def _size(value: Any, known: dict[int, int], limit: int) -> int:
    """How many values, and characters of texts, there are in a value; each part is looked at once."""
    if isinstance(value, str):
        return 1 + len(value)
    if not isinstance(value, list | tuple | Mapping):
        return 1
    found = known.get(id(value))
    if found is None:
        found = 1
        for item in value.values() if isinstance(value, Mapping) else value:
            found += _size(item, known, limit)
            if found > limit:
                break
        known[id(value)] = found
    return found


@dataclass(frozen=True)
class Budget:
    """How much one evaluation may use: steps (parts worked out), depth of calls, size of a list or string made."""

    steps: int = 200_000
    depth: int = 200
    size: int = 1_000_000


class Environment:
    """One scope of names; ``outer`` is looked at when a name isn't here."""

    __slots__ = ("names", "outer", "run")

    def __init__(self, names: Mapping[str, Any], outer: Environment | None, run: Run) -> None:
        self.names, self.outer, self.run = names, outer, run

    def inner(self, names: Mapping[str, Any]) -> Environment:
        """A scope within this one."""
        return Environment(names, self, self.run)


class Run:
    """The state of one evaluation. ``records`` is for whoever embeds FEEL: what natives left behind, in order."""

    __slots__ = ("budget", "depth", "now", "records", "steps", "warnings")

    def __init__(self, budget: Budget, now: datetime | None, warnings: list[str] | None) -> None:
        self.budget, self.now, self.warnings = budget, now, warnings
        self.steps, self.depth = budget.steps, 0
        self.records: list[Any] = []

    def step(self, count: int = 1) -> None:
        """Spend steps."""
        self.steps -= count
        if self.steps < 0:
            raise BudgetExceeded(
                "steps", self.budget.steps, f"the expression needs more than {self.budget.steps} steps"
            )

    def sized(self, size: int) -> None:
        """Refuse to make something larger than the budget allows; what is allowed is paid for in steps."""
        if size > self.budget.size:
            raise BudgetExceeded(
                "size", self.budget.size, f"the expression makes something larger than {self.budget.size}"
            )
        self.step(size >> 6)

    def weigh(self, value: Any) -> int:
        """Refuse to go through a value that is larger than the budget allows; going through it is paid for in steps.

        Gives its size. A list that is in another one twice counts twice, as it does for whoever goes through it.
        """
        if not isinstance(value, list | tuple | Mapping):
            return 1
        size = _size(value, {}, self.budget.size)
        self.sized(size)
        self.step(size >> 3)
        return size

    def warn(self, message: str) -> None:
        """Note why something became null."""
        if self.warnings is not None and len(self.warnings) < MAX_WARNINGS:
            self.warnings.append(message)


def invoke(target: Function, values: list[Any], env: Environment) -> Any:
    """Call a function with positional values; None and a warning when they don't fit.

    :raises BudgetExceeded: when functions call each other too deeply
    """
    run = env.run
    run.step()
    run.depth += 1
    if run.depth > run.budget.depth:
        limit = run.budget.depth
        raise BudgetExceeded("depth", limit, f"functions call each other more than {limit} deep")
    try:
        if "*" not in target.parameters and len(values) != len(target.parameters):
            run.warn(f"{target.name} takes {len(target.parameters)} values, not {len(values)}")
            return None
        return target.call(env, *values)
    finally:
        run.depth -= 1


def invoke_named(target: Function, values: dict[str, Any], env: Environment) -> Any:
    """Call a function with named values; None and a warning when the names don't fit."""
    by_name = getattr(target.call, "named", None)
    if by_name is not None:
        env.run.step()
        return by_name(env, values)
    if set(values) != set(target.parameters):
        env.run.warn(f"{target.name} has the parameters {', '.join(target.parameters)}")
        return None
    return invoke(target, [values[name] for name in target.parameters], env)
