"""Forms of none start events: what a case is started with is held against its form, whoever starts it.

A person sees the form first. What a program, a scenario or a call activity gives goes through the same form: the fields
get their declared types, what doesn't fit is refused, and the names that the form doesn't know are the starter's own. A
start event that catches a message, a signal or a time has no form, so what these bring isn't held against one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.engine import forms
from app.engine.bundles import Package
from app.engine.engine import Engine
from app.engine.findings import Finding, error, made
from app.engine.spiff import Node, Process
from app.foundation.text import Text

OF_TASKS = error(
    "start-form-of-tasks",
    Text(
        "the program itself takes in the form “%(name)s”, and only from a user task",
        "表单“%(name)s”由程序直接处理，只能用于用户任务",
    ),
    Text("put a user task with this form after the start event", "请在开始事件之后画使用该表单的用户任务"),
)
CALL_LACKS = error(
    "called-form-incomplete",
    Text(
        "it calls the process “%(process)s”, whose start form needs “%(field)s”, and does not give it",
        "其调用的流程“%(process)s”的启动表单需要“%(field)s”，但未给出",
    ),
    Text("add an input “%(field)s”", "请增加输入“%(field)s”"),
)


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


def said(refusal: forms.FormInvalid) -> Text:
    """Everything that is wrong, as one text, for who sees no fields."""
    sentences = [part.sentence for part in refusal.parts]
    return Text(" ".join(each.en for each in sentences), "".join(each.zh for each in sentences))


def judged(package: Package, engine: Engine) -> Iterator[Finding]:
    """Start forms that only a task can have, and call activities that can never fill in the form of what they call."""
    for process in package.diagrams.processes.values():
        begin = process.body.none_start
        if begin is not None and begin.form_id is not None and _is_of_tasks(engine, begin.form_id):
            yield made(OF_TASKS, process.file, begin.id, begin.name, name=begin.form_id)
        for node in process:
            yield from _lacking(package, engine, node)


def _is_of_tasks(engine: Engine, form_id: str) -> bool:
    return form_id in engine.intake or form_id in engine.prepare


def _lacking(package: Package, engine: Engine, node: Node) -> Iterator[Finding]:
    """What the inputs of a call activity leave out; without inputs it gives all that it sees, which can't be known here."""
    called = package.diagrams.processes.get(node.called.text) if node.called is not None else None
    form = _form_in(package, engine, called) if called is not None and node.inputs else None
    if called is None or form is None:
        return
    given = {mapping.target.partition(".")[0] for mapping in node.inputs}
    for name in form.schema.get("required", ()):
        if name not in given:
            yield made(CALL_LACKS, node.file, node.id, node.name, process=called.id, field=name)


def _form_in(package: Package, engine: Engine, process: Process) -> forms.Form | None:
    begin = process.body.none_start
    if begin is None or begin.form_id is None:
        return None
    try:
        return package.forms.get(begin.form_id) or engine.forms.get(begin.form_id)
    except forms.BrokenForm:
        return None
