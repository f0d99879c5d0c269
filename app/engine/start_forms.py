"""Start forms: what a case begins with is held against the form of its process's none start event, whoever starts it.

A person sees the form first. What a program, a scenario or a call activity gives goes through the same form, and so does
what another start event of the process makes of a message, a signal or a time by its outputs: the fields get their declared
types, what doesn't fit is refused, and the names that the form doesn't know are the starter's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.engine import forms
from app.engine.engine import Engine


def form_of(engine: Engine, session: Session, deployment_id: str, process_id: str) -> forms.Form | None:
    """The form that a process of a deployment begins with, or None.

    In a scenario only forms among its own definitions are known, as its tasks are done without theirs.
    """
    process = engine.package(session, deployment_id).diagrams.processes.get(process_id)
    begin = process.body.none_start if process is not None else None
    if begin is None or begin.form_id is None:
        return None
    return engine.form(session, deployment_id, begin.form_id)


def taken(engine: Engine, form: forms.Form, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables a case starts with: the form's fields as it declares them, and what it doesn't know as it is.

    :raises forms.FormInvalid: with one refusal for each field that doesn't fit
    """
    values = forms.take(form, variables, zone=engine.zone)
    if found := forms.errors(form, values, zone=engine.zone):
        forms.refuse(found)
    known = form.names | {field.name for field in form.fields}
    return {name: value for name, value in variables.items() if name not in known} | values
