"""Who may do a task, what is taken of what they enter, and what happens when somebody was faster."""

import threading

import pytest
import toys
from sqlalchemy import select

from app.engine import corridor, definitions, forms, instances, tasks
from app.engine.acts import UnfitInput, UntrueDeclaration, Value
from app.engine.records import HistoryRow, OpenTaskRow
from app.foundation.actor import Actor
from app.foundation.errors import Refusal, RuleBroken
from app.foundation.text import Text

UI = b"""{"title": {"en": "Plan", "zh": "\xe8\xae\xa1\xe5\x88\x92"}, "submit": {"en": "Plan it", "zh": "\xe6\x8f\x90\xe4\xba\xa4"},
 "fields": [{"name": "budget", "label": {"en": "Budget", "zh": "\xe9\xa2\x84\xe7\xae\x97"}, "widget": "money"},
            {"name": "note", "label": {"en": "Note", "zh": "\xe5\xa4\x87\xe6\xb3\xa8"}, "widget": "text"}]}"""
SCHEMA = b"""{"type": "object", "required": ["budget"],
 "properties": {"budget": {"type": "number", "minimum": 1}, "note": {"type": "string"}}}"""
FORM_FILES = {"forms/plan.schema.json": SCHEMA, "forms/plan.ui.json": UI}
WITH_FORM = toys.diagram(toys.START + toys.user("work", form="plan") + toys.END + toys.flows("start", "work", "end"))


class OverBudget(RuleBroken):
    code = "over-budget"
    text = Text("Too much.", "超出预算。")


def only_task(session):
    return session.scalars(select(OpenTaskRow)).one()


@pytest.fixture
def planned(engine, session):
    definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": WITH_FORM, **FORM_FILES}, "a form")
    row = instances.start(engine, session, toys.ANNA, "toy", {"limit": 100})
    session.commit()
    return row


def test_a_person_outside_the_group_is_refused(engine, play, session):
    play(toys.ONE_TASK)
    with pytest.raises(tasks.NotYourTask):
        tasks.complete(engine, session, toys.CARA, only_task(session).id, {})


def test_a_task_for_nobody_is_for_administrators(engine, play, session):
    play(toys.diagram(toys.START + toys.user("work", group=None) + toys.END + toys.flows("start", "work", "end")))
    assert not tasks.may(toys.ANNA, only_task(session))
    assert [task.element_id for task in tasks.inbox(session, toys.ROOT).rows] == ["work"]


def test_a_candidate_group_becomes_the_group_of_an_organisation(session):
    engine = toys.engine(resolve_group=lambda group, variables: f"{group}@{variables['office']}")
    definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": toys.ONE_TASK}, "x")
    instances.start(engine, session, toys.ANNA, "toy", {"office": "O1"})
    assert only_task(session).candidate_groups == ["clerk@O1"]


def test_who_did_one_step_may_not_do_the_one_kept_apart_from_it(engine, play, session):
    play(toys.TWO_TASKS)
    tasks.complete(engine, session, toys.ANNA, only_task(session).id, {})
    with pytest.raises(tasks.SamePerson):
        tasks.claim(engine, session, toys.ANNA, only_task(session).id)


def test_a_claimed_task_leaves_the_inbox_of_the_others(engine, play, session):
    play(toys.ONE_TASK)
    tasks.claim(engine, session, toys.ANNA, only_task(session).id)
    assert tasks.inbox(session, toys.BO).rows == []
    assert len(tasks.inbox(session, toys.ANNA, tasks.Filters(whose="mine")).rows) == 1


def test_a_claimed_task_is_refused_to_the_others(engine, play, session):
    play(toys.ONE_TASK)
    tasks.claim(engine, session, toys.ANNA, only_task(session).id)
    with pytest.raises(tasks.TaskHeld):
        tasks.complete(engine, session, toys.BO, only_task(session).id, {})


def test_a_task_given_back_is_offered_again(engine, play, session):
    play(toys.ONE_TASK)
    tasks.claim(engine, session, toys.ANNA, only_task(session).id)
    tasks.give_back(engine, session, toys.ANNA, only_task(session).id)
    assert len(tasks.inbox(session, toys.BO).rows) == 1


