"""Playing a scenario, step by step."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import feel
from app.engine import corridor, definitions, forms, instances, locks, messages, spiff, timers
from app.engine.engine import Engine
from app.engine.findings import Finding
from app.engine.records import HistoryRow, IncidentRow, InstanceRow, OpenTaskRow
from app.engine.scenarios import expecting
from app.engine.scenarios.loading import SUFFIX, BadScenario, Scenario, main_key, read, read_in
from app.engine.scenarios.staging import Stage
from app.engine.scenarios.standins import StandIns
from app.foundation import clock
from app.foundation.actor import Actor
from app.foundation.errors import Refusal
from app.foundation.foreign import Unreadable, jsons

PLAYER = Actor("scenario", "Scenario", groups=frozenset({"administrator"}))
MOST_FIRINGS = 100_000
"""How many timers one ``advance`` may fire before the scenario fails."""


Place = tuple[str, str]
"""An element or flow: the ids of its process and of itself."""


@dataclass(frozen=True)
class Outcome:
    """How a scenario went. ``line`` is what the command prints; ``elements`` and ``flows`` are what it passed."""

    name: str
    passed: bool
    step: int | None = None
    message: str = ""
    elements: frozenset[Place] = frozenset()
    flows: frozenset[Place] = frozenset()

    @property
    def line(self) -> str:
        """``ok NAME`` or ``FAILED NAME: step N: what was expected, what was found``."""
        if self.passed:
            return f"ok {self.name}"
        where = f"step {self.step}: " if self.step is not None else ""
        return f"FAILED {self.name}: {where}{' '.join(self.message.split())}"


class Failed(Exception):
    """A step that can't be done or doesn't hold."""


def play_file(path: Path, stage: Stage, *, reload: bool = False) -> Outcome:
    """Play the scenario in a file; one that can't be read has failed too."""
    try:
        scenario = read(path)
    except BadScenario as error:
        return Outcome(_name_in(path), False, error.step, str(error))
    return play(scenario, stage, reload=reload)


def play_all(files: Mapping[str, bytes], stage: Stage) -> Iterator[Outcome]:
    """Play every scenario among these files one by one, with definitions from among them."""
    for name in sorted(name for name in files if name.endswith(SUFFIX)):
        try:
            yield play(read_in(files, name), stage)
        except BadScenario as error:
            yield Outcome(posixpath.basename(name).removesuffix(SUFFIX), False, error.step, str(error))


def tested(files: Mapping[str, bytes]) -> set[str]:
    """The ids of the processes that the scenarios among these files are about; one that can't be read is about none."""
    found = set()
    for name in files:
        if name.endswith(SUFFIX):
            with suppress(BadScenario):
                found.add(read_in(files, name).process)
    return found


def play(scenario: Scenario, stage: Stage, *, reload: bool = False) -> Outcome:
    """Play a scenario on an emptied stage. ``reload``: before every step all that is in memory is forgotten."""
    stage.empty()
    player = _Player(scenario, stage)
    number: int | None = None
    try:
        player.deploy()
        for step in scenario.steps:
            number = (number or 0) + 1
            if reload:
                player.engine.forget()
            player.step(step)
        return Outcome(scenario.name, True, None, "", *player.passed())
    except (Failed, expecting.Unmet) as error:
        return Outcome(scenario.name, False, number, str(error), *player.passed())
    except definitions.DeploymentRefused as refused:
        return Outcome(scenario.name, False, None, "it can't be deployed: " + "; ".join(_said(refused.findings)))
    except forms.FormInvalid as refusal:
        return Outcome(scenario.name, False, number, refusal.whole.en, *player.passed())
    except Refusal as refusal:
        return Outcome(scenario.name, False, number, refusal.sentence.en, *player.passed())
    except Exception as error:  # noqa: BLE001 - a defect fails its scenario, and the others are still played
        return Outcome(scenario.name, False, number, f"{type(error).__name__}: {error}")


