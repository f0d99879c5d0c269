"""A process as a SpiffWorkflow specification."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from app.engine.spiff.model import Bundle, Node, Process
from app.engine.spiff.specs.activities import (
    CallSpec,
    DecisionSpec,
    OperationSpec,
    ReceiveSpec,
    ScriptSpec,
    TaskSpecOf,
    UserSpec,
)
from app.engine.spiff.specs.elements import ElementSpec
from app.engine.spiff.specs.events import BoundarySpec, CatchSpec, EndSpec, StartSpec, ThrowSpec
from app.engine.spiff.specs.gateways import EventGatewaySpec, ExclusiveSpec, InclusiveSpec, ParallelSpec
from app.engine.spiff.specs.loops import LoopSpec, MultiSpec
from app.engine.spiff.specs.subprocesses import BodySpec, EventBodySpec

_CLASSES: dict[str, type[ElementSpec]] = {
    "task": TaskSpecOf,
    "userTask": UserSpec,
    "manualTask": UserSpec,
    "serviceTask": OperationSpec,
    "sendTask": OperationSpec,
    "receiveTask": ReceiveSpec,
    "scriptTask": ScriptSpec,
    "businessRuleTask": DecisionSpec,
    "callActivity": CallSpec,
    "subProcess": BodySpec,
    "transaction": BodySpec,
    "eventSubProcess": EventBodySpec,
    "startEvent": StartSpec,
    "endEvent": EndSpec,
    "intermediateCatchEvent": CatchSpec,
    "intermediateThrowEvent": ThrowSpec,
    "boundaryEvent": BoundarySpec,
    "exclusiveGateway": ExclusiveSpec,
    "parallelGateway": ParallelSpec,
    "inclusiveGateway": InclusiveSpec,
    "eventBasedGateway": EventGatewaySpec,
}


class RootSpec(TaskSpec):
    """What every live token hangs on."""

    def serialize(self, serializer: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("a spec is built from its diagram, never stored")


class ProcessSpec(WorkflowSpec):
    """The specs of a process by element id. ``inner`` holds what a multi-instance or loop repeats.

    ``qualified`` names the process within an instance that runs processes of several bundles.
    """

    def __init__(self, bundle: Bundle, process: Process, qualified: str) -> None:
        super().__init__(name=process.id, filename=process.file)
        self.bundle = bundle
        self.process = process
        self.qualified = qualified
        self.root = RootSpec(self, "Root")
        self.start = self.root
        self.elements: dict[str, ElementSpec] = {}
        self.inner: dict[str, ElementSpec] = {}
        for node in process:
            self._add(node)
        for flow in process.flows.values():
            self.elements[flow.source].connect(self.elements[flow.target])

    def _add(self, node: Node) -> None:
        spec_class = _CLASSES[node.kind]
        if node.multi is None and node.loop is None:
            self.elements[node.id] = spec_class(self, node.id, node)
            return
        self.inner[node.id] = spec_class(self, f"{node.id} [each]", node, inner=True)
        self.elements[node.id] = (MultiSpec if node.multi is not None else LoopSpec)(self, node.id, node)


def spec_of(bundle: Bundle, process_id: str, qualified: str | None = None) -> ProcessSpec:
    """The spec of a process of a bundle without errors, built at the first call and kept with the bundle.

    :raises KeyError: when there is no such process
    :raises ValueError: when the bundle has errors
    """
    if not bundle.ok:
        raise ValueError("a diagram with errors can't run")
    name = qualified or process_id
    if name not in bundle._specs:
        bundle._specs[name] = ProcessSpec(bundle, bundle.processes[process_id], name)
    spec: ProcessSpec = bundle._specs[name]
    return spec
