"""A diagram as the engine understands it: plain objects, read once, shared by all instances and never changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from app.engine.findings import Finding
from app.engine.spiff.sources import Source
from app.foundation.text import Text

TASKS = frozenset(
    {"task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask"}
)
BODIES = frozenset({"subProcess", "transaction", "eventSubProcess"})
ACTIVITIES = TASKS | {"subProcess", "transaction", "callActivity"}
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"})
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
LISTENING = frozenset({"message", "timer", "signal", "conditional"})


@dataclass(frozen=True)
class Reference:
    """A form, decision, called process, operation or role that a diagram names and the platform has to know."""

    kind: str
    name: str
    element_id: str
    element_name: str | None
    file: str
    parameters: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    """Those of the parameters that are given no value."""


@dataclass(frozen=True)
class Mapping:
    """``source`` worked out and written to ``target``; dots in a target step into contexts."""

    source: Source
    target: str
    given: bool = True
    """False for an input of an operation that was left without source: it is null."""


@dataclass(frozen=True)
class Message:
    """A message of the diagram: its name and the key its subscriptions are told apart by."""

    id: str
    name: Source
    correlation_key: Source | None = None


@dataclass(frozen=True)
class TimerValue:
    """``kind`` is timeDate, timeDuration or timeCycle."""

    kind: str
    source: Source


@dataclass(frozen=True)
class EventDefinition:
    """What an event waits for or throws. Only the fields of its kind are set.

    Kinds: none, message, timer, signal, error, escalation, conditional, link, compensation, cancel, terminate.
    """

    kind: str
    message: Message | None = None
    timer: TimerValue | None = None
    signal: Source | None = None
    code: Source | None = None
    condition: Source | None = None
    link: str | None = None
    activity_ref: str | None = None


NONE = EventDefinition("none")


@dataclass(frozen=True)
class Multi:
    """Multi-instance marker."""

    sequential: bool
    collection: Source
    input_element: str | None
    output_collection: str | None
    output_element: Source | None
    completion: Source | None

    @property
    def local_output(self) -> str | None:
        """The variable that ``outputElement`` is, or is a part of; an expression over several has none.

        It is local to each instance and null at its start, as in Camunda 8.
        """
        return self.output_element.variable if self.output_element is not None else None


@dataclass(frozen=True)
class Loop:
    """Standard loop marker: repeats while ``condition`` holds, at most ``maximum`` times."""

    test_before: bool
    maximum: int | None
    condition: Source | None


@dataclass(frozen=True)
class Flow:
    """A sequence flow; ``names`` holds its name in each language where the diagram gives it."""

    id: str
    name: str | None
    source: str
    target: str
    condition: Source | None
    line: int
    names: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Body:
    """What stands directly inside a process or sub-process."""

    owner_id: str
    nodes: list[Node] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)

    @cached_property
    def starts(self) -> list[Node]:
        return [node for node in self.nodes if node.kind == "startEvent"]

    @cached_property
    def none_start(self) -> Node | None:
        return next((node for node in self.starts if node.event.kind == "none"), None)

    @cached_property
    def event_subprocesses(self) -> list[Node]:
        return [node for node in self.nodes if node.kind == "eventSubProcess"]

    @cached_property
    def links(self) -> dict[str, Node]:
        """Link catches by link name."""
        return {
            node.event.link: node
            for node in self.nodes
            if node.kind == "intermediateCatchEvent" and node.event.kind == "link" and node.event.link
        }


@dataclass(eq=False)
class Node:
    """A flow node: an event, activity or gateway.

    ``kind`` is the BPMN element's name, but an event sub-process is an ``eventSubProcess``. ``names`` holds the
    name in each language (``en``, ``zh``) where the diagram gives it.
    """

    id: str
    kind: str
    file: str
    line: int
    process_id: str
    container: str
    name: str | None = None
    names: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    documentation: str | None = None
    lane: str | None = None
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    default: str | None = None
    event: EventDefinition = NONE
    interrupting: bool = True
    attached_to: str | None = None
    boundaries: list[Node] = field(default_factory=list)
    inputs: list[Mapping] = field(default_factory=list)
    outputs: list[Mapping] = field(default_factory=list)
    operation: Source | None = None
    retries: Source | None = None
    headers: dict[str, str] = field(default_factory=dict)
    form_id: str | None = None
    assignee: Source | None = None
    candidate_groups: Source | None = None
    candidate_users: Source | None = None
    due: Source | None = None
    follow_up: Source | None = None
    priority: Source | None = None
    decision_id: Source | None = None
    result_variable: str | None = None
    script: Source | None = None
    called: Source | None = None
    binding: str = "latest"
    propagate_all: bool = True
    takes_all: bool = True
    message: Message | None = None
    multi: Multi | None = None
    loop: Loop | None = None
    body: Body | None = None
    for_compensation: bool = False
    handler: str | None = None

    @property
    def law(self) -> str | None:
        return self.properties.get("law")

    @property
    def stage(self) -> str | None:
        return self.properties.get("stage")

    @property
    def duty(self) -> str | None:
        return self.properties.get("duty")

    @property
    def told(self) -> Text | None:
        """How history tells that the event came, or that the rule was asked, where the diagram says it in both languages."""
        english, chinese = self.properties.get("told:en"), self.properties.get("told:zh")
        return Text(english, chinese) if english and chinese else None

    @cached_property
    def may_call(self) -> tuple[str, ...]:
        """The ids of the processes it may call: the one it names, or those among which its expression chooses (``calls``)."""
        if self.called is None:
            return ()
        if not self.called.is_expression:
            return (self.called.text,)
        named = (name.strip() for name in self.properties.get("calls", "").split(","))
        return tuple(dict.fromkeys(name for name in named if name))

    @property
    def is_activity(self) -> bool:
        return self.kind in ACTIVITIES

    @property
    def is_gateway(self) -> bool:
        return self.kind in GATEWAYS

    @property
    def calls_operation(self) -> bool:
        """Whether an operation may be named here: on service and send tasks, and where a message is thrown."""
        throws = self.kind in ("intermediateThrowEvent", "endEvent") and self.event.kind == "message"
        return throws or self.kind in ("serviceTask", "sendTask")

    @property
    def awaited(self) -> Message | None:
        """The message a receive task or message event waits for."""
        return self.message or self.event.message

    @cached_property
    def compensation(self) -> Node | None:
        """Its compensation boundary event that has a handler."""
        return next((edge for edge in self.boundaries if edge.event.kind == "compensation" and edge.handler), None)


@dataclass(frozen=True)
class Lane:
    id: str
    name: str | None
    names: dict[str, str]
    node_ids: tuple[str, ...]
    is_divided: bool = False


@dataclass(eq=False)
class Process:
    """An executable process. ``nodes`` and ``flows`` hold everything in it, at any depth, by id.

    ``elsewhere``: the ids of elements in other processes of the file, with the process of each.
    """

    id: str
    file: str
    line: int
    name: str | None
    names: dict[str, str]
    properties: dict[str, str]
    body: Body
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    lanes: list[Lane] = field(default_factory=list)
    elsewhere: dict[str, str] = field(default_factory=dict)

    @cached_property
    def start_messages(self) -> dict[str, str]:
        """Message names that start this process, each with its start event's id."""
        return {
            node.event.message.name.text: node.id
            for node in self.body.starts
            if node.event.kind == "message" and node.event.message
        }

    @cached_property
    def start_signals(self) -> dict[str, str]:
        """Signal names that start this process, each with its start event's id."""
        return {
            node.event.signal.text: node.id
            for node in self.body.starts
            if node.event.kind == "signal" and node.event.signal
        }

    @cached_property
    def start_timers(self) -> tuple[str, ...]:
        """Ids of the timer start events."""
        return tuple(node.id for node in self.body.starts if node.event.kind == "timer")

    def bodies(self) -> Iterator[Body]:
        """The body of the process, and those of its sub-processes."""
        yield self.body
        for node in self.nodes.values():
            if node.body is not None:
                yield node.body

    def body_of(self, container: str) -> Body:
        """The body of the process itself or of one of its sub-processes."""
        if container == self.id:
            return self.body
        body = self.nodes[container].body
        assert body is not None, container
        return body

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())


@dataclass(eq=False)
class Bundle:
    """Diagrams that were read together. ``key`` is the hash of their bytes; ``ok`` says there is no error in them."""

    key: str
    processes: dict[str, Process]
    findings: list[Finding]
    references: list[Reference]
    _specs: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def ok(self) -> bool:
        return not any(finding.level == "error" for finding in self.findings)
