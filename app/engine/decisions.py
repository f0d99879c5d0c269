"""DMN on our FEEL: decision tables, boxed expressions, business knowledge models, requirement graphs (DMN 1.5).

A model is read once and then only evaluated: ``read(xml)`` checks everything it can and says in plain words what it
can't execute; ``Model.evaluate`` gives the value, the rules that fired and the warnings on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lxml import etree

from app import feel

MAX_BYTES = 5_000_000
NAMESPACES = {
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}
HIT_POLICIES = frozenset({"UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"})
AGGREGATIONS = frozenset({"SUM", "COUNT", "MIN", "MAX"})


@dataclass(frozen=True)
class Finding:
    """What is wrong with a decision model, at an element if there is one."""

    element_id: str | None
    name: str | None
    level: str
    message: str


class DecisionError(ValueError):
    """A model that can't be executed as it is; ``findings`` say why."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(f"{finding.element_id or 'model'}: {finding.message}" for finding in findings))
        self.findings = findings


class DecisionFailed(RuntimeError):
    """A decision that has no value where one is needed: a conflict of rules, an unknown decision, a circle."""


@dataclass(frozen=True)
class Fired:
    """The rules of a table that fired: their ids, the inputs' values and the outputs."""

    decision: str
    rules: tuple[str, ...]
    inputs: tuple[Any, ...]
    output: Any


@dataclass
class Result:
    """What a decision came to."""

    value: Any
    fired: list[Fired] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass
class _Run:
    now: datetime | None
    budget: feel.Budget | None
    result: Result
    known: dict[str, Any] = field(default_factory=dict)
    active: list[str] = field(default_factory=list)

    def feel(self, expression: feel.Expression, variables: Mapping[str, Any]) -> Any:
        return expression.evaluate(variables, now=self.now, budget=self.budget, warnings=self.result.warnings)


Logic = Callable[[Mapping[str, Any], _Run], Any]


@dataclass
class _Decision:
    id: str
    name: str
    variable: str
    logic: Logic
    requires: list[str]
    knows: list[str]


class Model:
    """An executable decision model."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._decisions: dict[str, _Decision] = {}
        self._knowledge: dict[str, _Decision] = {}

    @property
    def decisions(self) -> dict[str, str]:
        """The decisions' names by id."""
        return {decision.id: decision.name for decision in self._decisions.values()}

    def evaluate(
        self,
        decision: str,
        variables: Mapping[str, Any],
        *,
        now: datetime | None = None,
        budget: feel.Budget | None = None,
    ) -> Result:
        """Work a decision out, by id or name, with all that it requires.

        :raises DecisionFailed: when it has no value: rules in conflict, no such decision
        """
        run = _Run(now, budget, Result(None))
        run.result.value = self._decide(self._find(decision), variables, run)
        return run.result

    def _find(self, decision: str) -> _Decision:
        found = self._decisions.get(decision) or next((d for d in self._decisions.values() if d.name == decision), None)
        if found is None:
            raise DecisionFailed(f"there is no decision {decision!r} in {self.name}")
        return found

    def _decide(self, decision: _Decision, variables: Mapping[str, Any], run: _Run) -> Any:
        if decision.id in run.known:
            return run.known[decision.id]
        run.active.append(decision.id)
        scope = dict(variables)
        for required in decision.requires:
            other = self._decisions[required]
            scope[other.variable] = self._decide(other, variables, run)
        for known in decision.knows:
            scope[self._knowledge[known].variable] = self._knowledge[known].logic(scope, run)
        value = decision.logic(scope, run)
        run.active.pop()
        run.known[decision.id] = value
        return value


def read(xml: bytes, *, name: str = "decisions.dmn") -> Model:
    """Read a DMN file.

    :raises DecisionError: with findings by element, when something in it can't be executed
    """
    return _Reader(name).read(xml)


