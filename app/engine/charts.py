"""An instance's diagrams and where it stands in them: its processes with those they call, its tokens, its stages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.engine import definitions, history, instances
from app.engine.engine import Engine
from app.engine.projection import name_of
from app.engine.records import HistoryRow, InstanceRow, OpenTaskRow
from app.engine.spiff import Node, Process, TokenView
from app.engine.states import RUNNING, InstanceState, TokenState
from app.engine.steps import SnapshotUnreadable
from app.foundation.text import Text

DONE, NOW, TO_COME, STOPPED, SKIPPED = "done", "now", "to_come", "stopped", "skipped"

KINDS = {
    "startEvent": Text("start", "开始"),
    "endEvent": Text("end", "结束"),
    "exclusiveGateway": Text("choice", "分支"),
    "inclusiveGateway": Text("choice of several", "多选分支"),
    "parallelGateway": Text("fork or join", "并行"),
    "eventBasedGateway": Text("whatever comes first", "先到先行"),
    "intermediateCatchEvent": Text("wait", "等待"),
    "boundaryEvent": Text("event at a step", "边界事件"),
    "eventSubProcess": Text("what may happen at any time", "可随时触发的子流程"),
    "subProcess": Text("sub-process", "子流程"),
    "callActivity": Text("called process", "调用流程"),
}
"""What an element is that the diagram gives no name, and what is said beside the name of one."""


def called(node: Node) -> Text:
    """An element's name in both languages; what it is where the diagram gives none."""
    return name_of(node, node.id) if node.name or node.names else KINDS.get(node.kind, Text(node.id, node.id))


@dataclass(frozen=True)
class Chart:
    """The processes an instance runs or may call, the started one first, each followed by those it calls."""

    processes: Mapping[str, Process]
    deployments: Mapping[str, str]

    def node(self, process_id: str, element_id: str) -> Node | None:
        """An element, or None."""
        process = self.processes.get(process_id)
        return process.nodes.get(element_id) if process else None

    def name(self, process_id: str, element_id: str) -> Text:
        """What an element is called in both languages; its id where the processes hold none of that id."""
        node = self.node(process_id, element_id)
        return called(node) if node else name_of(None, element_id)

    def title(self, process_id: str) -> Text:
        """A process's name in both languages."""
        return title_of(self.processes[process_id])

    def calls(self, process_id: str) -> dict[str, list[str]]:
        """The processes that a process calls or may call, by the ids of the elements that call them."""
        calls = {
            node.id: [called for called in node.may_call if called in self.processes]
            for node in self.processes[process_id]
        }
        return {element_id: called for element_id, called in calls.items() if called}

    @property
    def stages(self) -> list[str]:
        """The stages in the order in which the diagrams come to them."""
        found: dict[str, None] = {}
        self._add_stages(next(iter(self.processes)), found, set())
        return list(found)

    def _add_stages(self, process_id: str, found: dict[str, None], entered: set[str]) -> None:
        entered.add(process_id)
        calls = self.calls(process_id)
        for node in self.processes[process_id]:
            if node.stage:
                found.setdefault(node.stage)
            for called in calls.get(node.id, ()):
                if called not in entered:
                    self._add_stages(called, found, entered)


def title_of(process: Process) -> Text:
    """A process's name in both languages."""
    english = process.names.get("en") or process.name or process.id
    return Text(english, process.names.get("zh") or process.name or english)


def of_instance(engine: Engine, session: Session, row: InstanceRow) -> Chart:
    """The diagrams of an instance."""
    gathering = _Gathering(engine, session, row)
    gathering.add(row.process_id, row.deployment_id)
    return Chart(gathering.processes, gathering.deployments)


@dataclass
class _Gathering:
    engine: Engine
    session: Session
    row: InstanceRow
    processes: dict[str, Process] = field(default_factory=dict)
    deployments: dict[str, str] = field(default_factory=dict)

    def add(self, process_id: str, deployment_id: str) -> None:
        """A process as a deployment has it, and what it calls."""
        process = self.engine.package(self.session, deployment_id).diagrams.processes.get(process_id)
        if process is None:
            return
        self.processes[process_id], self.deployments[process_id] = process, deployment_id
        for node in process:
            for called in self._called(node):
                if called not in self.processes:
                    latest = None if node.binding == "deployment" else definitions.latest(self.session, called)
                    self.add(called, latest.deployment_id if latest is not None else deployment_id)

    def _called(self, node: Node) -> Iterable[str]:
        """What a call activity called here; as long as it has not chosen, all that it may call."""
        if len(node.may_call) < 2:
            return node.may_call
        return [process_id for process_id in node.may_call if process_id in self._entered] or node.may_call

    @cached_property
    def _entered(self) -> set[str | None]:
        rows = select(HistoryRow.process_id).where(HistoryRow.instance_id == self.row.id).distinct()
        return set(self.session.scalars(rows))


def xml(engine: Engine, session: Session, chart: Chart, process_id: str) -> bytes:
    """A process's diagram, byte for byte as it was deployed."""
    package = engine.package(session, chart.deployments[process_id])
    return package.files[chart.processes[process_id].file]


