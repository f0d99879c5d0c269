"""What diagrams name that the platform has to know: forms, decisions, called processes, operations and roles."""

from __future__ import annotations

from collections.abc import Iterator

from app.engine.spiff.model import Node, Process, Reference
from app.engine.spiff.sources import Source


def collect(processes: dict[str, Process]) -> list[Reference]:
    """Every reference, in the order of the diagrams. Names worked out by an expression can't be listed."""
    found: list[Reference] = []
    for process in processes.values():
        for lane in process.lanes:
            if lane.name and not lane.is_divided:
                found.append(Reference("role", lane.name, lane.id, lane.name, process.file))
        for node in process:
            found.extend(_of_node(node))
    return found


def _of_node(node: Node) -> Iterator[Reference]:
    parameters = tuple(mapping.target.partition(".")[0] for mapping in node.inputs)
    headers = tuple(node.headers)
    empty = tuple(mapping.target for mapping in node.inputs if not mapping.given)
    named: list[tuple[str, str | None, tuple[str, ...]]] = [
        ("form", node.form_id, ()),
        ("decision", _literal(node.decision_id), parameters),
        ("operation", _literal(node.operation), parameters + headers),
    ]
    for process in node.may_call:
        named.append(("process", process, parameters))
    for group in (_literal(node.candidate_groups) or "").split(","):
        named.append(("role", group.strip(), ()))
    for kind, name, values in named:
        if name:
            yield Reference(kind, name, node.id, node.name, node.file, values, empty)


def _literal(source: Source | None) -> str | None:
    return source.text if source is not None and not source.is_expression else None
