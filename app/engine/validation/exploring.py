"""The token game: every way tokens may take through a process or sub-process, as far as their bounds allow.

A state is a set of places: a token at an element, or a token that waits on a flow into a join. Tokens move one at a
time, the one that stands earliest in the diagram first: moves of different tokens don't disturb each other, so no
outcome is lost, and two tokens that both come to an element are there together. A sub-process is one element here and
explored by itself. Conditions may hold or not, boundary events may happen (a non-interrupting one once), a terminate
end event comes last.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from app.engine.spiff.joins import nodes_before, successors
from app.engine.spiff.model import Body, Flow, Node, Process
from app.engine.validation.conditions import never_together
from app.engine.validation.firing import can_fire, ends_scope

MAX_STATES = 10_000
MAX_WORK = 1_000_000
"""Places copied from state to state, for one body."""


@dataclass(frozen=True, order=True)
class Place:
    """Where a token is: at ``node``, or waiting on ``flow`` for its join. ``fired``: boundary events that have happened."""

    node: str
    flow: str = ""
    fired: tuple[str, ...] = ()


State = frozenset[Place]


@dataclass(frozen=True)
class Move:
    """One outcome of one token's step: what it leaves, what comes of it, and by which choice."""

    gone: State
    come: tuple[Place, ...]
    node: str
    choice: tuple[str, ...] = ()


@dataclass
class Exploration:
    """What was seen. ``stuck``: joins that wait with nothing left to come; ``doubled``: elements two tokens
    reach, with the move of the second.

    ``whole`` is false when the bounds ended it, so that what was not seen says nothing.
    """

    body: Body
    whole: bool = True
    completes: bool = False
    passed: set[str] = field(default_factory=set)
    stuck: dict[str, State] = field(default_factory=dict)
    doubled: dict[str, tuple[State, Move]] = field(default_factory=dict)
    _came: dict[State, tuple[State, Move] | None] = field(default_factory=dict)

    def way_to(self, state: State) -> list[Move]:
        """The moves that lead to a state, the fewest there are."""
        found: list[Move] = []
        step = self._came[state]
        while step is not None:
            found.append(step[1])
            step = self._came[step[0]]
        return found[::-1]

    def first(self, node: str) -> State | None:
        """The first state in which a token stands at an element."""
        return next((state for state in self._came if any(place.node == node for place in state)), None)


