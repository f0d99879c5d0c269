"""Item definitions as FEEL types (DMN 1.5, section 7.3.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lxml import etree

from app import feel
from app.engine.decisions.sources import TOO_DEEP, Source, name_of
from app.engine.findings import error
from app.feel import types as t
from app.foundation.text import Text

TYPE_UNKNOWN = error(
    "decision-type-unknown",
    Text("there is no type '%(name)s'", "没有类型“%(name)s”"),
    Text("give it an item definition, or use another type", "请定义该数据类型，或改用其他类型"),
)
VALUES_UNREADABLE = error(
    "decision-values-unreadable",
    Text("the allowed values cannot be read: %(problem)s", "允许值无法读取：%(problem)s"),
    Text(
        'write them as FEEL\'s unary tests, such as "low", "high" or [0..100]',
        '请按 FEEL 的一元测试书写，例如 "low", "high" 或 [0..100]',
    ),
)

_OTHER_NAMES = {"integer": "number", "long": "number", "double": "number"}
"""Names that Camunda 7 gave to types of FEEL."""


class Items:
    """The types of one model, and those it imports under ``prefix.name``."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.types: dict[str, feel.Type] = {}
        self.allowed: dict[str, str] = {}
        """The allowed values of a type, as they are written: in the order of their priority."""
        self.members: set[str] = set()
        self._elements: dict[str, etree._Element] = {}
        self._open: set[str] = set()

    def read(self, imported: Iterable[tuple[str, Items]]) -> None:
        """Read all item definitions of the model, when those of the imported ones are read."""
        root = self.source.root
        assert root is not None
        for prefix, items in imported:
            for name, found in items.types.items():
                self.types[f"{prefix}.{name}" if prefix else name] = found
            for name, allowed in items.allowed.items():
                self.allowed[f"{prefix}.{name}" if prefix else name] = allowed
            self.members |= items.members
        self._elements = {name_of(element): element for element in self.source.all(root, "itemDefinition")}
        for name, element in self._elements.items():
            try:
                self._defined(name)
            except RecursionError:
                self.source.note(TOO_DEEP, element)

    def named(self, reference: str | None, element: etree._Element | None = None) -> feel.Type:
        """The type that a ``typeRef`` names; any type when there is none."""
        found = self._found(reference)
        if found is None:
            self.source.note(TYPE_UNKNOWN, element, name=" ".join((reference or "").split()))
        return found or t.ANY

    def hinted(self, reference: str | None) -> feel.Type:
        """The type that an expression's ``typeRef`` names, where editors write names of other languages' types too."""
        return self._found(reference) or t.BUILT_IN_TYPES.get(_OTHER_NAMES.get((reference or "").strip(), ""), t.ANY)

    def _found(self, reference: str | None) -> feel.Type | None:
        name = " ".join((reference or "").split())
        if not name:
            return t.ANY
        for candidate in (name, name.rpartition(":")[2]):
            found = self.types.get(candidate) or self._defined(candidate) or t.BUILT_IN_TYPES.get(candidate)
            if found is not None:
                return found
        return None

    def allowed_of(self, reference: str | None) -> str:
        """The allowed values of the type that a ``typeRef`` names, as written; empty when all are."""
        name = " ".join((reference or "").split())
        return self.allowed.get(name) or self.allowed.get(name.rpartition(":")[2]) or ""

    def _defined(self, name: str) -> feel.Type | None:
        if name in self.types or name not in self._elements:
            return self.types.get(name)
        if name in self._open:
            return t.ANY  # a type that contains itself is checked one level deep
        self._open.add(name)
        made = self._type(self._elements[name], name)
        self._open.discard(name)
        self.types[name] = made
        return made

    def _type(self, element: etree._Element, name: str) -> feel.Type:
        source = self.source
        made = self._unconstrained(element, name)
        allowed = source.text(source.find(element, "allowedValues"))
        if allowed:
            self.allowed.setdefault(name, allowed)
            made = self._constrained(made, allowed, element, name)
        elif inherited := self.allowed_of(getattr(source.find(element, "typeRef"), "text", None)):
            self.allowed.setdefault(name, inherited)
        if element.get("isCollection") == "true":
            made = t.ListType(name or "list", made)
        constraint = source.text(source.find(element, "typeConstraint"))
        return self._constrained(made, constraint, element, name) if constraint else made

    def _unconstrained(self, element: etree._Element, name: str) -> feel.Type:
        source = self.source
        components = source.all(element, "itemComponent")
        if components:
            entries: dict[str, feel.Type] = {}
            for component in components:
                key = name_of(component)
                self.members.add(key)
                entries[key] = self._type(component, "")
            return t.ContextType(name or "context", entries)
        function = source.find(element, "functionItem")
        if function is not None:
            parameters = tuple(
                self.named(parameter.get("typeRef"), element) for parameter in source.all(function, "parameters")
            )
            result = function.get("outputTypeRef")
            return t.FunctionType(name or "function", parameters, self.named(result, element) if result else None)
        reference = source.find(element, "typeRef")
        return self.named(reference.text if reference is not None else None, element)

    def _constrained(self, of: feel.Type, text: str, element: etree._Element, name: str) -> feel.Type:
        test = self._test(text, element)
        return of if test is None else t.Constrained(name or of.name, of, test)

    def _test(self, text: str, element: etree._Element) -> Callable[[Any], bool] | None:
        try:
            tests = feel.compile_unary_tests(text, members=self.members, types=self.types)
        except feel.FeelSyntaxError as problem:
            self.source.note(VALUES_UNREADABLE, element, problem=Text(*problem.words))
            return None
        return lambda value: tests.evaluate(value, {}) is True
