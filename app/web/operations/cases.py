"""A case as administrators see it: why it waits, where its tokens stand, its variables; suspended, resumed, cancelled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request

from app.engine import charts, definitions, instances, interventions, spiff
from app.engine.charts import Chart
from app.engine.records import Definition, InstanceRow
from app.engine.states import RUNNING
from app.engine.steps import SnapshotUnreadable
from app.foundation.errors import Refusal
from app.foundation.text import Text
from app.web import current, visibility
from app.web.answers import redirect
from app.web.notices import notice
from app.web.operations import blueprint, literals, waiting, words
from app.web.operations.acting import Page, locked_as_seen, reasons, refused, seen
from app.workflow import cases


@blueprint.get("/cases/<instance_id>")
def show(instance_id: str) -> str:
    """Show why a case waits, what is in it, and what can be done about it."""
    session = current.session()
    row = instances.get(session, instance_id)
    chart = charts.of_instance(current.engine(), session, row)
    tokens, scopes, unread = _seen_inside(row)
    facts = waiting.facts(row, chart, visibility.naming(session, current.actor(), row))
    changes = interventions.changes_of(session, row.id)
    named = {one.id: one for one in definitions.versions(session, row.process_id)}
    process_id = request.args.get("process", "")
    return render_template(
        "operations/case.html",
        **head(row),
        why=waiting.sentence(row, facts),
        unread=unread,
        facts=facts,
        chart=chart,
        process_id=process_id if process_id in chart.processes else row.process_id,
        tokens=[(token, chart.name(token.process_id, token.element_id)) for token in tokens],
        scopes=[(scope, scope_name(chart, scope)) for scope in scopes],
        changes=changes,
        definitions=named,
        other_versions=len(named) > 1,
        shortened=literals.shortened,
        standings=words.STANDINGS,
        subscription_kinds=words.SUBSCRIPTIONS,
        incident_kind=words.incident_kind,
    )


def head(row: InstanceRow) -> dict[str, Any]:
    """What the head of every page about a case needs."""
    session = current.session()
    project = cases.project_of(session, row)
    definition = session.get_one(Definition, row.definition_id)
    return {
        "row": row,
        "seen": seen(row),
        "definition": definition,
        "title": project.title if project else definition.name,
        "states": words.STATES,
        "tones": words.TONES,
    }


def looked_into(row: InstanceRow) -> tuple[list[spiff.TokenView], list[spiff.ScopeView]]:
    """A running case's tokens and scopes; none of one that has ended."""
    if row.state not in RUNNING:
        return [], []
    with instances.looking(current.engine(), current.session(), row.id) as live:
        return live.tokens(), live.scopes()


def _seen_inside(row: InstanceRow) -> tuple[list[spiff.TokenView], list[spiff.ScopeView], spiff.UnknownSnapshot | None]:
    """A running case's tokens and scopes; where its snapshot can't be read, why."""
    try:
        return *looked_into(row), None
    except SnapshotUnreadable as error:
        return [], [], error.found


def scope_name(chart: Chart, scope: spiff.ScopeView) -> Text:
    """Whose variables a scope holds: a process's or an element's name."""
    if scope.element_id in chart.processes:
        return chart.title(scope.element_id)
    return chart.name(scope.process_id, scope.element_id)


# -- suspended, resumed, cancelled


@dataclass(frozen=True)
class Act:
    """An act on a whole case: what it is called, what follows from it, and what is said when it is done."""

    name: Text
    follows: Text
    done: Text
    do: Callable[[str, str], object]
    when: tuple[str, ...]
    is_final: bool = False


def _suspend(instance_id: str, why: str) -> object:
    return instances.suspend(current.engine(), current.session(), current.actor(), instance_id, why)


def _resume(instance_id: str, why: str) -> object:
    return instances.resume(current.engine(), current.session(), current.actor(), instance_id, why)


def _cancel(instance_id: str, why: str) -> object:
    return instances.cancel(current.engine(), current.session(), current.actor(), instance_id, why)


ACTS = {
    "suspend": Act(
        Text("Suspend the case", "暂停流程"),
        Text(
            "The case stops until it is resumed: tasks cannot be completed, timers do not fire and messages wait.",
            "恢复之前流程不会继续：任务无法办理，定时器不触发，消息等待接收。",
        ),
        Text("The case is suspended.", "流程已暂停。"),
        _suspend,
        ("active",),
    ),
    "resume": Act(
        Text("Resume the case", "恢复流程"),
        Text(
            "The case continues where it stopped. Timers that became due fire at once and waiting messages are delivered.",
            "流程将从原处继续。暂停期间到期的定时器立即触发，等待的消息随即送达。",
        ),
        Text("The case has been resumed.", "流程已恢复。"),
        _resume,
        ("suspended",),
    ),
    "cancel": Act(
        Text("Cancel the case", "撤销流程"),
        Text(
            "The case ends permanently. Its tasks, timers and incidents are removed, its history is kept. You cannot undo this. "
            "Notices that were published are not withdrawn: to terminate a tender, use the page of the tender.",
            "流程将永久结束：任务、定时器与异常随之消失，办理经过保留。此操作无法撤回，且不会撤回已发布的公告；终止招标请在招标页面办理。",
        ),
        Text("The case is cancelled.", "流程已撤销。"),
        _cancel,
        ("active", "suspended"),
        is_final=True,
    ),
}


@blueprint.route("/cases/<instance_id>/suspend", methods=["GET", "POST"])
def suspend(instance_id: str) -> Page | Any:
    """Ask why, then suspend a case."""
    return _act("suspend", instance_id)


@blueprint.route("/cases/<instance_id>/resume", methods=["GET", "POST"])
def resume(instance_id: str) -> Page | Any:
    """Ask why, then let a suspended case go on."""
    return _act("resume", instance_id)


@blueprint.route("/cases/<instance_id>/cancel", methods=["GET", "POST"])
def cancel(instance_id: str) -> Page | Any:
    """Ask why, then cancel a case."""
    return _act("cancel", instance_id)


def _act(name: str, instance_id: str) -> Page | Any:
    wanted = ACTS[name]

    def page(problems: Sequence[Refusal] = ()) -> str:
        row = instances.get(current.session(), instance_id)
        why = request.form.get("reasons", "")
        return render_template("operations/act.html", **head(row), act=wanted, why=why, problems=problems)

    if request.method == "GET":
        return page()
    try:
        why = reasons()
        locked_as_seen(instance_id)
        wanted.do(instance_id, why)
    except Refusal as refusal:
        return refused(refusal, page)
    current.commit()
    notice(wanted.done)
    return redirect("operations.show", instance_id=instance_id)