def uncovered(outcomes: Iterable[Outcome], diagrams: spiff.Bundle) -> dict[str, list[str]]:
    """By process: the elements and flows that none of these scenarios passed."""
    passed: frozenset[Place] = frozenset().union(*(outcome.elements | outcome.flows for outcome in outcomes))
    return {
        process.id: [each for each in (*process.nodes, *process.flows) if (process.id, each) not in passed]
        for process in diagrams.processes.values()
    }


def never_passed(paths: Iterable[Path], outcomes: Iterable[Outcome]) -> dict[str, list[str]]:
    """Of all processes that scenario files deploy: what none of them passed; processes passed whole are left out.

    Files that several scenarios share are looked at once, with all the scenarios that deploy the same bytes.
    """
    by_files: dict[str, tuple[spiff.Bundle, list[Outcome]]] = {}
    for path, outcome in zip(paths, outcomes, strict=True):
        try:
            files = read(path).files
        except BadScenario:
            continue
        bundle = spiff.read({name: content for name, content in files.items() if name.endswith(".bpmn")})
        by_files.setdefault(bundle.key, (bundle, []))[1].append(outcome)
    found: dict[str, list[str]] = {}
    for bundle, played in by_files.values():
        for process, elements in uncovered(played, bundle).items():
            if process in found:
                elements = [identity for identity in elements if identity in found[process]]
            found[process] = elements
    return {process: elements for process, elements in found.items() if elements}


def _said(findings: Iterable[Finding]) -> list[str]:
    return [f"{f.element_id or f.file}: {f.message}" for f in findings if f.level == "error"]


def _name_in(path: Path) -> str:
    """The name a broken scenario gives itself, if that much can be read, else its file's."""
    try:
        content = jsons.read(path.read_bytes())
        return str(content["name"])
    except (OSError, Unreadable, KeyError, TypeError):
        return path.name


