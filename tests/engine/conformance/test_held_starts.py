"""What a message, a signal or a time brings to a start is held against the start form, and whoever sent it is told."""

from datetime import timedelta

import pytest
import toys
from drawing import another, catch, drawing, element, mapping, message, on_message, on_signal, start, throw, timer, user
from sqlalchemy import select

from app.engine import definitions, forms, incidents, instances, messages, timers
from app.engine.records import BufferedMessage, InstanceRow, OpenTaskRow
from app.foundation import journal

SCHEMA = b"""{"type": "object", "required": ["budget", "name"],
 "properties": {"budget": {"type": "number", "minimum": 1}, "name": {"type": "string"}}}"""
UI = """{"title": {"en": "Plan", "zh": "计划"}, "fields": [{"name": "budget", "label": {"en": "Budget", "zh": "预算"},
 "widget": "number"}, {"name": "name", "label": {"en": "Name", "zh": "名称"}, "widget": "text"}]}""".encode()
GLOBALS = message("m", "asked", None) + '<bpmn:signal id="s" name="closed" />'
ASKED = element("startEvent", "begin", "", '<zeebe:formDefinition formId="plan" />')
FITS = {"budget": 5, "name": "Chairs"}


@pytest.fixture
def deploy(engine, session_factory):
    """``deploy(start event, …)``: a process with a start form and another start event."""

    def act(other, *, definitions_=""):
        diagram = drawing(
            "begin -> a -> end; other -> b -> end2",
            ASKED,
            other,
            user("a"),
            user("b"),
            definitions=GLOBALS + definitions_,
        )
        files = {"p.bpmn": diagram.encode(), "forms/plan.schema.json": SCHEMA, "forms/plan.ui.json": UI}
        with session_factory() as session:
            definitions.deploy(engine, session, toys.ROOT, files, "x")
            session.commit()

    return act


def fields(refusal):
    return {part.field for part in refusal.parts}


def test_the_sender_of_a_message_is_told_each_field_and_may_send_it_again(engine, deploy, session):
    deploy(start("other", on_message("m")))
    with pytest.raises(forms.FormInvalid) as refused:
        messages.send(engine, session, toys.ROOT, "asked", variables={"budget": 0}, message_id="1")
    session.commit()
    assert fields(refused.value) == {"budget", "name"}
    sent = messages.send(engine, session, toys.ROOT, "asked", variables=FITS, message_id="1")
    assert (sent.repeated, instances.variables(engine, session, sent.instance_id)) == (False, FITS)


def test_a_refused_start_leaves_no_row_and_no_entry(engine, deploy, session):
    deploy(start("other", on_message("m")))
    before = journal.size(session)
    with pytest.raises(forms.FormInvalid):
        messages.send(engine, session, toys.ROOT, "asked", variables={})
    session.commit()
    assert (session.scalars(select(InstanceRow)).all(), journal.size(session)) == ([], before)


def test_the_journal_says_which_fields_were_filled_in(engine, deploy, session):
    deploy(start("other", on_message("m")))
    sent = messages.send(engine, session, toys.ROOT, "asked", variables=FITS | {"from": "shop"})
    entry = next(one for one in journal.of_case(session, sent.instance_id) if one.act == "instances.start")
    assert (entry.facts["form"], entry.facts["names"]) == ("plan", ["budget", "name"])


def test_a_signal_reaches_the_others_and_its_start_is_an_incident_in_words(engine, deploy, session):
    waiting = another("q", "start -> bell -> c -> end3", catch("bell", on_signal("s")), user("c"))
    deploy(start("other", on_signal("s")), definitions_=waiting)
    instances.start(engine, session, toys.ANNA, "q")
    assert messages.signal(engine, session, toys.ROOT, "closed", {"budget": 0, "name": "Chairs"}) == 1
    session.commit()
    (incident,) = incidents.open(session)
    assert [task.element_id for task in session.scalars(select(OpenTaskRow))] == ["c"]
    assert (incident.element_id, incident.process_id, incident.instance_id) == ("other", "p", None)
    assert ("“Budget” must be 1 or more." in incident.message.en, "预算" in incident.message.zh) == (True, True)


def test_a_message_from_another_case_that_does_not_fit_waits_and_becomes_an_incident(
    engine, deploy, session, session_factory
):
    tell = mapping({"budget": "=amount", "name": '="Chairs"'})
    telling = another("q", "start -> tell -> c -> end3", throw("tell", on_message("m"), tell), user("c"))
    deploy(start("other", on_message("m")), definitions_=telling)
    instances.start(engine, session, toys.ANNA, "q", {"amount": 0})
    session.commit()
    for _ in range(messages.MOST_ATTEMPTS):
        assert messages.deliver_waiting(engine, session_factory) == 0
    (incident,) = incidents.open(session)
    assert "“Budget” must be 1 or more." in incident.message.en
    assert len(session.scalars(select(BufferedMessage)).all()) == 1
    assert [task.element_id for task in session.scalars(select(OpenTaskRow))] == ["c"]


def test_a_time_that_does_not_fit_is_an_incident_and_is_tried_again(
    engine, deploy, session, session_factory, virtual_clock
):
    given = mapping(None, {"budget": "=0", "name": '="Chairs"'})
    deploy(element("startEvent", "other", timer("P1D"), given))
    virtual_clock.turn(timedelta(days=1))
    assert timers.fire_due(engine, session_factory) == 0
    (incident,) = incidents.open(session)
    assert ("“Budget” must be 1 or more." in incident.message.en, session.scalars(select(InstanceRow)).all()) == (
        True,
        [],
    )
    assert [one.attempts for one in timers.upcoming(session)] == [1]


def test_outputs_that_cannot_be_worked_out_start_nothing(engine, deploy, session):
    endless = mapping(None, {"budget": "=count(for i in 1..n return for j in 1..n return j)", "name": '="Chairs"'})
    deploy(element("startEvent", "other", on_message("m"), endless))
    with pytest.raises(instances.StartUnfit, match="its start form cannot be filled in"):
        messages.send(engine, session, toys.ROOT, "asked", variables={"n": 1_000_000})
    assert session.scalars(select(InstanceRow)).all() == []


def test_the_plain_start_event_asked_for_by_its_id_is_held_as_ever(engine, deploy, session):
    deploy(start("other", on_message("m")))
    with pytest.raises(forms.FormInvalid):
        instances.start(engine, session, toys.ANNA, "p", {}, start_id="begin")
