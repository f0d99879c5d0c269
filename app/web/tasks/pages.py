"""What a task's pages show beside its form, and what came of a task that is done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy import select

from app.engine import charts, history, inbox, instances, sentences, spiff, tasks
from app.engine.history import Line
from app.engine.records import HistoryRow, IncidentRow, InstanceRow, OpenTaskRow, SubscriptionRow, TimerRow
from app.engine.tasks import Shown
from app.foundation import repeats
from app.foundation.actor import SYSTEM, Actor
from app.foundation.documents import Document
from app.foundation.errors import Refusal
from app.foundation.text import Text
from app.procurement import rules
from app.procurement.projects import Project
from app.web import answers, current, holders, visibility
from app.web.permissions import SUPPLIER_ROLES
from app.web.tasks import sections
from app.web.tasks.entries import Entry
from app.web.visibility.cases import awards_are_published
from app.workflow import cases, starts, telling

MOST_DECIDED = 4
"""With more fields than these a form is written rather than decided, and stands in the middle."""
LATEST = 8
"""How many sentences of the history stand beside a form."""


def task(
    shown: Shown,
    entry: Entry | None,
    *,
    problems: Sequence[Refusal] = (),
    changed: Refusal | None = None,
    seen: int = 0,
) -> str:
    """A task's page. ``changed`` says that somebody acted since history number ``seen``."""
    session, actor, row = current.session(), current.actor(), shown.instance
    extent = visibility.extent(session, actor, row)
    naming = visibility.naming(session, actor, row)
    law = shown.task.law or (shown.form.law if shown.form else None)
    to_read = _to_read(shown)
    if entry is not None:
        entry.evidence = {document.id: document for document in to_read}
    return render_template(
        "tasks/show.html",
        task=shown.task,
        instance=row,
        form=shown.form,
        entry=entry,
        facts=shown.facts,
        tables=shown.tables,
        notes=shown.notes,
        layout=_layout(shown),
        sections=sections.of(entry, current.zone()) if entry is not None else [],
        blocks=sections.blocks(shown.form) if shown.form is not None else [],
        is_unsent=starts.is_unsent(current.engine(), session, actor, row),
        project=cases.project_of(session, row),
        extent=extent,
        law_cited=law,
        articles=rules.cited(law) if law else [],
        documents=_documents(shown),
        to_read=to_read,
        story=story(row, extent, naming, limit=LATEST),
        acted=_acted(row, naming) if extent == visibility.WHOLE else [],
        holding=holders.of_tasks(session, [shown.task], naming)[shown.task.id],
        obstacle=tasks.obstacle(session, actor, shown.task),
        colleagues=[(to.id, to.name) for to in colleagues(shown)],
        draft_at=shown.task.draft_at if shown.draft is not None else None,
        problems=problems,
        changed=changed,
        since=since(row, seen, naming) if changed and seen else [],
        key=repeats.new_key(),
        previews=PREVIEWED,
    )


PREVIEWED = frozenset({"prepare_documents"})
"""The forms whose paper can be looked at before they are sent."""


def _layout(shown: Shown) -> str:
    """How a task's page is laid out: a ``grid`` as wide as the window, a ``review`` (the dossier in the middle, a few
    fields beside it that decide on it), or a ``form`` with what one needs beside it.
    """
    fields = shown.form.fields if shown.form is not None else ()
    if any(field.matrix for field in fields):
        return "grid"
    asked = [field for field in fields if not field.is_said and field.widget != "hidden"]
    judges = bool(shown.facts or shown.tables or shown.documents)
    is_short = len(asked) <= MOST_DECIDED and not any(field.widget == "table" for field in asked)
    return "review" if judges and is_short else "form"


def colleagues(shown: Shown) -> list[Actor]:
    """To whom this reader may hand the task: nobody, unless they have taken it on or are an administrator."""
    session, actor = current.session(), current.actor()
    if shown.task.claimed_by != actor.id and not actor.has_role("administrator"):
        return []
    return holders.colleagues(session, shown.task, actor, visibility.naming(session, actor, shown.instance))


def story(
    row: InstanceRow, extent: str | None, naming: history.Naming, *, limit: int | None = None, inner: bool = False
) -> list[Line]:
    """A case's history as this reader may know it: all of it, or what they did themselves; ``inner``: as the diagram goes."""
    return history.story(
        current.session(),
        row.id,
        limit=limit,
        of_actors=None if extent == visibility.WHOLE else [current.actor().id],
        naming=naming,
        telling=telling.in_detail if inner else telling.sentence,
        inner=inner,
    )


def since(row: InstanceRow, sequence: int, naming: history.Naming) -> list[Line]:
    """What was done in a case after the sentence of that number."""
    session = current.session()
    return history.story(session, row.id, after=sequence, naming=naming, telling=telling.sentence, inner=False)


def _to_read(shown: Shown) -> list[Document]:
    """What the form's preparation names to be read before deciding."""
    session, actor = current.session(), current.actor()
    return visibility.seen_of(session, actor, shown.documents)


def _documents(shown: Shown) -> list[Document]:
    """The case's other documents, the latest first."""
    session, actor = current.session(), current.actor()
    project = cases.project_of(session, shown.instance)
    others = visibility.seen_documents(session, actor, visibility.document_cases(shown.instance, project))
    return [document for document in reversed(others) if document.id not in shown.documents]


