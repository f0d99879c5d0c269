"""One live instance, and the doors through which it moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.engine.spiff import listening, modification, propagation, scopes, snapshots, timing, tokens
from app.engine.spiff.course import Course, StepEvent
from app.engine.spiff.environment import Environment
from app.engine.spiff.failures import BpmnError, NoSuchStart, NoSuchToken
from app.engine.spiff.library import TaskState
from app.engine.spiff.model import Bundle, Node, Process
from app.engine.spiff.tokens import Token
from app.engine.spiff.values import plain
from app.engine.states import InstanceState, TokenState
from app.foundation.text import Text, text_of


@dataclass(frozen=True)
class OpenTask:
    """A task that somebody has to do. ``item_index``: which item of a multi-instance it is, from 0."""

    token_id: str
    element_id: str
    process_id: str
    kind: str
    form_id: str | None
    assignee: str | None
    candidate_groups: tuple[str, ...]
    candidate_users: tuple[str, ...]
    due_at: datetime | None
    follow_up_at: datetime | None
    priority: int | None
    scope_id: str
    variables: Mapping[str, Any]
    item_index: int | None


GOING_ON = -1
"""The occurrence of the timer that lets the rest of automatic steps go on."""


@dataclass(frozen=True)
class ArmedTimer:
    """A timer that will be due; ``occurrence`` counts the firings of a cycle from 0.

    ``GOING_ON``: not a timer of the diagram, but the rest of automatic steps that took more than one run may.
    """

    token_id: str
    element_id: str
    process_id: str
    due_at: datetime
    occurrence: int


@dataclass(frozen=True)
class Subscription:
    """Something that waits for a message, a signal or a condition."""

    token_id: str
    element_id: str
    process_id: str
    kind: str
    name: str
    correlation_key: str | None


@dataclass(frozen=True)
class OpenIncident:
    """An element that can't go on until it is retried."""

    token_id: str
    element_id: str
    process_id: str
    kind: str
    message: Text
    retries_left: int


@dataclass(frozen=True)
class TokenView:
    """Where a token stands, and what it is doing there."""

    token_id: str
    element_id: str
    process_id: str
    scope_id: str
    state: TokenState
    entered_at: datetime
    item_index: int | None


@dataclass(frozen=True)
class ScopeView:
    """Where variables live: the started process (``root``), a called one (``call``), a sub-process, an item, an element.

    ``own``: the names among them that the engine itself keeps, a repetition's counters and outputs so far.
    """

    scope_id: str
    kind: str
    process_id: str
    element_id: str
    variables: Mapping[str, Any]
    own: frozenset[str] = frozenset()


@dataclass
class Waiting:
    """What an instance waits for."""

    tasks: list[OpenTask] = field(default_factory=list)
    timers: list[ArmedTimer] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    incidents: list[OpenIncident] = field(default_factory=list)


