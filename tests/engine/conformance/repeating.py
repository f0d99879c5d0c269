"""Multi-instance as a table: every kind of activity, order, mapping, completion condition and surrounding, and what comes of it.

A committee of four is asked: the first and third vote yes, the second gives no vote, the fourth votes no. What must come of
a case is worked out here by a few lines that know nothing of the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from drawing import (
    another,
    boundary,
    call,
    drawing,
    each,
    element,
    event_sub,
    mapping,
    message,
    on_message,
    on_signal,
    receive,
    script,
    service,
    signal,
    start,
    sub,
    user,
)

from app.engine import spiff
from app.engine.spiff.scopes import COUNTERS

MEMBERS: list[dict[str, Any]] = [
    {"id": "a", "vote": "yes"},
    {"id": "b"},
    {"id": "c", "vote": "yes"},
    {"id": "d", "vote": "no"},
]
VOTES = [member.get("vote") for member in MEMBERS]
FORGED = dict.fromkeys(COUNTERS, 99)
"""What somebody may send along: variables named like the counters."""

KINDS = ("user", "service", "script", "receive", "sub", "sub with event", "call", "call of a script")
WAITING = {"user": "m", "receive": "m", "sub": "u", "sub with event": "u", "call": "v"}
"""Where an instance of a kind waits for somebody."""
MAPPED = ("neither", "inputs", "outputs", "both")
ENDINGS = {
    "all": None,
    "two are done": "numberOfCompletedInstances >= 2",
    "two agree": 'count(results[item = "yes"]) >= 2',
    "the second is done": "loopCounter = 2",
}
AROUND = ("nothing", "a repetition", "a boundary event", "an interrupting boundary event", "an event sub-process")
ENDS = '<bpmn:endEvent id="aside_end" />'


@dataclass(frozen=True)
class Case:
    """One combination. ``collects``: whether the votes are collected."""

    kind: str
    sequential: bool
    mapped: str
    ending: str
    around: str
    collects: bool = True

    @property
    def name(self) -> str:
        """As a test's id."""
        order = "sequential" if self.sequential else "parallel"
        collected = "" if self.collects else ", nothing collected"
        return f"{self.kind}, {order}, mapped {self.mapped}, ends when {self.ending}, in {self.around}{collected}"

    @property
    def waits(self) -> bool:
        """Whether its instances wait for somebody."""
        return self.kind in WAITING

    @property
    def rounds(self) -> list[int]:
        """The instances of the repetition around it."""
        return [1, 2] if self.around == "a repetition" else [0]

    # -- drawn

    def diagram(self) -> str:
        """The whole file."""
        flows, parts = "start -> m -> end", [self._activity()]
        if self.around == "a repetition":
            marker = each("[1,2]", "round", collect=("rounds", "results"))
            flows, parts = "start -> outer -> end", [sub("outer", "start_o -> m -> end_o", *parts, marker=marker)]
        elif self.around == "an event sub-process":
            asks = start("aside", on_signal("stop"), interrupting=False)
            parts.append(event_sub("es", "aside -> note -> end_es", asks, script("note", "true", "aside")))
        elif "boundary" in self.around:
            interrupting = self.around.startswith("an interrupting")
            parts += [
                boundary("edge", "m", on_signal("stop"), interrupting=interrupting),
                script("note", "true", "aside"),
            ]
            flows += "; edge -> note -> aside_end"
            parts.append(ENDS)
        return drawing(flows, *parts, definitions=self._definitions())

    def _definitions(self) -> str:
        called = user("v") if self.kind == "call" else script("v", f"{self._who}.vote", "vote")
        return (
            signal("stop", "stop")
            + message("vote", "vote", f"={self._who}.id + string(round)")
            + message("change", "change", "=item.id + string(round)")
            + another("q", "start_q -> v -> end_q", called)
        )

    @property
    def _who(self) -> str:
        return "who" if self.mapped in ("inputs", "both") else "item"

    def _activity(self) -> str:
        inputs = {"who": "=item", "round": "=round"} if self.mapped in ("inputs", "both") else None
        outputs = {"vote": "=vote"} if self.mapped in ("outputs", "both") else None
        held = mapping(inputs, outputs)
        marker = each(
            "items", "item", sequential=self.sequential, complete_when=ENDINGS[self.ending],
            collect=("results", "vote") if self.collects else None,
        )  # fmt: skip
        match self.kind:
            case "user":
                return user("m", held, marker)
            case "service":
                return service("m", "poll", held, marker)
            case "script":
                return script("m", f"{self._who}.vote", "vote", marker, held)
            case "receive":
                return receive("m", "vote", marker, held)
            case "sub":
                return sub("m", "start_m -> u -> end_m", user("u"), marker=marker, extensions=held)
            case "sub with event":
                asks = start("changed", on_message("change"), interrupting=True)
                within = event_sub("within", "changed -> w -> end_w", asks, element("task", "w"))
                return sub("m", "start_m -> u -> end_m", user("u"), within, marker=marker, extensions=held)
        return call("m", "q", held, marker)

    # -- worked out

    def order(self) -> list[int]:
        """In which order the instances are completed: what waits in parallel is done last first."""
        members = list(range(len(MEMBERS)))
        return members[::-1] if self.waits and not self.sequential else members

    def completed(self) -> list[int]:
        """The instances that are completed before the whole ends."""
        done: list[int] = []
        for index in self.order():
            done.append(index)
            agreed = [VOTES[each] for each in done].count("yes") if self.collects else 0
            ends = {"two are done": len(done) >= 2, "two agree": agreed >= 2, "the second is done": index + 1 == 2}
            if ends.get(self.ending) or self.around == "an interrupting boundary event":
                break
        return done

    def variables(self) -> dict[str, Any]:
        """The variables of the process at its end, the given ones left out."""
        done = set(self.completed())
        results = [VOTES[index] if index in done else None for index in range(len(MEMBERS))]
        aside = {"aside": True} if self.around not in ("nothing", "a repetition") else {}
        if self.around == "a repetition":
            return {"rounds": [results, results]}
        if self.around == "an interrupting boundary event" or not self.collects:
            return aside
        return {"results": results} | aside


