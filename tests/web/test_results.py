"""What is shown after the opening: the pool, the draw, the evaluation, a bidder's own result, and queries."""

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO

import lxml.html
import pytest
from sqlalchemy import select

from app.engine import definitions, instances
from app.engine.records import OpenTaskRow
from app.foundation import workdays
from app.foundation.actor import SYSTEM
from app.identity import organisations
from app.keeper.local import LocalKeeper
from app.procurement import awards, evaluation, experts, queries, tenders
from tests import memory
from tests.procurement import conftest as domain
from tests.procurement import lots, publishing

DEADLINE = datetime(2026, 3, 25, 1, 30, tzinfo=UTC)


@pytest.fixture
def house(app):
    return app.extensions["tenderway"]


@pytest.fixture
def remembered(house, virtual_clock):
    """``remembered(act, *given)``: what an act gives and leaves behind, done once."""

    def recall(act, *given):
        return memory.recall(house.database, virtual_clock, act.__name__, lambda: act(house, *given))

    return recall


@pytest.fixture
def world(remembered, town, virtual_clock):
    """A project whose bids are open, with an expert pool: the lot's id, and the people who act outside the pages."""
    return remembered(open_bids, town, virtual_clock)


def open_bids(house, town, virtual_clock):
    people = domain.Town(
        buyer_id=town.buyer,
        finance_id=town.finance,
        agency_id=town.agency,
        supplier_ids=[town.supplier],
        handler=domain.person("handler", town.buyer, "buyer-handler"),
        reviewer=domain.person("reviewer", town.buyer, "buyer-reviewer"),
        finance=domain.person("finance", town.finance, "finance-officer"),
        officer=domain.person("officer", town.agency, "agency-officer"),
        host=domain.person("host", town.agency, "agency-host"),
        registrar=domain.person("registrar", town.platform, "registrar"),
    )
    with house.sessions() as session:
        workdays.seed(session)
        organisations.get(session, town.buyer).supervisor_id = town.finance
        for number in range(3):
            made = domain.organisation(session, "supplier", 30 + number, f"供应商{number}")
            people.supplier_ids.append(made.id)
        tender = publishing.published(session, people, LocalKeeper(virtual_clock))
        session.commit()
    virtual_clock.turn_to(DEADLINE)
    with house.sessions() as session:
        lots.open_bids(session, tenders.get(session, tender.id), people.supplier_ids)
        for number in range(1, 8):
            lots.new_expert(session, number)
        session.commit()
        people.lot_id = tenders.get(session, tender.id).project.lots[0].id
    return people


@pytest.fixture
def evaluated(remembered, world):
    """The report is signed and delivered."""
    return remembered(evaluate, world)


def evaluate(house, world):
    with house.sessions() as session:
        members = lots.seat_committee(session, world, world.lot_id)
        lots.evaluate(session, world, world.lot_id, members)
        session.commit()
    return world


@pytest.fixture
def awarded(remembered, evaluated):
    """The first candidate has won, and the result is published."""
    return remembered(award, evaluated)


def award(house, evaluated):
    with house.sessions() as session:
        first = evaluation.candidates(session, evaluated.lot_id)[0]
        awards.confirm(session, evaluated.reviewer, lot_id=evaluated.lot_id, bid_id=first.bid_id)
        awards.publish(session, SYSTEM, lot_id=evaluated.lot_id)
        session.commit()
    return evaluated


# -- the pool


def test_the_finance_department_lists_the_pool(world, sign_in):
    page = sign_in("finance-officer").get("/experts?speciality=A0232")
    assert "专家1" in lxml.html.fromstring(page.text).text_content()
    assert "medical equipment" in page.text


def test_the_pool_is_exported(world, sign_in):
    answer = sign_in("administrator").get("/experts?format=csv")
    assert answer.mimetype == "text/csv"
    assert answer.text.count("专家") == 7


def test_a_person_with_the_role_is_taken_into_the_pool(house, world, sign_in, account_of):
    client = sign_in("finance-officer")
    answer = client.submit(
        "/experts/enter",
        account=account_of("expert").id,
        specialities=["law", "economics"],
        senior_since="2010-09-01",
        region="CN-SC",
        phone="13800000000",
    )
    assert answer.status_code == 303
    with house.sessions() as session:
        assert experts.of_account(session, account_of("expert").id).specialities == ["economics", "law"]


