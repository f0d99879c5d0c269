"""A running instance on another version of its diagrams: what moves, what is lost, what comes new, what stands against it.

It is planned and done on the opened snapshot: every token and scope names the element it stands at, and each such name
is replaced by its image. An element without an entry in the mapping keeps its id. Keys of a mapping are element ids, or
``PROCESS-ID/ELEMENT-ID`` where several processes of the deployment have an element of that id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.engine.spiff import joins, listening, scopes, snapshots, tokens
from app.engine.spiff.course import Course
from app.engine.spiff.environment import Environment
from app.engine.spiff.failures import Failure
from app.engine.spiff.instance import Instance
from app.engine.spiff.model import LISTENING, Bundle, Node, Process
from app.engine.spiff.scopes import Scope
from app.engine.spiff.specs.activities import UserSpec
from app.engine.spiff.tokens import Token
from app.foundation.text import Text

_EACH = " [each]"
_HANDLER_PARTS = ("node", "handler", "edge")


@dataclass(frozen=True)
class Moved:
    """``count`` tokens go from one element to another (or stay at the one of the same id)."""

    process_id: str
    element_id: str
    target_id: str
    count: int


@dataclass(frozen=True)
class Noted:
    """What is said of one element: why it can't be moved, or what of it is lost or new."""

    process_id: str
    element_id: str
    why: Text


@dataclass
class Plan:
    """What a migration would do. It can be done when nothing is ``refused``."""

    moved: list[Moved] = field(default_factory=list)
    lost: list[Noted] = field(default_factory=list)
    added: list[Noted] = field(default_factory=list)
    refused: list[Noted] = field(default_factory=list)


def migrate(
    old: Bundle, new: Bundle, snapshot: bytes, mapping: Mapping[str, str], environment: Environment
) -> tuple[Instance | None, Plan]:
    """The instance on the new diagrams, not yet run, and what was done; no instance when something is refused.

    Armed timers keep their due time, open tasks their holder; assignment and dates of a task are worked out anew where
    the new diagram says them differently. New boundary events and event sub-processes begin to listen.
    """
    body = snapshots.opened(snapshot)
    migration = _Migration(old, new, body, mapping)
    migration.carry_over()
    if migration.plan.refused:
        return None, migration.plan
    course = snapshots.built(new, body, environment)
    _Settling(course, migration).settle()
    return Instance(course), migration.plan