class Explorer:
    """Explores the bodies of a process, those inside first."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.explored: dict[str, Exploration] = {}

    def explore(self, body: Body) -> Exploration:
        """The exploration of a body; it and those of the sub-processes in it are kept in ``explored``."""
        if body.owner_id not in self.explored:
            for node in body.nodes:
                if node.body is not None:
                    self.explore(node.body)
            self.explored[body.owner_id] = _Game(self, body).play()
        return self.explored[body.owner_id]

    def completes(self, node: Node) -> bool:
        """Whether an element can come to its normal end."""
        if node.body is None:
            return True
        inside = self.explored[node.body.owner_id]
        return inside.completes or not inside.whole


class _Game:
    def __init__(self, explorer: Explorer, body: Body) -> None:
        self.explorer = explorer
        self.body = body
        self.nodes = {node.id: node for node in body.nodes}
        self.flows = {flow.id: flow for node in body.nodes for flow in node.incoming}
        self.rank = _ranks(body)
        self.found = Exploration(body)
        self.handled: set[Place] = set()

    def play(self) -> Exploration:
        found, waiting, work = self.found, deque[State](), 0
        for start in self.body.starts:
            state = frozenset({Place(start.id)})
            found._came[state] = None
            waiting.append(state)
        while waiting:
            state = waiting.popleft()
            work += len(state) + 1
            if len(found._came) > MAX_STATES or work > MAX_WORK:
                found.whole = False
                self._play_on()
                break
            waiting.extend(following for move in self._moves(state) if (following := self._step(state, move)))
        if found.whole:  # a token that was always behind another in an endless loop was never moved
            found.whole = all(place in self.handled or place.flow for state in found._came for place in state)
        return found

    def _step(self, state: State, move: Move) -> State | None:
        """The state after a move if it is a new one."""
        following = self._after(state, move)
        if following is None or following in self.found._came:
            return None
        self.found._came[following] = (state, move)
        return following

    def _play_on(self) -> None:
        """Where there are too many states for all of them: single games to their end, each with another habit of choosing."""
        choosing = [node.id for node in self.body.nodes if len(node.outgoing) > 1 or node.boundaries]
        games = [("", habit) for habit in range(4)] + [(node, habit) for node in choosing for habit in (0, 1)]
        work = 0
        for exception, habit in games:
            for start in self.body.starts:
                state: State | None = frozenset({Place(start.id)})
                seen: set[State] = set()
                while state is not None and state not in seen and work < MAX_WORK:
                    seen.add(state)
                    work += len(state) + 1
                    state = self._played(state, exception, habit)

    def _played(self, state: State, exception: str, habit: int) -> State | None:
        """The state after one step: ``habit`` is which of its outcomes is chosen, the other one at ``exception``."""
        moves = self._moves(state)
        if not moves:
            return None
        wanted = 1 - habit if moves[0].node == exception else habit
        move = moves[min(wanted, len(moves) - 1)]
        self._step(state, move)
        return self._after(state, move)

    def _after(self, state: State, move: Move) -> State | None:
        """The state after a move; None when the scope has ended."""
        rest = state - move.gone
        for place in move.come:
            is_new = not place.flow and place.node != move.node and self.nodes[place.node].kind != "endEvent"
            if is_new and any(other.node == place.node for other in rest):
                self.found.doubled.setdefault(place.node, (state, move))
        following = rest | frozenset(move.come)
        if not following:
            self.found.completes = True
            return None
        return following

    def _moves(self, state: State) -> list[Move]:
        """The moves of the token that stands earliest; at last those that end everything; else the joins are stuck."""
        free = [place for place in state if not place.flow and not ends_scope(self.nodes[place.node], self._process)]
        joins = self._open_joins(state)
        earliest = min(
            [
                *((self.rank[place.node], 1, place) for place in free),
                *((self.rank[node], 0, Place(node)) for node in joins),
            ],
            default=None,
        )
        if earliest is not None:
            _, is_token, place = earliest
            return (
                list(self._of_token(place))
                if is_token
                else list(self._of_join(self.nodes[place.node], joins[place.node]))
            )
        ending = [place for place in state if not place.flow]
        if ending:
            for place in ending:
                self.handled.add(place)
                self.found.passed.add(place.node)
                if self.nodes[place.node].event.kind == "terminate":
                    self.found.completes = True
            return []
        self._stuck(state)
        return []

    @property
    def _process(self) -> Process:
        return self.explorer.process

    # -- joins

    def _open_joins(self, state: State) -> dict[str, State]:
        """Joins that can go on now, each with the places it takes."""
        held: dict[str, list[Place]] = {}
        for place in state:
            if place.flow:
                held.setdefault(place.node, []).append(place)
        found: dict[str, State] = {}
        for identity, places in held.items():
            node = self.nodes[identity]
            if node.kind == "parallelGateway":
                if len(places) == len(node.incoming):
                    found[identity] = frozenset(places)
            else:
                before = nodes_before(self.body, identity)
                if not any(place.node in before for place in state if place.node != identity):
                    found[identity] = frozenset(places)
        return found

    def _of_join(self, node: Node, taken: State) -> Iterator[Move]:
        self.found.passed.add(node.id)
        yield from self._leave(node, taken)

    def _stuck(self, state: State) -> None:
        """Keep the joins that wait, but not those that wait only for another of them."""
        waiting = {place.node for place in state}
        for identity in waiting:
            before = nodes_before(self.body, identity)
            others = [other for other in waiting if other != identity and other in before]
            if not any(identity not in nodes_before(self.body, other) for other in others):
                self.found.stuck.setdefault(identity, state)

    # -- tokens

    def _of_token(self, place: Place) -> Iterator[Move]:
        node = self.nodes[place.node]
        self.handled.add(place)
        self.found.passed.add(node.id)
        gone = frozenset({place})
        for edge in node.boundaries:
            if edge.event.kind == "compensation" or edge.id in place.fired or not can_fire(edge, node, self._process):
                continue
            stays = () if edge.interrupting else (Place(node.id, "", tuple(sorted((*place.fired, edge.id)))),)
            yield Move(gone, (*stays, Place(edge.id)), node.id)
        if not self.explorer.completes(node):
            return
        if node.kind == "intermediateThrowEvent" and node.event.kind == "link" and node.event.link in self.body.links:
            yield Move(gone, (Place(self.body.links[node.event.link].id),), node.id)
            return
        yield from self._leave(node, gone)

    def _leave(self, node: Node, gone: State) -> Iterator[Move]:
        choices = self._choices(node)
        for flows in choices:
            chosen = tuple(flow.id for flow in flows) if len(choices) > 1 else ()
            yield Move(gone, tuple(self._arrival(flow) for flow in flows), node.id, chosen)

    def _arrival(self, flow: Flow) -> Place:
        target = self.nodes[flow.target]
        joins = target.kind in ("parallelGateway", "inclusiveGateway") and len(target.incoming) > 1
        return Place(target.id, flow.id if joins else "")

    def _choices(self, node: Node) -> list[tuple[Flow, ...]]:
        """The sets of flows by which a token may leave an element."""
        flows = node.outgoing
        if not flows or node.kind == "parallelGateway":
            return [tuple(flows)]
        if node.kind in ("exclusiveGateway", "eventBasedGateway"):
            return [(flow,) for flow in flows]
        free = tuple(flow for flow in flows if flow.condition is None and flow.id != node.default)
        default = tuple(flow for flow in flows if flow.id == node.default)
        conditional = [flow for flow in flows if flow.condition is not None and flow.id != node.default]
        none = [(*free, *default)] if free or default else []
        return none + [(*free, *some) for some in _together(conditional)]


def _together(flows: list[Flow]) -> list[tuple[Flow, ...]]:
    """Sets of conditional flows that may be taken together: all sets of few, of many the smallest and the largest."""
    apart = {
        frozenset({a.id, b.id})
        for a, b in combinations(flows, 2)
        if a.condition is not None and b.condition is not None and never_together(a.condition, b.condition)
    }
    sizes = range(1, len(flows) + 1) if len(flows) <= 4 else [1, 2, len(flows) - 1, len(flows)]
    return [
        some
        for size in sizes
        for some in combinations(flows, size)
        if not any(frozenset({a.id, b.id}) in apart for a, b in combinations(some, 2))
    ]


def _ranks(body: Body) -> dict[str, int]:
    """A number for each element, smaller for those that come before in the diagram; in a loop, in the order it is entered."""
    following = {node.id: successors(body, node) for node in body.nodes}
    order: list[str] = []
    seen: set[str] = set()
    for root in [*(node.id for node in body.starts), *following]:
        if root in seen:
            continue
        seen.add(root)
        stack = [(root, reversed(following[root]))]
        while stack:
            node, rest = stack[-1]
            into = next((target for target in rest if target not in seen), None)
            if into is None:
                order.append(node)
                stack.pop()
            else:
                seen.add(into)
                stack.append((into, reversed(following[into])))
    return {node: number for number, node in enumerate(reversed(order))}
