"""A project application goes its way over HTTP: application, review, filing, each by its person."""

import re
from decimal import Decimal

import pytest

from app.demonstration import town as demonstration_town
from app.identity.organisations import Organisation
from app.procurement.projects import BudgetLine
from tests.web import work

APPLICATION = {
    "title": "彩色超声诊断仪", "object": "goods", "funds": "fiscal", "need": "替换老旧设备", "items-0-code": "A02320300", "items-0-name": "彩超",
    "items-0-quantity": "1", "items-0-unit": "台", "items-0-unit_price": "616,000.00",
}  # fmt: skip


@pytest.fixture
def house(app, town):
    """The house with the hospital's budget and the procedures deployed."""
    made, processes = app.extensions["tenderway"], app.extensions["tenderway-config"].processes_folder
    with made.sessions() as session:
        session.get(Organisation, town.buyer).supervisor_id = town.finance
        session.add(
            BudgetLine(
                organisation_id=town.buyer, year=2026, code="2026-0101", name_zh="医疗设备", category="goods",
                amount=Decimal(700_000), funds="fiscal",
            )
        )  # fmt: skip
        demonstration_town.deploy(made.engine, session, processes)
        session.commit()
    return made


@pytest.fixture
def applied(house, sign_in):
    """The address of the first task of an application that the handler has started, and its budget line."""
    client = sign_in("buyer-handler")
    started = client.submit("/start/project", _key=work.hidden(client.get("/start"), "_key"))
    line = re.search(r'<option value="([0-9a-f]{32})"', client.get(started.location).text).group(1)
    return started.location.removeprefix("/tasks/"), line


def only_task(client):
    return re.search(r'href="/tasks/([0-9a-f]+)"', client.get("/inbox").text).group(1)


def test_an_application_is_reviewed_and_filed_each_by_its_person(sign_in, applied):
    task, line = applied
    work.send(sign_in("buyer-handler"), task, budget_line=line, **APPLICATION)
    reviewer, officer = sign_in("buyer-reviewer"), sign_in("finance-officer")
    work.send(reviewer, only_task(reviewer), decision="approve")
    answer = work.send(officer, only_task(officer), decision="file")
    assert officer.get(answer.location).status_code == 200
    assert "Plan the procurement" in sign_in("buyer-handler").get("/inbox").text
    assert "You have no tasks" in officer.get("/inbox").text


def test_an_application_over_the_budget_is_refused_beside_its_field_and_keeps_what_was_typed(sign_in, applied):
    task, line = applied
    over = APPLICATION | {"items-0-unit_price": "9999999"}
    answer = work.send(sign_in("buyer-handler"), task, budget_line=line, **over)
    assert answer.status_code == 422
    assert 'href="#f-budget_line"' in answer.text
    assert "替换老旧设备" in answer.text


def test_once_it_is_applied_for_the_case_goes_by_its_number_and_title(sign_in, applied):
    task, line = applied
    work.send(sign_in("buyer-handler"), task, budget_line=line, **APPLICATION)
    page = sign_in("buyer-reviewer").get("/inbox").text
    assert ("彩色超声诊断仪" in page, re.search(r"JC-2026-\d{4}", page) is not None) == (True, True)


def test_a_start_pressed_twice_starts_one_case(house, sign_in):
    client = sign_in("buyer-handler")
    key = work.hidden(client.get("/start"), "_key")
    places = {client.submit("/start/project", _key=key).location for _ in range(2)}
    assert (len(places), client.get("/cases").text.count("data-open")) == (1, 1)


def test_only_who_has_the_role_of_the_first_lane_may_start(house, sign_in):
    assert "Open tender" not in sign_in("agency-officer").get("/start").text
    assert sign_in("agency-officer").submit("/start/project").status_code == 403


def test_the_page_of_procedures_says_what_each_begins_with(house, sign_in):
    assert "Apply for the project" in sign_in("buyer-handler").get("/start").text


def test_an_application_that_was_never_sent_is_discarded_by_who_began_it(sign_in, applied):
    task, _ = applied
    client = sign_in("buyer-handler")
    address = re.search(r'action="(/start/discard/[0-9a-f]+)"', client.get(f"/tasks/{task}").text).group(1)
    assert client.submit(address).location == "/inbox"
    assert task not in client.get("/inbox").text


def test_an_application_that_was_sent_is_not_discarded(sign_in, applied):
    task, line = applied
    client = sign_in("buyer-handler")
    address = re.search(r'action="(/start/discard/[0-9a-f]+)"', client.get(f"/tasks/{task}").text).group(1)
    work.send(client, task, budget_line=line, **APPLICATION)
    assert client.submit(address).status_code == 409


def test_the_inbox_names_a_case_that_is_still_written_by_its_title(sign_in, applied):
    task, _ = applied
    client = sign_in("buyer-handler")
    client.post(f"/tasks/{task}/draft", data={"csrf_token": client.token(), "title": "路灯改造草稿"})
    assert "路灯改造草稿" in client.get("/inbox").text