def test_an_entry_without_a_speciality_is_refused_beside_the_field(world, sign_in, account_of):
    answer = sign_in("finance-officer").submit(
        "/experts/enter", account=account_of("expert").id, senior_since="", region="CN", phone=""
    )
    assert answer.status_code == 422
    assert 'href="#f-senior_since"' in answer.text


def expert_id(house, number=1):
    with house.sessions() as session:
        return next(e.id for e in experts.everybody(session) if e.name == f"专家{number}")


@pytest.mark.parametrize(
    ("part", "fields", "shown"),
    [
        ("ties", {"kind": "board", "organisation_name": "恒信公司"}, "恒信公司"),
        ("absences", {"from_on": "2026-05-01", "to_on": "2026-05-03"}, "May 2026"),
    ],
)
def test_an_expert_declares_what_concerns_them(house, world, sign_in, part, fields, shown):
    client, own = sign_in("expert1"), expert_id(house)
    assert client.submit(f"/experts/{own}/{part}", **fields).status_code == 303
    assert shown in client.get("/experts/mine", follow_redirects=True).text


def test_days_that_end_before_they_begin_come_back_beside_the_field(house, world, sign_in):
    answer = sign_in("expert1").submit(
        f"/experts/{expert_id(house)}/absences", from_on="2026-05-03", to_on="2026-05-01"
    )
    assert (answer.status_code, 'href="#f-to_on"' in answer.text) == (422, True)


def test_an_expert_sees_no_other_expert(house, world, sign_in):
    assert sign_in("expert1").get(f"/experts/{expert_id(house, 2)}").status_code == 404


def test_conduct_is_recorded_and_can_suspend(house, world, sign_in):
    client, one = sign_in("finance-officer"), expert_id(house)
    client.submit(f"/experts/{one}/conduct", kind="leaked", reasons="泄露评审情况", suspend="true")
    with house.sessions() as session:
        assert experts.get(session, one).state == "suspended"


def test_an_entry_is_changed(house, world, sign_in):
    client, one = sign_in("finance-officer"), expert_id(house)
    client.submit(
        f"/experts/{one}/change",
        specialities=["law"],
        senior_since="2001-01-01",
        region="CN-SC",
        phone="1",
        state="left",
    )
    assert "left the pool" in client.get(f"/experts/{one}").text


# -- the draw and the evaluation


def test_before_the_result_nobody_sees_the_draw(evaluated, client):
    assert client.get(f"/lots/{evaluated.lot_id}/draw").status_code == 404


def test_after_the_result_everybody_sees_the_draw_and_that_it_holds(awarded, client):
    assert "the draw is correct" in client.get(f"/lots/{awarded.lot_id}/draw").text


def test_anybody_can_replay_the_record(awarded, client):
    record = client.get(f"/lots/{awarded.lot_id}/draw.json").json
    assert experts.verify(record) == []


def test_the_notice_of_the_award_leads_to_the_draw(house, awarded, client):
    with house.sessions() as session:
        award = session.scalars(select(tenders.Notice).where(tenders.Notice.kind == "award")).one()
        price = Decimal(award.content["price"])
    page = client.get(f"/portal/notices/{award.id}")
    assert page.status_code == 200
    assert f"¥{price:,.2f}" in page.text
    assert f"/lots/{awarded.lot_id}/draw" in page.text


def test_the_draw_tells_its_times_as_the_office_does(awarded, client):
    page = client.get(f"/lots/{awarded.lot_id}/draw?lang=en").text
    assert "09:30" in page
    assert "UTC" not in page.replace("UTC offset", "")


# -- the public board


@pytest.fixture
def won(house, awarded):
    """The winner's name in Chinese and the price, as they are shown."""
    with house.sessions() as session:
        award = session.scalars(select(awards.Award)).one()
        return organisations.get(session, award.supplier_id).name_zh, f"¥{award.price:,.2f}"


def test_the_list_of_results_says_who_won_at_what_price(won, client):
    page = client.get("/portal/results?lang=zh").text
    assert all(part in page for part in won)


