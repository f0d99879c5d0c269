"""A case's diagram in words: every step in the order in which the diagram comes to it, where it leads, and how it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.engine.charts import KINDS, Chart, called
from app.engine.projection import name_of
from app.engine.records import InstanceRow
from app.engine.spiff import Node
from app.foundation.text import Text
from app.web.cases import pictures

NOW = {
    "incident": Text("stopped by an incident", "因异常停止"),
    "task": Text("waiting for a person", "等待人员办理"),
    "timer": Text("waiting for a time", "等待到期"),
    "message": Text("waiting for a message", "等待消息"),
    "running": Text("running", "进行中"),
}
"""How a step stands that has a token, by the kind of the token; the first of several kinds is told."""


@dataclass(frozen=True)
class Step:
    """An element of a diagram. ``tone`` is a tag's; ``ways`` lead on: what a way is called, and the step it leads to."""

    id: str
    name: Text
    kind: Text | None
    within: Text | None
    tone: str
    said: Text
    facts: list[list[str]]
    ways: list[tuple[Text | None, Text]]
    url: str | None


def of(row: InstanceRow, chart: Chart, process_id: str) -> list[Step]:
    """The steps of one of a case's processes, those within a sub-process after it."""
    shown = pictures.state(row, chart, process_id)
    process = chart.processes[process_id]
    return [_step(node, process.nodes, shown) for node in process]


def _step(node: Node, nodes: dict[str, Node], shown: dict[str, Any]) -> Step:
    holder = nodes.get(node.container)
    tone, said = _standing(node, shown)
    return Step(
        node.id,
        called(node),
        KINDS.get(node.kind) if node.name else None,
        called(holder) if holder else None,
        tone,
        said,
        shown["facts"].get(node.id, []),
        list(_ways(node, nodes)),
        shown["links"].get(node.id) or shown["called"].get(node.id),
    )


def _standing(node: Node, shown: dict[str, Any]) -> tuple[str, Text]:
    here = {token["kind"] for token in shown["tokens"] if token["element"] == node.id}
    kind = next((one for one in NOW if one in here), None)
    if kind is not None:
        return ("late" if kind == "incident" else "now"), NOW[kind]
    if node.id in shown["completed"]:
        return "done", Text("done", "已完成")
    return "plain", Text("not reached", "尚未到达")


def _ways(node: Node, nodes: dict[str, Node]) -> Iterator[tuple[Text | None, Text]]:
    for flow in node.outgoing:
        if flow.target in nodes:
            yield (name_of(flow, flow.id) if flow.name else None), called(nodes[flow.target])
    for edge in node.boundaries:
        yield None, called(edge)
