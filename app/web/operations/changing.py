"""Changing a case by hand: tokens taken away and put elsewhere, looked at before it is done; and taking a change back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from flask import render_template, request

from app.engine import charts, instances, interventions, spiff
from app.engine.charts import Chart, called
from app.engine.interventions import ChangeUnknown, Cleared
from app.engine.records import InstanceChange
from app.engine.states import TokenState
from app.foundation.errors import Invalid, Refusal
from app.foundation.text import Text
from app.web import current
from app.web.answers import redirect
from app.web.notices import notice
from app.web.operations import blueprint, cases
from app.web.operations.acting import Page, entered, locked_as_seen, reasons, refuse_unless_previewed, refused
from app.web.operations.words import STANDINGS, STATES

STARTS = 3
"""So many tokens can be put down in one change."""
_NOT_STARTED = ("startEvent", "boundaryEvent", "eventSubProcess")


class NothingChosen(Invalid):
    """A change takes at least one token away or puts one down."""

    text = Text("Choose tokens to remove, or elements to start before.", "请选择要撤除的令牌或要启动的元素。")


@blueprint.route("/cases/<instance_id>/change", methods=["GET", "POST"])
def change(instance_id: str) -> Page | Any:
    """Choose tokens and elements, look at the tokens before and after, then change the case."""

    def page(problems: Sequence[Refusal] = ()) -> str:
        session = current.session()
        preview = _previewed(instance_id)
        row = instances.get(session, instance_id)
        chart = charts.of_instance(current.engine(), session, row)
        tokens, scopes = cases.looked_into(row)
        chosen = request.form.getlist("start")
        return render_template(
            "operations/change.html",
            **cases.head(row),
            problems=problems,
            preview=preview,
            previewed=_choice(_modification()) if preview else "",
            values=entered("reasons"),
            cancelled=set(request.form.getlist("cancel")),
            started=[*chosen, *[""] * STARTS][:STARTS],
            tokens=[
                (one, chart.name(one.process_id, one.element_id)) for one in tokens if one.state != TokenState.LISTENING
            ],
            elements=list(_elements(chart, tokens, scopes)),
            named=chart.name,
            standings=STANDINGS,
            case_states=STATES,
        )

    if request.method == "GET":
        return page()
    session = current.session()
    try:
        modification = _modification()
        if request.form.get("do") != "change":
            interventions.preview_modification(current.engine(), session, instance_id, modification)
            session.rollback()
            return page()
        why = reasons()
        locked_as_seen(instance_id)
        refuse_unless_previewed(_choice(modification))
        interventions.modify(current.engine(), session, current.actor(), instance_id, modification, reasons=why)
    except Refusal as refusal:
        return refused(refusal, page)
    current.commit()
    notice(Text("The case has been changed.", "流程已调整。"))
    return redirect("operations.show", instance_id=instance_id)


def _previewed(instance_id: str) -> Cleared | None:
    """What the form's choice would do to the case; None while it makes no sense or nothing is chosen."""
    if request.method == "GET":
        return None
    session = current.session()
    try:
        return interventions.preview_modification(current.engine(), session, instance_id, _modification())
    except Refusal:
        return None  # said beside its field by who asked for it
    finally:
        session.rollback()


def _modification() -> spiff.Modification:
    """What the form asks for.

    :raises NothingChosen:
    """
    starts = []
    for value in request.form.getlist("start")[:STARTS]:
        parts = value.split("|")
        if len(parts) == 3:
            process_id, element_id, scope_id = parts
            starts.append(spiff.Start(element_id, process_id, scope_id or None))
    cancel = request.form.getlist("cancel")
    if not starts and not cancel:
        raise NothingChosen(field="cancel")
    return spiff.Modification(cancel, starts)


def _choice(modification: spiff.Modification) -> str:
    """A modification as one text, for telling whether it was previewed."""
    starts = [f"{one.process_id}|{one.element_id}|{one.scope_id or ''}" for one in modification.start]
    return " ".join([*sorted(modification.cancel), *starts])


def _elements(
    chart: Chart, tokens: Sequence[spiff.TokenView], scopes: Sequence[spiff.ScopeView]
) -> Iterator[tuple[str, Text]]:
    """The elements of running processes that a token may be put before; of a part that is open more than once, each."""
    running = {scope.process_id for scope in scopes if scope.kind in ("root", "call")} or {
        token.process_id for token in tokens
    }
    named = Counter((process_id, called(node)) for process_id in running for node in chart.processes[process_id])
    for process_id in chart.processes:
        if process_id not in running:
            continue
        for node in chart.processes[process_id]:
            if node.kind in _NOT_STARTED or node.for_compensation:
                continue
            name = _named(chart, process_id, node, named[process_id, called(node)] > 1)
            there = [
                scope.scope_id
                for scope in scopes
                if scope.process_id == process_id
                and scope.element_id == node.container
                and scope.kind not in ("element", "multi")
            ]
            if len(there) < 2:
                yield f"{process_id}|{node.id}|", name
            for number, scope_id in enumerate(there if len(there) > 1 else (), start=1):
                nth = Text("%(name)s, open part %(n)s", "%(name)s，第%(n)s个运行实例").filled(name=name, n=number)
                yield f"{process_id}|{node.id}|{scope_id}", nth


def _named(chart: Chart, process_id: str, node: spiff.Node, has_namesake: bool) -> Text:
    """What an element is called, with its process where there are several; its id tells it from one of the same name."""
    name = called(node)
    if has_namesake:
        name = Text(f"{name.en} ({node.id})", f"{name.zh}（{node.id}）")
    if len(chart.processes) == 1:
        return name
    return Text("%(process)s: %(name)s", "%(process)s：%(name)s").filled(process=chart.title(process_id), name=name)


# -- taken back


@blueprint.route("/cases/<instance_id>/changes/<change_id>/take-back", methods=["GET", "POST"])
def take_back(instance_id: str, change_id: str) -> Page | Any:
    """Ask why, then take a change of a case back."""
    session = current.session()
    made = session.get(InstanceChange, change_id)
    if made is None or made.instance_id != instance_id:
        raise ChangeUnknown

    def page(problems: Sequence[Refusal] = ()) -> str:
        row = instances.get(session, instance_id)
        there = session.get_one(InstanceChange, change_id)
        why = request.form.get("reasons", "")
        return render_template("operations/take_back.html", **cases.head(row), change=there, why=why, problems=problems)

    if request.method == "GET":
        return page()
    try:
        why = reasons()
        locked_as_seen(instance_id)
        interventions.revert(current.engine(), session, current.actor(), change_id, reasons=why)
    except Refusal as refusal:
        return refused(refusal, page)
    current.commit()
    notice(Text("The change has been undone.", "该变更已撤销。"))
    return redirect("operations.show", instance_id=instance_id, _anchor="changes")
