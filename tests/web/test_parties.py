"""Suppliers as one looks them up, and the procedure against one that broke the law, from the report to the public record."""

import io
from datetime import timedelta

import pytest

from app.foundation.actor import SYSTEM
from app.identity import accounts, grants
from app.procurement import breaches, suppliers
from app.procurement.contracts import get as contract_of
from tests import seals
from tests.web import deals


@pytest.fixture
def house(app):
    return app.extensions["tenderway"]


@pytest.fixture
def lot_id(house, town, virtual_clock):
    contract_id = deals.performed(house, deals.concluded(house, town, virtual_clock), virtual_clock)
    with house.sessions() as session:
        return contract_of(session, contract_id).lot_id


@pytest.fixture
def report(sign_in, town, lot_id):
    """Reports through the form, as the agency."""

    def act(**options):
        values = {"supplier": town.supplier, "lot": lot_id, "ground": "counterfeit", "facts": "探头系翻新件", **options}
        return sign_in("agency-officer").submit("/breaches/report", **values)

    return act


@pytest.fixture
def reported(house, report):
    address = report(evidence=(io.BytesIO(b"%PDF-1.7"), "照片.pdf")).location
    return address.rsplit("/", 1)[-1]


@pytest.fixture
def second_officer(house, town):
    """Another officer of the finance department: who told the supplier doesn't host the hearing."""
    with house.sessions() as session:
        person = accounts.create(session, SYSTEM, login="second", name="Second Officer")
        grants.grant(session, SYSTEM, account_id=person.id, role="finance-officer", organisation_id=town.finance)
        session.commit()
    return "second"


def read(house, breach_id):
    with house.sessions() as session:
        breach = breaches.get(session, breach_id)
        assert breach.exclusion is None or breach.exclusion.id
        return breach


def test_buyers_look_a_supplier_up(sign_in, lot_id, town):
    client = sign_in("buyer-handler")
    assert "4.0 of 5" in client.get("/parties/suppliers?q=Hengxin&state=active").text
    page = client.get(f"/parties/suppliers/{town.supplier}").text
    assert "Contract: Ultrasound devices" in page
    assert "交货及时" in page


def test_suppliers_do_not_look_each_other_up(sign_in, lot_id, town):
    assert sign_in("supplier-admin").get("/parties/suppliers").status_code == 403


def test_a_report_goes_to_the_finance_department_with_its_evidence(sign_in, reported):
    client = sign_in("finance-officer")
    assert "Hengxin Medical Ltd" in client.get("/breaches").text
    page = client.get(f"/breaches/{reported}").text
    assert "探头系翻新件" in page
    document = page.split('href="/documents/')[1].split('"')[0]
    assert client.get(f"/documents/{document}").status_code == 200
    assert sign_in("buyer-handler").get(f"/documents/{document}").status_code == 403


@pytest.mark.parametrize(
    ("options", "field"), [({"supplier": ""}, "supplier"), ({"ground": ""}, "ground"), ({"facts": ""}, "facts")]
)
def test_a_report_that_says_too_little_is_shown_again(report, options, field):
    answer = report(**options)
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text


def test_the_supplier_sees_nothing_before_it_is_told(sign_in, reported):
    assert sign_in("supplier-admin").get(f"/breaches/{reported}").status_code == 404
    sign_in("finance-officer").submit(f"/breaches/{reported}/notify", intended="禁止参加采购活动二年")
    supplier = sign_in("supplier-admin")
    assert f'href="/breaches/{reported}"' in supplier.get("/contracts").text
    assert "Your reply" in supplier.get(f"/breaches/{reported}").text


