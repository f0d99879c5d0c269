"""Everything disclosed leaves the house as packages that keep to the standard."""

import json

import pytest

from app import create_app
from app.foundation.database import Base
from config import Config


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("INSTANCE_FOLDER", str(tmp_path / "instance"))
    app = create_app(Config())
    Base.metadata.create_all(app.extensions["tenderway"].database)
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=[str(word) for word in words])


def test_a_house_that_published_nothing_says_so(run, tmp_path):
    result = run("ocds", tmp_path / "out")
    assert (result.output, result.exit_code) == ("0 releases, 0 records, 0 violations\n", 0)


def test_packages_are_written_and_hold_to_the_standard(run, tmp_path, monkeypatch):
    from app.procurement import disclosure

    class Process:
        ocid = "ocds-x-1"

    monkeypatch.setattr(disclosure, "processes", lambda _session: [Process])
    monkeypatch.setattr(disclosure, "of_process", lambda _session, _ocid: [1])
    monkeypatch.setattr(disclosure, "release_package", lambda *_: {"releases": []})
    monkeypatch.setattr(disclosure, "record_package", lambda *_: {"records": []})
    result = run("ocds", tmp_path / "out")
    assert result.exit_code == 1  # an empty package breaks the standard, and is named
    assert "releases-0001.json" in result.output
    assert json.loads((tmp_path / "out" / "records-0001.json").read_text()) == {"records": []}
