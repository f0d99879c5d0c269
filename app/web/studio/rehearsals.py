"""The scenarios of a draft or deployment, played against stand-ins before anything counts.

What comes of them follows from the files alone; so a server remembers what it played, and neither the page of their
outcomes nor a proposal plays the same files again.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import cast

from flask import Response, current_app, render_template

from app.engine import bundles, definitions, scenarios, spiff
from app.engine.charts import title_of
from app.engine.projection import name_of
from app.engine.scenarios import Outcome
from app.foundation.errors import Invalid
from app.foundation.text import Text
from app.web import current
from app.web.studio import blueprint
from app.web.studio.lists import STATES, deployment_of

REMEMBERED = 16
"""Of so many states of drafts a server knows what came of their scenarios."""


class ScenarioFails(Invalid):
    """A draft is proposed while one of its scenarios doesn't hold."""

    text = Text(
        "The scenario “%(name)s” fails: correct the diagram, or the scenario where the procedure is meant to change.",
        "测试场景“%(name)s”未通过：请更正流程图；流程确需改变的，请相应修改测试场景。",
    )


@dataclass(frozen=True)
class NeverPassed:
    """What no scenario passed of a process: the names of its elements, and how many flows besides."""

    process: Text
    elements: list[Text]
    flows: int


@blueprint.get("/drafts/<draft_id>/scenarios")
def rehearse(draft_id: str) -> str:
    """Say what came of a draft's scenarios when they were played last, or that they have yet to be."""
    return _shown(draft_id, _memory().of(_files(draft_id)))


@blueprint.post("/drafts/<draft_id>/scenarios")
def play(draft_id: str) -> str:
    """Play all scenarios of a draft, and say which hold and what they never pass."""
    files = _files(draft_id)
    current.session().rollback()  # nobody waits for a database that this transaction holds
    return _shown(draft_id, played(files))


@blueprint.post("/drafts/<draft_id>/scenarios/progress")
def progress(draft_id: str) -> Response:
    """Play all scenarios of a draft, and say so after each: lines of JSON, ``{"done": 3, "all": 26}``."""
    files = _files(draft_id)
    memory, total = _memory(), count(files)

    def lines() -> Iterator[str]:
        yield json.dumps({"done": 0, "all": total}) + "\n"
        for number, _ in enumerate(_one_by_one(files, memory), 1):
            yield json.dumps({"done": number, "all": total}) + "\n"

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # a proxy must not hold the lines back
    return Response(lines(), mimetype="application/x-ndjson", headers=headers)


def _files(draft_id: str) -> dict[str, bytes]:
    return definitions.files_of(current.session(), deployment_of(draft_id))


def _shown(draft_id: str, outcomes: list[Outcome] | None) -> str:
    files = _files(draft_id)
    return render_template(
        "studio/scenarios.html",
        draft=deployment_of(draft_id),
        outcomes=sorted(outcomes or (), key=lambda outcome: outcome.passed),
        is_played=outcomes is not None,
        number=count(files),
        untested=untested(files),
        never=_never_passed(files, outcomes or []),
        states=STATES,
    )


def count(files: Mapping[str, bytes]) -> int:
    """How many scenarios are among a draft's files."""
    return sum(name.endswith(scenarios.SUFFIX) for name in files)


def untested(files: Mapping[str, bytes]) -> list[Text]:
    """The names of the processes among a draft's files that none of its scenarios is about."""
    tested = scenarios.tested(files)
    bundle = spiff.read({name: content for name, content in files.items() if name.endswith(".bpmn")})
    return [title_of(process) for process in bundle.processes.values() if process.id not in tested]


def played(files: Mapping[str, bytes]) -> list[Outcome]:
    """What comes of the scenarios among a draft's files, on a database of their own that is thrown away."""
    return list(_one_by_one(files, _memory()))


def _one_by_one(files: Mapping[str, bytes], memory: _Memory) -> Iterator[Outcome]:
    known = memory.of(files)
    if known is not None:
        yield from known
        return
    outcomes = []
    with scenarios.Stage() as stage:
        for outcome in scenarios.play_all(files, stage):
            outcomes.append(outcome)
            yield outcome
    memory.keep(files, outcomes)


class _Memory:
    """What came of the scenarios of the files played last, by the digest of the files."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._outcomes: OrderedDict[str, list[Outcome]] = OrderedDict()

    def of(self, files: Mapping[str, bytes]) -> list[Outcome] | None:
        """The outcomes, or None where these files weren't played here; nothing comes of no scenarios."""
        if not count(files):
            return []
        with self._lock:
            return self._outcomes.get(bundles.digest(files))

    def keep(self, files: Mapping[str, bytes], outcomes: list[Outcome]) -> None:
        """Remember them, and forget the oldest."""
        with self._lock:
            self._outcomes[bundles.digest(files)] = outcomes
            while len(self._outcomes) > REMEMBERED:
                self._outcomes.popitem(last=False)


def _memory() -> _Memory:
    """This server's."""
    return cast(_Memory, current_app.extensions.setdefault("tenderway-rehearsals", _Memory()))


def _never_passed(files: Mapping[str, bytes], outcomes: list[Outcome]) -> list[NeverPassed]:
    if not outcomes:
        return []
    bundle = spiff.read({name: content for name, content in files.items() if name.endswith(".bpmn")})
    found = []
    for process_id, missed in scenarios.uncovered(outcomes, bundle).items():
        process = bundle.processes[process_id]
        nodes = [process.nodes[identity] for identity in missed if identity in process.nodes]
        if missed:
            names = [name_of(node, node.id) for node in nodes]
            found.append(NeverPassed(title_of(process), names, len(missed) - len(nodes)))
    return found
