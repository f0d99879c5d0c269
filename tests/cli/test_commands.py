"""The commands say what house.md promises, and leave with the right code."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import text

from app import cli
from app.engine import definitions, instances
from app.engine.engine import Engine
from app.engine.records import OpenTaskRow
from app.foundation.actor import Actor

ROOT = Path(__file__).parents[2]
LATE = str(ROOT / "processes/contract_performance.late.scenario.json")
ANNA = Actor("anna", "Anna", groups=frozenset({"clerk"}))
TOY = b"""<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="n">
<bpmn:process id="toy" name="Toy" isExecutable="true"><bpmn:startEvent id="start" /><bpmn:userTask id="work" name="Do it" />
<bpmn:endEvent id="end" /><bpmn:sequenceFlow id="a" sourceRef="start" targetRef="work" />
<bpmn:sequenceFlow id="b" sourceRef="work" targetRef="end" /></bpmn:process></bpmn:definitions>"""
BROKEN = TOY.replace(b'targetRef="work"', b'targetRef="nowhere"')


@pytest.fixture
def run(database, session_factory):
    """Runs a command on a house of its own: ``run("check", "a.bpmn")``."""
    app = Flask("toy")
    house = SimpleNamespace(engine=Engine(), sessions=session_factory, database=database)
    app.extensions["tenderway"] = house
    cli.register(app)
    runner = app.test_cli_runner()
    result = lambda *words: runner.invoke(args=[str(word) for word in words])  # noqa: E731
    result.house = house
    return result


@pytest.fixture
def started(run, session_factory):
    with session_factory() as session:
        definitions.deploy(run.house.engine, session, ANNA, {"toy.bpmn": TOY}, "x")
        row = instances.start(run.house.engine, session, ANNA, "toy")
        session.commit()
        return row


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "toy.bpmn").write_bytes(TOY)
    return tmp_path


def test_check_says_nothing_about_a_good_diagram(run, folder):
    result = run("check", folder / "toy.bpmn")
    assert (result.exit_code, "error" in result.output) == (0, False)


def test_check_names_file_element_and_what_is_wrong(run, folder):
    (folder / "toy.bpmn").write_bytes(BROKEN)
    result = run("check", folder / "toy.bpmn")
    assert (result.exit_code, result.output.startswith(f"{folder / 'toy.bpmn'}: a: error: ")) == (1, True)


@pytest.mark.parametrize("content", [b"", b"<a", b"\x00\xff", b"<!DOCTYPE a []><a/>", b"<a/>", b"[" * 100_000])
@pytest.mark.parametrize("name", ["x.bpmn", "x.dmn", "x.ui.json"])
def test_check_never_shows_a_stack_trace(run, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    result = run("check", tmp_path / name)
    assert (result.exit_code, "Traceback" in result.output) == (1, False)


def test_check_says_that_a_file_is_missing(run):
    result = run("check", "nowhere.bpmn")
    assert (result.exit_code, result.output.splitlines()[0]) == (
        1, "nowhere.bpmn: error: it cannot be read: No such file or directory",
    )  # fmt: skip


def test_check_takes_the_decisions_beside_the_files(run, folder):
    (folder / "decisions").mkdir()
    (folder / "decisions" / "bad.dmn").write_bytes(b"<broken")
    assert "decisions/bad.dmn: error:" in run("check", folder / "toy.bpmn").output


def test_deploy_deploys_a_folder(run, folder):
    assert run("deploy", folder).output == "process toy, version 1: Toy\n"


def test_deploy_refuses_a_broken_folder(run, folder):
    (folder / "toy.bpmn").write_bytes(BROKEN)
    result = run("deploy", folder)
    assert (result.exit_code, "toy.bpmn: a: error:" in result.output) == (1, True)


def test_scenarios_prints_a_line_for_each_and_the_sum(run):
    result = run("scenarios", LATE, "--reload")
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "1 passed, 0 failed")


def test_scenarios_fails_with_the_first_that_fails(run, tmp_path):
    (tmp_path / "a.scenario.json").write_text("{}")
    result = run("scenarios", tmp_path)
    assert (result.exit_code, result.output.splitlines()) == (
        1, ["FAILED a.scenario.json: it says no “definitions”", "0 passed, 1 failed"],
    )  # fmt: skip


def test_verify_finds_nothing_wrong_with_a_running_instance(run, started):
    result = run("verify")
    assert (result.exit_code, result.output) == (0, "1 instances, 0 violations\n")


def test_verify_finds_a_task_that_was_lost(run, started, session):
    session.query(OpenTaskRow).delete()
    session.commit()
    result = run("verify")
    assert (result.exit_code, "nothing is open that could move it" in result.output) == (1, True)


def test_verify_finds_a_journal_entry_that_was_changed(run, started, session):
    from app.foundation import journal

    journal.of_case(session, started.id)[0].actor_name = "Somebody else"
    session.commit()
    result = run("verify")
    assert (result.exit_code, "was changed after it was written" in result.output) == (1, True)


def test_verify_names_a_record_that_was_changed_by_hand(run, started, database):
    with database.begin() as connection:
        connection.execute(text("UPDATE engine_instance SET started_by_name = 'Somebody else'"))
    result = run("verify")
    line = f"engine_instance {started.id} started_by_name: it isn't what the journal holds"
    assert (result.exit_code, line in result.output.splitlines()) == (1, True)


def test_verify_against_a_checkpoint_finds_a_chain_that_was_cut(run, started, session, tmp_path):
    from app.foundation import checkpoints

    file = checkpoints.export(session, checkpoints.make(session), tmp_path)
    session.commit()
    assert run("verify", "--against", file).exit_code == 0
    for table in ("journal_entry", "journal_head", "journal_checkpoint"):
        session.execute(text(f"DELETE FROM {table}"))
    session.commit()
    result = run("verify", "--against", file)
    assert (result.exit_code, f"journal_head {started.id}: missing" in result.output.splitlines()) == (1, True)


def test_verify_against_something_else_says_so(run, started, tmp_path):
    (tmp_path / "x.json").write_text("[")
    result = run("verify", "--against", tmp_path / "x.json")
    assert (result.exit_code, "x.json" in result.output) == (1, True)


def test_timers_and_incidents_are_listed(run, started):
    assert (run("timers").output, run("incidents").output) == ("0 due now\n", "0 open\n")
