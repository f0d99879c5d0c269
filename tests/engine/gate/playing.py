"""Plays anything that a process waits for, for some rounds, and lets the house fail now and then."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.engine import spiff

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


class House:
    """An environment whose operations return, fail and report errors in turn."""

    zone = ZoneInfo("Asia/Shanghai")
    portion = spiff.Portion()
    step_limit = 2_000
    automatic_retries = True

    def __init__(self, bundle: spiff.Bundle) -> None:
        self.own = bundle
        self.time = NOON
        self.calls = 0

    def now(self) -> datetime:
        return self.time

    def call(self, request: spiff.OperationCall) -> Mapping[str, Any] | None:
        self.calls += 1
        dict(request.inputs)
        match self.calls % 5:
            case 1:
                raise spiff.BpmnError("E", "an error", {"why": 1})
            case 2:
                raise RuntimeError("it failed")
        return {"done": True, "count": self.calls, "list": [1, {"a": None}]}

    def decide(self, _decision_id: str, _variables: Mapping[str, Any]) -> spiff.DecisionOutcome:
        self.calls += 1
        if self.calls % 3 == 0:
            raise ValueError("no value")
        return spiff.DecisionOutcome({"method": "open_tender"})

    def called_process(self, _process_id: str, _binding: str) -> spiff.Bundle | None:
        return None

    def started_with(self, _bundle: spiff.Bundle, _process_id: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        return variables

    def bundle(self, key: str) -> spiff.Bundle | None:
        return self.own if key == self.own.key else None


def play(bundle: spiff.Bundle, process: spiff.Process, rounds: int = 12) -> int:
    """Play a process from each of its start events; the number of rounds until nothing was left, at most ``rounds``."""
    played = 0
    for start in process.body.starts:
        house = House(bundle)
        instance = spiff.start(
            bundle, process.id, {"x": True, "n": 3, "list": [1, 2], "key": "K"}, house, start_id=start.id
        )
        instance.run()
        for number in range(rounds):
            if instance.state != "active":
                break
            played += 1
            if number % 3 == 1:
                instance = spiff.restore(bundle, instance.snapshot(), house)
            _turn(instance, house, number)
            instance.run()
            instance.events()
        instance.cancel()
    return played


def _turn(instance: spiff.Instance, house: House, number: int) -> None:
    """Everything that waits, once: tasks are done, or reported as failed; messages come, signals, the time, an operator.

    What waited may be gone when its turn comes: another one of this turn has ended it.
    """
    waiting = instance.waiting()
    for task in waiting.tasks[:10]:
        with suppress(spiff.NoSuchToken):
            _act(instance, task.token_id, number)
            instance.run()
    for subscription in waiting.subscriptions[:10]:
        with suppress(spiff.NoSuchToken):
            _tell(instance, subscription, number)
            instance.run()
    instance.set_variables({"x": number % 2 == 1})
    house.time += timedelta(days=40)
    for timer in waiting.timers[:10]:
        instance.fire_timer(timer.token_id, timer.occurrence)
        instance.run()
    for incident in waiting.incidents[:10]:
        with suppress(spiff.NoSuchToken):
            instance.retry(incident.token_id)
            instance.run()


def _act(instance: spiff.Instance, token_id: str, number: int) -> None:
    if number % 4 == 2:
        instance.throw_error(token_id, "E", {"why": "said so"})
    else:
        instance.complete(token_id, {"x": number % 2 == 0, "n": number, "decision": "return"})


def _tell(instance: spiff.Instance, subscription: spiff.Subscription, number: int) -> None:
    if subscription.kind == "message":
        instance.message(subscription.token_id, subscription.name, {"n": number})
    elif subscription.kind == "signal":
        instance.signal(subscription.name, {})
