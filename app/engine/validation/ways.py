"""What may reach each element of a package: the variables that are given on some way to it, and where records may stand.

Everything is gathered over all ways, through called processes and sub-processes, with what may go on beside an element. So it
is never too little; what isn't there is there on no way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.engine.acts import Act, Record
from app.engine.spiff.joins import successors
from app.engine.spiff.model import Body, Node, Process
from app.engine.validation.variables import Writers

if TYPE_CHECKING:
    from app.engine.bundles import Package
    from app.engine.engine import Engine

ABSENT = ""
"""The state of a record that nothing has made yet."""
ANY = "*"
"""A record that was there before: it may stand anywhere."""
_FORKS = frozenset({"parallelGateway", "inclusiveGateway"})
_CHOICES = frozenset({"exclusiveGateway", "eventBasedGateway"})


@dataclass
class Reached:
    """What may be so at one place; ``open``: any variable may be given. ``came``: whether any way leads there."""

    names: set[str] = field(default_factory=set)
    states: dict[Record, set[str]] = field(default_factory=dict)
    open: bool = False
    came: bool = False

    def add(self, other: Reached) -> bool:
        """Take in what another way brings; whether any of it was new."""
        if not other.came:
            return False
        size = self._size()
        self.came, self.open = True, self.open or other.open
        self.names |= other.names
        for record, states in other.states.items():
            self.states.setdefault(record, set()).update(states)
        return self._size() != size

    def _size(self) -> tuple[bool, bool, int, int]:
        return self.came, self.open, len(self.names), sum(len(states) for states in self.states.values())


class Ways:
    """The ways of all processes of a package; ``into``: what reaches each node, ``acts``: what is done at it."""

    def __init__(self, package: Package, engine: Engine) -> None:
        self.processes = package.diagrams.processes
        self.writers = Writers(package, engine)
        self.bodies = {node: body for process in self.processes.values() for body, node in _placed(process)}
        self.acts = {node: act for node in self.bodies if (act := _act(node, engine)) is not None}
        self.records = {standing.of for act in engine.acts for standing in act.states}
        self.into = {node: Reached() for node in self.bodies}
        self.inside = {node: frozenset(self._inside(node, set())) for node in self.bodies}
        self.beside: dict[Node, set[Node]] = {node: set() for node in self.bodies}
        for body in {id(body): body for body in self.bodies.values()}.values():
            self._go_on_beside(body)
        self._begin()
        while sum(self._step(node) for node in self.bodies):
            """Something new came somewhere."""

    def called(self, node: Node) -> list[Process]:
        """The processes of the package that a call activity may call."""
        return [self.processes[name] for name in node.may_call if name in self.processes]

    def after(self, node: Node) -> Reached:
        """What leaves a node."""
        into, act = self.into[node], self.acts.get(node)
        written = self.writers.of_node(node)
        found = Reached(into.names | written.names, {}, into.open or written.open, into.came)
        found.states = {record: set(states) for record, states in into.states.items()}
        for standing in act.states if act is not None else ():
            here = found.states.get(standing.of, set())
            found.states[standing.of] = set(standing.leaves) or (here & standing.needs) or set(standing.needs) or here
        if node.kind == "callActivity" and len(self.called(node)) < max(len(node.may_call), 1):
            found.states = {record: {ANY} for record in self.records}
            return found
        within = self._ended(node)
        return found if within is None else self._come_out(node, found, within)

    def _come_out(self, node: Node, found: Reached, within: Reached) -> Reached:
        """What leaves a sub-process or a called process: nothing before an end inside is reached, unless it may be passed by."""
        if node.multi is None:
            found.states, found.came = {}, within.came
        found.names |= within.names if node.body is not None else set()
        for record, states in within.states.items():
            found.states.setdefault(record, set()).update(states)
        return found

    # -- how it is gathered

    def _begin(self) -> None:
        """What processes begin with that no other one of the package calls."""
        for process in self.processes.values():
            for start in process.body.starts:
                written = self.writers.of_node(start)
                begun = Reached(set(written.names), {}, written.open, came=True)
                begun.states = {record: {self._at_first(record, begun)} for record in self.records}
                if start.event.kind != "none" or not self._callers(process):
                    self.into[start].add(begun)

    def _at_first(self, record: Record, begun: Reached) -> str:
        """A record is there before a process that is given one, and wherever no act makes one."""
        made = any(value.name == record.variable for act in self.acts.values() for value in act.gives)
        return ABSENT if made and record.variable not in begun.names and not begun.open else ANY

    def _callers(self, process: Process) -> list[Node]:
        return [node for node in self.bodies if node.kind == "callActivity" and process in self.called(node)]

    def _step(self, node: Node) -> bool:
        """Hand on what leaves a node; whether anything new came anywhere."""
        if not self.into[node].came:
            return False
        body, leaving = self.bodies[node], self.after(node)
        places = {place.id: place for place in body.nodes}
        changed = [self.into[places[to]].add(leaving) for to in successors(body, node) if to in places]
        changed += [self.into[start].add(self._entering(node)) for start in self._starts(node)]
        during = [self.into[node], *(self.after(each) for each in self.inside[node])]
        for edge in node.boundaries:
            changed += [self.into[edge].add(reached) for reached in during]
        for event in body.event_subprocesses:
            if event is not node:
                changed += [self.into[event].add(reached) for reached in (*during, leaving)]
        for other in self.beside[node]:
            changed.append(self._told(other, node))
        return any(changed)

    def _told(self, other: Node, node: Node) -> bool:
        """What a node does may have been done when another one begins that goes on beside it."""
        into, act = self.into[other], self.acts.get(node)
        if not into.came:
            return False
        written = self.writers.of_node(node)
        left = {standing.of: set(standing.leaves) for standing in (act.states if act is not None else ())}
        return into.add(Reached(set(written.names), left, written.open, came=True))

    def _starts(self, node: Node) -> list[Node]:
        """Where tokens begin inside a sub-process or a called process."""
        if node.body is not None:
            return node.body.starts
        return [process.body.none_start for process in self.called(node) if process.body.none_start is not None]

    def _entering(self, node: Node) -> Reached:
        into, own = self.into[node], own_names(node)
        if node.kind == "callActivity" and node.inputs and not node.takes_all:
            return Reached(own, into.states, False, into.came)
        return Reached(into.names | own, into.states, into.open, into.came)

    def _ended(self, node: Node) -> Reached | None:
        """What the ends inside a sub-process or a called process leave; None where nothing is known of them."""
        bodies = [node.body] if node.body is not None else [process.body for process in self.called(node)]
        if not bodies:
            return None
        found = Reached()
        for body in bodies:
            for each in body.nodes:
                if not successors(body, each) or each.kind == "eventSubProcess":
                    found.add(self.after(each))
        return found

    def _inside(self, node: Node, met: set[str]) -> Iterator[Node]:
        for process in self.called(node) if node.kind == "callActivity" else ():
            if process.id not in met:
                met.add(process.id)
                for each in process.body.nodes:
                    yield each
                    yield from self._inside(each, met)
        for each in node.body.nodes if node.body is not None else ():
            yield each
            yield from self._inside(each, met)

    def _go_on_beside(self, body: Body) -> None:
        """Find out which elements of a body may be going on at the same time, with all that is inside them."""
        for node in body.nodes:
            branches = [_reachable(body, to, node) for to in _branches(node)]
            for i, one in enumerate(branches):
                for other in branches[i + 1 :]:
                    self._pair(body, one - other, other - one)
        events = {event.id for event in body.event_subprocesses}
        self._pair(body, events, {node.id for node in body.nodes} - events)

    def _pair(self, body: Body, ones: set[str], others: set[str]) -> None:
        left, right = (
            {each for node in body.nodes if node.id in side for each in (node, *self.inside[node])}
            for side in (ones, others)
        )
        for one in left - right:
            self.beside[one] |= right - left
        for other in right - left:
            self.beside[other] |= left - right


def own_names(node: Node) -> set[str]:
    """The names that an element has for itself."""
    names = {mapping.target.partition(".")[0] for mapping in node.inputs}
    if node.multi is not None and node.multi.input_element:
        names.add(node.multi.input_element)
    return names


def _placed(process: Process) -> Iterator[tuple[Body, Node]]:
    for body in process.bodies():
        for node in body.nodes:
            yield body, node


def _act(node: Node, engine: Engine) -> Act | None:
    if node.kind == "userTask":
        return engine.acts.of_form(node.form_id)
    if node.operation is not None and not node.operation.is_expression:
        return engine.acts.operation(node.operation.text)
    return None


def _branches(node: Node) -> list[str]:
    """Where tokens go on at the same time after a node (or beside it, from an event that doesn't interrupt it)."""
    flows = [flow.target for flow in node.outgoing]
    edges = [edge.id for edge in node.boundaries if not edge.interrupting]
    forks = node.kind in _FORKS or (len(flows) > 1 and node.kind not in _CHOICES)
    if edges:
        return [node.id, *edges]
    return flows if forks else []


def _reachable(body: Body, start: str, fork: Node) -> set[str]:
    """The ids that can be reached in a body from one of its nodes, not beyond the fork again."""
    places, found, todo = {node.id: node for node in body.nodes}, set[str](), [start]
    while todo:
        at = todo.pop()
        if at in found or at not in places:
            continue
        found.add(at)
        if at != fork.id or at == start:
            edges = (
                {edge.id for edge in places[at].boundaries if not edge.interrupting} if fork is places[at] else set()
            )
            todo += [to for to in successors(body, places[at]) if to not in edges]
    return found
