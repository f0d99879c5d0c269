"""BPMN XML to the model. What can't be understood becomes a finding; nothing is dropped silently."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial

from app.engine.spiff import check, elements, extensions, references, xml
from app.engine.spiff.definitions import Globals
from app.engine.spiff.findings import Finding, Findings
from app.engine.spiff.model import GATEWAYS, TASKS, Body, Bundle, Flow, Lane, Node, Process
from app.engine.spiff.sources import Source
from app.engine.spiff.xml import Element

FLOW_NODES = (
    TASKS
    | GATEWAYS
    | {
        "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
        "subProcess", "transaction", "callActivity",
    }
)  # fmt: skip
DRAWING = frozenset(
    {
        "documentation", "extensionElements", "textAnnotation", "group", "association", "dataObject",
        "dataObjectReference", "dataStoreReference", "property", "ioSpecification", "incoming", "outgoing",
        "dataInputAssociation", "dataOutputAssociation",
    }
)  # fmt: skip
_TOP = frozenset(
    {
        "documentation", "extensionElements", "process", "collaboration", "message", "signal", "error", "escalation",
        "dataStore", "category", "itemDefinition",
    }
)  # fmt: skip
_INSTEAD = {
    "adHocSubProcess": "draw a sub-process with its flows, or a multi-instance task",
    "complexGateway": "draw an inclusive or exclusive gateway with conditions",
    "callChoreography": "draw a call activity",
    "choreography": "draw a process",
    "globalUserTask": "draw a process and call it",
    "globalScriptTask": "draw a process and call it",
    "resourceRole": "use zeebe:assignmentDefinition",
    "potentialOwner": "use zeebe:assignmentDefinition",
    "performer": "use zeebe:assignmentDefinition",
    "humanPerformer": "use zeebe:assignmentDefinition",
}


def read(files: Mapping[str, bytes]) -> Bundle:
    """Read diagrams that belong together. Never raises on a bad diagram: the bundle's findings say what is wrong.

    Files whose names end in ``.dmn`` count towards the key and are otherwise left to the decisions' reader.
    """
    digest = hashlib.sha256()
    findings: list[Finding] = []
    processes: dict[str, Process] = {}
    for file in sorted(files):
        digest.update(file.encode() + b"\0" + hashlib.sha256(files[file]).digest())
        if not file.lower().endswith(".dmn"):
            _Reader(file, processes, findings).read(files[file])
    gate = Findings()
    check.add_findings(processes, gate)
    findings.extend(gate)
    return Bundle(digest.hexdigest(), processes, findings, references.collect(processes))


class _Reader:
    """Reads one file."""

    def __init__(self, file: str, processes: dict[str, Process], findings: list[Finding]) -> None:
        self.file = file
        self.processes = processes
        self.findings = findings
        self.globals = Globals(self)

    def error(self, message: str, element: Element | None = None) -> None:
        self._find("error", message, element)

    def warning(self, message: str, element: Element | None = None) -> None:
        self._find("warning", message, element)

    def _find(self, level: str, message: str, element: Element | None) -> None:
        identity = element.get("id") if element is not None else None
        name = (element.get("name") or None) if element is not None else None
        assert level in ("error", "warning")
        finding = Finding(self.file, identity, name, "error" if level == "error" else "warning", message)
        if finding not in self.findings:
            self.findings.append(finding)

    def read(self, content: bytes) -> None:
        try:
            root = xml.parse(content)
        except xml.Unreadable as wrong:
            return self.error(str(wrong))
        if xml.split(root) != (xml.BPMN, "definitions"):
            return self.error("this is not BPMN 2.0: its root element is not bpmn:definitions")
        self._refuse_duplicate_ids(root)
        for element in root:
            namespace, name = xml.split(element)
            if namespace == xml.BPMN and name not in _TOP:
                self._refuse(element)
            elif namespace == xml.ZEEBE:
                self.error(f"zeebe:{name} is not executed here; remove it", element)
        self.globals.read(root)
        process_elements = xml.children(root, "process")
        executable = [element for element in process_elements if xml.flag(element, "isExecutable", False)]
        if not executable:
            self.error('there is no executable process; set isExecutable="true" on the process that is to run')
        self._collaborations(root, {element.get("id") for element in process_elements})
        for element in executable:
            self._process(element)
        return None

    def _refuse(self, element: Element) -> None:
        name = xml.local(element)
        instead = _INSTEAD.get(name, "remove it")
        self.error(f"{name} is not executed here; {instead}", element)

    def _refuse_duplicate_ids(self, root: Element) -> None:
        seen: set[str] = set()
        for element in root.iter(f"{{{xml.BPMN}}}*"):
            identity = element.get("id")
            if identity is None:
                continue
            if identity in seen:
                self.error(f"the id {identity!r} is used twice; ids must be unique in a file", element)
            seen.add(identity)

    def _collaborations(self, root: Element, process_ids: set[str | None]) -> None:
        for collaboration in xml.children(root, "collaboration"):
            for element in collaboration:
                namespace, name = xml.split(element)
                if namespace != xml.BPMN:
                    continue
                if name == "participant":
                    reference = element.get("processRef")
                    if reference is not None and reference.split(":")[-1] not in process_ids:
                        self.error(f"the pool refers to the process {reference!r}, which does not exist", element)
                    extensions.properties(element, partial(self.warning, element=element))
                elif name not in DRAWING | {"messageFlow"}:
                    self._refuse(element)

    def _process(self, element: Element) -> None:
        identity = element.get("id")
        if not identity:
            return self.error("the process has no id", element)
        if identity in self.processes:
            return self.error(f"the process {identity!r} is in the deployment twice", element)
        values = extensions.properties(element, lambda text: self.warning(text, element))
        extensions.refuse_all_but(
            element, frozenset({"properties"}), "a process", lambda text: self.error(text, element)
        )
        process = Process(
            id=identity,
            file=self.file,
            line=xml.line(element),
            name=element.get("name") or None,
            names=extensions.names(values),
            properties=values,
            body=Body(identity),
        )
        self.processes[identity] = process
        self._body(element, process, process.body)
        self._lanes(element, process)
        self._connect(process)
        return None

    def _body(self, element: Element, process: Process, body: Body) -> None:
        flows: list[Element] = []
        for child in element:
            namespace, name = xml.split(child)
            if namespace == xml.ZEEBE:
                self.error(f"zeebe:{name} must stand in extensionElements", child)
            if namespace != xml.BPMN or name in DRAWING | {"laneSet"}:
                continue
            if name == "sequenceFlow":
                flows.append(child)
            elif name in FLOW_NODES:
                self._node(child, process, body)
            elif name not in ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics"):
                self._refuse(child)
        for child in flows:
            self._flow(child, process, body)
        self._handlers(element, process)

    def _node(self, element: Element, process: Process, body: Body) -> None:
        identity = element.get("id")
        if not identity:
            return self.error(f"a {xml.local(element)} has no id; give it one", element)
        if identity in process.nodes:
            return None
        node = elements.read(element, self, process.id, body.owner_id)
        process.nodes[identity] = node
        body.nodes.append(node)
        if node.kind in ("subProcess", "transaction", "eventSubProcess"):
            node.body = Body(identity)
            self._body(element, process, node.body)
        return None

    def _flow(self, element: Element, process: Process, body: Body) -> None:
        condition = xml.child(element, "conditionExpression")
        text = xml.content(condition)
        language = condition.get("language") if condition is not None else None
        if language and "feel" not in language.lower():
            self.error(f"the condition is written in {language}; write it in FEEL", element)
        extensions.refuse_all_but(element, frozenset({"properties"}), "a flow", lambda text: self.error(text, element))
        extensions.properties(element, lambda text: self.warning(text, element))
        flow = Flow(
            id=element.get("id") or f"flow at line {xml.line(element)}",
            name=element.get("name") or None,
            source=element.get("sourceRef") or "",
            target=element.get("targetRef") or "",
            condition=Source(text) if text else None,
            line=xml.line(element),
        )
        if condition is not None and not text:
            self.error("the condition is empty; write one, or remove it", element)
        body.flows.append(flow)
        process.flows.setdefault(flow.id, flow)

    def _handlers(self, element: Element, process: Process) -> None:
        """Associations from compensation boundary events to their handlers (the only ones that mean something)."""
        for association in xml.children(element, "association"):
            edge = process.nodes.get(association.get("sourceRef") or "")
            handler = process.nodes.get(association.get("targetRef") or "")
            if edge is None or handler is None or edge.kind != "boundaryEvent" or edge.event.kind != "compensation":
                continue
            if edge.handler is not None:
                self.error(f"{edge.id!r} has two compensation handlers; leave one", association)
            edge.handler = handler.id

    def _connect(self, process: Process) -> None:
        """Flows to their nodes and boundary events to their activities; a wrong end is found by the check."""
        for body in self._bodies(process):
            inside = {node.id: node for node in body.nodes}
            for flow in body.flows:
                source, target = inside.get(flow.source), inside.get(flow.target)
                if source is not None and target is not None:
                    source.outgoing.append(flow)
                    target.incoming.append(flow)
            for node in body.nodes:
                host = inside.get(node.attached_to or "")
                if node.kind == "boundaryEvent" and host is not None:
                    host.boundaries.append(node)

    def _bodies(self, process: Process) -> list[Body]:
        return [process.body, *(node.body for node in process.nodes.values() if node.body is not None)]

    def _lanes(self, element: Element, process: Process) -> None:
        for holder in xml.children(element, "laneSet"):
            self._lane_set(holder, process)

    def _lane_set(self, holder: Element, process: Process) -> None:
        for element in xml.children(holder, "lane"):
            values = extensions.properties(element, partial(self.warning, element=element))
            members = tuple(xml.content(reference) for reference in xml.children(element, "flowNodeRef"))
            name = element.get("name") or None
            identity = element.get("id") or ""
            process.lanes.append(Lane(identity, name, extensions.names(values), members))
            for member in members:
                node: Node | None = process.nodes.get(member)
                if node is None:
                    self.error(f"the lane holds {member!r}, which does not exist", element)
                else:
                    node.lane = name
            for nested in xml.children(element, "childLaneSet"):
                self._lane_set(nested, process)