def test_the_table_of_results_says_it_too(won, client):
    assert won[0] in client.get("/portal/results?lang=zh&format=csv").text


def test_searching_for_a_suppliers_name_finds_what_it_won(won, client):
    page = client.get("/portal", query_string={"lang": "zh", "q": won[0]}).text
    assert "共1条" in page
    assert won[0] in page


FITS = [
    {"object": "goods"}, {"method": "open_tender"}, {"region": "CN"}, {"least": "1000"}, {"most": "9,000,000"},
    {"since": "2026-01-01"}, {"until": "2026-12-31"}, {"least": "nonsense"}, {"until": "31.12.2026"},
]  # fmt: skip
MISFITS = [
    {"object": "works"}, {"method": "inquiry"}, {"region": "CN-XZ"}, {"least": "90000000"}, {"most": "1"},
    {"since": "2027-01-01"}, {"until": "2025-12-31"}, {"buyer": "nobody"},
]  # fmt: skip


@pytest.mark.parametrize("filters", FITS)
def test_what_fits_a_filter_is_found(won, client, filters):
    assert won[0] in client.get("/portal/results", query_string={"lang": "zh", **filters}).text


@pytest.mark.parametrize("filters", MISFITS)
def test_what_does_not_fit_a_filter_is_left_out(won, client, filters):
    page = client.get("/portal/results", query_string={"lang": "zh", **filters}).text
    assert won[0] not in page
    assert "没有符合" in page


def test_the_price_counts_where_one_was_published_and_not_the_budget(house, won, client):
    price = won[1].removeprefix("¥")
    assert won[0] in client.get("/portal/results", query_string={"lang": "zh", "least": price, "most": price}).text


def test_the_first_page_sums_up_the_year(won, client):
    page = client.get("/portal?lang=en").text
    assert "awarded this year" in page
    assert "saved this year" in page


@pytest.mark.parametrize(
    ("login", "status"), [("agency-officer", 200), ("buyer-reviewer", 200), ("supplier-bidder", 404), ("expert", 404)]
)
def test_who_sees_the_evaluation(evaluated, sign_in, login, status):
    assert sign_in(login).get(f"/lots/{evaluated.lot_id}/evaluation").status_code == status


def test_the_evaluation_shows_the_bids_with_every_factor(evaluated, sign_in):
    page = sign_in("agency-officer").get(f"/lots/{evaluated.lot_id}/evaluation").text
    assert "98.46" in page
    assert "Screen" in page


# -- a bidder's own result


def test_a_winner_is_told_so(awarded, sign_in):
    page = sign_in("supplier-bidder").get(f"/my-results/{awarded.lot_id}").text
    assert "You are the winning bidder for this lot" in page
    assert "Award letter" in page


def test_results_are_listed(awarded, sign_in):
    assert "Ultrasound devices" in sign_in("supplier-bidder").get("/my-results").text


def test_who_did_not_bid_has_no_result(awarded, sign_in, house):
    with house.sessions() as session:
        session.execute(awards.AwardLetter.__table__.delete())
        session.commit()
    assert sign_in("supplier-bidder").get(f"/my-results/{awarded.lot_id}").status_code == 404


# -- queries

POINT = {"matter-0": "评审不公", "facts-0": "未满足T1", "request-0": "重新评审", "law-0": ""}


@pytest.fixture
def cased(house, awarded):
    """The lot has a case that waits for queries."""
    body = (
        b'<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        b'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="http://example.com/toys">'
        b'<bpmn:process id="toy" isExecutable="true"><bpmn:startEvent id="start" /><bpmn:intermediateCatchEvent id="wait">'
        b'<bpmn:messageEventDefinition messageRef="m" /></bpmn:intermediateCatchEvent><bpmn:userTask id="answer_query">'
        b'<bpmn:extensionElements><zeebe:userTask /><zeebe:assignmentDefinition candidateGroups="agency-officer" />'
        b'</bpmn:extensionElements></bpmn:userTask><bpmn:endEvent id="end" />'
        b'<bpmn:sequenceFlow id="a" sourceRef="start" targetRef="wait" /><bpmn:sequenceFlow id="b" sourceRef="wait" targetRef="answer_query" />'
        b'<bpmn:sequenceFlow id="c" sourceRef="answer_query" targetRef="end" /></bpmn:process>'
        b'<bpmn:message id="m" name="query raised"><bpmn:extensionElements><zeebe:subscription correlationKey="=lot_id" />'
        b"</bpmn:extensionElements></bpmn:message></bpmn:definitions>"
    )
    with house.sessions() as session:
        definitions.deploy(house.engine, session, SYSTEM, {"toy.bpmn": body}, "to wait for queries")
        instances.start(
            house.engine, session, SYSTEM, "toy", {"lot_id": awarded.lot_id, "agency_id": awarded.agency_id}
        )
        session.commit()
    return awarded