class _Reader:
    def __init__(self, name: str) -> None:
        self.model = Model(name)
        self.findings: list[Finding] = []
        self.ns = ""
        self.element: etree._Element | None = None
        self.names: list[str] = []

    # -- the file

    def read(self, xml: bytes) -> Model:
        root = self._parse(xml)
        if root is not None:
            self.names = [str(name) for name in root.xpath("//@name")]
            for kind, table in (("decision", self.model._decisions), ("businessKnowledgeModel", self.model._knowledge)):
                for element in root.findall(self.ns + kind):
                    self.element = element
                    decision = self._decision(element, kind)
                    if decision.id in table:
                        self._error("another decision has the same id")
                    table[decision.id] = decision
            self._check_requirements()
        if any(finding.level == "error" for finding in self.findings):
            raise DecisionError(self.findings)
        return self.model

    def _parse(self, xml: bytes) -> etree._Element | None:
        if len(xml) > MAX_BYTES:
            self._error(f"the file has {len(xml)} bytes; {MAX_BYTES} are allowed")
            return None
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(xml, parser)
        except etree.XMLSyntaxError as problem:
            self._error(f"this isn't well-formed XML: {problem.msg}")
            return None
        if root.getroottree().docinfo.doctype:
            self._error("a DOCTYPE isn't allowed")
            return None
        namespace = etree.QName(root).namespace or ""
        if etree.QName(root).localname != "definitions" or namespace not in NAMESPACES:
            self._error("this isn't a DMN 1.2 to 1.5 model")
            return None
        self.ns = f"{{{namespace}}}"
        return root

    def _error(self, message: str, element: etree._Element | None = None) -> None:
        place = element if element is not None else self.element
        self.findings.append(
            Finding(
                place.get("id") if place is not None else None,
                place.get("name") if place is not None else None,
                "error",
                message,
            )
        )

    def _decision(self, element: etree._Element, kind: str) -> _Decision:
        variable = element.find(self.ns + "variable")
        identity = element.get("id") or element.get("name") or ""
        name = element.get("name") or identity
        requires = [
            self._href(r) for r in element.findall(f"{self.ns}informationRequirement/{self.ns}requiredDecision")
        ]
        knows = [self._href(r) for r in element.findall(f"{self.ns}knowledgeRequirement/{self.ns}requiredKnowledge")]
        if kind == "businessKnowledgeModel":
            encapsulated = element.find(self.ns + "encapsulatedLogic")
            logic = self._function(encapsulated) if encapsulated is not None else self._nothing("its logic is missing")
        else:
            body = next((child for child in element if etree.QName(child).localname in _BOXED), None)
            logic = self._boxed(body, identity) if body is not None else self._nothing("its logic is missing")
        return _Decision(
            identity, name, (variable.get("name") if variable is not None else None) or name, logic, requires, knows
        )

    def _href(self, element: etree._Element) -> str:
        return (element.get("href") or "").partition("#")[2]

    def _check_requirements(self) -> None:
        for decision in (*self.model._decisions.values(), *self.model._knowledge.values()):
            for required in decision.requires:
                if required not in self.model._decisions:
                    self.findings.append(
                        Finding(
                            decision.id, decision.name, "error", f"it requires {required!r}, which isn't in this file"
                        )
                    )
            for known in decision.knows:
                if known not in self.model._knowledge:
                    self.findings.append(
                        Finding(decision.id, decision.name, "error", f"it uses {known!r}, which isn't in this file")
                    )
        if not self.findings:
            self._check_circles()

    def _check_circles(self) -> None:
        def visit(identity: str, above: tuple[str, ...]) -> None:
            decision = self.model._decisions[identity]
            if identity in above:
                self.findings.append(
                    Finding(
                        identity,
                        decision.name,
                        "error",
                        "it requires itself: " + " → ".join((*above[above.index(identity) :], identity)),
                    )
                )
                return
            for required in decision.requires:
                visit(required, (*above, identity))

        for identity in self.model._decisions:
            if not self.findings:
                visit(identity, ())

    # -- boxed expressions

    def _nothing(self, message: str, element: etree._Element | None = None) -> Logic:
        self._error(message, element)
        return lambda variables, run: None

    def _boxed(self, element: etree._Element, decision: str) -> Logic:
        return _BOXED[etree.QName(element).localname](self, element, decision)

    def _child(self, element: etree._Element, decision: str) -> Logic:
        body = next((child for child in element if etree.QName(child).localname in _BOXED), None)
        return self._boxed(body, decision) if body is not None else self._nothing("an expression is missing", element)

    def _compile(self, text: str | None, element: etree._Element) -> feel.Expression | None:
        if not (text or "").strip():
            return None
        try:
            return feel.compile(str(text).strip(), self.names)
        except feel.FeelSyntaxError as problem:
            self._error(f"this expression can't be read: {problem}", element)
            return None

    def _text(self, element: etree._Element) -> str | None:
        found = element.find(self.ns + "text")
        return found.text if found is not None else None

    def _literal(self, element: etree._Element, decision: str) -> Logic:
        expression = self._compile(self._text(element), element)
        return (lambda variables, run: run.feel(expression, variables)) if expression else (lambda variables, run: None)

    def _context(self, element: etree._Element, decision: str) -> Logic:
        entries: list[tuple[str | None, Logic]] = []
        for entry in element.findall(self.ns + "contextEntry"):
            variable = entry.find(self.ns + "variable")
            entries.append((variable.get("name") if variable is not None else None, self._child(entry, decision)))

        def work(variables: Mapping[str, Any], run: _Run) -> Any:
            made: dict[str, Any] = {}
            for name, logic in entries:
                value = logic({**variables, **made}, run)
                if name is None:
                    return value
                made[name] = value
            return made

        return work

    def _list(self, element: etree._Element, decision: str) -> Logic:
        items = [self._boxed(child, decision) for child in element if etree.QName(child).localname in _BOXED]
        return lambda variables, run: [item(variables, run) for item in items]

    def _relation(self, element: etree._Element, decision: str) -> Logic:
        columns = [column.get("name") or "" for column in element.findall(self.ns + "column")]
        rows = [
            [self._boxed(cell, decision) for cell in row if etree.QName(cell).localname in _BOXED]
            for row in element.findall(self.ns + "row")
        ]
        return lambda variables, run: [
            {name: cell(variables, run) for name, cell in zip(columns, row, strict=False)} for row in rows
        ]

    def _invocation(self, element: etree._Element, decision: str) -> Logic:
        target = self._child(element, decision)
        bindings = []
        for binding in element.findall(self.ns + "binding"):
            parameter = binding.find(self.ns + "parameter")
            bindings.append((parameter.get("name") if parameter is not None else "", self._child(binding, decision)))

        def work(variables: Mapping[str, Any], run: _Run) -> Any:
            function = target(variables, run)
            call = feel.compile(
                f"target function({', '.join(f'{name}: argument {index}' for index, (name, _) in enumerate(bindings))})",
                ["target function", *(f"argument {i}" for i in range(len(bindings)))],
            )
            given = {f"argument {index}": logic(variables, run) for index, (_, logic) in enumerate(bindings)}
            return run.feel(call, {**given, "target function": function})

        return work

    def _function(self, element: etree._Element, decision: str = "") -> Logic:
        if element.get("kind", "FEEL") != "FEEL":
            return self._nothing("only FEEL functions can be executed, no Java or PMML", element)
        parameters = tuple(parameter.get("name") or "" for parameter in element.findall(self.ns + "formalParameter"))
        body = self._child(element, decision)

        def work(variables: Mapping[str, Any], run: _Run) -> Any:
            return feel.Function(
                parameters, lambda env, *values: body({**variables, **dict(zip(parameters, values, strict=True))}, run)
            )

        return work

    def _conditional(self, element: etree._Element, decision: str) -> Logic:
        condition, then, otherwise = (
            self._child(part, decision)
            for part in (element.find(self.ns + tag) for tag in ("if", "then", "else"))
            if part is not None
        )
        return lambda variables, run: (
            then(variables, run) if condition(variables, run) is True else otherwise(variables, run)
        )

    # -- decision tables

    def _table(self, element: etree._Element, decision: str) -> Logic:
        policy, aggregation = element.get("hitPolicy", "UNIQUE"), element.get("aggregation")
        if policy not in HIT_POLICIES:
            return self._nothing(f"there is no hit policy {policy!r}", element)
        if aggregation is not None and aggregation not in AGGREGATIONS:
            return self._nothing(f"there is no aggregation {aggregation!r}", element)
        inputs = [self._input(clause) for clause in element.findall(self.ns + "input")]
        outputs = element.findall(self.ns + "output")
        names = [output.get("name") or "" for output in outputs]
        if len(outputs) > 1 and ("" in names or len(set(names)) < len(names)):
            return self._nothing("several outputs need different names", element)
        rules = [self._rule(rule, len(inputs), len(outputs)) for rule in element.findall(self.ns + "rule")]
        table = _Table(
            decision,
            policy,
            aggregation,
            inputs,
            names if len(names) > 1 else [],
            rules,
            [self._allowed(o) for o in outputs],
            [self._default(o) for o in outputs],
        )
        return table.decide

    def _input(self, clause: etree._Element) -> tuple[feel.Expression | None, feel.UnaryTests | None]:
        holder = clause.find(self.ns + "inputExpression")
        return (self._compile(self._text(holder), clause) if holder is not None else None), None

    def _tests(self, text: str | None, element: etree._Element) -> feel.UnaryTests | None:
        try:
            return feel.compile_unary_tests((text or "-").strip() or "-", self.names)
        except feel.FeelSyntaxError as problem:
            self._error(f"this test can't be read: {problem}", element)
            return None

    def _rule(self, rule: etree._Element, inputs: int, outputs: int) -> _Rule:
        cells = rule.findall(self.ns + "inputEntry")
        results = rule.findall(self.ns + "outputEntry")
        if len(cells) != inputs or len(results) != outputs:
            self._error(
                f"this rule has {len(cells)} inputs and {len(results)} outputs; the table has {inputs} and {outputs}",
                rule,
            )
        return _Rule(
            rule.get("id") or "",
            [self._tests(self._text(cell), cell) for cell in cells],
            [self._compile(self._text(cell), cell) for cell in results],
        )

    def _allowed(self, output: etree._Element) -> feel.Expression | None:
        values = output.find(self.ns + "outputValues")
        return self._compile(f"[{self._text(values)}]", output) if values is not None and self._text(values) else None

    def _default(self, output: etree._Element) -> feel.Expression | None:
        default = output.find(self.ns + "defaultOutputEntry")
        return self._compile(self._text(default), output) if default is not None else None