def test_an_administrator_gives_a_task_to_a_person(engine, play, session):
    play(toys.ONE_TASK)
    tasks.assign(engine, session, toys.ROOT, only_task(session).id, toys.CARA)
    assert len(tasks.inbox(session, toys.CARA).rows) == 1


def test_a_second_completion_is_told_who_was_first(engine, play, session):
    play(toys.ONE_TASK)
    task_id = only_task(session).id
    tasks.complete(engine, session, toys.ANNA, task_id, {})
    with pytest.raises(tasks.TaskChanged) as refused:
        tasks.complete(engine, session, toys.BO, task_id, {})
    assert (refused.value.done.actor_id, refused.value.sentence.zh) == ("anna", "Anna已办理该任务。")


def test_a_stale_page_is_refused(engine, play, session):
    play(toys.ONE_TASK)
    task = only_task(session)
    seen = task.version
    tasks.claim(engine, session, toys.ANNA, task.id)
    with pytest.raises(tasks.TaskChanged):
        tasks.complete(engine, session, toys.ANNA, task.id, {}, seen_version=seen)


def test_two_completions_at_once_act_once(engine, play, session_factory):
    play(toys.ONE_TASK)
    with session_factory() as session:
        task_id = only_task(session).id
    outcomes = []
    ready = threading.Barrier(2)

    def complete(actor: Actor) -> None:
        ready.wait()
        with session_factory() as session:
            try:
                tasks.complete(engine, session, actor, task_id, {})
                session.commit()
                outcomes.append("done")
            except tasks.TaskChanged:
                outcomes.append("changed")

    threads = [threading.Thread(target=complete, args=(actor,)) for actor in (toys.ANNA, toys.BO)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with session_factory() as session:
        times = session.scalars(
            select(HistoryRow).where(HistoryRow.element_id == "work", HistoryRow.kind == "completed")
        )
        assert (sorted(outcomes), len(times.all())) == (["changed", "done"], 1)


def test_only_the_fields_of_the_form_enter_the_process(engine, planned, session):
    tasks.complete(engine, session, toys.ANNA, only_task(session).id, {"budget": 5, "limit": 0, "role": "chief"})
    assert instances.variables(engine, session, planned.id) == {"limit": 100, "budget": 5}


def test_wrong_values_are_refused_field_by_field(engine, planned, session):
    with pytest.raises(forms.FormInvalid) as refused:
        tasks.complete(engine, session, toys.ANNA, only_task(session).id, {"budget": 0})
    assert [(part.field, part.sentence.en) for part in refused.value.parts] == [
        ("budget", "“Budget” must be 1 or more.")
    ]


def taking(engine, take):
    needs, gives = [Value("limit", "number")], [Value("plan_id")]
    engine.acts.act("plan", name=Text("Plan", "计划"), form="plan", needs=needs, gives=gives)(take)


def test_an_intake_decides_what_enters_the_process(engine, planned, session):
    taking(engine, lambda context, values: {"plan_id": f"{context.variables['limit']}-{values['budget']}"})
    tasks.complete(engine, session, toys.ANNA, only_task(session).id, {"budget": 5})
    assert instances.variables(engine, session, planned.id) == {"limit": 100, "plan_id": "100-5"}


def test_an_act_sees_only_what_it_needs(engine, planned, session):
    engine.acts.act("plan", name=Text("Plan", "计划"), form="plan")(lambda context, _values: context.variables["limit"])
    with pytest.raises(KeyError):
        tasks.complete(engine, session, toys.ANNA, only_task(session).id, {"budget": 5})


def test_an_act_whose_case_lacks_what_it_needs_is_refused_in_words(engine, planned, session):
    engine.acts.act("plan", name=Text("Plan", "计划"), form="plan", needs=[Value("project_id")])(lambda *_: {})
    engine.acts.prepares("plan")(lambda context: {"values": {"note": context.variables["project_id"]}})
    for work in (
        lambda: tasks.show(engine, session, toys.ANNA, only_task(session).id),
        lambda: tasks.complete(engine, session, toys.ANNA, only_task(session).id, {"budget": 5}),
    ):
        with pytest.raises(UnfitInput) as refused:
            work()
        assert "project_id" in refused.value.sentence.en


@pytest.mark.parametrize("given", [{}, {"plan_id": None}, {"plan_id": 5}, {"plan_id": "x", "more": 1}])
def test_an_act_that_gives_other_than_it_declares_is_a_fault_of_the_program(engine, planned, session, given):
    taking(engine, lambda _context, _values: given)
    with pytest.raises(UntrueDeclaration):
        tasks.complete(engine, session, toys.ANNA, only_task(session).id, {"budget": 5})
    session.rollback()
    assert only_task(session).element_id == "work"


def test_a_refusal_of_the_intake_leaves_the_task_open(engine, planned, session):
    def refuse(context, values):
        raise OverBudget(field="budget")

    taking(engine, refuse)
    with pytest.raises(Refusal) as refused:
        tasks.complete(engine, session, toys.ANNA, only_task(session).id, {"budget": 5})
    session.commit()
    assert (refused.value.field, only_task(session).element_id) == ("budget", "work")


def test_a_form_is_shown_with_prepared_values_and_the_draft_beside_them(engine, planned, session):
    engine.acts.prepares("plan")(lambda _context: {"values": {"budget": 7, "note": "as last year"}})
    tasks.save_draft(engine, session, toys.ANNA, only_task(session).id, {"note": "not yet"})
    shown = tasks.show(engine, session, toys.ANNA, only_task(session).id)
    assert (shown.values, shown.draft) == ({"budget": 7, "note": "as last year"}, {"note": "not yet"})


def test_a_draft_of_another_person_is_not_shown(engine, planned, session):
    tasks.save_draft(engine, session, toys.ANNA, only_task(session).id, {"note": "mine"})
    assert tasks.show(engine, session, toys.BO, only_task(session).id).draft is None


def test_an_error_reported_at_a_task_goes_its_own_way(engine, session):
    body = (
        toys.START
        + toys.user("work")
        + '<bpmn:boundaryEvent id="caught" attachedToRef="work"><bpmn:errorEventDefinition errorRef="e" /></bpmn:boundaryEvent>'
        + '<bpmn:endEvent id="refused" />'
        + toys.END
        + toys.flows("start", "work", "end")
        + toys.flows("caught", "refused")
    )
    diagram = toys.diagram(body, globals_='<bpmn:error id="e" errorCode="NO" />')
    definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": diagram}, "x")
    row, task = instances.start(engine, session, toys.ANNA, "toy"), only_task(session)
    corridor.move(engine, session, row, lambda live: live.throw_error(task.token_id, "NO", {"why": "late"}))
    assert (row.state, instances.variables(engine, session, row.id)) == ("completed", {"why": "late"})


def test_a_group_that_cannot_be_told_leaves_the_task_to_administrators(session):
    engine = toys.engine(resolve_group=lambda group, variables: f"{group}@{variables['office']}")
    definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": toys.ONE_TASK}, "x")
    instances.start(engine, session, toys.ANNA, "toy")
    assert [task.element_id for task in tasks.inbox(session, toys.ROOT).rows] == ["work"]


def test_a_task_done_while_it_is_being_shown_has_changed(engine, play, session, session_factory, monkeypatch):
    play(toys.ONE_TASK)
    task_id = only_task(session).id
    session.rollback()
    look = instances.looking

    def done_first(*arguments):
        monkeypatch.setattr(instances, "looking", look)
        with session_factory() as other:
            tasks.complete(engine, other, toys.BO, task_id, {})
            other.commit()
        return look(*arguments)

    monkeypatch.setattr(instances, "looking", done_first)
    session.connection(execution_options={"read_only": True})
    if session.get_bind().dialect.name == "postgresql":
        with pytest.raises(tasks.TaskChanged):
            tasks.show(engine, session, toys.ANNA, task_id)
    else:  # it shows one moment throughout: the task as it was
        assert tasks.show(engine, session, toys.ANNA, task_id).task.id == task_id
