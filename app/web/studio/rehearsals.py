"""The scenarios of a draft or deployment, played against stand-ins before anything counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template

from app.engine import definitions, scenarios, spiff
from app.engine.charts import title_of
from app.engine.projection import name_of
from app.engine.scenarios import Outcome
from app.foundation.text import Text
from app.web import current
from app.web.studio import blueprint
from app.web.studio.lists import deployment_of


@dataclass(frozen=True)
class NeverPassed:
    """What no scenario passed of a process: the names of its elements, and how many flows besides."""

    process: Text
    elements: list[Text]
    flows: int


@blueprint.get("/drafts/<draft_id>/scenarios")
def rehearse(draft_id: str) -> str:
    """Play all scenarios of a draft, and say which hold and what they never pass."""
    found = deployment_of(draft_id)
    files = definitions.files_of(current.session(), found)
    outcomes = played(files)
    never = _never_passed(files, outcomes)
    return render_template("studio/scenarios.html", draft=found, outcomes=outcomes, never=never)


def count(files: Mapping[str, bytes]) -> int:
    """How many scenarios are among a draft's files."""
    return sum(name.endswith(scenarios.SUFFIX) for name in files)


def played(files: Mapping[str, bytes]) -> list[Outcome]:
    """What comes of the scenarios among a draft's files, on a database of their own that is thrown away."""
    if not count(files):
        return []
    with scenarios.Stage() as stage:
        return scenarios.play_all(files, stage)


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