class _Migration:
    """Rewrites an opened snapshot; what can't be rewritten is refused."""

    def __init__(self, old: Bundle, new: Bundle, body: dict[str, Any], mapping: Mapping[str, str]) -> None:
        self.old = old
        self.new = new
        self.body = body
        self.mapping = mapping
        self.plan = Plan()
        self.old_nodes: dict[str, Node] = {}
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.scopes = {fields["id"]: fields for fields in body["scopes"]}
        self.tokens = {fields["id"]: fields for fields in body["tokens"]}

    def image(self, process_id: str, element_id: str) -> str:
        """The id that an element of the old diagram has in the new one."""
        found = self.mapping.get(f"{process_id}/{element_id}", self.mapping.get(element_id))
        return element_id if found is None else found

    def carry_over(self) -> None:
        """Rewrite everything, or say why not."""
        self.body["bundle"] = self.new.key
        self._check_mapping()
        listeners = [fields for fields in self.body["tokens"] if fields["role"] != tokens.FLOWING]
        places = {fields["id"]: (fields["process"], fields["place"]) for fields in self.body["scopes"]}
        for fields in self.body["scopes"]:
            self._scope(fields)
        for fields in self.body["tokens"]:
            if fields["role"] == tokens.FLOWING:
                self._flowing(fields, places)
        if self.plan.refused:
            return
        for fields in listeners:
            self._listener(fields)
        self.plan.moved = [Moved(*key, count) for key, count in self.counts.items()]

    def _check_mapping(self) -> None:
        for key, target in self.mapping.items():
            process_id, _, element_id = key.rpartition("/")
            known = [p for p in self.old.processes.values() if element_id in p.nodes and process_id in ("", p.id)]
            if not known:
                self._refuse(process_id, element_id, Text("the old diagram has no such element", "原流程图没有该元素"))
            for process in known:
                there = self.new.processes.get(process.id)
                if there is not None and target not in there.nodes:
                    why = Text(f"its target {target} is not in the new diagram", f"目标元素{target}不在新流程图中")
                    self._refuse(process.id, element_id, why)

    def _refuse(self, process_id: str, element_id: str, why: Text) -> None:
        noted = Noted(process_id, element_id, why)
        if noted not in self.plan.refused:
            self.plan.refused.append(noted)

    def _is_ours(self, qualified: str) -> bool:
        """Whether a process is of the migrated deployment; those called from others stay as they are."""
        return ":" not in qualified

    def _pair(self, process_id: str, element_id: str) -> tuple[Node, Node] | None:
        """An element and its image, of the same nature; else it is refused."""
        before = self.old.processes[process_id].nodes[element_id]
        process = self.new.processes.get(process_id)
        target = self.image(process_id, element_id)
        after = process.nodes.get(target) if process else None
        if after is None:
            why = Text("it is not in the new diagram; say where its tokens go", "新流程图中没有该元素，请指定去向")
        elif _nature(before) != _nature(after):
            why = Text(f"{target} is another kind of element", f"{target}是另一类元素")
        else:
            return before, after
        self._refuse(process_id, element_id, why)
        return None

    # -- scopes

    def _scope(self, fields: dict[str, Any]) -> None:
        process_id = fields["process"]
        if not self._is_ours(process_id):
            return
        if process_id not in self.new.processes:
            self._refuse(process_id, process_id, Text("the process is gone", "该流程已不存在"))
            return
        if fields["place"] != process_id:
            pair = self._pair(process_id, fields["place"])
            if pair is None:
                return
            fields["place"] = pair[1].id
        fields["records"] = self._records(process_id, fields.get("records", []))
        fields["arrived"] = {
            self.image(process_id, gateway): self._arrivals(process_id, gateway, by_flow)
            for gateway, by_flow in fields.get("arrived", {}).items()
        }
        fields["waiting"] = {
            self.image(process_id, gateway): waiting for gateway, waiting in fields.get("waiting", {}).items()
        }

    def _arrivals(self, process_id: str, gateway: str, by_flow: dict[str, list[str]]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for flow, waiting in by_flow.items():
            found.setdefault(self._flow(process_id, gateway, flow) or flow, []).extend(waiting)
        return found

    def _flow(self, process_id: str, target: str, flow_id: str) -> str | None:
        """The new diagram's flow by which a token came to a join; None (and a refusal) when there is none."""
        process, before = self.new.processes.get(process_id), self.old.processes[process_id].flows.get(flow_id)
        if process is None or before is None:
            return flow_id
        image = self.image(process_id, target)
        same = process.flows.get(flow_id)
        if same is not None and same.target == image:
            return flow_id
        source = self.image(process_id, before.source)
        alike = [flow.id for flow in process.flows.values() if (flow.source, flow.target) == (source, image)]
        if len(alike) == 1:
            return alike[0]
        why = Text(f"a token came by the flow {flow_id}, which is gone", f"有令牌经由已不存在的顺序流{flow_id}到达")
        self._refuse(process_id, target, why)
        return None

    def _records(self, process_id: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What can be compensated, as far as the new diagram still has activity and handler."""
        nodes = self.new.processes[process_id].nodes
        kept = []
        for record in records:
            image = {part: self.image(process_id, record[part]) for part in _HANDLER_PARTS if part in record}
            if any(identity not in nodes for identity in image.values()):
                why = Text("what it did cannot be compensated any more", "其已完成的工作将无法再补偿")
                self.plan.lost.append(Noted(process_id, record["node"], why))
                continue
            inner = {"inner": self._records(process_id, record["inner"])} if "inner" in record else {}
            kept.append(record | image | inner)
        return kept

    # -- tokens

    def _flowing(self, fields: dict[str, Any], places: dict[str, tuple[str, str]]) -> None:
        process_id = fields["in"]
        if not self._is_ours(process_id):
            return
        each = fields["spec"].endswith(_EACH)
        element_id = fields["spec"].removesuffix(_EACH)
        pair = self._pair(process_id, element_id)
        if pair is None:
            return
        before, after = pair
        self.old_nodes[fields["id"]] = before
        home = self.scopes[fields["home"]]
        if (after.id if each else after.container) != home["place"]:
            where = places[fields["home"]][1]
            why = Text(f"{after.id} stands outside {where}, where its token is", f"{after.id}不在其令牌所在的{where}内")
            self._refuse(process_id, element_id, why)
            return
        fields["spec"] = after.id + (_EACH if each else "")
        if fields["flow"] is not None and before.kind in ("parallelGateway", "inclusiveGateway"):
            fields["flow"] = self._flow(process_id, element_id, fields["flow"])
        fields["records"] = self._records(process_id, fields.get("records", []))
        if pending := fields.get("info", {}).get("pending"):
            fields["info"]["pending"] = self._records(process_id, pending)
        self.counts[process_id, element_id, after.id] += 1

    def _listener(self, fields: dict[str, Any]) -> None:
        """A boundary event, event sub-process or arm that listens; one that the new diagram lacks is lost."""
        process_id, element_id = fields["in"], fields["spec"]
        if not self._is_ours(process_id):
            return
        before = self.old.processes[process_id].nodes[element_id]
        process = self.new.processes[process_id]
        after = process.nodes.get(self.image(process_id, element_id))
        if after is not None and _nature(before) == _nature(after) and self._still_listens(fields, after, process):
            fields["spec"] = after.id
            self.old_nodes[fields["id"]] = before
            return
        self.plan.lost.append(Noted(process_id, element_id, Text("it listens no more", "不再监听")))
        del self.tokens[fields["id"]]
        self.body["tokens"].remove(fields)
        if fields["host"] in self.tokens:
            self.tokens[fields["host"]]["listeners"].remove(fields["id"])

    def _still_listens(self, fields: dict[str, Any], after: Node, process: Process) -> bool:
        host = self.tokens[fields["host"]]["spec"].removesuffix(_EACH) if fields["host"] in self.tokens else None
        if fields["role"] == tokens.BOUNDARY:
            return after.attached_to == host
        if fields["role"] == tokens.ARM:
            return host is not None and any(flow.target == after.id for flow in process.nodes[host].outgoing)
        part = process.nodes.get(after.container)
        return part is not None and part.container == self.scopes[fields["home"]]["place"]


def _nature(node: Node) -> tuple[Any, ...]:
    """What must be alike for a token to go from one element to another."""
    repeated = ("multi", node.multi.sequential) if node.multi else ("loop", None) if node.loop else ("once", None)
    return node.kind, node.event.kind, repeated


class _Settling:
    """Brings a course that was built from a rewritten snapshot in line with what its new diagrams say differently."""

    def __init__(self, course: Course, migration: _Migration) -> None:
        self.course = course
        self.migration = migration
        self.plan = migration.plan

    def settle(self) -> None:
        """Renew what waits, let what is new listen, and look at the joins again."""
        for token in self.course.live():
            before = self.migration.old_nodes.get(token.id)
            if before is not None:
                self._renew(token, before)
        for token in self.course.live():
            before = self.migration.old_nodes.get(token.id)
            if before is not None and token.role == tokens.FLOWING and not token.task_spec.inner:
                self._listen_anew(token, before)
        for scope in list(self.course.scopes.values()):
            self._scope(scope)

    def _renew(self, token: Token, before: Node) -> None:
        after = token.node
        try:
            if "task" in token.info and isinstance(token.task_spec, UserSpec):
                token.info["task"] |= token.task_spec.changed(token, self.course, before)
            if _waits_for(before) != _waits_for(after) and ("message" in token.info or "signal" in token.info):
                listening.forget(self.course, token)
                listening.begin(self.course, token)
            if "held" in token.info:
                self.course.conditions.touched[token.id] = None
        except Failure as failure:
            self.course.incident(token, failure)

    def _listen_anew(self, token: Token, before: Node) -> None:
        process_id = self.course.process_of(token)
        if token.node.kind == "eventBasedGateway" and token.phase == tokens.WORK:
            known = {self.migration.image(process_id, flow.target) for flow in before.outgoing}
            fresh = [flow.target for flow in token.node.outgoing if flow.target not in known]
            nodes = [self.course.node_of(token, target) for target in fresh]
            role = tokens.ARM
        elif token.node.is_activity and token.phase == tokens.WORK:
            known = {self.migration.image(process_id, edge.id) for edge in before.boundaries}
            nodes = [edge for edge in token.node.boundaries if edge.id not in known and edge.event.kind in LISTENING]
            role = tokens.BOUNDARY
        else:
            return
        for node in nodes:
            listening.listen(self.course, token, node, role)
            self.plan.added.append(Noted(process_id, node.id, Text("it begins to listen", "开始监听")))

    def _scope(self, scope: Scope) -> None:
        if not self.migration._is_ours(scope.process) or scope.kind == scopes.ELEMENT:
            return
        self._open_new_starts(scope)
        joins.look_again(self.course, scope)

    def _open_new_starts(self, scope: Scope) -> None:
        body = self.course.body_of(scope)
        if body is None or scope.interrupted:
            return
        process_id = scope.process
        old = self.migration.old.processes[process_id]
        known = {self.migration.image(process_id, node.id) for node in old if node.kind == "eventSubProcess"}
        for part in body.event_subprocesses:
            if part.id not in known and listening.open_start(self.course, scope, part):
                self.plan.added.append(Noted(process_id, part.id, Text("it begins to listen", "开始监听")))


def _waits_for(node: Node) -> tuple[str | None, ...]:
    message = node.awaited
    name = message.name.text if message else None
    key = message.correlation_key.text if message and message.correlation_key else None
    return name, key, node.event.signal.text if node.event.signal else None
