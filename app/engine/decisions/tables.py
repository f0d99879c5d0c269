"""Decision tables (DMN 1.5, chapter 8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.engine.decisions.failures import DecisionFailed, not_written
from app.feel.compiling import Closure, UnaryTest
from app.feel.evaluation import Environment
from app.feel.functions import BUILT_IN
from app.feel.operations import same
from app.feel.types import NotWritten, Type
from app.feel.values import to_text
from app.foundation.text import Text

SEVERAL = Text(
    "the decision “%(decision)s” is UNIQUE, but several rules match: %(rules)s",
    "决策“%(decision)s”为 UNIQUE，却有多条规则匹配：%(rules)s",
)
DIFFER = Text(
    "the decision “%(decision)s” has the policy ANY, but matching rules differ: %(rules)s",
    "决策“%(decision)s”为 ANY，但匹配规则的结果不一致：%(rules)s",
)
HIT_POLICIES = frozenset({"UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"})
AGGREGATIONS = {"SUM": "sum", "COUNT": "count", "MIN": "min", "MAX": "max"}
_LISTS = frozenset({"COLLECT", "RULE ORDER", "OUTPUT ORDER"})


@dataclass(frozen=True)
class Fired:
    """What a table decided: the rules that fired, by their ids and their numbers from 1, the inputs' values, the output."""

    decision: str
    rules: tuple[str, ...]
    inputs: tuple[Any, ...]
    output: Any
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A row: its tests, None where anything will do, and its results."""

    number: int
    id: str
    tests: tuple[UnaryTest | None, ...]
    results: tuple[Closure, ...]


@dataclass(frozen=True)
class Input:
    """A column that is tested: its declared type, and the test of the values it may have."""

    label: str
    expression: Closure
    type: Type
    allowed: UnaryTest | None

    def value(self, env: Environment) -> Any:
        """What is tested; a text where a date, a time or a duration is wanted is read as one.

        :raises DecisionFailed: when the text writes nothing of the kind, so that no test could tell anything of it
        """
        try:
            return self.type.read(self.expression(env))
        except NotWritten as problem:
            raise not_written(self.label, problem) from problem


@dataclass(frozen=True)
class Output:
    """A column of results: its allowed values in the order of their priority, and its default."""

    name: str
    priorities: Closure | None
    default: Closure | None


@dataclass(frozen=True)
class Table:
    """A decision table; ``decide`` is its closure."""

    decision: str
    policy: str
    aggregation: str | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]

    def decide(self, env: Environment) -> Any:
        """The table's value by its hit policy; what fired is recorded.

        :raises DecisionFailed: when rules are in conflict
        """
        values = tuple(column.value(env) for column in self.inputs)
        scopes = tuple(env.inner({"?": value}) for value in values)
        if not self._are_allowed(values, scopes):
            self._record(env, [], values, None)
            return None
        matched = self._matched(values, scopes, env)
        results = [self._result(rule.results, env) for rule in matched]
        value = self._settled(matched, results, env)
        self._record(env, matched, values, value)
        return value

    def _are_allowed(self, values: tuple[Any, ...], scopes: tuple[Environment, ...]) -> bool:
        for column, value, scope in zip(self.inputs, values, scopes, strict=True):
            if column.allowed is not None and value is not None and column.allowed(value, scope) is not True:
                scope.run.warn(f"{column.label} may not be {to_text(value)}")
                return False
        return True

    def _matched(self, values: tuple[Any, ...], scopes: tuple[Environment, ...], env: Environment) -> list[Rule]:
        only_first = self.policy == "FIRST"
        matched: list[Rule] = []
        for rule in self.rules:
            env.run.step()
            for test, value, scope in zip(rule.tests, values, scopes, strict=True):
                if test is not None and test(value, scope) is not True:
                    break
            else:
                matched.append(rule)
                if only_first:
                    break
        return matched

    def _record(self, env: Environment, matched: list[Rule], values: tuple[Any, ...], value: Any) -> None:
        ids, numbers = tuple(rule.id for rule in matched), tuple(rule.number for rule in matched)
        env.run.records.append(Fired(self.decision, ids, values, value, numbers))

    def _result(self, cells: tuple[Closure, ...], env: Environment) -> Any:
        if len(self.outputs) == 1:
            return cells[0](env)
        return {output.name: cell(env) for output, cell in zip(self.outputs, cells, strict=True)}

    def _settled(self, matched: list[Rule], results: list[Any], env: Environment) -> Any:
        if not matched:
            return self._without_rule(env)
        match self.policy:
            case "UNIQUE" if len(matched) > 1:
                raise self._conflict(SEVERAL, matched)
            case "ANY" if not all(same(result, results[0]) for result in results):
                raise self._conflict(DIFFER, matched)
            case "UNIQUE" | "ANY" | "FIRST":
                return results[0]
            case "PRIORITY":
                return self._by_priority(results, env)[0]
            case "OUTPUT ORDER":
                return self._by_priority(results, env)
            case "COLLECT" if self.aggregation is not None:
                return BUILT_IN[AGGREGATIONS[self.aggregation]].call(env, results)
        return results

    def _conflict(self, what: Text, matched: list[Rule]) -> DecisionFailed:
        rules = ", ".join(rule.id for rule in matched)
        return DecisionFailed(what.filled(decision=self.decision, rules=rules))

    def _without_rule(self, env: Environment) -> Any:
        if any(output.default for output in self.outputs):
            return self._result(tuple(output.default or _nothing for output in self.outputs), env)
        if self.aggregation is None:
            return [] if self.policy in _LISTS else None
        return BUILT_IN["count"].call(env, []) if self.aggregation == "COUNT" else None

    def _by_priority(self, results: list[Any], env: Environment) -> list[Any]:
        orders = [output.priorities(env) if output.priorities else [] for output in self.outputs]

        def rank(result: Any) -> tuple[int, ...]:
            cells = list(result.values()) if len(self.outputs) > 1 else [result]
            return tuple(_place(cell, order) for cell, order in zip(cells, orders, strict=True))

        return sorted(results, key=rank)


def _nothing(_env: Environment) -> None:
    return None


def _place(value: Any, order: list[Any]) -> int:
    return next((index for index, other in enumerate(order) if same(value, other)), len(order))
