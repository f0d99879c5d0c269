"""Start forms that only a task can have, and whatever can never fill in the start form of the process that it starts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from app.engine import forms, spiff
from app.engine.findings import Finding, error, made
from app.engine.spiff import Node, Process
from app.foundation.text import Text

if TYPE_CHECKING:
    from app.engine.bundles import Package
    from app.engine.engine import Engine

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
START_LACKS = error(
    "start-form-not-filled",
    Text(
        "its process has a start form that needs “%(field)s”, which this start event cannot give",
        "其流程的启动表单需要“%(field)s”，而此开始事件无法给出",
    ),
    Text(
        "add an output “%(field)s”, or put the form into a user task instead",
        "请增加输出“%(field)s”，或改由用户任务使用该表单",
    ),
)
SENT_LACKS = error(
    "sent-form-incomplete",
    Text(
        "it starts the process “%(process)s”, whose start form needs “%(field)s”, and does not send it",
        "其启动的流程“%(process)s”的启动表单需要“%(field)s”，但未随之发出",
    ),
    Text("add an input “%(field)s”", "请增加输入“%(field)s”"),
)


def unfilled(package: Package, engine: Engine) -> Iterator[Finding]:
    """Start forms that only a task can have, and whatever can never fill in the form of what it starts."""
    for process in package.diagrams.processes.values():
        begin = process.body.none_start
        if begin is not None and begin.form_id is not None and _is_of_tasks(engine, begin.form_id):
            yield made(OF_TASKS, process.file, begin.id, begin.name, name=begin.form_id)
        yield from _not_filled(package, engine, process)
        for node in process:
            yield from _lacking(package, engine, node)


def _is_of_tasks(engine: Engine, form_id: str) -> bool:
    return form_id in engine.acts.forms


def _lacking(package: Package, engine: Engine, node: Node) -> Iterator[Finding]:
    """What the inputs of a call activity leave out; without inputs it gives all that it sees, which can't be known here."""
    for process_id in node.may_call if node.inputs else ():
        called = package.diagrams.processes.get(process_id)
        for name in _needed(_form_in(package, engine, called), node.inputs) if called is not None else ():
            yield made(CALL_LACKS, node.file, node.id, node.name, process=process_id, field=name)


def _not_filled(package: Package, engine: Engine, process: Process) -> Iterator[Finding]:
    """What start events with an event leave out: a time brings nothing, and only the outputs of a message's take anything over."""
    form = _form_in(package, engine, process)
    for start in process.body.starts if form is not None else ():
        kind = start.event.kind
        if kind == "timer" or (kind == "message" and start.outputs):
            for name in _needed(form, start.outputs):
                yield made(START_LACKS, start.file, start.id, start.name, field=name)
        elif kind in ("message", "signal"):
            for sender in _senders(package, start):
                for name in _needed(form, (*start.outputs, *sender.inputs)):
                    yield made(SENT_LACKS, sender.file, sender.id, sender.name, process=process.id, field=name)


def _needed(form: forms.Form | None, given: Iterable[spiff.Mapping]) -> Iterator[str]:
    names = {mapping.target.partition(".")[0] for mapping in given}
    return (name for name in (form.schema.get("required", ()) if form is not None else ()) if name not in names)


def _senders(package: Package, start: Node) -> Iterator[Node]:
    """The events that throw what a start event waits for, and can reach nothing else by it: a signal reaches all."""
    every = [node for process in package.diagrams.processes.values() for node in process]
    name = _name_of(start)
    if start.event.kind == "message" and any(_waits(node, name) for node in every if node is not start):
        return
    for node in every:
        if node.event.kind == start.event.kind and _throws(node) and node.operation is None and _name_of(node) == name:
            yield node


def _throws(node: Node) -> bool:
    return node.kind in ("intermediateThrowEvent", "endEvent")


def _waits(node: Node, name: str | None) -> bool:
    return not _throws(node) and node.awaited is not None and node.awaited.name.text == name


def _name_of(node: Node) -> str | None:
    """The name of an event's message or signal, where it is written down and not worked out."""
    source = node.event.message.name if node.event.message is not None else node.event.signal
    return source.text if source is not None and not source.is_expression else None


def _form_in(package: Package, engine: Engine, process: Process) -> forms.Form | None:
    begin = process.body.none_start
    if begin is None or begin.form_id is None:
        return None
    try:
        return package.forms.get(begin.form_id) or engine.forms.get(begin.form_id)
    except forms.BrokenForm:
        return None