def test_from_the_report_to_the_public_record(house, sign_in, reported, second_officer, town, virtual_clock):
    finance, supplier, other = sign_in("finance-officer"), sign_in("supplier-admin"), sign_in(second_officer)
    finance.submit(f"/breaches/{reported}/notify", intended="禁止参加采购活动二年")
    supplier.submit(f"/breaches/{reported}/reply", statement="系运输损坏", hearing="true")
    assert "Decide</h2>" not in finance.get(f"/breaches/{reported}").text
    refused = finance.submit(f"/breaches/{reported}/hear", heard_on="2026-03-02", record="听证笔录")
    assert refused.status_code == 403
    other.submit(f"/breaches/{reported}/hear", heard_on="2026-03-02", record="听证笔录")
    decided = finance.submit(
        f"/breaches/{reported}/decide", decision="exclude", years="2", fine="1500", reasons="证据确凿"
    )
    assert decided.status_code == 303
    finance.submit(f"/breaches/{reported}/publish")
    assert read(house, reported).state == "published"
    assert "Hengxin Medical Ltd" in sign_in("newcomer").get("/portal/breaches").text
    with house.sessions() as session, pytest.raises(suppliers.SupplierExcluded):
        suppliers.require_active(session, town.supplier)


def test_gpl_77_four_years_are_refused_and_what_was_entered_is_kept(sign_in, reported, virtual_clock):
    sign_in("finance-officer").submit(f"/breaches/{reported}/notify", intended="禁止参加采购活动四年")
    virtual_clock.turn(timedelta(days=15))
    finance = sign_in("finance-officer")
    answer = finance.submit(f"/breaches/{reported}/decide", decision="exclude", years="4", reasons="证据确凿")
    assert answer.status_code == 422
    assert "1 to 3 years" in answer.text
    assert "证据确凿" in answer.text


def test_a_lifted_exclusion_lets_the_supplier_in_again(house, sign_in, reported, town, virtual_clock):
    sign_in("finance-officer").submit(f"/breaches/{reported}/notify", intended="禁止参加采购活动一年")
    virtual_clock.turn(timedelta(days=15))
    finance = sign_in("finance-officer")
    finance.submit(f"/breaches/{reported}/decide", decision="exclude", years="1", reasons="证据确凿")
    assert read(house, reported).exclusion.revoked_at is None
    finance.submit(f"/breaches/{reported}/lift", reasons="行政复议撤销")
    with house.sessions() as session:
        assert suppliers.require_active(session, town.supplier)


@pytest.fixture
def published(house, sign_in, reported, virtual_clock):
    """The public address of a decision that excludes the supplier for two years, and its paper's."""
    sign_in("finance-officer").submit(f"/breaches/{reported}/notify", intended="禁止参加采购活动二年")
    virtual_clock.turn(timedelta(days=15))
    finance = sign_in("finance-officer")
    finance.submit(f"/breaches/{reported}/decide", decision="exclude", years="2", reasons="证据确凿")
    finance.submit(f"/breaches/{reported}/publish")
    return f"/portal/breaches/{reported}", f"/documents/{read(house, reported).document_zh_id}"


def test_the_finance_department_seals_its_penalty_decision(house, reported, published):
    with house.sessions() as session:
        assert seals.of_document(session, read(house, reported).document_zh_id) == ["财政局"]


def test_a_published_decision_is_shown_with_its_paper(client, published):
    assert [client.get(address).status_code for address in published] == [200, 200]


def test_a_decision_that_was_set_aside_is_only_said_to_be(sign_in, client, reported, published):
    sign_in("finance-officer").submit(f"/breaches/{reported}/lift", reasons="行政复议撤销")
    page, paper = (client.get(address) for address in published)
    assert "was set aside on" in page.text
    assert "证据确凿" not in page.text
    assert "Hengxin" not in client.get("/portal/breaches").text
    assert paper.status_code in (401, 403)


@pytest.mark.parametrize(("days", "shown"), [(3 * 365, True), (3 * 365 + 30, False)])
def test_the_public_sees_a_decision_for_three_years(client, published, virtual_clock, days, shown):
    virtual_clock.turn(timedelta(days=days))
    page, paper = (client.get(address).status_code for address in published)
    assert (page == 200, paper == 200) == (shown, shown)
    assert ("Hengxin" in client.get("/portal/breaches").text) == shown
    assert ("恒信" in client.get("/portal/breaches?format=csv", headers={"Accept-Language": "zh"}).text) == shown


def test_who_does_not_decide_is_shown_no_forms(sign_in, reported):
    page = sign_in("agency-officer").get(f"/breaches/{reported}").text
    assert "Notify the supplier</button>" not in page
