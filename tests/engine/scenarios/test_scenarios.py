"""Scenario files are played as docs/reference/scenarios.md says, and say themselves what doesn't hold."""

import json
from pathlib import Path

import pytest
import toys

from app.engine import scenarios, spiff

REMINDER = toys.diagram(
    toys.START
    + toys.user("approve")
    + '<bpmn:boundaryEvent id="reminder_due" attachedToRef="approve" cancelActivity="false"><bpmn:timerEventDefinition>'
    + "<bpmn:timeDuration>=duration(&quot;P&quot; + string(days) + &quot;D&quot;)</bpmn:timeDuration>"
    + "</bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    + toys.service("remind", "send-reminder")
    + '<bpmn:endEvent id="reminded" />'
    + toys.END
    + toys.flows("start", "approve", "end")
    + toys.flows("reminder_due", "remind", "reminded")
)
WAITING = toys.diagram(
    toys.START + toys.catch_message("wait") + toys.END + toys.flows("start", "wait", "end"),
    globals_=toys.message("answered"),
)
ANSWERED_AT_ONCE = [{"start": {"variables": {"key": "A"}}}, {"message": {"name": "answered", "correlationKey": "A"}}]


@pytest.fixture(scope="module")
def stage():
    with scenarios.Stage() as stage:
        yield stage


@pytest.fixture
def written(tmp_path):
    """Writes a scenario beside its diagram; gives its path."""

    def write(diagram, steps, **parts):
        (tmp_path / "toy.bpmn").write_bytes(diagram)
        content = {
            "name": "played",
            "definitions": ["toy.bpmn"],
            "process": "toy",
            "clock": "2026-03-02T09:00:00+08:00",
            "steps": steps,
            **parts,
        }
        path = tmp_path / "toy.scenario.json"
        path.write_text(json.dumps(content))
        return path

    return write


def reminded(**expected):
    return [
        {"start": {"variables": {"days": 3}}},
        {"expect": {"open": ["approve"], "timers": [{"element": "reminder_due", "due": "2026-03-05T09:00:00+08:00"}]}},
        {"advance": "P3D"},
        {"expect": {"open": ["approve"], "calls": {"send-reminder": 1}}},
        {"complete": "approve", "variables": {"approved": True}},
        {
            "expect": {
                "state": "completed",
                "variables": {"approved": True, "sent": True},
                "completed": ["approve"],
                "order": ["reminder_due", "approve"],
                "times": {"remind": 1, "reminder_due": 1},
                **expected,
            }
        },
    ]


SERVICES = {"send-reminder": {"returns": {"sent": True}}}


@pytest.mark.parametrize("reload", [False, True])
def test_the_example_of_the_page_holds(written, stage, reload):
    path = written(REMINDER, reminded(), services=SERVICES)
    assert scenarios.play_file(path, stage, reload=reload).line == "ok played"


def test_a_scenario_plays_on_postgresql(written, postgresql_url):
    with scenarios.Stage(postgresql_url) as stage:
        assert (
            scenarios.play_file(written(REMINDER, reminded(), services=SERVICES), stage, reload=True).line
            == "ok played"
        )


def test_what_does_not_hold_is_said_with_its_step(written, stage):
    path = written(REMINDER, reminded(never=["remind"]), services=SERVICES)
    line = scenarios.play_file(path, stage).line
    assert line == "FAILED played: step 6: expected remind never to be entered, found that it was"


def test_an_unlisted_job_type_fails_the_scenario(written, stage):
    outcome = scenarios.play_file(written(REMINDER, reminded()), stage)
    assert (outcome.step, "send-reminder" in outcome.message) == (3, True)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"colour": "red"}, "colour"),
        ({"steps": [{"begin": {}}]}, "begin"),
        ({"steps": [{"start": {"vars": {}}}]}, "vars"),
        ({"steps": [{"expect": {"opened": []}}]}, "opened"),
        ({"steps": [{"complete": "a", "start": {}}]}, "complete, start"),
        ({"services": {"x": {"answers": 1}}}, "answers"),
        ({"steps": [{"expect": {"timers": [{"element": "a", "at": "x"}]}}]}, "at"),
    ],
)
def test_an_unknown_key_anywhere_fails_by_name(written, stage, change, named):
    path = written(toys.ONE_TASK, change.pop("steps", []), **change)
    outcome = scenarios.play_file(path, stage)
    assert (outcome.passed, named in outcome.message) == (False, True)


def test_a_diagram_with_errors_fails_with_the_element(written, stage):
    broken = toys.ONE_TASK.replace(b'targetRef="end"', b'targetRef="nowhere"')
    assert "nowhere" in scenarios.play_file(written(broken, []), stage).message