def table() -> Iterator[Case]:
    """Every combination. An instance that nobody waits for can't be interrupted while it waits."""
    for kind, sequential, mapped, ending, around in product(KINDS, (False, True), MAPPED, ENDINGS, AROUND):
        case = Case(kind, sequential, mapped, ending, around)
        if case.waits or around in ("nothing", "a repetition"):
            yield case
            if around == "nothing" and ending != "two agree":
                yield replace(case, collects=False)


class House:
    """An environment whose one operation votes for whom it is asked, and forges the counters."""

    zone = ZoneInfo("Asia/Shanghai")
    portion = spiff.Portion()
    step_limit = 10_000
    automatic_retries = False

    def __init__(self, bundle: spiff.Bundle) -> None:
        self.own = bundle

    def now(self) -> datetime:
        return datetime(2026, 3, 2, 4, tzinfo=UTC)

    def call(self, request: spiff.OperationCall) -> Mapping[str, Any]:
        asked = request.inputs["who" if "who" in request.inputs else "item"]
        return given(asked) | FORGED

    def decide(self, decision_id: str, _variables: Mapping[str, Any]) -> spiff.DecisionOutcome:
        raise AssertionError(decision_id)

    def called_process(self, _process_id: str, _binding: str) -> spiff.Bundle | None:
        return None

    def started_with(self, _bundle: spiff.Bundle, _process_id: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        return variables

    def bundle(self, key: str) -> spiff.Bundle | None:
        return self.own if key == self.own.key else None


def given(member: Mapping[str, Any]) -> dict[str, Any]:
    """What a member answers."""
    return {"vote": member["vote"]} if "vote" in member else {}