class Instance:
    """A running process. Nothing moves but through these methods and ``run``; token ids are unique within the instance."""

    def __init__(self, course: Course) -> None:
        self._course = course

    # -- looking

    @property
    def state(self) -> str:
        """``active``, ``completed`` or ``cancelled``."""
        return self._course.state

    @property
    def process_id(self) -> str:
        return self._course.process_id

    @property
    def bundle(self) -> Bundle:
        return self._course.bundle

    @property
    def variables(self) -> dict[str, Any]:
        """The variables of the started process's own scope."""
        return dict(self._root.variables)

    @property
    def _root(self) -> scopes.Scope:
        return next(iter(self._course.scopes.values()))

    def waiting(self) -> Waiting:
        """Everything that the instance waits for, in the order in which it came to wait."""
        found = Waiting()
        for token in self._course.live():
            if token.incident is not None:
                incident = token.incident
                found.incidents.append(
                    OpenIncident(
                        *self._place(token), incident["kind"], text_of(incident["message"]), incident["retries_left"]
                    )
                )
                continue
            if token.state == TaskState.STARTED and "task" in token.info and token.phase == tokens.WORK:
                found.tasks.append(self._open_task(token))
            if timer := token.info.get("timer"):
                found.timers.append(ArmedTimer(*self._place(token), timer["due"], int(timer["occurrence"])))
            if subscription := self._subscription(token):
                found.subscriptions.append(subscription)
        found.timers += self._going_on()
        return found

    def _going_on(self) -> list[ArmedTimer]:
        """The timer that lets the rest of the queue go on, if the last run left one."""
        halted_at = self._course.halted_at
        left = (self._course.token(identity) for identity in self._course.queue)
        token = next((token for token in left if token is not None), None)
        if halted_at is None or token is None:
            return []
        return [ArmedTimer(*self._place(token), halted_at, GOING_ON)]

    def _place(self, token: Token) -> tuple[str, str, str]:
        return token.id, token.node.id, token.task_spec.process_id

    def _open_task(self, token: Token) -> OpenTask:
        task = token.info["task"]
        priority = task.get("priority")
        return OpenTask(
            *self._place(token),
            kind=task["kind"],
            form_id=token.node.form_id,
            assignee=task.get("assignee"),
            candidate_groups=tuple(task.get("groups", ())),
            candidate_users=tuple(task.get("users", ())),
            due_at=task.get("due"),
            follow_up_at=task.get("follow_up"),
            priority=int(priority) if priority is not None else None,
            scope_id=token.scope,
            variables=self._course.view(token.scope),
            item_index=token.index,
        )

    def _subscription(self, token: Token) -> Subscription | None:
        if message := token.info.get("message"):
            return Subscription(*self._place(token), "message", message[0], message[1])
        if (signal := token.info.get("signal")) is not None:
            return Subscription(*self._place(token), "signal", signal, None)
        if "held" in token.info and token.node.event.condition is not None:
            return Subscription(*self._place(token), "conditional", token.node.event.condition.text, None)
        return None

    def tokens(self) -> list[TokenView]:
        """Where all live tokens stand, those that only listen (``listening``) included."""
        return [
            TokenView(*self._place(token), token.home, _state_of(token), token.entered_at, token.index)
            for token in self._course.live()
        ]

    def scopes(self) -> list[ScopeView]:
        """The open scopes, the started process's first, each with its own variables."""
        return [
            ScopeView(
                scope.id, scope.kind, scope.process, scope.place, scope.variables | scope.own, frozenset(scope.own)
            )
            for scope in self._course.scopes.values()
        ]

    def task_variables(self, token_id: str) -> dict[str, Any]:
        """Everything the element at which a token stands can read."""
        return dict(self._course.view(self._token(token_id).scope))

    def events(self) -> list[StepEvent]:
        """What has happened since this was asked last."""
        happened, self._course.happened = self._course.happened, []
        return happened

    def snapshot(self) -> bytes:
        return snapshots.write(self._course)

    # -- the doors

    def run(self) -> None:
        """Automatic steps until everything waits or has ended."""
        self._course.run()

    def complete(self, token_id: str, variables: Mapping[str, Any] | None = None) -> None:
        """A user, manual or receive task is done.

        :raises NoSuchToken: when no such task is open
        """
        token = self._open(token_id)
        token.task_spec.accept(token, self._course, plain(dict(variables or {})))

    def throw_error(self, token_id: str, code: str, variables: Mapping[str, Any] | None = None) -> None:
        """The person at an open task reports a business error.

        :raises NoSuchToken: when no such task is open
        """
        token = self._open(token_id)
        propagation.throw_error(self._course, token, BpmnError(code, "", plain(dict(variables or {}))))

    def fire_timer(self, token_id: str, occurrence: int) -> bool:
        """Fire a timer that is due; False when it isn't, was fired already or is gone.

        The one that is ``GOING_ON`` does nothing but let ``run`` follow.
        """
        if occurrence == GOING_ON:
            return self._course.halted_at is not None
        token = self._course.token(token_id)
        if token is None or token.incident is not None:
            return False
        return listening.fire_timer(self._course, token, occurrence)

    def message(self, token_id: str, name: str, variables: Mapping[str, Any] | None = None) -> None:
        """Deliver a message to one open subscription.

        :raises NoSuchToken: when that token doesn't wait for this message
        """
        token = self._course.token(token_id)
        if token is None or (token.info.get("message") or [None])[0] != name:
            raise NoSuchToken(f"{token_id} does not wait for the message {name!r}")
        listening.fire(self._course, token, plain(dict(variables or {})))

    def signal(self, name: str, variables: Mapping[str, Any] | None = None) -> int:
        """A signal from outside; how many events of this instance it woke."""
        return listening.broadcast(self._course, name, plain(dict(variables or {})))

    def set_variables(self, variables: Mapping[str, Any], scope_id: str | None = None) -> None:
        """Set variables of the process itself, or of one scope; conditional events react in ``run``."""
        scope = self._root.id if scope_id is None else scope_id
        if scope not in self._course.scopes:
            raise NoSuchToken(f"there is no scope {scope_id!r}")
        modification.declare(self._course, scope, variables)

    def redate(self, name: str, before: datetime, after: datetime, where: Mapping[str, Any]) -> int:
        """Move the instant of a variable from ``before`` to ``after``, with the timers and due dates worked out from it.

        Only where the variables ``where`` have these values, so that of several alike (lots, enquiries) the right one is
        moved. Gives how many variables were moved.
        """
        course = self._course
        concerned = [id for id in course.scopes if _holds(course.view(id), where)]
        declared = [id for id in concerned if _instant(course.scopes[id].variables.get(name)) == before]
        for scope_id in declared:
            course.scopes.declare(scope_id, name, after.isoformat())
        for token in course.live():
            if token.scope not in concerned:
                continue
            timer, task, awaited = token.info.get("timer"), token.info.get("task"), token.node.event.timer
            if timer and awaited is not None and name in awaited.source.names and timer["due"] == before:
                timer["due"] = after.astimezone(UTC)
            if task and token.node.due is not None and name in token.node.due.names and task.get("due") == before:
                task["due"] = after.astimezone(UTC)
        return len(declared)

    def modify(self, change: modification.Modification) -> None:
        """Set variables, put tokens before elements and take tokens away.

        :raises modification.Unfit: for an instruction that makes no sense here
        """
        modification.modify(self._course, change)

    def retry(self, token_id: str) -> None:
        """Let an element with an incident go on where it stopped; before its work, its inputs are worked out again.

        :raises NoSuchToken: when that token has no incident
        """
        token = self._token(token_id)
        if token.incident is None:
            raise NoSuchToken(f"{token_id} has no incident")
        self._course.note("resolved", token, type=token.incident["kind"])
        token.task_spec.retry(token, self._course)

    def cancel(self) -> None:
        """End everything at once."""
        if self._course.state != InstanceState.ACTIVE:
            return
        self._course.end_scope(self._root)
        self._course.queue.clear()
        self._course.finish(InstanceState.CANCELLED)

    # -- within

    def _token(self, token_id: str) -> Token:
        token = self._course.token(token_id)
        if token is None:
            raise NoSuchToken(f"there is no token {token_id!r}")
        return token

    def _open(self, token_id: str) -> Token:
        token = self._token(token_id)
        if "task" not in token.info or token.state != TaskState.STARTED or token.phase != tokens.WORK:
            raise NoSuchToken(f"no task is open at {token_id}")
        return token


