"""The demonstration's bank and its sample files: what a stranger needs to go on, and no real office has."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from app import create_app, tables
from app.demonstration import bank, samples, settling
from app.foundation import documents
from app.foundation.clock import KeptClock
from app.procurement import bids, bonds
from tests.towns import config_of
from tests.web.conftest import PersonClient

PAYMENT = bank.Payment(
    "JCB1", datetime(2026, 7, 6, 1, tzinfo=UTC), "18000.00", "CNY", "RF00", "明和医疗", "6222", "5105"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The demonstration as it ships."""
    config = config_of(tmp_path_factory.mktemp("bank"))
    app = create_app(config)
    app.test_client_class = PersonClient
    settled = app.extensions["tenderway"]
    tables.upgrade(settled.database)
    settling.settle(settled.database, config)
    KeptClock(config.clock_file).go_on()
    yield app
    settled.database.dispose()


@pytest.fixture
def person(site):
    return lambda login: site.test_client().sign_in(login)


@pytest.fixture
def lot_id(site):
    """The lot of the tender that takes bids."""
    with site.extensions["tenderway"].sessions() as session:
        return session.scalars(select(bids.Bid.lot_id).where(bids.Bid.state == "sealed")).first()


def test_a_statement_of_the_bank_is_read_as_of_any_bank():
    [read] = bonds.read_statements(bank.statement("5105", [PAYMENT], PAYMENT.booked_at))
    [credit] = read.credits
    assert (read.account, credit.bank_reference, credit.amount) == ("5105", "JCB1", Decimal("18000.00"))
    assert (credit.booked_at, credit.remittance, credit.payer_account) == (PAYMENT.booked_at, "RF00", "6222")


def test_a_bond_is_paid_by_a_click_and_arrives_by_the_statement_of_today(person, lot_id):
    supplier, agency = person("an"), person("sun")
    supplier.submit(f"/supplier/lots/{lot_id}/bond")
    assert "Pay this bid bond" in supplier.get(f"/supplier/lots/{lot_id}/bond?lang=en").text
    supplier.submit(f"/demonstration/lots/{lot_id}/bond")
    assert "imported the bank statement yet" in supplier.get(f"/supplier/lots/{lot_id}/bond").text
    assert "1 payment came in" in agency.get("/bonds?lang=en").text
    agency.submit("/demonstration/statement")
    assert "New credits: " in agency.get("/bonds").text
    assert "0 payments came in" in agency.get("/bonds").text
    assert "Arrived at (by the bank)" in supplier.get(f"/supplier/lots/{lot_id}/bond?lang=en").text


def test_a_bond_is_paid_once(person, lot_id):
    supplier = person("hua")
    supplier.submit(f"/supplier/lots/{lot_id}/bond")
    assert supplier.submit(f"/demonstration/lots/{lot_id}/bond").status_code == 303
    assert supplier.submit(f"/demonstration/lots/{lot_id}/bond").status_code == 409


def test_the_statement_is_a_file_too(person):
    answer = person("sun").get("/demonstration/statement")
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    assert bonds.read_statements(answer.data)


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_every_sample_is_a_file_of_its_kind(person, name):
    answer = person("sun").get(f"/demonstration/samples/{name}")
    assert answer.status_code == 200
    kind = documents.sniff(answer.data[:8192], name, samples.SAMPLES[name].media_type)
    assert kind in (samples.SAMPLES[name].media_type, "text/xml")


@pytest.mark.parametrize(
    ("login", "page", "name"), [("sun", "/bonds", "statement.xml"), ("lin", "/studio/new", "open_tender.bpmn")]
)
def test_a_page_that_takes_a_file_offers_its_sample(person, login, page, name):
    assert f"/demonstration/samples/{name}" in person(login).get(page).text


def test_a_real_office_has_neither_bank_nor_samples(client, sign_in):
    assert sign_in("agency-officer").submit("/demonstration/statement").status_code == 403
    assert sign_in("agency-officer").get("/demonstration/samples/sample.pdf").status_code == 403
    assert "/demonstration/" not in sign_in("agency-officer").get("/bonds").text


@pytest.mark.parametrize(
    ("language", "titles"), [("en", ("I buy", "I sell", "I evaluate")), ("zh", ("我要采购", "我要投标"))]
)
def test_the_sign_in_page_tells_stories_first_with_what_waits_for_whom(site, language, titles):
    page = site.test_client().get(f"/sign-in?lang={language}").text
    stories = page.partition("tw-others")[0]
    assert all(title in stories for title in titles)
    assert stories.count("tw-people__waits") >= 5
    assert page.count('name="account"') == page.count("tw-people__name") > stories.count('name="account"')