def test_a_bidder_sees_what_it_may_query_and_until_when(awarded, sign_in):
    page = sign_in("supplier-bidder").get(f"/lots/{awarded.lot_id}/query").text
    assert "the result" in page
    assert "7 April 2026" in page


def test_a_bidder_finds_the_query_beside_the_lot(house, awarded, sign_in):
    with house.sessions() as session:
        tender_id = tenders.of_lot(session, awarded.lot_id).id
    assert f"/lots/{awarded.lot_id}/query" in sign_in("supplier-bidder").get(f"/supplier/tenders/{tender_id}").text


def test_a_query_is_received_with_its_number_and_reaches_the_agency(house, cased, sign_in):
    client = sign_in("supplier-bidder")
    key = "k" * 32
    files = {"files": (BytesIO(b"evidence" * 400_000), "证据.txt")}
    answer = client.submit(f"/lots/{cased.lot_id}/query", scope="result", contact="王某", _key=key, **POINT, **files)
    page = client.get(answer.location).text
    assert "ZY-2026-0001" in page
    assert "证据.txt" in page
    with house.sessions() as session:
        assert session.scalars(select(OpenTaskRow.element_id)).all() == ["answer_query"]


def test_a_second_click_raises_nothing_more(house, cased, sign_in):
    client = sign_in("supplier-bidder")
    key = client.get(f"/lots/{cased.lot_id}/query").text.partition('name="_key" value="')[2].partition('"')[0]
    fields = {"scope": "result", "contact": "", "_key": key, **POINT}
    first = client.submit(f"/lots/{cased.lot_id}/query", **fields)
    second = client.submit(f"/lots/{cased.lot_id}/query", **fields)
    assert first.location == second.location


def test_a_query_without_facts_comes_back_with_what_was_typed(awarded, sign_in):
    answer = sign_in("supplier-bidder").submit(
        f"/lots/{awarded.lot_id}/query", scope="result", contact="", _key="", **POINT | {"facts-0": ""}
    )
    assert answer.status_code == 422
    assert "评审不公" in answer.text


def test_another_point_can_be_added_without_a_script(awarded, sign_in):
    answer = sign_in("supplier-bidder").submit(
        f"/lots/{awarded.lot_id}/query", scope="result", contact="", _key="", _more="1", **POINT
    )
    assert "matter-1" in answer.text


def test_the_agency_lists_queries_and_reads_them(house, awarded, sign_in):
    with house.sessions() as session:
        bidder = domain.person("bidder", awarded.supplier_ids[1], "supplier-bidder")
        query = queries.raise_query(
            session, bidder, lot_id=awarded.lot_id, scope="result", points=[queries.Point("评审不公", "事实", "请求")]
        )
        session.commit()
    client = sign_in("agency-officer")
    assert query.number in client.get("/queries?state=open").text
    assert "评审不公" in client.get(f"/queries/{query.id}").text


def test_a_supplier_does_not_read_another_s_open_query(house, awarded, sign_in):
    with house.sessions() as session:
        bidder = domain.person("bidder", awarded.supplier_ids[1], "supplier-bidder")
        query = queries.raise_query(
            session, bidder, lot_id=awarded.lot_id, scope="result", points=[queries.Point("评审不公", "事实", "请求")]
        )
        session.commit()
    client = sign_in("supplier-bidder")
    assert client.get(f"/queries/{query.id}").status_code == 404
    assert query.number not in client.get("/queries").text