def _holds(view: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    return all(view.get(name) == value for name, value in values.items())


def _instant(value: Any) -> datetime | None:
    found = timing.parse_instant(value) if isinstance(value, str) else value
    return found if isinstance(found, datetime) and found.tzinfo is not None else None


def _state_of(token: Token) -> TokenState:
    if token.incident is not None:
        return TokenState.INCIDENT
    if token.role != tokens.FLOWING:
        return TokenState.LISTENING
    if token.state == TaskState.READY:
        return TokenState.READY
    is_open = "task" in token.info and token.state == TaskState.STARTED
    return TokenState.OPEN if is_open else TokenState.WAITING


def start(
    bundle: Bundle,
    process_id: str,
    variables: Mapping[str, Any] | None,
    environment: Environment,
    *,
    start_id: str | None = None,
    message: str | None = None,
    held: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None,
) -> Instance:
    """A new instance at one of its start events: the named one, the one of a message, or the none start. It has not run yet.

    ``held`` takes what the process is to begin with: at a none start what it is given, at any other what the event has made
    of it by its outputs. Whatever it raises goes to the caller.

    :raises NoSuchStart: when there is no such process or start event
    :raises Failure: when the outputs can't be worked out, and what they give was to be held
    """
    process = bundle.processes.get(process_id)
    if process is None:
        raise NoSuchStart(f"there is no process {process_id!r}")
    node = _start_node(process, start_id, message)
    course = Course(bundle, process_id, environment)
    root = course.open_scope(scopes.ROOT, None, None, process_id, process_id)
    is_plain = node is process.body.none_start
    given = plain(dict(held(variables or {}) if held is not None and is_plain else variables or {}))
    caught = given if message is not None else {}
    root.variables = {} if message is not None else given
    course.note("started", None, variables=sorted(given))
    token = course.create(course.spec_named(process_id).elements[node.id], root.id, result=caught)
    if held is not None and not is_plain:
        token.task_spec.arrive(token, course)
        root.variables = plain(dict(held(root.variables)))
    listening.open_starts(course, root)
    return Instance(course)


def _start_node(process: Process, start_id: str | None, message: str | None) -> Node:
    if message is not None:
        start_id = process.start_messages.get(message)
        if start_id is None:
            raise NoSuchStart(f"no start event of {process.id!r} waits for the message {message!r}")
    if start_id is not None:
        found = next((node for node in process.body.starts if node.id == start_id), None)
        if found is None:
            raise NoSuchStart(f"the process {process.id!r} has no start event {start_id!r}")
        return found
    if process.body.none_start is None:
        raise NoSuchStart(f"the process {process.id!r} has no none start event")
    return process.body.none_start


def restore(bundle: Bundle, snapshot: bytes, environment: Environment) -> Instance:
    """The instance that a snapshot was taken of.

    :raises UnknownSnapshot: written by another version of the engine, or for other diagrams
    """
    return Instance(snapshots.read(bundle, snapshot, environment))


@dataclass(frozen=True)
class StartDue:
    """A firing of a timer start event; ``armed_at`` is when the first was armed, from which a cycle without a start counts."""

    due_at: datetime
    occurrence: int
    armed_at: datetime | None


def start_timer_due(
    bundle: Bundle,
    process_id: str,
    start_id: str,
    environment: Environment,
    previous: StartDue | None = None,
) -> StartDue | None:
    """When a process's timer start event is due first, or after ``previous``; None: never again."""
    event = bundle.processes[process_id].nodes[start_id].event
    assert event.timer is not None
    value = event.timer.source.evaluate({}, environment.now())
    armed_at = environment.now() if previous is None or previous.armed_at is None else previous.armed_at
    due, cycle = timing.arm(event.timer.kind, value, armed_at, environment.zone)
    if previous is None:
        return StartDue(due, 0, armed_at)
    occurrence = previous.occurrence + 1
    if cycle is None or (cycle.remaining is not None and occurrence >= cycle.remaining):
        return None
    if previous.armed_at is None:  # armed by the first release, which counted each from the one before
        return StartDue(cycle.span.after(previous.due_at, cycle.zone or environment.zone), occurrence, None)
    return StartDue(cycle.due(occurrence, environment.zone), occurrence, armed_at)
