"""Variables that the parallel instances of a multi-instance share without anybody having said so.

An instance has its element, its output and its inputs for itself; whatever else is written within it goes outwards, where
all instances read and write the same. What one reads there may be what another has written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.engine import spiff
from app.engine.findings import Finding, Subject, made, warning
from app.engine.spiff.model import Body, Node, Process
from app.engine.spiff.scopes import COUNTERS
from app.engine.validation.variables import Writers, sources_of
from app.foundation.text import Text

if TYPE_CHECKING:
    from app.engine.bundles import Package
    from app.engine.engine import Engine

SHARED = warning(
    "variable-shared",
    Text(
        "it reads “%(name)s”, which the parallel instances of “%(repeated)s” share: “%(writer)s” writes it, and the last instance decides for all",
        "读取的“%(name)s”由“%(repeated)s”的各并行实例共用：“%(writer)s”会写入该变量，最后写入的实例决定全部结果",
    ),
    Text(
        "give “%(repeated)s” the input “%(name)s” with the source “=null”, which makes it each instance's own",
        "请为“%(repeated)s”添加输入映射“%(name)s”，来源为“=null”，使其归各实例自有",
    ),
)


@dataclass
class _Inside:
    """What happens within an instance: reads that leave it, names that are written out of it, and who may write anything."""

    reads: list[tuple[str, Subject]] = field(default_factory=list)
    writers: dict[str, Node] = field(default_factory=dict)
    anything: Node | None = None


def shared(package: Package, engine: Engine | None) -> Iterator[Finding]:
    """A warning for each variable that parallel instances read and write in one place, at the first element that reads it."""
    writers = Writers(package, engine)
    for process in package.diagrams.processes.values():
        for node in process:
            if node.multi is not None and not node.multi.sequential:
                yield from _of_repetition(node, process, writers)


def _of_repetition(node: Node, process: Process, writers: Writers) -> Iterator[Finding]:
    inside = _inside(node, writers)
    elsewhere: set[str] | None = None
    said: set[str] = set()
    for name, reader in inside.reads:
        writer = inside.writers.get(name)
        if writer is None and inside.anything is not None:
            elsewhere = _known_elsewhere(node, process, writers) if elsewhere is None else elsewhere
            writer = None if name in elsewhere else inside.anything
        if writer is None or name in said:
            continue
        said.add(name)
        facts = {"name": name, "repeated": node.name or node.id, "writer": writer.name or writer.id}
        yield made(SHARED, process.file, reader.id, reader.name, **facts)


def _own(node: Node) -> set[str]:
    """The names that each instance (or each run of a sub-process) has for itself."""
    names = {mapping.target.partition(".")[0] for mapping in node.inputs}
    if node.multi is not None:
        own = (node.multi.input_element, node.multi.local_output, node.multi.output_collection)
        names |= {name for name in own if name}
    return names | COUNTERS if node.multi is not None or node.loop is not None else names


def _inside(node: Node, writers: Writers) -> _Inside:
    found, own = _Inside(), _own(node)
    if node.body is not None:
        _walk(node.body, own, found, writers)
    elif not node.outputs:
        _add_writes(node, own, found, writers)
    multi = node.multi
    if multi is not None and multi.output_element is not None and multi.local_output is None:
        found.reads += [(name, node) for name in sorted(multi.output_element.names - own)]
    return found


def _walk(body: Body, own: set[str], found: _Inside, writers: Writers) -> None:
    for node in body.nodes:
        mine = own | _own(node)
        found.reads += [(name, node) for source in sources_of(node) for name in sorted(source.names - mine)]
        _add_writes(node, own, found, writers)
        if node.body is not None:
            _walk(node.body, mine, found, writers)
    for flow in body.flows:
        if flow.condition is not None:
            found.reads += [(name, flow) for name in sorted(flow.condition.names - own)]


def _add_writes(node: Node, own: set[str], found: _Inside, writers: Writers) -> None:
    """What a node writes into the scope outside of it, but for what the instance has for itself."""
    names = {mapping.target.partition(".")[0] for mapping in node.outputs}
    if node.multi is not None and node.multi.output_collection:
        names.add(node.multi.output_collection)
    if not node.outputs:
        returned = writers.returned(node)
        names |= returned.names | ({node.result_variable} if node.result_variable else set())
        if returned.open and found.anything is None:
            found.anything = node
    for name in names - own:
        found.writers.setdefault(name, node)


def _known_elsewhere(repetition: Node, process: Process, writers: Writers) -> set[str]:
    """The names that are read or written outside of a repetition: what may be anything isn't taken to write them."""
    within = {node.id for node in _all_in(repetition.body)} | {repetition.id} if repetition.body else {repetition.id}
    names: set[str] = set()
    for node in process:
        if node.id not in within:
            names |= {name for source in sources_of(node) for name in source.names} | _own(node)
            names |= {mapping.target.partition(".")[0] for mapping in node.outputs} | writers.returned(node).names
            names |= {node.result_variable} if node.result_variable else set()
    for flow in process.flows.values():
        if flow.condition is not None and flow.source not in within:
            names |= flow.condition.names
    multi = repetition.multi
    return names | (multi.collection.names if multi is not None else frozenset())


def _all_in(body: Body) -> Iterator[spiff.Node]:
    for node in body.nodes:
        yield node
        if node.body is not None:
            yield from _all_in(node.body)