@dataclass
class _Player:
    scenario: Scenario
    stage: Stage
    started: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = clock.VirtualClock(self.scenario.clock)
        self.zone: tzinfo = self.scenario.clock.tzinfo or UTC
        self.stand_ins = StandIns(self.scenario.services)
        self.engine = Engine(
            clock=self.clock,
            acts=self.stand_ins,
            zone=self.zone,
            automatic_retries=False,
            stand_ins=True,
        )

    def session(self) -> Session:
        session = self.stage.session_factory()
        clock.use(session, self.clock)
        return session

    def deploy(self) -> None:
        with self.session() as session:
            definitions.deploy(self.engine, session, PLAYER, self.scenario.files, "played by a scenario")
            session.commit()

    def step(self, step: Mapping[str, Any]) -> None:
        kind = main_key(step)
        if kind == "expect":
            with self.session() as session:
                instance_id = self.instance_id(session)
                found = expecting.Found(session, instance_id, lambda: self.variables(session), self.stand_ins.calls)
                expecting.check(step["expect"], found)
            return
        _STEPS[kind](self, step)
        self.fire_due()
        if self.stand_ins.unlisted:
            raise Failed(f"the job type “{self.stand_ins.unlisted[0]}” was called, and it isn't among the services")

    def instance_id(self, session: Session) -> str | None:
        """The instance that was started last; without a start, the latest of the process."""
        if self.started:
            return self.started[-1]
        latest = select(InstanceRow.id).where(InstanceRow.process_id == self.scenario.process)
        return session.scalars(latest.order_by(InstanceRow.id.desc()).limit(1)).first()

    def needed_instance(self, session: Session) -> str:
        instance_id = self.instance_id(session)
        if instance_id is None:
            raise Failed("nothing was started yet")
        return instance_id

    def variables(self, session: Session) -> Mapping[str, Any]:
        return instances.variables(self.engine, session, self.needed_instance(session))

    def fire_due(self) -> int:
        return timers.fire_due(self.engine, self.session, limit=MOST_FIRINGS)

    # -- steps

    def start(self, step: Mapping[str, Any]) -> None:
        given = step["start"]
        with self.session() as session:
            try:
                started = self.started_with(session, given)
            except forms.FormInvalid:
                if not given.get("expectRefused", False):
                    raise
                return
            if given.get("expectRefused", False):
                raise Failed("expected the start to be refused by its form, found that it was taken")
            self.started.append(started)
            session.commit()

    def started_with(self, session: Session, given: Mapping[str, Any]) -> str:
        variables = given.get("variables", {})
        if "message" in given:
            return self.started_by(session, given["message"], variables)
        return instances.start(self.engine, session, PLAYER, self.scenario.process, variables).id

    def started_by(self, session: Session, message: Mapping[str, Any], variables: Mapping[str, Any]) -> str:
        given = {**variables, **message.get("variables", {})}
        sent = messages.send(self.engine, session, PLAYER, message["name"], message.get("correlationKey"), given)
        if sent.instance_id is None:
            raise Failed(f"expected the message {message['name']} to start the process, found that it was only kept")
        return sent.instance_id

    def complete(self, step: Mapping[str, Any]) -> None:
        variables = dict(step.get("variables", {}))
        self.at_task(step["complete"], step.get("where"), lambda live, token: live.complete(token, variables))

    def throw_error(self, step: Mapping[str, Any]) -> None:
        code, variables = step["code"], dict(step.get("variables", {}))
        self.at_task(
            step["throwError"], step.get("where"), lambda live, token: live.throw_error(token, code, variables)
        )

    def at_task(self, element_id: str, where: str | None, act: Callable[[spiff.Instance, str], None]) -> None:
        with self.session() as session:
            task = self.task(session, element_id, where)
            instance_id, token = task.instance_id, task.token_id
            session.expunge(task)
            row = locks.locked(session, instance_id)
            corridor.move(self.engine, session, row, lambda live: act(live, token), actor=PLAYER, token_id=token)
            session.commit()

    def task(self, session: Session, element_id: str, where: str | None) -> OpenTaskRow:
        kinds = ("user", "manual")
        there = session.scalars(select(OpenTaskRow).where(OpenTaskRow.kind.in_(kinds)).order_by(OpenTaskRow.id)).all()
        tasks = [task for task in there if task.element_id == element_id]
        names = ", ".join(sorted(task.element_id for task in there)) or "none"
        if not tasks:
            raise Failed(f"expected an open task {element_id}, found {names}")
        if where is not None:
            tasks = [task for task in tasks if self.holds(session, where, task)]
            if not tasks:
                raise Failed(f"expected an open task {element_id} where {where}, found none for which that holds")
            return tasks[0]
        if len(tasks) > 1:
            raise Failed(f"expected one open task {element_id}, found {len(tasks)}; say where")
        return tasks[0]

    def holds(self, session: Session, where: str, task: OpenTaskRow) -> bool:
        with instances.looking(self.engine, session, task.instance_id) as live:
            variables = live.task_variables(task.token_id)
        try:
            expression = feel.compile(where.strip().removeprefix("="))
        except feel.FeelSyntaxError as error:
            raise Failed(f"where is no FEEL: {error}") from error
        return expression.evaluate(variables, now=self.clock.instant) is True

    def advance(self, step: Mapping[str, Any]) -> None:
        span = spiff.parse_span(step["advance"])
        if span is None:
            raise Failed(f"“{step['advance']}” is no duration; write it like P3D or PT2H")
        self.advance_until(span.after(self.clock.instant, self.zone))

    def advance_to(self, step: Mapping[str, Any]) -> None:
        moment = spiff.parse_instant(step["advanceTo"])
        if moment is None:
            raise Failed(f"“{step['advanceTo']}” is no date and time; write it like 2026-03-05T09:00:00+08:00")
        self.advance_until(moment if moment.tzinfo is not None else moment.replace(tzinfo=self.zone))

    def advance_until(self, target: datetime) -> None:
        if target < self.clock.instant:
            raise Failed(
                f"the clock stands at {self.clock.instant.astimezone(self.zone).isoformat()} and doesn't go back"
            )
        fired = 0
        while (due := self.next_due()) is not None and due <= target:
            self.clock.turn_to(max(due, self.clock.instant))
            now = timers.fire_due(self.engine, self.session, limit=1)
            fired += now
            if not now or fired > MOST_FIRINGS:
                raise Failed("a timer that is due could not be fired" if not now else f"more than {fired} timers fired")
        self.clock.turn_to(target)

    def next_due(self) -> datetime | None:
        with self.session() as session:
            return timers.next_due(session)

    def message(self, step: Mapping[str, Any]) -> None:
        given = step["message"]
        key = given.get("correlationKey")
        refused = False
        with self.session() as session:
            try:
                messages.send(self.engine, session, PLAYER, given["name"], key, given.get("variables", {}))
            except messages.NobodyWaits:
                refused = True
            except forms.FormInvalid:
                if not given.get("expectRefused", False):
                    raise
                refused = True
            session.commit()
        if refused is not given.get("expectRefused", False):
            said = f"{given['name']}{'' if key is None else f' ({key})'}"
            raise Failed(
                f"expected somebody to wait for the message {said}, found nobody"
                if refused
                else f"expected the message {said} to be refused, found that it was taken"
            )

    def signal(self, step: Mapping[str, Any]) -> None:
        with self.session() as session:
            messages.signal(self.engine, session, PLAYER, step["signal"]["name"], step["signal"].get("variables", {}))
            session.commit()

    def set(self, step: Mapping[str, Any]) -> None:
        with self.session() as session:
            instance_id = self.needed_instance(session)
            instances.set_variables(self.engine, session, PLAYER, instance_id, step["set"].get("variables", {}))
            session.commit()

    def retry(self, step: Mapping[str, Any]) -> None:
        with self.session() as session:
            there = session.scalars(
                select(IncidentRow).where(IncidentRow.resolved_at.is_(None)).order_by(IncidentRow.id)
            ).all()
            found = next((incident for incident in there if incident.element_id == step["retry"]), None)
            if found is None or found.instance_id is None:
                names = ", ".join(sorted(incident.element_id for incident in there)) or "none"
                raise Failed(f"expected an incident at {step['retry']}, found {names}")
            row, token = locks.locked(session, found.instance_id), found.token_id
            corridor.move(self.engine, session, row, lambda live: live.retry(token), actor=PLAYER)
            session.commit()

    def cancel(self, _step: Mapping[str, Any]) -> None:
        with self.session() as session:
            instances.cancel(self.engine, session, PLAYER, self.needed_instance(session), "the scenario cancels")
            session.commit()

    def reload(self, _step: Mapping[str, Any]) -> None:
        self.engine.forget()

    def passed(self) -> tuple[frozenset[Place], frozenset[Place]]:
        """The elements and flows that were passed, each with its process."""
        with self.session() as session:
            rows = session.execute(
                select(HistoryRow.kind, HistoryRow.process_id, HistoryRow.element_id, HistoryRow.details).where(
                    HistoryRow.kind.in_(("entered", "fired", "completed", "taken"))
                )
            ).all()
        flows = {(process, str((details or {}).get("flow"))) for kind, process, _, details in rows if kind == "taken"}
        elements = {(process, element) for kind, process, element, _ in rows if kind != "taken" and element}
        return frozenset(elements), frozenset(flows)


_STEPS: dict[str, Callable[[_Player, Mapping[str, Any]], None]] = {
    "start": _Player.start,
    "complete": _Player.complete,
    "throwError": _Player.throw_error,
    "advance": _Player.advance,
    "advanceTo": _Player.advance_to,
    "message": _Player.message,
    "signal": _Player.signal,
    "set": _Player.set,
    "retry": _Player.retry,
    "cancel": _Player.cancel,
    "reload": _Player.reload,
}
