"""One search over everything, and never more than the person may see."""

import re
from decimal import Decimal

import pytest

from app.engine import definitions, instances
from app.foundation.actor import SYSTEM
from app.procurement.projects import BudgetLine, Project


@pytest.fixture
def project(app, town, virtual_clock):
    """A project of the town's buyer, and its case."""
    now = virtual_clock.instant
    with app.extensions["tenderway"].sessions() as session:
        line = BudgetLine(
            organisation_id=town.buyer, year=2026, code="2026-0101", name_zh="设备", category="goods",
            amount=Decimal(100), funds="fiscal",
        )  # fmt: skip
        session.add(line)
        session.flush()
        made = Project(
            number="JC-2026-0007", buyer_id=town.buyer, finance_id=town.finance, budget_line_id=line.id,
            title_zh="彩色超声诊断仪采购", title_en="Colour ultrasound scanners", object="goods", funds="fiscal",
            need="", estimate=Decimal(100), applicant_id="x", applied_at=now,
        )  # fmt: skip
        session.add(made)
        session.commit()
        return made


CASE = b"""<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="n">
<bpmn:process id="toy" name="Toy" isExecutable="true"><bpmn:laneSet id="ls"><bpmn:lane id="l" name="buyer-reviewer">
<bpmn:flowNodeRef>work</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet><bpmn:startEvent id="start" /><bpmn:userTask id="work" name="Do it" />
<bpmn:endEvent id="end" /><bpmn:sequenceFlow id="a" sourceRef="start" targetRef="work" />
<bpmn:sequenceFlow id="b" sourceRef="work" targetRef="end" /></bpmn:process></bpmn:definitions>"""


@pytest.fixture
def case(app, project):
    """The project's case."""
    house = app.extensions["tenderway"]
    with house.sessions() as session:
        definitions.deploy(house.engine, session, SYSTEM, {"toy.bpmn": CASE}, "for a test")
        row = instances.start(house.engine, session, SYSTEM, "toy", business_key=project.number)
        session.commit()
        return row


@pytest.mark.parametrize("words", ["超声", "JC-2026-0007", "ultrasound"])
def test_a_party_of_the_project_finds_its_case(sign_in, case, words):
    assert f"/cases/{case.id}" in sign_in("buyer-handler").get(f"/search?q={words}").text


@pytest.mark.parametrize("stranger", ["agency-officer", "supplier-bidder", "expert", "newcomer"])
def test_who_has_no_part_in_a_case_does_not_find_it(sign_in, case, stranger):
    assert "/cases/" not in re.sub(r'href="/cases"', "", sign_in(stranger).get("/search?q=超声").text)


def test_one_sign_is_too_little(sign_in):
    assert "Enter at least 2 characters" in sign_in("expert").get("/search?q=a").text


def test_a_party_is_found_by_two_chinese_signs(sign_in, town):
    page = sign_in("agency-officer").get("/search?q=医院").text
    assert f"/organisations/{town.buyer}" in page


def test_people_are_found_by_who_looks_after_them_only(sign_in):
    assert "/people/" in sign_in("administrator").get("/search?q=payment-officer").text
    assert "/people/" not in sign_in("agency-officer").get("/search?q=payment-officer").text


def test_a_supplier_finds_no_parties(sign_in):
    assert "/organisations/" not in sign_in("supplier-bidder").get("/search?q=医院").text


def test_what_is_not_found_is_said_with_the_words_that_were_looked_for(sign_in):
    assert "<script>" not in sign_in("expert").get("/search?q=<script>").text
    assert "&lt;script&gt;" in sign_in("expert").get("/search?q=<script>").text


def test_signs_with_a_meaning_in_patterns_are_taken_as_they_stand(sign_in):
    assert "/organisations/" not in sign_in("agency-officer").get("/search?q=%25%25").text