def tokens(engine: Engine, session: Session, row: InstanceRow) -> list[TokenView]:
    """Where an instance's tokens stand; none when it has ended. Where it can't be read: those of its open tasks."""
    if row.state not in RUNNING:
        return []
    try:
        with instances.looking(engine, session, row.id) as live:
            return live.tokens()
    except SnapshotUnreadable:
        waiting = select(OpenTaskRow).where(OpenTaskRow.instance_id == row.id).order_by(OpenTaskRow.id)
        return [_at_task(task) for task in session.scalars(waiting)]


def _at_task(task: OpenTaskRow) -> TokenView:
    return TokenView(
        task.token_id, task.element_id, task.process_id, "", TokenState.OPEN, task.created_at, task.item_index
    )


@dataclass(frozen=True)
class Passage:
    """When an element was first entered and last completed, and how often it was completed."""

    entered_at: datetime | None = None
    completed_at: datetime | None = None
    times: int = 0


def passages(session: Session, instance_id: str) -> dict[tuple[str, str], Passage]:
    """What happened at each element of an instance, by process and element."""
    rows = session.execute(
        select(
            HistoryRow.process_id,
            HistoryRow.element_id,
            HistoryRow.kind,
            func.min(HistoryRow.at),
            func.max(HistoryRow.at),
            func.count(),
        )
        .where(HistoryRow.instance_id == instance_id, HistoryRow.kind.in_(("entered", "completed")))
        .group_by(HistoryRow.process_id, HistoryRow.element_id, HistoryRow.kind)
    )
    found: dict[tuple[str, str], Passage] = {}
    for process_id, element_id, kind, first, last, count in rows:
        key = (process_id or "", element_id or "")
        before = found.get(key, Passage())
        if kind == "entered":
            found[key] = Passage(first, before.completed_at, before.times)
        else:
            found[key] = Passage(before.entered_at, last, count)
    return found


def flows_taken(session: Session, instance_id: str) -> list[str]:
    """The flows that were taken at least once."""
    return history.passages(session, instance_id)[1]


@dataclass(frozen=True)
class Stage:
    """A stage of a case. ``state``: done, now, to_come, stopped (the case ended there) or skipped."""

    id: str
    state: str
    from_at: datetime | None = None
    to_at: datetime | None = None


@dataclass
class _Seen:
    first: datetime | None = None
    last: datetime | None = None
    current: list[datetime] = field(default_factory=list)


def stages(
    chart: Chart, row: InstanceRow, tokens: Iterable[TokenView], passages: Mapping[tuple[str, str], Passage]
) -> list[Stage]:
    """The stages of an instance in order.

    A stage that was passed and lies behind one the case was sent back to is to come again.
    """
    seen: dict[str, _Seen] = {stage: _Seen() for stage in chart.stages}
    for (process_id, element_id), passage in passages.items():
        node = chart.node(process_id, element_id)
        if node is None or not node.stage:
            continue
        about = seen[node.stage]
        about.first = _earlier(about.first, passage.entered_at or passage.completed_at)
        # what is called goes on long after its own stage: that it was begun is what happened here
        ended_at = passage.entered_at if _calls(node) and passage.completed_at else passage.completed_at
        about.last = _later(about.last, ended_at)
    for token in tokens:
        node = chart.node(token.process_id, token.element_id)
        if node is not None and node.stage and token.state != TokenState.LISTENING and not _calls(node):
            seen[node.stage].current.append(token.entered_at)
    return _told(row, seen)


def _calls(node: Node) -> bool:
    """Whether a token here only waits for what goes on in a process or sub-process of its own."""
    return node.kind == "callActivity" or node.body is not None


def _told(row: InstanceRow, seen: Mapping[str, _Seen]) -> list[Stage]:
    told: list[Stage] = []
    back: datetime | None = None
    for stage, about in seen.items():
        if about.current:
            back = _earlier(back, min(about.current))
            told.append(Stage(stage, NOW, about.first))
        elif about.last is not None and (back is None or about.last > back):
            told.append(Stage(stage, DONE, about.first, about.last))
        else:
            told.append(Stage(stage, TO_COME))
    return told if row.state in RUNNING else _ended(row, told)


def _ended(row: InstanceRow, told: list[Stage]) -> list[Stage]:
    """Once a case has ended nothing is to come: what wasn't reached was skipped, a cancelled case stopped where it was."""
    ended = [Stage(stage.id, SKIPPED) if stage.state == TO_COME else stage for stage in told]
    reached = [number for number, stage in enumerate(ended) if stage.state == DONE]
    if row.state == InstanceState.CANCELLED and reached:
        last = ended[reached[-1]]
        ended[reached[-1]] = Stage(last.id, STOPPED, last.from_at, last.to_at)
    return ended


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((at for at in (one, other) if at is not None), default=None)


def counted(tokens: Iterable[TokenView], process_id: str) -> Counter[tuple[str, str]]:
    """How many tokens stand at each element of a process, by element and state; those that only listen left out."""
    return Counter(
        (token.element_id, token.state)
        for token in tokens
        if token.process_id == process_id and token.state != TokenState.LISTENING
    )
