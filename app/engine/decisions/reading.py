"""DMN files to models: several files are read together, so that they can import one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from app import feel
from app.engine.decisions.boxed import Boxed
from app.engine.decisions.items import Items
from app.engine.decisions.models import Element, Model
from app.engine.decisions.sources import TOO_DEEP, ZEEBE, Source, name_of, parse
from app.engine.findings import Finding, error
from app.feel import syntax as s
from app.feel.compiling import Closure
from app.feel.types import FunctionType
from app.foundation.text import LANGUAGES, Text

IMPORT_UNKNOWN = error(
    "decision-import-unknown",
    Text("it imports the model '%(namespace)s', which is not here", "其导入的模型“%(namespace)s”不在本次部署中"),
    Text("add its file, or remove the import", "请加入该模型的文件，或删除该导入"),
)
IMPORT_CIRCLE = error(
    "decision-import-circle",
    Text("models import one another in a circle", "模型之间循环导入"),
    Text(
        "move what they share into a separate model that each imports",
        "请将共用的部分移入单独的模型，由各模型导入",
    ),
)
DUPLICATE_ID = error(
    "decision-duplicate-id",
    Text("another element has the same id", "另有元素使用相同的 ID"),
    Text("give each element its own id", "请为每个元素设置各自的 ID"),
)
REQUIREMENT_UNKNOWN = error(
    "decision-requirement-unknown",
    Text(
        "it requires '%(ref)s', which is not in this file or an imported one",
        "其所需的“%(ref)s”不在本文件或已导入的文件中",
    ),
    Text("draw the requirement from an element that is there, or remove it", "请将需求连线改接到已有元素，或将其删除"),
)
REQUIRES_ITSELF = error(
    "decision-requires-itself",
    Text("it requires itself: %(circle)s", "该决策依赖自身：%(circle)s"),
    Text("remove one of these requirements", "请删除其中一条需求连线"),
)
LOGIC_MISSING = error(
    "decision-logic-missing",
    Text("its logic is missing", "没有定义逻辑"),
    Text("give it a decision table or an expression", "请为其编写决策表或表达式"),
)
OUTPUT_MISSING = error(
    "decision-service-output-missing",
    Text("it has no output decision", "该决策服务没有输出决策"),
    Text("choose the decisions whose values it returns", "请指定由其返回结果的决策"),
)

_KINDS = {
    "inputData": "input",
    "decision": "decision",
    "businessKnowledgeModel": "knowledge",
    "decisionService": "service",
}
_REQUIREMENTS = (
    ("informationRequirement", "requiredDecision"),
    ("informationRequirement", "requiredInput"),
    ("knowledgeRequirement", "requiredKnowledge"),
)


@dataclass
class Reading:
    """What was read: models by file, and what is wrong with them. A model with errors is among them only when asked for."""

    models: dict[str, Model] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_all(files: Mapping[str, bytes], *, tolerant: bool = False) -> Reading:
    """Read DMN files together.

    Files with errors give no model, unless they are tolerated: then what can't be read fails when it is worked out.
    """
    readers = [_Reader(parse(content, file)) for file, content in files.items()]
    readable = [reader for reader in readers if reader.source.root is not None]
    by_namespace = {reader.source.namespace: reader for reader in readable if reader.source.namespace}
    for reader in readable:
        reader.link(by_namespace)
    for reader in readable:
        reader.read_types()
    for reader in readable:
        reader.read_elements()
    for reader in readable:
        reader.read_logic()
    found = Reading(findings=[finding for reader in readers for finding in reader.source.findings])
    for reader in readable:
        if tolerant or reader.source.ok:
            found.models[reader.source.file] = reader.model
    return found


class _Reader:
    """Reads one file, in four steps: what it imports, its types, its elements, their logic."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.model = Model(source.file, source.namespace)
        self.items = Items(source)
        self.imported: list[tuple[str, _Reader]] = []
        self._types_read = False
        self._xml: dict[str, etree._Element] = {}

    # -- imports and types

    def link(self, by_namespace: Mapping[str, _Reader]) -> None:
        """Find the imported models."""
        for prefix, namespace in self.source.imports:
            found = by_namespace.get(namespace)
            if found is None:
                self.source.note(IMPORT_UNKNOWN, self.source.root, namespace=namespace)
            elif found is not self:
                self.imported.append((prefix, found))

    def read_types(self, above: tuple[_Reader, ...] = ()) -> None:
        """Read the item definitions, those of the imported models first."""
        if self._types_read:
            return
        if self in above:
            self.source.note(IMPORT_CIRCLE, self.source.root)
            return
        for _, other in self.imported:
            other.read_types((*above, self))
        self._types_read = True
        self.items.read([(prefix, other.items) for prefix, other in self.imported])

    # -- elements

    def read_elements(self) -> None:
        """Make the elements, without what they require."""
        assert self.source.root is not None
        for xml in self.source.root:
            kind = _KINDS.get(self.source.kind(xml)) if isinstance(xml.tag, str) else None
            if kind is None:
                continue
            element = self._element(xml, kind)
            if element.id in self.model.elements:
                self.source.note(DUPLICATE_ID, xml)
                continue
            self.model.elements[element.id] = element
            self.model.by_name.setdefault(element.name, element)
            self._xml[element.id] = xml

    def _element(self, xml: etree._Element, kind: str) -> Element:
        name = name_of(xml)
        variable = self.source.find(xml, "variable")
        element = Element(kind, xml.get("id") or name, name, name, self.model, names=_names_of(xml))
        if variable is not None:
            element.variable = name_of(variable) or name
            if variable.get("typeRef"):
                element.type = self.items.named(variable.get("typeRef"), variable)
        return element

    def _target(self, reference: etree._Element, at: etree._Element) -> tuple[str, Element] | None:
        """The element that a reference names, with the prefix of its model."""
        namespace, _, identity = (reference.get("href") or "").rpartition("#")
        if not namespace or namespace == self.source.namespace:
            found, prefix = self.model.elements.get(identity), ""
        else:
            found, prefix = None, ""
            for name, other in self.imported:
                if other.source.namespace == namespace:
                    found, prefix = other.model.elements.get(identity), name
        if found is None:
            self.source.note(REQUIREMENT_UNKNOWN, at, ref=identity)
            return None
        return prefix, found

    def _targets(self, xml: etree._Element, *path: str) -> list[tuple[str, Element]]:
        found = [self._target(reference, xml) for reference in self.source.all(xml, *path)]
        return [target for target in found if target is not None]

    # -- logic

    def read_logic(self) -> None:
        """Resolve what each element requires, and compile its logic."""
        members = self._members()
        for identity, xml in self._xml.items():
            element = self.model.elements[identity]
            for path in _REQUIREMENTS:
                element.needs += self._targets(xml, *path)
        self._check_circles()
        for identity, xml in self._xml.items():
            element = self.model.elements[identity]
            boxed = Boxed(self.source, self.items, element.id, members)
            try:
                self._read_element(element, xml, boxed, self._names(element))
            except RecursionError:
                self.source.note(TOO_DEEP, xml)

    def _read_element(self, element: Element, xml: etree._Element, boxed: Boxed, names: tuple[str, ...]) -> None:
        if element.kind == "decision":
            self._read_decision(element, xml, boxed, names)
        elif element.kind == "knowledge":
            self._read_knowledge(element, xml, boxed, names)
        elif element.kind == "service":
            self._read_service(element, xml)

    def _members(self) -> set[str]:
        """Names that may stand after a dot: entries of types and contexts, outputs, and what imported models have."""
        assert self.source.root is not None
        members = set(self.items.members)
        for tag in ("column", "output", "contextEntry/variable", "decision", "decision/variable"):
            path = "/".join(self.source.tag + step for step in tag.split("/"))
            members |= {name_of(found) for found in self.source.root.iterfind(f".//{path}")}
        for _, other in self.imported:
            members |= {element.variable for element in other.model.elements.values()}
        return members - {""}

    def _names(self, element: Element) -> tuple[str, ...]:
        """The names in an element's scope; an element that says nothing of what it requires may name all."""
        names = [prefix or other.variable for prefix, other in element.needs]
        names += [prefix for prefix, _ in self.imported if prefix]
        if not element.needs:
            names += [other.variable for other in self.model.elements.values()]
        element.hidden = {
            other.variable: None
            for other in self.model.elements.values()
            if element.needs and other is not element and other.variable not in names
        }
        return (*names, element.variable) if element.kind == "knowledge" else tuple(names)

    def _check_circles(self) -> None:
        done: set[Element] = set()
        for start in self.model.elements.values():
            above: list[Element] = []
            try:
                if start.kind == "decision" and not self._visit(start, above, done):
                    return
            except RecursionError:
                self.source.note(TOO_DEEP, self._xml[start.id])
                return

    def _visit(self, element: Element, above: list[Element], done: set[Element]) -> bool:
        """Go down what a decision requires; False when it comes back to itself."""
        if element in done:
            return True
        if element in above:
            names = " → ".join(other.name for other in (*above[above.index(element) :], element))
            self.source.note(REQUIRES_ITSELF, self._xml.get(element.id), circle=names)
            for other in above:
                other.needs = []
            return False
        above.append(element)
        for _, other in element.needs:
            if other.kind == "decision" and not self._visit(other, above, done):
                return False
        above.pop()
        done.add(element)
        return True

    def _read_decision(self, element: Element, xml: etree._Element, boxed: Boxed, names: tuple[str, ...]) -> None:
        body = next(self.source.boxed(xml), None)
        if body is None:
            self.source.note(LOGIC_MISSING, xml)
            return
        element.logic = self._compiled(boxed.expression(body, names), xml)

    def _read_knowledge(self, element: Element, xml: etree._Element, boxed: Boxed, names: tuple[str, ...]) -> None:
        logic = self.source.find(xml, "encapsulatedLogic")
        if logic is None:
            self.source.note(LOGIC_MISSING, xml)
            return
        declared = element.type
        result = declared.result if isinstance(declared, FunctionType) else declared
        node = boxed.function(logic, names, result if result is not feel.types.ANY else None)
        element.logic = self._compiled(node, xml)

    def _read_service(self, element: Element, xml: etree._Element) -> None:
        element.outputs = [other for _, other in self._targets(xml, "outputDecision")]
        element.inputs = [other for path in ("inputData", "inputDecision") for _, other in self._targets(xml, path)]
        if isinstance(element.type, FunctionType):
            element.type = element.type.result or feel.types.ANY
        if not element.outputs:
            self.source.note(OUTPUT_MISSING, xml)

    def _compiled(self, node: s.Node, xml: etree._Element) -> Closure | None:
        try:
            return feel.compile_node(node).closure
        except feel.FeelSyntaxError:  # of what was parsed, only its depth can be wrong
            self.source.note(TOO_DEEP, xml)
            return None


def _names_of(xml: etree._Element) -> dict[str, str]:
    """What an element is called by language, as the ``zeebe:property`` elements of diagrams say it too."""
    said = {
        each.get("name"): each.get("value", "") for each in xml.iterfind(f"*/{{{ZEEBE}}}properties/{{{ZEEBE}}}property")
    }
    return {language: value for language in LANGUAGES if (value := said.get(f"name:{language}"))}
