"""``flask --app run demo`` plays a whole tender and says so."""

import pytest

from app import create_app
from app.demonstration.players import STAGES
from app.procurement.rules import methods
from config import Config


@pytest.fixture
def run(tmp_path):
    config = Config(
        instance_folder=tmp_path, database_url=f"sqlite:///{tmp_path / 'unused.db'}", secret_key="for tests"
    )
    app = create_app(config)
    yield lambda *words: app.test_cli_runner().invoke(args=["demo", *words])
    app.extensions["tenderway"].database.dispose()


def test_a_whole_tender_is_played_from_application_to_payment(run, tmp_path):
    result = run()
    lines = result.output.splitlines()
    assert (result.exit_code, lines[-1][:18]) == (0, "16 of 16 stages, 8"), result.output[-2000:]
    assert {line[18:30].strip() for line in lines[:-1]} == set(STAGES)
    assert (tmp_path / "unused.db").stat().st_size == 0  # made for its owner alone, and never opened


def test_it_tells_its_steps_in_chinese_too(run):
    assert "供应商签署合同" in run("--language", "zh").output


def test_the_stages_of_a_method_s_row_are_told_as_its_lots_reach_them(run):
    result, course = run("--method", methods.main().id), methods.main().states
    told = [line for line in result.output.splitlines() if line.startswith("== ")]
    assert (result.exit_code, len(told)) == (0, len(course)), result.output[-2000:]
    assert result.output.splitlines()[-1] == f"{len(course)} of {len(course)} stages"


def test_a_method_that_nothing_carries_out_is_not_played_to_the_end(run):
    other = next(row.id for row in methods.rows() if not row.states)
    result = run("--method", other)
    assert result.exit_code == 1
    assert "never reached: the end of the case" in result.output
