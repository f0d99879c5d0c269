"""Extreme values in a diagram are refused by the gate, or become incidents: they never break a step in the database."""

import pytest
import toys
from drawing import (
    boundary,
    call,
    catch,
    drawing,
    each,
    element,
    end,
    error,
    message,
    on_error,
    on_message,
    on_signal,
    rule,
    script,
    service,
    signal,
    start,
    throw,
    timer,
    user,
)  # fmt: skip

from app.engine import definitions, incidents, instances
from app.engine.engine import Engine
from app.engine.scenarios.standins import StandIns

LONG = "x" * 500
WORKED_OUT = '=string join(for i in 1..500 return "x")'
DONE = "start -> a -> end"


def assigned(**attributes):
    held = "".join(f" {name}='{value}'" for name, value in attributes.items())
    return element("userTask", "a", "", f"<zeebe:userTask /><zeebe:assignmentDefinition{held} />")


def named(diagram, text):
    return diagram.replace('<bpmn:process id="p"', f'<bpmn:process id="p" name="{text}"')


EXTREMES = {
    "a long assignee": drawing(DONE, assigned(assignee=LONG)),
    "a long assignee that is worked out": drawing(DONE, assigned(assignee=WORKED_OUT)),
    "a long group": drawing(DONE, assigned(candidateGroups=LONG)),
    "a long group that is worked out": drawing(DONE, assigned(candidateGroups=WORKED_OUT)),
    "a long user": drawing(DONE, assigned(candidateUsers=LONG)),
    "a long user that is worked out": drawing(DONE, assigned(candidateUsers=WORKED_OUT)),
    "a long lane": drawing(DONE, f'<bpmn:laneSet id="l"><bpmn:lane id="m" name="{LONG}"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>',
                           element("userTask", "a")),
    "a priority beyond all bounds": drawing(DONE, user("a", '<zeebe:priorityDefinition priority="=10 ** 40" />')),
    "a negative priority": drawing(DONE, user("a", '<zeebe:priorityDefinition priority="=-5" />')),
    "a due date in the year 9999": drawing(DONE, user("a", '<zeebe:taskSchedule dueDate="9999-12-31T23:59:59+00:00" />')),
    "a due date before the year 1": drawing(DONE, user("a", '<zeebe:taskSchedule dueDate="=date and time(&quot;0001-01-01T00:00:00+14:00&quot;)" />')),
    "a due date far beyond": drawing(DONE, user("a", '<zeebe:taskSchedule dueDate="=date(&quot;999999-01-01&quot;)" />')),
    "a long name": named(drawing(DONE, user("a").replace('id="a"', f'id="a" name="{LONG}"')), LONG),
    "a long stage": drawing(DONE, user("a", f'<zeebe:properties><zeebe:property name="stage" value="{LONG}" /></zeebe:properties>')),
    "a long duty": drawing(DONE, user("a", f'<zeebe:properties><zeebe:property name="duty" value="not the same person as {LONG}" /></zeebe:properties>')),
    "a long message name that is worked out": drawing("start -> a -> end", catch("a", on_message("m")), definitions=message("m", WORKED_OUT.replace('"', "&quot;"), "=1")),
    "a long correlation key": drawing("start -> a -> end", catch("a", on_message("m")), definitions=message("m", "m", WORKED_OUT)),
    "a long signal name that is worked out": drawing("start -> a -> end", catch("a", on_signal("s")), definitions=signal("s", WORKED_OUT.replace('"', "&quot;"))),
    "a thrown signal of a long name": drawing("start -> a -> end", throw("a", on_signal("s")), definitions=signal("s", WORKED_OUT.replace('"', "&quot;"))),
    "a thrown message of a long name": drawing("start -> a -> end", throw("a", on_message("m")), definitions=message("m", WORKED_OUT.replace('"', "&quot;"), "=1")),
    "a long error code": drawing("start -> a", end("a", on_error("e")), definitions=error("e", LONG)),
    "a long condition": drawing("start -> a -> end", catch("a", timer("P1D"))).replace("<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration>"
        "</bpmn:timerEventDefinition>", f"<bpmn:conditionalEventDefinition><bpmn:condition>=x = &quot;{LONG}&quot;</bpmn:condition></bpmn:conditionalEventDefinition>"),
    "a long decision that is worked out": drawing(DONE, rule("a", WORKED_OUT.replace('"', "&quot;"), "x")),
    "a long process that is worked out": drawing(DONE, call("a", WORKED_OUT)),
    "a long operation": drawing(DONE, service("a", LONG)),
    "a timer a million years on": drawing("start -> a -> end", catch("a", timer("P999999Y"))),
    "a timer that is worked out to nothing": drawing("start -> a -> end", catch("a", timer("=null"))),
    "a start timer that is worked out to nothing": drawing("begin -> end", start("begin", timer("=null"))),
    "a start timer that reads a variable": drawing("begin -> end", start("begin", timer("=x"))),
    "a start timer far beyond": drawing("begin -> end", start("begin", timer("9999-12-31T00:00:00Z", "timeDate"))),
    "a start cycle of long ago": drawing("begin -> end", start("begin", timer("R3/2020-01-01T00:00:00Z/P1D", "timeCycle"))),
    "retries that are worked out to nothing": drawing(DONE, element("serviceTask", "a", "", '<zeebe:taskDefinition type="t" retries="=null" />')),
    "text with a null character": drawing(DONE, script("a", '"\\u0000"', "x")),
    "half a sign": drawing(DONE, script("a", '"\\ud800"', "x")),
    "a list in a list in a list": drawing(DONE, script("a", "[" * 90 + "]" * 90, "x")),
    "an enormous number": drawing(DONE, script("a", "10 ** 6000", "x")),
    "a hundred thousand items": drawing(DONE, element("task", "a", each("1..100000"))),
    "a variable of a long name": drawing(DONE, script("a", "1", LONG)),
    "a variable of a strange name": drawing(DONE, script("a", "1", "__class__")),
    "an edge on a task that fails": drawing("start -> a -> end; b -> end", service("a", "t"), boundary("b", "a", on_error())),
}  # fmt: skip


@pytest.mark.parametrize("diagram", EXTREMES.values(), ids=EXTREMES)
def test_it_is_refused_or_an_incident_but_never_breaks_a_step(session_factory, diagram):
    engine = Engine(stand_ins=True, acts=StandIns({}), step_limit=2_000)
    with session_factory() as session:
        try:
            definitions.deploy(engine, session, toys.ROOT, {"d.bpmn": diagram.encode()}, "an extreme")
        except definitions.DeploymentRefused:
            return
        session.commit()
        if 'id="start"' in diagram:
            row = instances.start(engine, session, toys.ANNA, "p")
            session.commit()
            engine.forget()
            assert instances.variables(engine, session, row.id) is not None
            incidents.open(session)