def _acted(row: InstanceRow, naming: history.Naming) -> list[tuple[Any, Any]]:
    """Who else did what in a case, the latest first: each person's latest step."""
    statement = (
        select(HistoryRow)
        .where(HistoryRow.instance_id == row.id, HistoryRow.kind == "completed", HistoryRow.actor_id != SYSTEM.id)
        .order_by(HistoryRow.sequence.desc())
    )
    found: dict[str, HistoryRow] = {}
    for each in current.session().scalars(statement):
        found.setdefault(each.actor_id, each)
    return [(naming(each.actor_id, each.actor_name), sentences.name_of(each)) for each in found.values()]


def outcome(task_id: str) -> dict[str, Any] | None:
    """What the page of a task that isn't open any more shows; None when it is still open.

    Staff to whom it was offered, and who have no other part in its case, are told by whom it was done, and when.

    :raises tasks.NoSuchTask: :raises visibility.CaseHidden:
    """
    session, actor = current.session(), current.actor()
    if session.get(OpenTaskRow, task_id) is not None:
        return None
    closed = history.completed_task(session, task_id)
    if closed is None:
        raise tasks.NoSuchTask
    row = instances.get(session, closed.instance_id)
    extent = visibility.extent(session, actor, row)
    if extent is None and not visibility.is_staff(actor):
        raise visibility.CaseHidden
    naming = visibility.naming(session, actor, row)
    is_whole = extent == visibility.WHOLE
    project = cases.project_of(session, row)
    open_tasks = _open_tasks(row) if is_whole else []
    here = next((task for task in _open_tasks(row) if _is_mine(task)), None)
    following = here or next(iter(inbox.inbox(session, actor, size=1).rows), None)
    return {
        "closed": closed,
        "who": naming(closed.actor_id, closed.actor_name),
        "is_mine": closed.actor_id == actor.id,
        "name": history.name_of_element(session, row.id, closed.element_id),
        "instance": row,
        "project": project if extent else None,
        "extent": extent,
        "happened": since(row, _number_of(task_id), naming) if is_whole else [],
        "open_tasks": open_tasks,
        "holdings": holders.of_tasks(session, open_tasks, naming),
        "waits": _waits(row) if is_whole else [],
        "awaited": _awaited(row) if is_whole else [],
        "stuck": _stuck(row) if is_whole else [],
        "following": following,
        "goes_on_here": here is not None,
        "others": [] if is_whole else _who_goes_on(row, project),
    }


def _is_mine(task: OpenTaskRow) -> bool:
    """Whether a task is for the person at hand, and nothing keeps them from it."""
    session, actor = current.session(), current.actor()
    return tasks.may(actor, task) and tasks.obstacle(session, actor, task) is None


def _who_goes_on(row: InstanceRow, project: Project | None) -> list[Text]:
    """In which roles others go on with a case, for whoever sees only a part of it: no names, and nothing of an evaluation that
    is under way to who bids."""
    session, actor = current.session(), current.actor()
    bids = any(actor.has_role(role) for role in SUPPLIER_ROLES)
    if project is None or (bids and not awards_are_published(project.lots)):
        return []
    waiting = [task for task in _open_tasks(row) if not tasks.may(actor, task)]
    held = holders.of_tasks(session, waiting)
    return list(dict.fromkeys(group for task in waiting for group in held[task.id].groups))


def _number_of(task_id: str) -> int:
    """The number of the sentence with which a task ended."""
    statement = (
        select(HistoryRow.sequence)
        .where(HistoryRow.task_id == task_id, HistoryRow.kind.in_(("completed", "cancelled")))
        .order_by(HistoryRow.sequence.desc())
        .limit(1)
    )
    return current.session().scalar(statement) or 0


def _open_tasks(row: InstanceRow) -> list[OpenTaskRow]:
    statement = select(OpenTaskRow).where(OpenTaskRow.instance_id == row.id).order_by(OpenTaskRow.id)
    return list(current.session().scalars(statement))


def _waits(row: InstanceRow) -> list[tuple[Any, Any]]:
    """What else the case waits for: the names of its timers' elements, and when each is due."""
    session = current.session()
    chart = charts.of_instance(current.engine(), session, row)
    armed = select(TimerRow).where(TimerRow.instance_id == row.id, TimerRow.occurrence != spiff.GOING_ON)
    timers = session.scalars(armed.order_by(TimerRow.due_at)).all()
    return [(chart.name(timer.process_id, timer.element_id), timer.due_at) for timer in timers]


def _awaited(row: InstanceRow) -> list[Text]:
    """The names of the elements that wait for a message, a signal or a condition."""
    session = current.session()
    chart = charts.of_instance(current.engine(), session, row)
    waiting = select(SubscriptionRow.process_id, SubscriptionRow.element_id).where(
        SubscriptionRow.instance_id == row.id
    )
    found = session.execute(waiting.distinct().order_by(SubscriptionRow.element_id))
    return [chart.name(process_id, element_id) for process_id, element_id in found]


def _stuck(row: InstanceRow) -> list[Text]:
    """The names of the elements that the case can't go on at."""
    open_ones = select(IncidentRow).where(IncidentRow.instance_id == row.id, IncidentRow.resolved_at.is_(None))
    return [incident.name for incident in current.session().scalars(open_ones.order_by(IncidentRow.opened_at))]


def back_to(task_id: str) -> str:
    """Where a form says it came from, if that is a place of ours; else the task."""
    return answers.local_address(request.form.get("back")) or url_for("tasks.show", task_id=task_id)
