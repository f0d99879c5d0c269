"""What of a diagram is executed and yet drawn nowhere: whoever reads or edits the picture doesn't know of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.engine.findings import Finding, made, warning
from app.engine.spiff.model import Process
from app.foundation.foreign import Unreadable, markup
from app.foundation.text import Text

if TYPE_CHECKING:
    from app.engine.bundles import Package

UNDRAWN = warning(
    "undrawn",
    Text("it is executed but not drawn, so that nobody sees it in the diagram", "该元素会被执行，但未在流程图中绘制"),
    Text("draw it, or remove it from the file", "请绘制该元素，或从文件中移除"),
)
_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"


def undrawn(package: Package) -> Iterator[Finding]:
    """A warning for each node without a shape, each flow without a line between drawn nodes, and a process with neither.

    A file without any drawing is left in peace: it was never meant to be looked at.
    """
    processes = package.diagrams.processes.values()
    drawings = {file: _drawn_in(package.files[file]) for file in sorted({process.file for process in processes})}
    for process in processes:
        if drawings[process.file]:
            yield from _missing(process, drawings[process.file])


def _missing(process: Process, drawn: set[str]) -> Iterator[Finding]:
    if drawn.isdisjoint(process.nodes):
        yield made(UNDRAWN, process.file, process.id, process.name)
        return
    for node in process.nodes.values():
        if node.id not in drawn:
            yield made(UNDRAWN, process.file, node.id, node.name)
    for flow in process.flows.values():
        if flow.id not in drawn and {flow.source, flow.target} <= drawn:
            yield made(UNDRAWN, process.file, flow.id, flow.name)


def _drawn_in(content: bytes) -> set[str]:
    """The ids of all elements that have a shape or a line."""
    try:
        root = markup.read(content)
    except Unreadable:
        return set()
    parts = (*root.iter(f"{_DI}BPMNShape"), *root.iter(f"{_DI}BPMNEdge"))
    return {(part.get("bpmnElement") or "").rpartition(":")[2] for part in parts}
