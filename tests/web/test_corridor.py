"""A project application goes its way over HTTP: application, review, filing, each by its person."""

import re
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from app import create_app, demonstration
from app.foundation.database import Base
from config import Config

APPLICATION = {
    "title": "彩色超声诊断仪", "object": "goods", "funds": "fiscal", "need": "替换老旧设备", "items-0-code": "A02320300", "items-0-name": "彩超",
    "items-0-quantity": "1", "items-0-unit": "台", "items-0-unit_price": "616,000.00",
}  # fmt: skip


@pytest.fixture
def app(database, virtual_clock):
    settings = Config(
        database_url=database.url.render_as_string(hide_password=False),
        secret_key="for tests",
        zone=ZoneInfo("Asia/Shanghai"),
        demonstration=True,
    )
    made = create_app(settings, clock=virtual_clock)
    Base.metadata.create_all(database)
    demonstration.settle(made.extensions["tenderway"], settings.processes_folder)
    yield made
    made.extensions["tenderway"].database.dispose()


@pytest.fixture
def people(app):
    def sign_in(login):
        client = app.test_client()
        client.post(
            "/sign-in",
            data={"login": login, "password": demonstration.PASSWORD, "csrf_token": token(client.get("/sign-in"))},
        )
        return client

    return SimpleNamespace(chen=sign_in("chen"), zhou=sign_in("zhou"), liu=sign_in("liu"))


def token(response):
    return re.search(r'name="csrf_token" value="([^"]+)"', response.text).group(1)


def only_task(client):
    return re.search(r'href="(/tasks/[^"]+)"', client.get("/").text).group(1)


def submit(client, address, **values):
    page = client.get(address)
    version = re.search(r'name="_version" value="(\d+)"', page.text).group(1)
    return client.post(address, data={"csrf_token": token(page), "_version": version, **values})


@pytest.fixture
def applied(people):
    started = people.chen.post("/start/project_application", data={"csrf_token": token(people.chen.get("/"))})
    line = re.search(r'<option value="([0-9a-f]{32})"', people.chen.get(started.location).text).group(1)
    return SimpleNamespace(address=started.location, line=line)


def test_an_application_is_reviewed_and_filed_each_by_its_person(people, applied):
    submit(people.chen, applied.address, budget_line=applied.line, **APPLICATION)
    submit(people.zhou, only_task(people.zhou), decision="approve")
    answer = submit(people.liu, only_task(people.liu), decision="file")
    assert (answer.status_code, "/tasks/" in people.liu.get("/").text) == (302, False)


def test_an_application_over_the_budget_is_refused_beside_its_field_and_keeps_what_was_typed(people, applied):
    answer = submit(
        people.chen, applied.address, budget_line=applied.line, **APPLICATION | {"items-0-unit_price": "9999999"}
    )
    assert answer.status_code == 422
    assert 'href="#f-budget_line"' in answer.text
    assert "替换老旧设备" in answer.text


def test_a_task_of_another_role_is_not_shown(people, applied):
    assert people.zhou.get(applied.address).status_code == 403


def test_a_second_click_does_nothing_more(people, applied):
    page = people.chen.get(applied.address)
    values = {"csrf_token": token(page), "_version": "1", "budget_line": applied.line, **APPLICATION}
    people.chen.post(applied.address, data=values)
    assert people.chen.post(applied.address, data=values).status_code == 409


def test_who_is_not_signed_in_is_sent_to_the_sign_in_page(app):
    assert app.test_client().get("/").location.startswith("/sign-in")


def test_a_form_without_its_token_is_refused(people, applied):
    assert people.chen.post(applied.address, data=APPLICATION).status_code == 400


def test_every_page_carries_the_strict_policy(people):
    assert "unsafe" not in people.chen.get("/").headers["Content-Security-Policy"]
