"""BPMN XML to the model. What can't be understood becomes a finding; nothing is dropped silently."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from app.engine.findings import Findings, Kind, error
from app.engine.spiff import elements, extensions, references, xml
from app.engine.spiff.definitions import Globals
from app.engine.spiff.examining import examine
from app.engine.spiff.model import Body, Bundle, Flow, Lane, Process
from app.engine.spiff.sources import Source
from app.engine.spiff.values import LONGEST_GROUP
from app.engine.spiff.vocabulary import ELEMENTS, FLOW_NODES
from app.engine.spiff.xml import Element
from app.foundation.text import Text

MAX_ID = 200
"""Ids are kept in columns of this width."""
MAX_NODES = 10_000
_NC_NAME = re.compile(r"[^\W\d][\w.\-·]*\Z")

NOT_BPMN = error(
    "not-bpmn",
    Text("this is not BPMN 2.0: its root element is %(root)s", "这不是 BPMN 2.0：其根元素为 %(root)s"),
    Text("save the diagram as BPMN 2.0 XML", "请将流程图另存为 BPMN 2.0 XML"),
)
NOT_EXECUTABLE = error(
    "no-executable-process",
    Text("there is no executable process", "没有可执行的流程"),
    Text('set isExecutable="true" on the process that is to run', "请为要运行的流程设置 isExecutable=\"true\""),
)  # fmt: skip
DUPLICATE_ID = error(
    "duplicate-id",
    Text("the id “%(id)s” is used twice", "ID“%(id)s”重复使用"),
    Text("give each element its own id", "请为每个元素设置各自的 ID"),
)
UNFIT_ID = error(
    "unfit-id",
    Text("“%(id)s” cannot be an id", "“%(id)s”不能用作 ID"),
    Text(
        "use letters, digits, “_”, “-” and “.”, beginning with a letter or “_”, 200 at most",
        "请使用字母、数字、“_”“-”“.”，以字母或“_”开头，最长 200 个字符",
    ),
)
NO_ID = error(
    "id-missing",
    Text("%(what)s has no id", "%(what)s 没有 ID"),
    Text("add one", "请设置 ID"),
)
PROCESS_TWICE = error(
    "process-twice",
    Text("the process “%(id)s” is in the deployment twice", "流程“%(id)s”在本次部署中重复出现"),
    Text("keep one of them, or give one a different id", "请只保留一个，或更改其中一个的 ID"),
)
TOO_MANY_NODES = error(
    "process-too-large",
    Text("the process has more than %(limit)s elements", "流程的元素超过 %(limit)s 个"),
    Text("divide it into several processes that call each other", "请拆分为多个相互调用的流程"),
)
POOL_TO_NOWHERE = error(
    "pool-process-unknown",
    Text("the pool refers to the process “%(ref)s”, which does not exist", "泳池引用的流程“%(ref)s”不存在"),
    Text("choose a process of the file, or none for a black box", "请选择文件中的流程，或留空作为黑盒泳池"),
)
LANE_MEMBER_UNKNOWN = error(
    "lane-member-unknown",
    Text("the lane holds “%(ref)s”, which does not exist", "泳道所含的“%(ref)s”不存在"),
    Text("remove it from the lane", "请将其从泳道中移除"),
)
TWO_HANDLERS = error(
    "compensation-handler-twice",
    Text("“%(edge)s” has two compensation handlers", "“%(edge)s”有两个补偿处理活动"),
    Text("keep one", "请只保留一个"),
)
EMPTY_CONDITION = error(
    "condition-empty",
    Text("the condition is empty", "条件为空"),
    Text("write one, or remove it", "请填写条件，或将其删除"),
)
NOT_IMMEDIATE = error(
    "flow-not-immediate",
    Text('isImmediate="false" is not executed here', "此处不执行 isImmediate=\"false\""),
    Text("remove it, and draw what happens in between", "请将其删除，并画出其间发生的活动"),
)  # fmt: skip


def read(files: Mapping[str, bytes], *, every_process: bool = False) -> Bundle:
    """Read diagrams that belong together. Never raises on a bad diagram: the bundle's findings say what cannot be read.

    Files whose names end in ``.dmn`` count towards the key and are otherwise left to the decisions' reader. With
    ``every_process``, processes that aren't marked as executable are read like the others (and the bundle isn't ok).
    """
    digest = hashlib.sha256()
    findings = Findings()
    processes: dict[str, Process] = {}
    for file in sorted(files):
        digest.update(file.encode() + b"\0" + hashlib.sha256(files[file]).digest())
        if not file.lower().endswith(".dmn"):
            Reader(file, processes, findings, every_process).read(files[file])
    return Bundle(digest.hexdigest(), processes, list(findings), references.collect(processes))


class Reader:
    """Reads one file."""

    def __init__(self, file: str, processes: dict[str, Process], findings: Findings, every_process: bool) -> None:
        self.file = file
        self.processes = processes
        self.findings = findings
        self.every_process = every_process
        self.globals = Globals(self)
        self.process_of: dict[str | None, str] = {}

    def find(self, kind: Kind, element: Element | None = None, /, **facts: object) -> None:
        """Add a finding about an element, or about the nearest around it that is drawn and has an id."""
        at = xml.drawn(element)
        identity, name = (at.get("id"), at.get("name") or None) if at is not None else (None, None)
        self.findings.add(kind, self.file, identity, name, **facts)

    def read(self, content: bytes) -> None:
        try:
            root = xml.parse(content)
        except xml.Unreadable as wrong:
            return self.find(wrong.kind, **wrong.facts)
        if xml.split(root) != (xml.BPMN, "definitions"):
            return self.find(NOT_BPMN, root=str(root.tag))
        executable = [element for element in xml.children(root, "process") if self._is_executable(element)]
        if not any(xml.flag(element, "isExecutable", False) for element in executable):
            self.find(NOT_EXECUTABLE)
        self.process_of = {
            node.get("id"): process.get("id") or ""
            for process in xml.children(root, "process")
            for node in process.iter(f"{{{xml.BPMN}}}*")
        }
        _leave_out(root, executable)
        self._check_ids(root)
        examine(root, self)
        self.globals.read(root)
        self._pools(root)
        for element in executable:
            self._process(element)
        return None

    def _is_executable(self, element: Element) -> bool:
        return self.every_process or xml.flag(element, "isExecutable", False)

    def _check_ids(self, root: Element) -> None:
        seen: set[str] = set()
        for element in root.iter(f"{{{xml.BPMN}}}*"):
            identity = element.get("id")
            if identity is None or xml.local(element) == "definitions":
                continue
            if identity in seen:
                self.find(DUPLICATE_ID, element, id=identity)
            elif xml.local(element) in ELEMENTS and (len(identity) > MAX_ID or not _NC_NAME.match(identity)):
                self.find(UNFIT_ID, element, id=identity[:MAX_ID])
            seen.add(identity)

    def _pools(self, root: Element) -> None:
        known = {element.get("id") for element in root.iter(f"{{{xml.BPMN}}}process")}
        for element in root.iter(f"{{{xml.BPMN}}}participant"):
            ref = xml.reference(element.get("processRef"))
            if ref is not None and ref not in known:
                self.find(POOL_TO_NOWHERE, element, ref=ref)
            extensions.properties(element, self)

    def _process(self, element: Element) -> None:
        identity = element.get("id")
        if not identity:
            return self.find(NO_ID, element, what="process")
        if identity in self.processes:
            return self.find(PROCESS_TWICE, element, id=identity)
        if sum(1 for found in element.iter(f"{{{xml.BPMN}}}*") if xml.local(found) in FLOW_NODES) > MAX_NODES:
            return self.find(TOO_MANY_NODES, element, limit=MAX_NODES)
        values = extensions.properties(element, self)
        process = Process(
            id=identity,
            file=self.file,
            line=xml.line(element),
            name=element.get("name") or None,
            names=extensions.names(values),
            properties=values,
            body=Body(identity),
            elsewhere={node: of for node, of in self.process_of.items() if node and of != identity},
        )
        self.processes[identity] = process
        self._body(element, process, process.body)
        _hand_down_lanes(process)
        _connect(process)
        return None

    def _body(self, element: Element, process: Process, body: Body) -> None:
        for child in element:
            if xml.split(child)[0] == xml.BPMN and xml.local(child) in FLOW_NODES:
                self._node(child, process, body)
        for child in xml.children(element, "sequenceFlow"):
            self._flow(child, process, body)
        self._handlers(element, process)
        for holder in xml.children(element, "laneSet"):
            self._lanes(holder, process)

    def _node(self, element: Element, process: Process, body: Body) -> None:
        identity = element.get("id")
        if not identity:
            return self.find(NO_ID, element, what=xml.local(element))
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
        if condition is not None:
            elements.check_language(condition, self)
            if not text:
                self.find(EMPTY_CONDITION, element)
        if not xml.flag(element, "isImmediate", True):
            self.find(NOT_IMMEDIATE, element)
        values = extensions.properties(element, self)
        source, target = element.get("sourceRef") or "", element.get("targetRef") or ""
        flow = Flow(
            id=element.get("id") or _flow_id(process, f"{source}_to_{target}"),
            name=element.get("name") or None,
            source=source,
            target=target,
            condition=Source(text) if text else None,
            line=xml.line(element),
            names=extensions.names(values),
        )
        body.flows.append(flow)
        process.flows.setdefault(flow.id, flow)

    def _handlers(self, element: Element, process: Process) -> None:
        """Associations from compensation boundary events to their handlers (the only ones that mean something)."""
        for association in xml.children(element, "association"):
            edge = process.nodes.get(xml.reference(association.get("sourceRef")) or "")
            handler = process.nodes.get(xml.reference(association.get("targetRef")) or "")
            if edge is None or handler is None or edge.kind != "boundaryEvent" or edge.event.kind != "compensation":
                continue
            if edge.handler is not None:
                self.find(TWO_HANDLERS, association, edge=edge.id)
            edge.handler = handler.id

    def _lanes(self, holder: Element, process: Process) -> None:
        for element in xml.children(holder, "lane"):
            values = extensions.properties(element, self)
            members = tuple(xml.content(reference) for reference in xml.children(element, "flowNodeRef"))
            name = element.get("name") or None
            nested = xml.children(element, "childLaneSet")
            extensions.limit("name", name, LONGEST_GROUP, element, self)
            process.lanes.append(Lane(element.get("id") or "", name, extensions.names(values), members, bool(nested)))
            for member in members:
                node = process.nodes.get(member)
                if node is None:
                    self.find(LANE_MEMBER_UNKNOWN, element, ref=member)
                else:
                    node.lane = name
            for inner in nested:
                self._lanes(inner, process)


def _leave_out(root: Element, executable: list[Element]) -> None:
    """Take the insides of processes that don't run out of the tree: they are a drawing."""
    for element in xml.children(root, "process"):
        if element not in executable:
            for child in list(element):
                element.remove(child)


def _flow_id(process: Process, wanted: str) -> str:
    """An id for a flow that has none, the same at every reading."""
    number, found = 1, wanted
    while found in process.flows or found in process.nodes:
        number += 1
        found = f"{wanted}_{number}"
    return found


def _hand_down_lanes(process: Process) -> None:
    """What stands in a sub-process is in the sub-process's lane unless it is in one of its own."""
    for node in process:
        for inner in node.body.nodes if node.body is not None else ():
            inner.lane = inner.lane or node.lane


def _connect(process: Process) -> None:
    """Flows to their nodes and boundary events to their activities; a wrong end is found by the check."""
    for body in process.bodies():
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
