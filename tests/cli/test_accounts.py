"""A real office begins with one command."""

import re

import pytest

from app import create_app
from app.identity import accounts, grants
from config import Config


@pytest.fixture
def office(database, tmp_path):
    """An application on an empty database, without a demonstration."""
    url = database.url.render_as_string(hide_password=False)
    if database.dialect.name == "sqlite":
        url = f"sqlite:///{tmp_path / 'office.db'}"
    config = Config(instance_folder=tmp_path, database_url=url, secret_key="for tests", demonstration=False)
    config.base_url = "http://127.0.0.1:8000"
    made = create_app(config)
    yield made
    made.extensions["tenderway"].database.dispose()


@pytest.fixture
def run(office, monkeypatch):
    """Runs a command of the office."""
    from app import tables

    if office.extensions["tenderway"].database.dialect.name == "postgresql":
        monkeypatch.setattr(tables, "upgrade", lambda _database: None)  # the test's database has its tables
    return lambda *words: office.test_cli_runner().invoke(args=[str(word) for word in words])


MAKE = ("make-administrator", "--login", "wang", "--name", "王明", "--email", "wang@example.org")


def test_the_first_administrator_gets_a_link_that_sets_the_password(office, run):
    said = run(*MAKE).output
    link = re.search(r"http://127.0.0.1:8000(/set-password/\S+)", said).group(1)
    browser = office.test_client()
    token = re.search(r'name="csrf-token" content="([^"]+)"', browser.get(link).text).group(1)
    password = "a lamp beside the river"
    browser.post(link, data={"csrf_token": token, "password": password, "again": password})
    browser.post("/sign-in", data={"csrf_token": token, "login": "wang", "password": password})
    assert browser.get("/people").status_code == 200


def test_the_office_knows_its_working_days(office, run):
    from app.foundation import workdays

    run(*MAKE)
    with office.extensions["tenderway"].sessions() as session:
        assert workdays.load(session).is_official(2026)


def test_a_name_that_is_taken_is_said_without_a_trace(run):
    run(*MAKE)
    again = run(*MAKE)
    assert (again.exit_code, "Traceback" in again.output) == (1, False)
    assert "is already in use" in again.output


def test_nobody_of_a_demonstration_is_there(office, run):
    run(*MAKE)
    with office.extensions["tenderway"].sessions() as session:
        assert accounts.demonstration_people(session) == []
        assert [account.login for account in grants.holders(session, "administrator")] == ["wang"]


def test_who_lost_the_password_gets_a_link_from_the_machine(run):
    run(*MAKE)
    assert "/set-password/" in run("password-link", "wang").output
    assert run("password-link", "nobody").exit_code == 1
