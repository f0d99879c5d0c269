"""A token: SpiffWorkflow's task, standing at an element."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.engine.spiff.library import Task, TaskState

if TYPE_CHECKING:
    from app.engine.spiff.course import Course
    from app.engine.spiff.model import Node
    from app.engine.spiff.specs.elements import ElementSpec

ENTER, INPUTS, WORK, LEAVE, FLOW = "enter", "inputs", "work", "leave", "flow"
FLOWING, BOUNDARY, START, ARM = "flowing", "boundary", "start", "arm"


class Children(dict[Any, None]):
    """The children of the root task: the library's list, with a removal that doesn't search."""

    def append(self, child: Any) -> None:
        self[child] = None

    def remove(self, child: Any) -> None:
        del self[child]


class Token(Task):
    """A task whose data holds nothing but the id of its variable scope.

    ``home``: the scope it flows in. ``phase``: how far it is at its element, so that an incident is retried exactly there.
    ``role``: flowing, or listening for a boundary event, an event sub-process (start) or an event gateway's arm.
    ``host``: the token (or None) it listens for. ``listeners``: the tokens that listen for it. ``bodies``: scopes it owns.
    ``info``: plain data of its element. ``records``: what was completed in its body and can be compensated.
    """

    task_spec: ElementSpec
    workflow: Course
    id: str
    home: str
    flow: str | None
    entered_at: datetime

    def __init__(self, workflow: Course, task_spec: Any, parent: Token | None, state: int, identity: str) -> None:
        super().__init__(workflow, task_spec, parent, state=state, id=identity)
        self.role = FLOWING
        self.phase = ENTER
        self.flow = None
        self.index: int | None = None
        self.host: str | None = None
        self.owns_scope = False
        self.listeners: list[str] = []
        self.bodies: list[str] = []
        self.result: dict[str, Any] = {}
        self.records: list[dict[str, Any]] = []
        self.info: dict[str, Any] = {}
        self.incident: dict[str, Any] | None = None

    @property
    def scope(self) -> str:
        """The id of its variable scope."""
        return str(self.data["scope"])

    @property
    def node(self) -> Node:
        return self.task_spec.node

    def _set_state(self, value: int) -> None:
        """The library's, without writing a log record with the whole workflow in it at every change."""
        self._state = value

    def hold(self) -> None:
        """Let it wait where it is."""
        self._set_state(TaskState.STARTED)

    def run(self) -> bool | None:
        """One step. The element says whether it is done (True) or waits (None)."""
        outcome: bool | None = self.task_spec._run(self)
        if self.id not in self.workflow.tasks:
            return outcome
        if outcome:
            self.complete()
        elif self.state == TaskState.READY:
            self._set_state(TaskState.ERROR if self.incident else TaskState.STARTED)
        return outcome
