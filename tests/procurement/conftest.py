"""A small town for the domain's tests: its organisations, its people, and projects as far as a test wants them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest
from stdnum.cn import uscc

from app.foundation import workdays
from app.foundation.actor import SYSTEM, Actor
from app.foundation.text import Text
from app.identity import organisations
from app.procurement import projects


def code(number: int) -> str:
    """A unified social credit code with a right check character."""
    body = f"9151070{number:010d}"
    return body + uscc.calc_check_digit(body)


def person(id: str, organisation_id: str | None, *roles: str) -> Actor:
    groups = {*roles, *(f"{role}@{organisation_id}" for role in roles)}
    return Actor(id=id, name=id.replace("_", " ").title(), organisation_id=organisation_id, groups=frozenset(groups))


@dataclass
class Town:
    """The organisations' ids and the people who act in the tests."""

    buyer_id: str
    finance_id: str
    agency_id: str
    supplier_ids: list[str]
    handler: Actor
    reviewer: Actor
    finance: Actor
    officer: Actor
    host: Actor
    registrar: Actor
    bidders: list[Actor] = field(default_factory=list)


def organisation(session, kind, number, name, **options):
    return organisations.register(session, SYSTEM, kind=kind, uscc=code(number), name=Text(name, name), **options)


@pytest.fixture
def town(session) -> Town:
    """江城市: a hospital, its finance department, an agency and four suppliers' organisations."""
    workdays.seed(session)
    finance = organisation(session, "finance", 1, "江城市财政局", short_code="JC")
    buyer = organisation(session, "buyer", 2, "江城市第一人民医院", supervisor_id=finance.id)
    agency = organisation(session, "agency", 3, "江城公共采购代理有限公司")
    office = organisation(session, "platform", 4, "江城市公共采购平台办公室")
    suppliers = [organisation(session, "supplier", 10 + n, f"供应商{n}") for n in range(4)]
    return Town(
        buyer_id=buyer.id,
        finance_id=finance.id,
        agency_id=agency.id,
        supplier_ids=[supplier.id for supplier in suppliers],
        handler=person("handler", buyer.id, "buyer-handler"),
        reviewer=person("reviewer", buyer.id, "buyer-reviewer"),
        finance=person("finance", finance.id, "finance-officer"),
        officer=person("officer", agency.id, "agency-officer"),
        host=person("host", agency.id, "agency-host"),
        registrar=person("registrar", office.id, "registrar"),
        bidders=[person(f"bidder_{n}", s.id, "supplier-bidder", "supplier-admin") for n, s in enumerate(suppliers)],
    )


@pytest.fixture
def budget_line(session, town) -> projects.BudgetLine:
    """One million yuan for medical equipment in 2026."""
    line = projects.BudgetLine(
        organisation_id=town.buyer_id,
        year=2026,
        code="2100201",
        name_zh="医疗设备购置",
        name_en="Medical equipment",
        category="A0332",
        amount=Decimal(1_000_000),
        funds="fiscal",
    )
    session.add(line)
    session.flush()
    return line


ULTRASOUND = projects.NewItem("A03320100", "超声诊断设备", Decimal(2), "台", Decimal("300000.00"))


@pytest.fixture
def apply(session, town, budget_line):
    """Applies for ultrasound devices of 600,000 yuan unless told otherwise."""

    def act(**options):
        values = {
            "budget_line_id": budget_line.id,
            "title": Text("Ultrasound devices", "超声诊断设备采购"),
            "object": "goods",
            "funds": "fiscal",
            "need": "更新超声诊断设备",
            "items": [ULTRASOUND],
            **options,
        }
        return projects.apply(session, values.pop("actor", town.handler), **values)

    return act


@pytest.fixture
def filed(session, town, apply) -> projects.Project:
    """A project that was reviewed and filed."""
    project = apply()
    projects.review(session, town.reviewer, project_id=project.id, decision="approve")
    projects.file(session, town.finance, project_id=project.id, decision="file")
    return project


@pytest.fixture
def plan(session, town):
    """Plans one lot for everything unless told otherwise."""

    def act(project, **options):
        values = {
            "review_method": "comprehensive",
            "grounds": "none",
            "notice_on": date(2026, 3, 3),
            "lots": [projects.PlannedLot(1, Text("Ultrasound", "超声设备"), Decimal(600_000), Decimal(580_000))],
            "items": {item.id: 1 for item in project.items},
            "contract_plan": "固定总价合同，验收合格后支付",
            **options,
        }
        return projects.plan(session, values.pop("actor", town.handler), project_id=project.id, **values)

    return act


@pytest.fixture
def planned(session, town, filed, plan) -> projects.Project:
    """A planned project whose method is the open tender."""
    plan(filed)
    return projects.record_method(
        session, town.handler, project_id=filed.id, method="open_tender", legal_ground="GPL 26"
    )
