"""The first step of an instance: what it begins with is held against its start form, its row made, its live object run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from app.engine import definitions, spiff, start_forms, steps
from app.engine.engine import Engine
from app.engine.environment import CaseEnvironment
from app.engine.records import Definition, InstanceRow
from app.engine.states import InstanceState
from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.database import new_id
from app.foundation.errors import Invalid, NotFound
from app.foundation.text import Text


class NoSuchProcess(NotFound):
    """No version of that process is deployed, or all are retired."""

    text = Text("The process “%(process)s” is not deployed.", "流程“%(process)s”尚未部署。")


class CannotStart(Invalid):
    """The process has no start event of the kind that was asked for."""

    text = Text("The process “%(process)s” cannot be started like this.", "流程“%(process)s”无法以此方式启动。")


class StartUnfit(Invalid):
    """What a start event is to make of a message, a signal or a time for the start form can't be worked out."""

    text = Text(
        "The process “%(process)s” was not started, because its start form cannot be filled in: %(why)s",
        "流程“%(process)s”未启动，因为无法填写其启动表单：%(why)s",
    )


def start(
    engine: Engine,
    session: Session,
    actor: Actor,
    process_id: str,
    variables: Mapping[str, Any] | None = None,
    business_key: str | None = None,
    *,
    start_id: str | None = None,
    message: str | None = None,
    definition: Definition | None = None,
) -> InstanceRow:
    """Start the latest version of a process (or ``definition``), at its none start event or at ``start_id``.

    Automatic steps run until all waits. The journal's case is the instance's id. Where the process has a start form, what
    it begins with is held against it first, whichever start event brings it (``start_forms``).

    :raises forms.FormInvalid: when that doesn't fit, with one refusal for each field
    :raises StartUnfit: when the start event can't work out what the form is to take
    :raises NoSuchProcess: when there is no such version
    :raises CannotStart: when it has no such start event
    """
    definition = definition or definitions.latest(session, process_id)
    if definition is None:
        raise NoSuchProcess(process=process_id)
    form = start_forms.form_of(engine, session, definition.deployment_id, process_id)
    held = partial(start_forms.taken, engine, form) if form is not None else None
    now = clock.now(session)
    row = InstanceRow(
        id=new_id(),
        definition_id=definition.id,
        deployment_id=definition.deployment_id,
        process_id=process_id,
        business_key=business_key,
        state=InstanceState.ACTIVE,
        version=1,
        history_length=0,
        started_at=now,
        started_by=actor.id,
        started_by_name=actor.name,
        moved_at=now,
    )
    environment = CaseEnvironment(engine)
    environment.bind(session, row)
    bundle = engine.package(session, definition.deployment_id).diagrams
    try:
        live = spiff.start(bundle, process_id, variables, environment, start_id=start_id, message=message, held=held)
    except spiff.NoSuchStart as error:
        raise CannotStart(process=process_id) from error
    except spiff.Failure as error:
        raise StartUnfit(process=process_id, why=error.message) from error
    session.add(row)
    session.flush()
    facts: dict[str, Any] = {"process": process_id, "version": definition.version, "business_key": business_key}
    facts |= {"form": form.id, "names": sorted(form.names & live.variables.keys())} if form is not None else {}
    journal.write(session, actor, case=row.id, act="instances.start", facts=facts)
    steps.begin(engine, session, row, live, environment, actor)
    return row
