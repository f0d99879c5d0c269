"""What is deployed, drawn and proposed; and the lists the editors choose from."""

from __future__ import annotations

from flask import Response, jsonify, render_template

from app.engine import definitions
from app.engine.definitions import DECISION, PROCESS, NoSuchDeployment
from app.engine.records import Definition, Deployment
from app.foundation.text import Text
from app.identity import roles
from app.web import current, language
from app.web.studio import blueprint

STATES: dict[str, tuple[Text, str]] = {
    "draft": (Text("Draft", "草稿"), "draft"),
    "proposed": (Text("Waits for a second person", "待复核"), "waiting"),
    "deployed": (Text("Deployed", "已部署"), "done"),
    "rejected": (Text("Given back", "已退回"), "refused"),
    "retired": (Text("Retired", "已停用"), "stopped"),
}
"""The states of a deployment: its name and the tone of its tag."""


def deployment_of(identity: str) -> Deployment:
    """A draft or deployment; raises NoSuchDeployment."""
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
        drafts=definitions.deployments(session, "draft", "rejected"),
        proposals=definitions.deployments(session, "proposed"),
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
    return jsonify(current.engine().operations.element_templates(language.language()))


@blueprint.get("/forms.json")
def forms() -> Response:
    """The forms a user task may show."""
    library = current.engine().forms
    known = (library.get(identity) for identity in library.ids())
    return jsonify([{"id": form.id, "name": form.title.in_(language.language())} for form in known if form])


@blueprint.get("/roles.json")
def known_roles() -> Response:
    """The roles a lane or task may be for."""
    spoken = language.language()
    return jsonify([{"id": role.id, "name": role.name.in_(spoken)} for role in roles.ROLES.values()])


@blueprint.get("/decisions.json")
def known_decisions() -> Response:
    """The deployed decisions."""
    return _named(definitions.all_latest(current.session(), DECISION))


@blueprint.get("/processes.json")
def known_processes() -> Response:
    """The deployed processes."""
    return _named(definitions.all_latest(current.session(), PROCESS))


def _named(found: list[Definition]) -> Response:
    return jsonify([{"id": each.key, "name": each.name.in_(language.language())} for each in found])
