"""From an empty database to the first published notice, by nothing but what docs/howto/run-an-office.md says, over HTTP."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import event

from app import create_app
from app.foundation.clock import PLACE, VirtualClock
from config import Config
from tests.scenarios.conftest import Person

HOWTO = (Path(__file__).parents[2] / "docs/howto/run-an-office.md").read_text(encoding="utf-8")
PASSWORD = "a lantern beside the quiet river"
CODES = {
    "采购平台管理办公室": "12510700MB0X20007P",
    "财政局": "11510700MB0X10003N",
    "第一人民医院": "12510700450720100H",
    "公共采购代理有限公司": "91510700MA6200ABXQ",
}
KINDS = dict(zip(CODES, ("platform", "finance", "buyer", "agency"), strict=True))
PEOPLE = {
    "meng": ("administrator", "采购平台管理办公室"),
    "chen": ("buyer-handler", "第一人民医院"),
    "zhou": ("buyer-reviewer", "第一人民医院"),
    "liu": ("finance-officer", "财政局"),
    "guo": ("finance-officer", "财政局"),
    "sun": ("agency-officer", "公共采购代理有限公司"),
}


class Newcomer(Person):
    """Somebody who signs in as everybody does: with the password they set by the link they were given."""

    def _sign_in(self) -> None:
        if self._signed_in_at is None:
            self._read(self.client.get("/sign-in?lang=en"), 200)
            self._signed_in_at = True
            self.fill({"login": self.login, "password": PASSWORD}, action="")

    def begin(self, link: str) -> None:
        """Set the password by a link."""
        self._read(self.client.get(f"/set-password/{link}?lang=en"), 200)
        self.fill({"password": PASSWORD, "again": PASSWORD})

    def option(self, words: str) -> str:
        """The value of a choice by its words."""
        found = [each.get("value") for each in self.page.xpath("//option") if words in each.text_content()]
        assert found, f"no choice “{words}” on {self.at}"
        return found[0]


@pytest.fixture
def empty(tmp_path) -> Iterator[Flask]:
    """The program with a database that isn't even there yet; no demonstration."""
    config = Config(
        instance_folder=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'office.db'}",
        secret_key="for tests",
        demonstration=False,
    )
    made = create_app(config, clock=VirtualClock(datetime(2026, 3, 2, 9, tzinfo=PLACE)))
    house = made.extensions["tenderway"]
    event.listen(house.database, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF").close())
    yield made
    house.database.dispose()


@pytest.fixture
def command(empty) -> Callable[..., str]:
    """Runs a command of the how-to; gives what it prints."""

    def run(*words: str) -> str:
        assert words[0] in HOWTO, f"the how-to doesn't name {words[0]}"
        done = empty.test_cli_runner().invoke(args=list(words))
        assert done.exit_code == 0, done.output
        return done.output

    return run


def link_in(text: str) -> str:
    found = re.search(r"/set-password/([\w-]+)", text)
    assert found, text[:500]
    return found[1]


def enter_organisations(administrator: Newcomer) -> None:
    for name, code in CODES.items():
        administrator.open("/organisations/add")
        kind = KINDS[name]
        fields = {"kind": kind, "uscc": code, "name_zh": name, "short_code": "JC"}
        if kind == "buyer":
            fields["supervisor"] = administrator.option("财政局")
        administrator.fill(fields)


def add(administrator: Newcomer, app: Flask, login: str, role: str, place: str) -> Newcomer:
    """Add a person, hand the link over, and grant the role."""
    administrator.open("/people/add")
    administrator.fill({"login": login, "name": login.title(), "email": f"{login}@example.org", "language": "en"})
    person = Newcomer(app, login)
    person.begin(link_in(html.tostring(administrator.page, encoding="unicode")))
    granting = administrator.at
    administrator.open(f"{granting}?role={role}")
    administrator.fill({"organisation": administrator.option(place)})
    return person


def enter_budget(officer: Newcomer, second: Newcomer) -> None:
    officer.open("/data/budget")
    officer.follow("Enter a line")
    officer.fill(
        {
            "buyer": "第一人民医院",
            "year": "2026",
            "code": "2026-0101",
            "name_zh": "医疗设备购置",
            "category": "A02",
            "amount": "900000",
        }
    )
    second.open("/data")
    second.follow("Budget lines: 1 row")
    second.fill(button=("decision", "confirm"))


def enter_rule(administrator: Newcomer, second: Newcomer) -> None:
    """A province's own threshold."""
    administrator.open("/data/law")
    administrator.follow("Enter a rule")
    administrator.fill(
        {
            "name": "open_tender_threshold",
            "value": "4000000",
            "unit": "CNY",
            "jurisdiction": "CN-SC",
            "objects": "goods",
            "valid_from": "2026-01-01",
            "source": "川办函〔2025〕1号",
            "quote": "公开招标数额标准为400万元。",
            "status": "V",
        }
    )
    second.open("/data")
    second.follow("Rules of law: 1 row")
    second.fill(button=("decision", "confirm"))


def enter_plan(handler: Newcomer, reviewer: Newcomer) -> None:
    handler.open("/data/plan")
    handler.follow("Enter an item")
    handler.fill(
        {
            "year": "2026",
            "line": "2026-0101",
            "number": "1",
            "object": "goods",
            "code": "A02320700",
            "name": "病人监护仪",
            "quantity": "20",
            "unit": "台",
            "unit_price": "35000",
            "wanted_on": "2026-06-01",
        }
    )
    reviewer.open("/data")
    reviewer.follow("Procurement plan: 1 row")
    reviewer.fill(button=("decision", "confirm"))


def apply(people: dict[str, Newcomer]) -> None:
    """For what was planned: the table of items stays empty."""
    chen = people["chen"]
    chen.open("/start?lang=en")
    chen.fill(action="/start/project")
    planned = chen.page.xpath("//input[@name='plan_items']")[0].get("value")
    chen.fill(
        {
            "title": "病人监护仪采购",
            "title_en": "Patient monitors",
            "object": "goods",
            "budget_line": chen.option("医疗设备购置"),
            "funds": "fiscal",
            "need": "新建重症监护病房配置监护设备。",
            "plan_items": planned,
        }
    )
    people["zhou"].do("Review the application", {"decision": "approve"})
    people["liu"].do("File the application", {"decision": "file"})


def plan_and_publish(people: dict[str, Newcomer]) -> None:
    chen = people["chen"]
    chen.take("Plan the procurement")
    chen.fill(
        {
            "contract_plan": "总价合同；验收合格后付款。",
            "lots-0-sme_mode": "none",
            "lots-0-sme_reason": "面向中小企业预留将使竞争不足。",
        }
    )
    chen.do("Choose the method", {"method": "open_tender"})
    chen.take("Choose the agency")
    chen.fill({"agency": chen.option("公共采购代理"), "fee": "8000", "fee_payer": "buyer"})
    people["sun"].do("Sign the agreement as agency", {"decision": "sign"})
    people["zhou"].do("Sign the agreement as buyer", {"agreed": "true"})
    people["sun"].do("Prepare the tender documents")
    chen.do("Confirm the tender documents", {"decision": "confirm"})
    chen.do("Wait for the day of the notice", {"decision": "publish"})  # the plan proposes tomorrow


def test_an_empty_office_publishes_its_first_notice_by_the_how_to_alone(empty, command):
    printed = command("make-administrator", "--login", "qian", "--name", "Qian Jin", "--email", "")
    command("deploy", str(empty.extensions["tenderway-config"].processes_folder))
    administrator = Newcomer(empty, "qian")
    administrator.begin(link_in(printed))
    administrator.open("/data/first-steps?lang=en")
    assert "Buyers cannot apply yet" in administrator.text()
    enter_organisations(administrator)
    people = {login: add(administrator, empty, login, *told) for login, told in PEOPLE.items()}
    enter_budget(people["liu"], people["guo"])
    enter_rule(administrator, people["meng"])
    administrator.open("/data/law?origin=entered")
    assert "counts from" in administrator.text()
    enter_plan(people["chen"], people["zhou"])
    apply(people)
    plan_and_publish(people)
    anybody = empty.test_client()
    assert "Patient monitors" in anybody.get("/portal?lang=en").text


def test_the_first_steps_of_an_empty_office_lead_to_the_pages_that_help(empty, command):
    printed = command("make-administrator", "--login", "qian", "--name", "Qian Jin", "--email", "")
    administrator = Newcomer(empty, "qian")
    administrator.begin(link_in(printed))
    administrator.open("/data/first-steps?lang=en")
    links = {link.get("href") for link in administrator.page.xpath("//main//ol//a")}
    assert {"/people/add", "/organisations/add", "/data/calendar", "/data", "/studio", "/experts"} <= links
    for link in links:
        administrator.open(link)
