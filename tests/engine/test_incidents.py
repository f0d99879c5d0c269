"""What a person submitted stands although a later automatic step fails; the failure waits to be tried again."""

import pytest
import toys
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.engine import definitions, incidents, instances, spiff, tasks
from app.engine.acts import Value
from app.engine.records import BufferedMessage, OpenTaskRow
from app.foundation import journal
from app.foundation.errors import RuleBroken
from app.foundation.text import Text

THEN_CALL = toys.diagram(
    toys.START
    + toys.user("work")
    + toys.service("call", "publish")
    + toys.END
    + toys.flows("start", "work", "call", "end")
)


class NotYet(RuleBroken):
    code = "not-yet"
    text = Text("It is too early.", "时间未到。")


@pytest.fixture
def working(engine, session):
    """A started process whose operation does what the test puts into ``does``."""
    does = []

    @engine.acts.act("publish", name=Text("Publish", "发布"), gives=[Value("published", "any").optional()])
    def publish(context):
        return does[-1](context) if does else None

    definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": THEN_CALL}, "x")
    row = instances.start(engine, session, toys.ANNA, "toy")
    session.commit()
    return row, does


def fail(context):
    raise ValueError("the printer is out of paper")


def complete(engine, session):
    task = session.scalars(select(OpenTaskRow)).one()
    tasks.complete(engine, session, toys.ANNA, task.id, {"entered": True})
    session.commit()


def test_what_was_submitted_stands_although_the_operation_failed(engine, working, session):
    row, does = working
    does.append(fail)
    complete(engine, session)
    assert instances.variables(engine, session, row.id) == {"entered": True}
    assert [incident.element_id for incident in incidents.open(session)] == ["call"]


def test_an_incident_says_a_refusal_in_both_languages(engine, working, session):
    _, does = working

    def refuse(context):
        raise NotYet

    does.append(refuse)
    complete(engine, session)
    assert incidents.open(session)[0].message == NotYet.text


def test_what_a_failed_operation_wrote_is_undone(engine, working, session):
    _, does = working

    def write_and_fail(context):
        journal.write(context.session, context.actor, case="half", act="half", facts={})
        context.session.flush()
        raise ValueError("half")

    does.append(write_and_fail)
    complete(engine, session)
    assert journal.of_case(session, "half") == []


def test_a_retried_incident_goes_on_exactly_there(engine, working, session):
    row, does = working
    does.append(fail)
    complete(engine, session)
    does.append(lambda _context: {"published": True})
    incidents.retry(engine, session, toys.ROOT, incidents.open(session)[0].id)
    assert (row.state, incidents.open(session)) == ("completed", [])


def test_a_retry_that_fails_again_says_what_is_wrong_now(engine, working, session):
    _, does = working
    does.append(fail)
    complete(engine, session)

    def refuse(context):
        raise NotYet

    does.append(refuse)
    incidents.retry(engine, session, toys.ROOT, incidents.open(session)[0].id)
    assert incidents.open(session)[0].message == NotYet.text


def test_only_administrators_retry(engine, working, session):
    _, does = working
    does.append(fail)
    complete(engine, session)
    with pytest.raises(incidents.AdministratorsOnly):
        incidents.retry(engine, session, toys.ANNA, incidents.open(session)[0].id)


def test_a_database_failure_undoes_the_whole_step(engine, working, session):
    _, does = working

    def lose_the_database(context):
        raise OperationalError("SELECT 1", {}, Exception("connection lost"))

    does.append(lose_the_database)
    task = session.scalars(select(OpenTaskRow)).one()
    with pytest.raises(spiff.Abort):
        tasks.complete(engine, session, toys.ANNA, task.id, {})
    session.rollback()
    assert session.scalars(select(OpenTaskRow)).one().element_id == "work"
    assert session.scalars(select(BufferedMessage)).all() == []
