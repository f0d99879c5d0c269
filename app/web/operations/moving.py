"""Moving a case to another version of its procedure: choose it, map what has no place there, look, then do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request

from app.engine import charts, definitions, instances, interventions, spiff
from app.engine.instances import NoSuchProcess
from app.engine.projection import name_of
from app.engine.records import Definition, InstanceRow
from app.engine.states import InstanceState
from app.foundation.errors import Refusal
from app.foundation.text import Text
from app.web import current
from app.web.answers import redirect
from app.web.notices import notice
from app.web.operations import blueprint, cases
from app.web.operations.acting import Page, entered, locked_as_seen, reasons, refuse_unless_previewed, refused


@dataclass(frozen=True)
class Place:
    """An element where something of the case stands, and where it may go. ``field`` is its field's name."""

    key: str
    element_id: str
    name: Text
    target_id: str
    options: list[tuple[str, Text]]

    @property
    def field(self) -> str:
        """The name of the field that says where it goes."""
        return f"to:{self.key}"


@blueprint.route("/cases/<instance_id>/move", methods=["GET", "POST"])
def move(instance_id: str) -> Page | Any:
    """Choose a version and where its elements go, with a preview; then move the case."""
    session = current.session()
    row = instances.get(session, instance_id)
    to = _target(row)

    def page(problems: Sequence[Refusal] = ()) -> str:
        return _page(instance_id, problems)

    if request.method == "GET" or to is None or request.form.get("do") != "move":
        return page()
    try:
        why = reasons()
        locked_as_seen(instance_id)
        mapping = _mapping()
        refuse_unless_previewed(_choice(mapping))
        interventions.migrate(current.engine(), session, current.actor(), instance_id, to, mapping, reasons=why)
    except Refusal as refusal:
        return refused(refusal, page)
    current.commit()
    notice(Text("The case runs on version %(n)s now.", "流程已迁移到第%(n)s版。").filled(n=to.version))
    return redirect("operations.show", instance_id=instance_id)


def _target(row: InstanceRow) -> Definition | None:
    wanted = request.values.get("to", "")
    if not wanted:
        return None
    found = current.session().get(Definition, wanted)
    if found is None or found.key != row.process_id:
        raise NoSuchProcess(process=row.process_id)
    return found


def _page(instance_id: str, problems: Sequence[Refusal]) -> str:
    session = current.session()
    row = instances.get(session, instance_id)
    to = _target(row)
    others = [one for one in definitions.versions(session, row.process_id) if one.id != row.definition_id]
    shown: dict[str, Any] = {"to": to, "others": others, "problems": problems, "values": entered("reasons")}
    if to is None or row.state != InstanceState.ACTIVE:
        return render_template("operations/move.html", **cases.head(row), **shown, plan=None, places=[])
    mapping = _mapping()
    plan = interventions.preview_migration(current.engine(), session, instance_id, to, mapping)
    standing = plan if not mapping else interventions.preview_migration(current.engine(), session, instance_id, to)
    session.rollback()
    row, to = instances.get(session, instance_id), session.get_one(Definition, to.id)
    old = charts.of_instance(current.engine(), session, row)
    new = current.engine().package(session, to.deployment_id).diagrams.processes
    shown |= {
        "to": to,
        "others": [one for one in definitions.versions(session, row.process_id) if one.id != row.definition_id],
    }
    places = _places(standing, old, new, mapping)
    shown |= {"named": _names(old, new), "previewed": _choice(mapping)}
    return render_template("operations/move.html", **cases.head(row), **shown, plan=plan, places=places)


def _mapping() -> dict[str, str]:
    """What the form says of where elements go; those that keep their id needn't be said."""
    given = {
        name.removeprefix("to:"): value for name, value in request.form.items() if name.startswith("to:") and value
    }
    return {key: target for key, target in given.items() if key.rpartition("/")[2] != target}


def _choice(mapping: dict[str, str]) -> str:
    """A mapping as one text, for telling whether it was previewed."""
    return " ".join(f"{key}={target}" for key, target in sorted(mapping.items()))


def _places(plan: spiff.Plan, old: charts.Chart, new: dict[str, spiff.Process], mapping: dict[str, str]) -> list[Place]:
    """The elements that have something to move or are in the way, each once."""
    stands = [(one.process_id, one.element_id) for one in plan.moved]
    stands += [(one.process_id, one.element_id) for one in plan.refused]
    found = []
    for process_id, element_id in dict.fromkeys(stands):
        process = new.get(process_id)
        if process is None:
            continue
        before, key = old.node(process_id, element_id), f"{process_id}/{element_id}"
        same_kind = [node for node in process if before is None or node.kind == before.kind]
        options = [(node.id, _with_id(name_of(node, node.id), node.id)) for node in same_kind]
        target = mapping.get(key, element_id if element_id in process.nodes else "")
        found.append(Place(key, element_id, old.name(process_id, element_id), target, options))
    return found


def _with_id(name: Text, element_id: str) -> Text:
    return name if name.en == element_id else Text(f"{name.en} ({element_id})", f"{name.zh}（{element_id}）")


def _names(old: charts.Chart, new: dict[str, spiff.Process]) -> Any:
    """What an element is called in a plan: by the new version where it has it, else by the old."""

    def named(process_id: str, element_id: str) -> Text:
        process = new.get(process_id)
        node = process.nodes.get(element_id) if process else None
        return _with_id(name_of(node, element_id) if node else old.name(process_id, element_id), element_id)

    return named
