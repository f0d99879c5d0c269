"""Decision models and their evaluation (DMN 1.5, sections 6.3 and 10.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app import feel
from app.engine.budgets import exceeding
from app.engine.decisions.failures import NO_SUCH_DECISION, DecisionFailed, not_written
from app.engine.decisions.tables import Fired
from app.feel.compiling import Closure, invoke
from app.feel.evaluation import Budget, Environment, Run
from app.feel.types import ANY, FunctionType, NotWritten, coerce
from app.feel.values import Function, kind

BUDGET = Budget(steps=1_000_000)
"""What one decision with all that it requires may use, unless it is told otherwise."""


@dataclass
class Result:
    """What a decision came to: its value, the tables' rules that fired on the way, warnings, and every decision's value."""

    value: Any
    fired: list[Fired] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    decided: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Element:
    """A node of the decision graph: input data, a decision, a knowledge model or a decision service.

    ``logic`` is what works it out; ``needs`` what it requires, each with the prefix it is imported under. ``names`` are
    what it is called by language, where its zeebe:properties say so.
    """

    kind: str
    id: str
    name: str
    variable: str
    model: Model
    type: feel.Type = ANY
    logic: Closure | None = None
    needs: list[tuple[str, Element]] = field(default_factory=list)
    hidden: Mapping[str, Any] = field(default_factory=dict)
    outputs: list[Element] = field(default_factory=list)
    inputs: list[Element] = field(default_factory=list)
    names: Mapping[str, str] = field(default_factory=dict)


class Model:
    """An executable decision model, with those it imports."""

    def __init__(self, name: str, namespace: str = "") -> None:
        self.name, self.namespace = name, namespace
        self.elements: dict[str, Element] = {}
        self.by_name: dict[str, Element] = {}

    @property
    def decisions(self) -> dict[str, str]:
        """The decisions' names by id."""
        return {element.id: element.name for element in self.elements.values() if element.kind == "decision"}

    @property
    def services(self) -> dict[str, str]:
        """The decision services' names by id."""
        return {element.id: element.name for element in self.elements.values() if element.kind == "service"}

    def names(self, decision_id: str) -> Mapping[str, str]:
        """What a decision is called, by language."""
        element = self.elements.get(decision_id)
        return element.names if element else {}

    def find(self, reference: str) -> Element:
        """The element with that id or name.

        :raises DecisionFailed: when there is none
        """
        found = self.elements.get(reference) or self.by_name.get(reference)
        if found is None:
            raise DecisionFailed(NO_SUCH_DECISION.filled(decision=reference))
        return found

    def evaluate(
        self,
        decision: str,
        variables: Mapping[str, Any],
        *,
        imported: Mapping[str, Mapping[str, Any]] | None = None,
        now: datetime | None = None,
        budget: Budget | None = None,
    ) -> Result:
        """Work a decision out, by id or name, with all that it requires; a decision service likewise.

        A knowledge model is called with the variables of its parameters' names. ``imported`` holds input data of
        imported models by namespace; without it they are looked for among the variables.

        :raises DecisionFailed: when it has no value: rules in conflict, no such decision, too much to do
        """
        result = Result(None)
        run = Run(budget or BUDGET, now, result.warnings)
        evaluation = Evaluation(variables, imported or {}, run)
        element = self.find(decision)
        try:
            result.value = evaluation.outcome(element, variables)
        except (feel.BudgetExceeded, RecursionError) as exceeded:
            raise DecisionFailed(exceeding(element.name, exceeded)) from exceeded
        result.fired = [record for record in run.records if isinstance(record, Fired)]
        result.decided = evaluation.decided
        return result


class Evaluation:
    """One evaluation of a model: each decision is worked out once."""

    def __init__(self, variables: Mapping[str, Any], imported: Mapping[str, Mapping[str, Any]], run: Run) -> None:
        self.variables, self.imported, self.run = variables, imported, run
        self.decided: dict[str, Any] = {}
        self._values: dict[Element, Any] = {}
        self._root = Environment(variables, None, run)

    def outcome(self, element: Element, given: Mapping[str, Any]) -> Any:
        """The value of what was asked for: a decision, or a function called with what is given."""
        if element.kind == "decision":
            return self.value(element)
        function = self.value(element)
        if not isinstance(function, Function):
            return None
        return invoke(function, [given.get(name) for name in function.parameters], self._root)

    def value(self, element: Element) -> Any:
        """An element's value, worked out when it is first needed."""
        if element not in self._values:
            self._values[element] = self._worked_out(element)
        return self._values[element]

    def _worked_out(self, element: Element) -> Any:
        if element.kind == "input":
            return self._typed(element, self._read(element))
        if element.kind == "service":
            return _service(element)
        if element.logic is None:
            return None
        if element.kind == "knowledge":
            return self._knowledge(element)
        value = self._typed(element, element.logic(self._scope(element)))
        self.decided[element.id] = value
        return value

    def _knowledge(self, element: Element) -> Any:
        """A knowledge model is known to itself, so that it can call itself."""
        assert element.logic is not None
        names: dict[str, Any] = {}
        function = element.logic(Environment(names, None, self.run))
        self._values[element] = function
        names[element.variable] = function
        names.update(self._required(element))
        return function

    def _read(self, element: Element) -> Any:
        """What input data was given; a text where a date, a time or a duration is wanted is read as one."""
        try:
            return element.type.read(self._given(element))
        except NotWritten as problem:
            raise not_written(element.name, problem) from problem

    def _given(self, element: Element) -> Any:
        space = self.imported.get(element.model.namespace)
        if space is not None:
            for name in (element.variable, element.name):
                if name in space:
                    return space[name]
        return self.variables.get(element.variable, self.variables.get(element.name))

    def _scope(self, element: Element) -> Environment:
        """What an element's logic sees: what it requires, and variables that are no elements of the model."""
        outer = self._root.inner(element.hidden) if element.hidden else self._root
        return outer.inner(self._required(element))

    def _required(self, element: Element) -> dict[str, Any]:
        names: dict[str, Any] = {}
        for prefix, other in element.needs:
            value = self.value(other)
            if not prefix:
                names[other.variable] = value
            else:
                names.setdefault(prefix, {})[other.variable] = value
        return names

    def _typed(self, element: Element, value: Any) -> Any:
        if value is None or element.type is ANY:
            return value
        made = coerce(value, element.type)
        if made is None:
            self.run.warn(f"{element.name!r} should be {element.type.name}, not {kind(value)}, or isn't allowed")
        return made


def _service(element: Element) -> Function:
    """A decision service as a function of its input data and input decisions."""
    names = tuple(other.variable for other in element.inputs)

    def call(caller: Environment, *values: Any) -> Any:
        inner = Evaluation({}, {}, caller.run)
        for other, value in zip(element.inputs, values, strict=True):
            inner._values[other] = inner._typed(other, value)
        made = {other.variable: inner.value(other) for other in element.outputs}
        value = next(iter(made.values())) if len(element.outputs) == 1 else made
        return inner._typed(element, value)

    own_type = FunctionType("function", tuple(other.type for other in element.inputs), None)
    return Function(names, call, element.name, own_type)