def test_a_refused_message_is_expected_to_be_refused(written, stage):
    steps = [
        {"start": {"variables": {"key": "A"}}},
        {"message": {"name": "answered", "correlationKey": "B", "expectRefused": True}},
    ]
    assert scenarios.play_file(written(WAITING, steps), stage).passed


def test_a_message_nobody_waits_for_fails_the_scenario(written, stage):
    steps = [{"start": {"variables": {"key": "A"}}}, {"message": {"name": "answered", "correlationKey": "B"}}]
    assert scenarios.play_file(written(WAITING, steps), stage).step == 2


def test_scenarios_do_not_see_each_other(written, stage):
    scenarios.play_file(written(WAITING, [{"start": {"variables": {"key": "A"}}}]), stage)
    steps = [*ANSWERED_AT_ONCE, {"expect": {"state": "completed", "messages": []}}]
    assert scenarios.play_file(written(WAITING, steps), stage).line == "ok played"


def test_a_failing_service_becomes_an_incident_that_can_be_retried(written, stage):
    diagram = toys.diagram(
        toys.START + toys.service("charge", "charge", retries="3") + toys.END + toys.flows("start", "charge", "end")
    )
    steps = [
        {"start": {}},
        {"expect": {"state": "incident", "incidents": ["charge"], "calls": {"charge": 1}}},
        {"retry": "charge"},
        {"expect": {"incidents": ["charge"]}},
        {"retry": "charge"},
        {"expect": {"state": "completed", "incidents": [], "calls": {"charge": 3}, "variables": {"paid": 7}}},
    ]
    services = {"charge": {"fails": 2, "returns": {"paid": "=3 + 4"}}}
    assert scenarios.play_file(written(diagram, steps, services=services), stage).line == "ok played"


def test_one_of_several_tasks_is_picked_by_its_own_variables(written, stage):
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=bids" '
        'inputElement="bid" /></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>'
    )
    diagram = toys.diagram(
        toys.START
        + toys.user("score").replace("</bpmn:userTask>", loop)
        + toys.END
        + toys.flows("start", "score", "end")
    )
    steps = [
        {"start": {"variables": {"bids": [{"of": "A"}, {"of": "B"}]}}},
        {"expect": {"open": ["score", "score"]}},
        {"complete": "score", "where": '=bid.of = "B"'},
        {"expect": {"open": ["score"]}},
        {"complete": "score", "where": '=bid.of = "B"'},
    ]
    outcome = scenarios.play_file(written(diagram, steps), stage)
    assert (outcome.step, "none for which that holds" in outcome.message) == (5, True)


def test_what_no_scenario_passed_is_named(written, stage):
    outcome = scenarios.play_file(written(REMINDER, reminded()[:1], services=SERVICES), stage)
    assert scenarios.uncovered([outcome], spiff.read({"toy.bpmn": REMINDER})) == {
        "toy": [
            "reminder_due",
            "remind",
            "reminded",
            "end",
            "approve_to_end",
            "reminder_due_to_remind",
            "remind_to_reminded",
        ]
    }


def test_the_stage_is_a_schema_of_its_own_on_postgresql(postgresql_url, database):
    if database.dialect.name != "postgresql":
        pytest.skip("of interest on PostgreSQL")
    with scenarios.Stage(postgresql_url) as stage:
        assert stage.schema not in (None, "public")


def test_a_database_with_cases_is_no_stage(tmp_path):
    from app.engine import definitions
    from app.foundation.database import Base, connect, sessions

    url = f"sqlite:///{tmp_path / 'real.db'}"
    database = connect(url)
    Base.metadata.create_all(database)
    with sessions(database)() as session:
        definitions.deploy(toys.engine(), session, toys.ROOT, {"toy.bpmn": toys.ONE_TASK}, "real")
        session.commit()
    with pytest.raises(scenarios.StageOccupied):
        scenarios.Stage(url).__enter__()


PROCEDURES = scenarios.find([Path(__file__).parents[3] / "processes"])


@pytest.fixture(scope="module")
def played(stage):
    """What came of every scenario of the house."""
    return [scenarios.play_file(path, stage) for path in PROCEDURES]


@pytest.mark.parametrize("number", range(len(PROCEDURES)), ids=[path.name.split(".scenario")[0] for path in PROCEDURES])
def test_every_scenario_of_the_house_holds(played, number):
    assert played[number].line.startswith("ok ")


def test_the_scenarios_of_the_house_pass_every_element_and_flow(played):
    assert scenarios.never_passed(PROCEDURES, played) == {}
