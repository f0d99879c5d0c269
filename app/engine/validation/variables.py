"""Variables that diagrams read and nothing writes.

Whatever may return anything (a user task without a form, a message, an operation whose results aren't known) makes a
process open: then only names are doubted that are nearly those of a variable that is written. In a process that isn't
open, every name is known, but for what it is given when it starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app import feel
from app.engine import forms, spiff
from app.engine.findings import Finding, Subject, made, warning
from app.engine.spiff.expressions import of_node
from app.engine.spiff.scopes import COUNTERS
from app.engine.spiff.sources import Source
from app.foundation.text import Text

if TYPE_CHECKING:
    from app.engine.bundles import Package
    from app.engine.engine import Engine

UNWRITTEN = warning(
    "variable-unwritten",
    Text(
        "it reads the variable “%(name)s”, which nothing writes, so that it is null unless it is given at the start",
        "读取的变量“%(name)s”没有任何元素写入，除非启动时给出，否则为空",
    ),
    Text(
        "write it before, declare it as an output of the start event, or correct the name%(like)s",
        "请先写入该变量，或在开始事件的输出映射中声明，或更正名称%(like)s",
    ),
)
_RETURN_WHAT_THEY_NAME = frozenset({"scriptTask", "businessRuleTask"})


@dataclass
class Written:
    """What a process writes; ``open`` when it may write anything."""

    names: set[str] = field(default_factory=set)
    open: bool = False

    def add(self, other: Written) -> None:
        self.names |= other.names
        self.open |= other.open


def unwritten(package: Package, engine: Engine | None) -> Iterator[Finding]:
    """A warning for each variable that a process reads and nothing writes, at the first element that reads it."""
    writers, functions = Writers(package, engine), feel.built_in_functions().keys()
    for process in package.diagrams.processes.values():
        written = writers.of(process)
        doubted: set[str] = set()
        for name, subject in _reads(process):
            if name in written.names or name in COUNTERS or name in doubted or name in functions:
                continue
            like = _nearly(name, written.names)
            if written.open and like is None:
                continue
            doubted.add(name)
            hint = Text(f" (is “{like}” meant?)", f"（是否为“{like}”？）") if like else Text("", "")
            yield made(UNWRITTEN, process.file, subject.id, subject.name, name=name, like=hint)


class Writers:
    """What each process of a package writes, what it is given by those of the package that call it included."""

    def __init__(self, package: Package, engine: Engine | None) -> None:
        self.package = package
        self.engine = engine
        self.processes = package.diagrams.processes
        self.own: dict[str, Written] = {}
        self.whole: dict[str, Written] = {}

    def of(self, process: spiff.Process) -> Written:
        found = Written(set(self._own(process).names), self._own(process).open)
        for caller in self.processes.values():
            for node in caller:
                if process.id in node.may_call:
                    found.names |= {mapping.target.partition(".")[0] for mapping in node.inputs}
                    if not node.inputs:
                        found.add(self._own(caller))
        return found

    def _own(self, process: spiff.Process) -> Written:
        if process.id not in self.own:
            self.own[process.id] = found = Written()  # there already when it calls itself
            for node in process:
                found.add(self.of_node(node))
        return self.own[process.id]

    def of_node(self, node: spiff.Node) -> Written:
        """What an element writes, or may return."""
        found = Written({mapping.target.partition(".")[0] for mapping in (*node.inputs, *node.outputs)})
        multi = node.multi
        if multi is not None:
            found.names |= {name for name in (multi.input_element, multi.output_collection) if name}
        if node.result_variable:
            found.names.add(node.result_variable)
        if node.kind == "startEvent" and node.form_id is not None:
            found.add(self._of_form(node))  # what is entered there is the case's, whatever the event's outputs are
        if not node.outputs:
            found.add(self.returned(node))
        return found

    def returned(self, node: spiff.Node) -> Written:
        """What reaches the scope outside of an element without outputs."""
        if node.kind in ("userTask", "manualTask"):
            return self._of_form(node)
        if node.operation is not None:
            return self._of_operation(node.operation)
        if node.kind == "callActivity":
            return self._of_called(node)
        brings = node.event.kind in ("message", "signal", "error") and node.kind not in (
            "intermediateThrowEvent",
            "endEvent",
        )
        return Written(open=brings or node.kind == "receiveTask")

    def _of_form(self, node: spiff.Node) -> Written:
        if node.form_id is None or self.engine is None:
            return Written(open=True)
        act = self.engine.acts.of_form(node.form_id)
        if act is not None:
            return Written({given.name for given in act.gives})
        try:
            form = self.package.forms.get(node.form_id) or self.engine.forms.get(node.form_id)
        except forms.BrokenForm:
            form = None
        return Written(open=True) if form is None else Written({entry.name for entry in form.fields})

    def _of_operation(self, source: Source) -> Written:
        act = self.engine.acts.operation(source.text) if self.engine is not None else None
        return Written(open=True) if act is None else Written({given.name for given in act.gives})

    def _of_called(self, node: spiff.Node) -> Written:
        found = Written(open=node.propagate_all and not node.may_call)
        for called in map(self.processes.get, node.may_call if node.propagate_all else ()):
            found.add(self._own(called) if called is not None else Written(open=True))
        return found


def _reads(process: spiff.Process) -> Iterator[tuple[str, Subject]]:
    for node in process:
        for source in sources_of(node):
            for name in sorted(source.names):
                yield name, node
    for flow in process.flows.values():
        for name in sorted(flow.condition.names) if flow.condition is not None else ():
            yield name, flow


def sources_of(node: spiff.Node) -> Iterator[Source]:
    """What an element works out from the variables around it, and not from what it returns itself."""
    returned = {id(mapping.source) for mapping in node.outputs} if node.kind not in _RETURN_WHAT_THEY_NAME else set()
    if node.multi is not None:
        returned |= {id(node.multi.output_element), id(node.multi.completion)}
    yield from (source for _, source in of_node(node) if id(source) not in returned)
    if node.awaited is not None:
        yield from (source for source in (node.awaited.name, node.awaited.correlation_key) if source is not None)
    yield from (source for source in (node.event.signal, node.event.code) if source is not None)


def _nearly(name: str, written: set[str]) -> str | None:
    """A written name that differs by a slip: one letter too many, missing, wrong or exchanged, or only in its joints."""
    for other in sorted(written):
        if _joined(name) == _joined(other):
            return other
        if min(len(name), len(other)) >= 5 and name.rstrip("s") != other.rstrip("s") and _one_slip(name, other):
            return other
    return None


def _joined(name: str) -> str:
    return name.replace("_", "").lower()


def _one_slip(one: str, other: str) -> bool:
    if len(one) > len(other):
        one, other = other, one
    start = next((i for i in range(len(one)) if one[i] != other[i]), len(one))
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    rest, second = one[start:], other[start:]
    return rest[1:] == second[1:] or (len(rest) > 1 and rest[:2] == second[1::-1] and rest[2:] == second[2:])
