"""What is deployed, drawn and proposed; and the lists the editors choose from."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, jsonify, render_template, request

from app.engine import bundles, definitions
from app.engine.bundles import Package
from app.engine.charts import title_of
from app.engine.definitions import DECISION, PROCESS, NoSuchDeployment
from app.engine.records import Deployment
from app.engine.states import DeploymentState
from app.foundation.text import Text
from app.identity import roles
from app.web import current, language, sharing
from app.web.studio import blueprint

STATES: dict[str, tuple[Text, str]] = {
    DeploymentState.DRAFT: (Text("Draft", "草稿"), "draft"),
    DeploymentState.PROPOSED: (Text("Waiting for a second person", "待复核"), "waiting"),
    DeploymentState.DEPLOYED: (Text("Deployed", "已部署"), "done"),
    DeploymentState.REJECTED: (Text("Returned", "已退回"), "refused"),
    DeploymentState.RETIRED: (Text("Retired", "已停用"), "stopped"),
}
"""The states of a deployment: its name and the tone of its tag."""


def deployment_of(identity: str) -> Deployment:
    """A draft or deployment.

    :raises NoSuchDeployment:
    """
    found = current.session().get(Deployment, identity)
    if found is None:
        raise NoSuchDeployment
    return found


@blueprint.get("")
def index() -> str:
    """Show the procedures and decisions that count, and what is being drawn."""
    session = current.session()
    return render_template(
        "studio/index.html",
        processes=definitions.all_latest(session, PROCESS),
        decisions=definitions.all_latest(session, DECISION),
        drafts=definitions.deployments(session, DeploymentState.DRAFT, DeploymentState.REJECTED),
        proposals=definitions.deployments(session, DeploymentState.PROPOSED),
        states=STATES,
    )


@blueprint.get("/definitions/<kind>/<key>")
def versions(kind: str, key: str) -> str:
    """Show every version of a procedure or decision."""
    found = definitions.versions(current.session(), key, kind)
    if not found:
        raise definitions.NoSuchDeployment
    return render_template("studio/versions.html", versions=found, kind=kind, key=key)


@blueprint.get("/templates.json")
def templates() -> Response:
    """The operations as element templates."""
    found = jsonify(current.engine().acts.element_templates(language.language()))
    return sharing.repeats_nothing(found)


@blueprint.get("/forms.json")
def forms() -> Response:
    """The forms a user task may show: those of the library, and with ``?draft=`` those that the draft brings itself."""
    libraries = (current.engine().forms, _drafted().forms)
    known = {identity: library.get(identity) for library in libraries for identity in library.ids()}
    return _listed({form.id: form.title for form in known.values() if form})


@blueprint.get("/roles.json")
def known_roles() -> Response:
    """The roles a lane or task may be for."""
    spoken = language.language()
    return jsonify([{"id": role.id, "name": role.name.in_(spoken)} for role in roles.ROLES.values()])


@blueprint.get("/decisions.json")
def known_decisions() -> Response:
    """The deployed decisions, and with ``?draft=`` the draft's own."""
    models = _drafted().models
    own = {key: bundles.names_of(model.names(key), model.decisions.get(key), key) for key, model in models.items()}
    return _listed({**_deployed(DECISION), **own})


@blueprint.get("/processes.json")
def known_processes() -> Response:
    """The deployed processes, and with ``?draft=`` the draft's own."""
    own = {process.id: title_of(process) for process in _drafted().diagrams.processes.values()}
    return _listed({**_deployed(PROCESS), **own})


def _drafted() -> Package:
    """What the draft of the address holds; an empty package where it names none."""
    draft = request.args.get("draft")
    return bundles.load(definitions.files_of(current.session(), deployment_of(draft)) if draft else {})


def _deployed(kind: str) -> dict[str, Text]:
    return {each.key: each.name for each in definitions.all_latest(current.session(), kind)}


def _listed(found: Mapping[str, Text]) -> Response:
    """A list to choose from, in the order of its ids."""
    spoken = language.language()
    return jsonify([{"id": key, "name": name.in_(spoken)} for key, name in sorted(found.items())])
