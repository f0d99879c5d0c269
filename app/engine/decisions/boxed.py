"""Boxed expressions as FEEL syntax (DMN 1.5, section 7.3 and table 65): one language, one budget."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lxml import etree

from app import feel
from app.engine import doubts
from app.engine.decisions.failures import OF_DECISION, DecisionFailed
from app.engine.decisions.items import Items
from app.engine.decisions.sources import FEEL_LANGUAGES, Source, name_of
from app.engine.decisions.tables import AGGREGATIONS, HIT_POLICIES, Input, Output, Rule, Table
from app.engine.findings import Kind, error
from app.feel import compiling, external
from app.feel import syntax as s
from app.feel.evaluation import Environment
from app.feel.types import ANY, FunctionType
from app.foundation.text import Text

UNREADABLE = error(
    "decision-expression-unreadable",
    Text("this expression cannot be read: %(problem)s", "该表达式无法读取：%(problem)s"),
    Text("correct the expression", "请更正表达式"),
)
EXPRESSION_MISSING = error(
    "decision-expression-missing",
    Text("an expression is missing", "缺少表达式"),
    Text("write one there", "请在该处填写表达式"),
)
LANGUAGE = error(
    "decision-language-not-feel",
    Text("the expression language '%(language)s' is not FEEL", "表达式语言“%(language)s”不是 FEEL"),
    Text("write it in FEEL", "请用 FEEL 书写"),
)
FUNCTION_KIND = error(
    "decision-function-kind",
    Text("a function may be defined in FEEL and in nothing else", "函数只能用 FEEL 定义，不支持其他方式"),
    Text("define it in FEEL", "请用 FEEL 定义"),
)
HIT_POLICY = error(
    "decision-hit-policy-unknown",
    Text("there is no hit policy '%(policy)s'", "没有命中策略“%(policy)s”"),
    Text("use one of: %(known)s", "可用的命中策略：%(known)s"),
)
AGGREGATION = error(
    "decision-aggregation-unknown",
    Text("there is no aggregation '%(aggregation)s'", "没有汇集方式“%(aggregation)s”"),
    Text("use one of: %(known)s", "可用的汇集方式：%(known)s"),
)
OUTPUT_MISSING = error(
    "decision-table-output-missing",
    Text("the table has no output", "决策表没有输出"),
    Text("add an output column", "请添加输出列"),
)
OUTPUT_NAMES = error(
    "decision-table-output-names",
    Text("several outputs need different names", "多个输出须使用不同的变量名"),
    Text("give each output column its own name", "请为每个输出列设置各自的变量名"),
)
OUTPUTS_AGGREGATED = error(
    "decision-table-outputs-aggregated",
    Text("several outputs cannot be aggregated", "多个输出不能汇集为一个值"),
    Text("keep one output, or remove the aggregation", "请只保留一个输出，或取消汇集方式"),
)
RULE_CELLS = error(
    "decision-rule-cells",
    Text(
        "this rule has %(cells)s inputs and %(results)s outputs; the table has %(inputs)s and %(outputs)s",
        "该规则有 %(cells)s 个输入、%(results)s 个输出，决策表有 %(inputs)s 个输入、%(outputs)s 个输出",
    ),
    Text("give the rule one cell for each column", "请使规则的每一列各有一个单元格"),
)

Names = tuple[str, ...]
_EMPTY = s.Literal(None)


class Boxed:
    """Reads the boxed expressions of one element of the decision graph."""

    def __init__(self, source: Source, items: Items, decision: str, members: Iterable[str]) -> None:
        self.source, self.items, self.decision = source, items, decision
        self.members = frozenset(members)

    def expression(self, element: etree._Element, names: Names) -> s.Node:
        """A boxed expression with these names in scope; its value is of the type that it refers to."""
        kind = self.source.kind(element)
        node = _READERS[kind](self, element, names)
        wanted = ANY if kind == "functionDefinition" else self.items.hinted(element.get("typeRef"))
        return node if wanted is ANY else s.Typed(node, wanted, "the expression")

    def child(self, element: etree._Element | None, names: Names) -> s.Node:
        """The one boxed expression under an element."""
        found = next(self.source.boxed(element), None) if element is not None else None
        return self._broken(EXPRESSION_MISSING, element) if found is None else self.expression(found, names)

    def function(self, element: etree._Element, names: Names, result: feel.Type | None = None) -> s.Node:
        """A function definition, or the encapsulated logic of a knowledge model."""
        kind = element.get("kind", "FEEL")
        if kind not in (("FEEL", "F", "Java", "J") if external.are_lent() else ("FEEL", "F")):
            return self._broken(FUNCTION_KIND, element)
        parameters = tuple(
            (name_of(parameter), self.items.named(parameter.get("typeRef"), parameter))
            for parameter in self.source.all(element, "formalParameter")
        )
        if element.get("typeRef"):
            declared = self.items.named(element.get("typeRef"), element)
            result = declared.result if isinstance(declared, FunctionType) else declared
        body = self.child(element, (*names, *(name for name, _ in parameters)))
        return s.FunctionNode(parameters, body, kind[0] == "J", result)

    def _broken(self, kind: Kind, element: etree._Element | None, /, **facts: object) -> s.Node:
        """What can't be read; it fails when it is worked out after all."""
        self.source.note(kind, element, **facts)

        def fail(_env: Environment) -> Any:
            raise DecisionFailed(OF_DECISION.filled(decision=self.decision, what=kind.text.filled(**facts)))

        return s.Native(fail)

    def _parsed(self, text: str, element: etree._Element, names: Names, parse: Callable[..., s.Node]) -> s.Node:
        try:
            node = parse(text, names, self.members, self.items.types)
        except feel.UnknownFunctionName as unknown:
            kind, facts = doubts.unknown(unknown.function, feel.similar(unknown.function, names))
            return self._broken(kind, element, **facts)
        except feel.FeelSyntaxError as problem:
            return self._broken(UNREADABLE, element, problem=Text(*problem.words))
        for doubt in feel.doubts(node, names):
            kind, facts = doubts.of(doubt)
            self.source.note(kind, element, **facts)
        return node

    def feel(self, text: str, element: etree._Element, names: Names) -> s.Node:
        """A FEEL text; null when it is empty."""
        return self._parsed(text, element, names, feel.parse) if text else _EMPTY

    def typed(self, node: s.Node, element: etree._Element | None, what: str) -> s.Node:
        """A node whose value has to be of the type that an element refers to."""
        reference = element.get("typeRef") if element is not None else None
        wanted = self.items.named(reference, element) if reference else ANY
        return node if wanted is ANY else s.Typed(node, wanted, what)

    # -- one reader for each kind

    def _literal(self, element: etree._Element, names: Names) -> s.Node:
        language = element.get("expressionLanguage") or ""
        if language and not language.endswith(FEEL_LANGUAGES):
            return self._broken(LANGUAGE, element, language=language)
        return self.feel(self.source.text(element), element, names)

    def _context(self, element: etree._Element, names: Names) -> s.Node:
        entries: list[tuple[str, s.Node]] = []
        result = None
        for entry in self.source.all(element, "contextEntry"):
            variable = self.source.find(entry, "variable")
            node = self.child(entry, names)
            if variable is None:
                result = node
                continue
            name = name_of(variable)
            entries.append((name, self.typed(node, variable, f"the entry {name!r}")))
            names = (*names, name)
        return s.ContextNode(tuple(entries), result)

    def _list(self, element: etree._Element, names: Names) -> s.Node:
        return s.ListNode(tuple(self.expression(item, names) for item in self.source.boxed(element)))

    def _relation(self, element: etree._Element, names: Names) -> s.Node:
        columns = self.source.all(element, "column")
        rows = [
            [
                (name_of(column), self.typed(self.expression(cell, names), column, f"the column {name_of(column)!r}"))
                for column, cell in zip(columns, self.source.boxed(row), strict=False)
            ]
            for row in self.source.all(element, "row")
        ]
        compiled = [[(name, compiling.compile_node(cell)) for name, cell in row] for row in rows]

        def work(env: Environment) -> Any:
            env.run.step(len(compiled) * len(columns) + 1)
            return [{name: cell(env) for name, cell in row} for row in compiled]

        return s.Native(work)

    def _invocation(self, element: etree._Element, names: Names) -> s.Node:
        bindings = []
        for binding in self.source.all(element, "binding"):
            parameter = self.source.find(binding, "parameter")
            name = name_of(parameter) if parameter is not None else ""
            value = next(self.source.boxed(binding), None)
            node = _EMPTY if value is None else self.expression(value, names)
            bindings.append((name, self.typed(node, parameter, f"the parameter {name!r}")))
        return s.Call(self.child(element, names), (), tuple(bindings))

    def _conditional(self, element: etree._Element, names: Names) -> s.Node:
        parts = [self.child(self.source.find(element, part), names) for part in ("if", "then", "else")]
        return s.If(*parts)

    def _filter(self, element: etree._Element, names: Names) -> s.Node:
        source = self.child(self.source.find(element, "in"), names)
        condition = self.child(self.source.find(element, "match"), (*names, "item", *sorted(self.members)))
        return s.Filter(source, condition)

    def _iteration(self, element: etree._Element, names: Names) -> s.Iteration:
        """What is gone through: an expression, or the ``1..10`` that FEEL's ``for`` takes."""
        name = " ".join((element.get("iteratorVariable") or "").split())
        holder = self.source.find(element, "in")
        literal = next(self.source.boxed(holder), None) if holder is not None else None
        text = self.source.text(literal) if literal is not None else ""
        if text and ".." in text and literal is not None and self.source.kind(literal) == "literalExpression":
            try:
                loop = feel.parse(f"for i in {text}\n return i", names, self.members, self.items.types)
            except feel.FeelSyntaxError:
                loop = _EMPTY
            if isinstance(loop, s.For) and len(loop.iterators) == 1:
                return s.Iteration(name, loop.iterators[0].source, loop.iterators[0].end)
        return s.Iteration(name, self.child(holder, names))

    def _for(self, element: etree._Element, names: Names) -> s.Node:
        iteration = self._iteration(element, names)
        inner = (*names, iteration.name, "partial")
        return s.For((iteration,), self.child(self.source.find(element, "return"), inner))

    def _quantified(self, element: etree._Element, names: Names) -> s.Node:
        iteration = self._iteration(element, names)
        condition = self.child(self.source.find(element, "satisfies"), (*names, iteration.name))
        return s.Quantified(self.source.kind(element) == "every", (iteration,), condition)

    # -- decision tables

    def _table(self, element: etree._Element, names: Names) -> s.Node:
        policy = element.get("hitPolicy", "UNIQUE")
        aggregation = element.get("aggregation")
        outputs = self.source.all(element, "output")
        output_names = [name_of(output) for output in outputs]
        if policy not in HIT_POLICIES:
            return self._broken(HIT_POLICY, element, policy=policy, known=", ".join(sorted(HIT_POLICIES)))
        if aggregation is not None and aggregation not in AGGREGATIONS:
            return self._broken(AGGREGATION, element, aggregation=aggregation, known=", ".join(AGGREGATIONS))
        if not outputs:
            return self._broken(OUTPUT_MISSING, element)
        if len(outputs) > 1 and ("" in output_names or len(set(output_names)) < len(outputs)):
            return self._broken(OUTPUT_NAMES, element)
        if len(outputs) > 1 and aggregation is not None:
            return self._broken(OUTPUTS_AGGREGATED, element)
        return self._filled(element, names, policy, aggregation if policy == "COLLECT" else None)

    def _filled(self, element: etree._Element, names: Names, policy: str, aggregation: str | None) -> s.Node:
        inputs = tuple(self._input(clause, names) for clause in self.source.all(element, "input"))
        outputs = tuple(self._output(clause, names) for clause in self.source.all(element, "output"))
        rules = [
            self._rule(rule, number, len(inputs), len(outputs), names)
            for number, rule in enumerate(self.source.all(element, "rule"), 1)
        ]
        table = Table(self.decision, policy, aggregation, inputs, outputs, tuple(filter(None, rules)))
        return s.Native(table.decide)

    def _input(self, clause: etree._Element, names: Names) -> Input:
        holder = self.source.find(clause, "inputExpression")
        text = self.source.text(holder)
        allowed = self.source.text(self.source.find(clause, "inputValues"))
        return Input(
            clause.get("label") or text,
            self._closure(text, clause, names),
            self.items.hinted(holder.get("typeRef") if holder is not None else None),
            self._tests(allowed, clause, names) if allowed else None,
        )

    def _output(self, clause: etree._Element, names: Names) -> Output:
        values = self.source.text(self.source.find(clause, "outputValues"))
        values = values or self.items.allowed_of(clause.get("typeRef")) or self._allowed_in_variable(clause)
        default = self.source.text(self.source.find(clause, "defaultOutputEntry"))
        return Output(
            name_of(clause),
            self._closure(f"[{values}]", clause, names) if values and values != "-" else None,
            self._closure(default, clause, names) if default else None,
        )

    def _closure(self, text: str, element: etree._Element, names: Names) -> compiling.Closure:
        return compiling.compile_node(self.feel(text, element, names))

    def _allowed_in_variable(self, clause: etree._Element) -> str:
        """The allowed values of the decision's own type, for a table with one output that names none."""
        table = clause.getparent()
        owner = table.getparent() if table is not None else None
        variable = self.source.find(owner, "variable") if owner is not None else None
        if table is None or variable is None or len(self.source.all(table, "output")) != 1:
            return ""
        return self.items.allowed_of(variable.get("typeRef"))

    def _tests(self, text: str, element: etree._Element, names: Names) -> compiling.UnaryTest | None:
        node = self._parsed(text or "-", element, names, feel.parse_unary_tests)
        if not isinstance(node, s.Tests):
            broken = compiling.compile_node(node)
            return lambda _value, env: broken(env)
        return compiling.compile_tests(node) if node.tests else None

    def _rule(self, rule: etree._Element, number: int, inputs: int, outputs: int, names: Names) -> Rule | None:
        cells, results = self.source.all(rule, "inputEntry"), self.source.all(rule, "outputEntry")
        if len(cells) != inputs or len(results) != outputs:
            found = {"cells": len(cells), "results": len(results), "inputs": inputs, "outputs": outputs}
            self.source.note(RULE_CELLS, rule, **found)
            return None
        return Rule(
            number,
            rule.get("id") or f"rule {number}",
            tuple(self._tests(self.source.text(cell), cell, names) for cell in cells),
            tuple(self._closure(self.source.text(cell), cell, names) for cell in results),
        )


_READERS: Mapping[str, Callable[[Boxed, etree._Element, Names], s.Node]] = {
    "literalExpression": Boxed._literal,
    "context": Boxed._context,
    "decisionTable": Boxed._table,
    "functionDefinition": Boxed.function,
    "invocation": Boxed._invocation,
    "list": Boxed._list,
    "relation": Boxed._relation,
    "conditional": Boxed._conditional,
    "filter": Boxed._filter,
    "for": Boxed._for,
    "every": Boxed._quantified,
    "some": Boxed._quantified,
}