_BOXED: dict[str, Callable[[_Reader, etree._Element, str], Logic]] = {
    "decisionTable": _Reader._table,
    "literalExpression": _Reader._literal,
    "context": _Reader._context,
    "list": _Reader._list,
    "relation": _Reader._relation,
    "invocation": _Reader._invocation,
    "functionDefinition": _Reader._function,
    "conditional": _Reader._conditional,
}


@dataclass
class _Rule:
    id: str
    tests: list[feel.UnaryTests | None]
    outputs: list[feel.Expression | None]


@dataclass
class _Table:
    decision: str
    policy: str
    aggregation: str | None
    inputs: list[tuple[feel.Expression | None, feel.UnaryTests | None]]
    names: list[str]
    rules: list[_Rule]
    allowed: list[feel.Expression | None]
    defaults: list[feel.Expression | None]

    def decide(self, variables: Mapping[str, Any], run: _Run) -> Any:
        """The table's value by its hit policy (DMN 1.5, section 8.2.8)."""
        values = [run.feel(expression, variables) if expression else None for expression, _ in self.inputs]
        first_only = self.policy == "FIRST"
        matched: list[_Rule] = []
        for rule in self.rules:
            if self._matches(rule, values, variables, run):
                matched.append(rule)
                if first_only:
                    break
        results = [self._output(rule, variables, run) for rule in matched]
        value = self._settle(matched, results, variables, run)
        run.result.fired.append(
            Fired(
                self.decision,
                tuple(rule.id or f"rule {self.rules.index(rule) + 1}" for rule in matched),
                tuple(values),
                value,
            )
        )
        return value

    def _matches(self, rule: _Rule, values: list[Any], variables: Mapping[str, Any], run: _Run) -> bool:
        return all(
            test is None
            or test.evaluate(value, variables, now=run.now, budget=run.budget, warnings=run.result.warnings) is True
            for test, value in zip(rule.tests, values, strict=True)
        )

    def _output(self, rule: _Rule, variables: Mapping[str, Any], run: _Run) -> Any:
        cells = [run.feel(expression, variables) if expression else None for expression in rule.outputs]
        return dict(zip(self.names, cells, strict=True)) if self.names else (cells[0] if cells else None)

    def _settle(self, matched: list[_Rule], results: list[Any], variables: Mapping[str, Any], run: _Run) -> Any:
        if not matched:
            return self._no_rule(variables, run)
        match self.policy:
            case "UNIQUE" if len(matched) > 1:
                raise DecisionFailed(
                    f"the decision {self.decision!r} is UNIQUE, but {len(matched)} rules match: {', '.join(rule.id for rule in matched)}"
                )
            case "ANY" if any(feel.to_text(result) != feel.to_text(results[0]) for result in results):
                raise DecisionFailed(
                    f"the decision {self.decision!r} has the policy ANY, but matching rules differ: {', '.join(rule.id for rule in matched)}"
                )
            case "UNIQUE" | "ANY" | "FIRST":
                return results[0]
            case "PRIORITY":
                return self._by_priority(results, run)[0]
            case "OUTPUT ORDER":
                return self._by_priority(results, run)
            case "COLLECT" if self.aggregation:
                return self._aggregate(results, run)
        return results

    def _no_rule(self, variables: Mapping[str, Any], run: _Run) -> Any:
        if any(self.defaults):
            cells = [run.feel(default, variables) if default else None for default in self.defaults]
            return dict(zip(self.names, cells, strict=True)) if self.names else cells[0]
        if self.policy in ("COLLECT", "RULE ORDER", "OUTPUT ORDER") and not self.aggregation:
            return []
        return None

    def _by_priority(self, results: list[Any], run: _Run) -> list[Any]:
        orders = [run.feel(allowed, {}) if allowed else [] for allowed in self.allowed]

        def rank(result: Any) -> tuple[int, ...]:
            cells = list(result.values()) if self.names else [result]
            return tuple(
                order.index(cell) if cell in order else len(order) for cell, order in zip(cells, orders, strict=True)
            )

        return sorted(results, key=rank)

    def _aggregate(self, results: list[Any], run: _Run) -> Any:
        if self.names:
            raise DecisionFailed(f"the decision {self.decision!r} can't aggregate several outputs")
        function = {"SUM": "sum", "COUNT": "count", "MIN": "min", "MAX": "max"}[self.aggregation or ""]
        return run.feel(feel.compile(f"{function}(results)"), {"results": results})
