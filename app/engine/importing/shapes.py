"""Shapes and edges for elements that were added, so that a modeller shows them."""

from __future__ import annotations

from lxml import etree

from app.engine.importing.changes import Diagram
from app.engine.spiff import xml
from app.engine.spiff.xml import Element

BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
_EVENT = 36.0
_GAP = 40.0

Box = tuple[float, float, float, float]
"""x, y, width and height."""


def draw_event(diagram: Diagram, event: Element, flow: Element, beside: Element, *, before: bool) -> None:
    """Draw a start event before, or an end event after, an element, with its flow. Nothing where that isn't drawn itself."""
    shape = _shape_of(diagram, beside.get("id"))
    box = _bounds(shape)
    plane = shape.getparent() if shape is not None else None
    if plane is None or box is None:
        return
    x, y, width, height = box
    middle = y + height / 2
    left = x - _GAP - _EVENT if before else x + width + _GAP
    holders = _holders(diagram, event)
    if _is_taken(plane, (left, middle - _EVENT / 2, _EVENT, _EVENT), holders):
        middle = y - _GAP
    _draw_shape(diagram, plane, event, (left, middle - _EVENT / 2, _EVENT, _EVENT))
    edge_y = y + height / 2
    ends = ((left + _EVENT, middle), (x, edge_y)) if before else ((x + width, edge_y), (left, middle))
    _draw_edge(diagram, plane, flow, ends)
    _widen(diagram, holders, (left, middle - _EVENT / 2, _EVENT, _EVENT))


def draw_flow(diagram: Diagram, flow: Element, source: Element, target: Element) -> None:
    """Draw a flow between two elements that are drawn."""
    shape = _shape_of(diagram, source.get("id"))
    start, end = _bounds(shape), _bounds(_shape_of(diagram, target.get("id")))
    plane = shape.getparent() if shape is not None else None
    if plane is not None and start is not None and end is not None:
        ends = ((start[0] + start[2], start[1] + start[3] / 2), (end[0], end[1] + end[3] / 2))
        _draw_edge(diagram, plane, flow, ends)


def draw_inside(diagram: Diagram, parts: list[Element], holder: Element) -> None:
    """Draw events, and flows between them, in a row inside an empty sub-process that is drawn expanded."""
    shape = _shape_of(diagram, holder.get("id"))
    box = _bounds(shape)
    plane = shape.getparent() if shape is not None else None
    if shape is None or plane is None or box is None or not xml.flag(shape, "isExpanded", False):
        return
    x, y, width, height = box
    start, end, flow = parts
    middle = y + height / 2
    boxes = [
        (x + 20, middle - _EVENT / 2, _EVENT, _EVENT),
        (x + width - 20 - _EVENT, middle - _EVENT / 2, _EVENT, _EVENT),
    ]
    for event, place in zip((start, end), boxes, strict=True):
        _draw_shape(diagram, plane, event, place)
    _draw_edge(diagram, plane, flow, ((boxes[0][0] + _EVENT, middle), (boxes[1][0], middle)))


def _shape_of(diagram: Diagram, identity: str | None) -> Element | None:
    for shape in diagram.root.iter(f"{{{BPMNDI}}}BPMNShape"):
        if xml.reference(shape.get("bpmnElement")) == identity:
            return shape
    return None


def _bounds(shape: Element | None) -> Box | None:
    bounds = shape.find(f"{{{DC}}}Bounds") if shape is not None else None
    if bounds is None:
        return None
    try:
        x, y, width, height = (float(bounds.get(name) or "") for name in ("x", "y", "width", "height"))
    except ValueError:
        return None
    return x, y, width, height


def _is_taken(plane: Element, box: Box, holders: list[str]) -> bool:
    """Whether a shape stands there already; what holds the place (pools, lanes, sub-processes) doesn't count."""
    for shape in plane.iter(f"{{{BPMNDI}}}BPMNShape"):
        other = _bounds(shape)
        if xml.reference(shape.get("bpmnElement")) not in holders and other is not None and _overlap(box, other):
            return True
    return False


def _overlap(one: Box, other: Box) -> bool:
    return (
        one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    )


def _holds(outer: Box, inner: Box) -> bool:
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and inner[0] + inner[2] <= outer[0] + outer[2]
        and inner[1] + inner[3] <= outer[1] + outer[3]
    )


def _widen(diagram: Diagram, holders: list[str], box: Box) -> None:
    """Widen the sub-processes, lanes and pool around a place until it is inside of them; a pool leaves its name beside."""
    pools = {pool.get("id") for pool in diagram.root.iter(f"{{{xml.BPMN}}}participant")}
    for identity in holders:
        shape = _shape_of(diagram, identity)
        held = _bounds(shape)
        if shape is None or held is None or _holds(held, box):
            continue
        room = 20 if identity not in pools else 50
        left, top = min(held[0], box[0] - room), min(held[1], box[1] - 20)
        right, bottom = max(held[0] + held[2], box[0] + box[2] + 20), max(held[1] + held[3], box[1] + box[3] + 20)
        bounds = shape.find(f"{{{DC}}}Bounds")
        if bounds is not None:
            _write(bounds, (left, top, right - left, bottom - top))


def _holders(diagram: Diagram, event: Element) -> list[str]:
    found = [identity for parent in event.iterancestors() if (identity := parent.get("id"))]
    for lane in diagram.root.iter(f"{{{xml.BPMN}}}lane"):
        if any(xml.content(member) == event.get("id") for member in xml.children(lane, "flowNodeRef")):
            found.append(lane.get("id") or "")
    for pool in diagram.root.iter(f"{{{xml.BPMN}}}participant"):
        if xml.reference(pool.get("processRef")) in found:
            found.append(pool.get("id") or "")
    return found


def _draw_shape(diagram: Diagram, plane: Element, element: Element, box: Box) -> None:
    identity = element.get("id") or ""
    shape = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNShape", id=diagram.new_id(f"{identity}_di"), bpmnElement=identity)
    _write(etree.SubElement(shape, f"{{{DC}}}Bounds"), box)


def _draw_edge(diagram: Diagram, plane: Element, flow: Element, ends: tuple[tuple[float, float], ...]) -> None:
    identity = flow.get("id") or ""
    edge = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNEdge", id=diagram.new_id(f"{identity}_di"), bpmnElement=identity)
    for x, y in ends:
        etree.SubElement(edge, f"{{{DI}}}waypoint", x=_number(x), y=_number(y))


def _write(bounds: Element, box: Box) -> None:
    for name, value in zip(("x", "y", "width", "height"), box, strict=True):
        bounds.set(name, _number(value))


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
