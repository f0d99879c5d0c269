"""A process as a SpiffWorkflow specification."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from app.engine.spiff.library import TaskSpec, WorkflowSpec
from app.engine.spiff.model import Bundle, Node, Process

if TYPE_CHECKING:
    from app.engine.spiff.specs.elements import ElementSpec

Spec = TypeVar("Spec", bound="type[ElementSpec]")

MULTI_INSTANCE, LOOP = "multi-instance", "loop"
"""In the place of a kind of element: what repeats any of them."""

_SPECS: dict[str, type[ElementSpec]] = {}


def runs(*kinds: str) -> Callable[[Spec], Spec]:
    """Let a spec run the elements of these kinds (``Node.kind``)."""

    def register(spec: Spec) -> Spec:
        _SPECS.update(dict.fromkeys(kinds, spec))
        return spec

    return register


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
        spec = _SPECS[node.kind]
        if node.multi is None and node.loop is None:
            self.elements[node.id] = spec(self, node.id, node)
            return
        self.inner[node.id] = spec(self, f"{node.id} [each]", node, inner=True)
        self.elements[node.id] = _SPECS[LOOP if node.multi is None else MULTI_INSTANCE](self, node.id, node)


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
