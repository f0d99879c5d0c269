"""An agency's payments of bonds on the site: tables of the bank's site, and payments that two persons book by hand."""

import io
import re

import pytest

from app.foundation.actor import SYSTEM
from app.identity import accounts, grants
from app.procurement import bonds
from app.procurement.bonds import BondState
from tests.procurement.bonds.test_tables import HEADS, changed, text, workbook
from tests.web import tendering


@pytest.fixture
def house(app):
    return app.extensions["tenderway"]


@pytest.fixture
def world(house, town, virtual_clock):
    return tendering.published(house, town, virtual_clock)


@pytest.fixture
def officer(world, sign_in):
    return sign_in("agency-officer")


@pytest.fixture
def second(house, town, world, sign_in):
    """A second officer of the agency."""
    with house.sessions() as session:
        person = accounts.create(session, SYSTEM, login="second-officer", name="Second officer")
        grants.grant(session, SYSTEM, account_id=person.id, role="agency-officer", organisation_id=town.agency)
        session.commit()
    return sign_in("second-officer")


@pytest.fixture
def reference(house, town, world, sign_in):
    """The payment reference that a supplier asked for."""
    sign_in("supplier-bidder").submit(f"/supplier/lots/{world.lot_id}/bond")
    with house.sessions() as session:
        return bonds.of_supplier(session, world.lot_id, town.supplier).reference


def state(house, town, world):
    with house.sessions() as session:
        return bonds.of_supplier(session, world.lot_id, town.supplier).state


def upload(officer, content, name="mingxi.csv"):
    form = {"csrf_token": officer.token(), "file": (io.BytesIO(content), name)}
    return officer.post("/bonds/statements", data=form)


def selected(page):
    """What the page has chosen: the place of each field's column."""
    found = {}
    for name, body in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="(\d+)" selected', body)
        found[name] = chosen[1] if chosen else ""
    return found


def paid(reference, **cells):
    return changed(**{"附言": reference, "交易日期": "2026-03-02", "交易时间": "11:47:13", **cells})


@pytest.mark.parametrize(("write", "name"), [(text, "mingxi.csv"), (workbook, "mingxi.xlsx")])
def test_a_table_is_previewed_and_taken_in(house, town, world, officer, reference, write, name):
    address = upload(officer, write(HEADS, paid(reference)), name).location
    page = officer.get(address).text
    assert officer.submit(address, decision="import", **selected(page)).status_code == 303
    assert state(house, town, world) == BondState.HELD


def test_o87_28_the_preview_says_what_the_file_says_and_never_what_came_of_it(officer, reference):
    page = officer.get(upload(officer, text(HEADS, paid(reference))).location).text
    assert (reference in page, "Matched" in page, "Hengxin" in page) == (True, False, False)


def test_an_error_stands_beside_its_cell_and_nothing_can_be_imported(officer):
    content = text(HEADS, changed(交易日期="soon"))
    page = officer.get(upload(officer, content).location).text
    assert re.search(r"soon<span class=\"govuk-error-message\">Enter a date", page)
    assert 'value="import"' not in page


def test_other_columns_are_shown_before_they_count(house, town, world, officer, reference):
    heads = ["x", "y", "z", "w"]
    row = ["2026-03-02 11:47:13", "12000.00", reference, "6222021234567890"]
    address = upload(officer, text(heads, row)).location
    assert "Choose the columns" in officer.get(address).text
    chosen = {"booked": "0", "credit": "1", "remittance": "2", "payer_account": "3"}
    assert 'value="import"' in officer.submit(address, decision="preview", **chosen).text
    officer.submit(address, decision="import", **chosen)
    assert state(house, town, world) == BondState.HELD
    later = officer.get(upload(officer, text(heads, ["2026-03-02 12:00:00", "1.00", "", ""])).location).text
    assert {name: place for name, place in selected(later).items() if place} == chosen


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"%PDF-1.7", "It is a PDF"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "save it as .xlsx"),
        ("a.sta", b":20:START\r\n:25:1\r\n", "MT940"),
        ("a.xml", b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"/>', "camt.053"),
        ("a.csv", b"hello\nyou\n", "no row of it names columns"),
    ],
)
def test_a_wrong_file_says_what_it_is(officer, name, content, said):
    answer = upload(officer, content, name)
    assert (answer.status_code, said.casefold() in answer.text.casefold()) == (422, True)


SLIP = {
    "amount": "12000",
    "day": "2026-03-02",
    "time": "11:47",
    "bank_reference": "B1",
    "payer_name": "恒信医疗器械有限公司",
    "payer_account": "6222021234567890",
}


def confirm(client, address):
    seen = re.search(r'name="seen" value="(\w+)"', client.get(address).text)[1]
    return client.submit(address, decision="confirm", seen=seen)


def test_a_payment_booked_by_hand_counts_once_a_second_person_confirmed_it(
    house, town, world, officer, second, reference
):
    address = officer.submit("/data/tables/payments/enter", reference=reference, **SLIP).location
    assert state(house, town, world) == BondState.REQUESTED
    assert address in second.get("/bonds").text
    assert confirm(second, address).status_code == 303
    assert state(house, town, world) == BondState.HELD


def test_who_booked_a_payment_cant_confirm_it(officer, reference):
    address = officer.submit("/data/tables/payments/enter", reference=reference, **SLIP).location
    assert 'value="confirm"' not in officer.get(address).text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reference": "RF00X"}, "begins with RF"),
        ({"amount": "0"}, "more than 0"),
        ({"day": "2126-03-02"}, "in the future"),
        ({"time": "25:00"}, "Not a time"),
        ({"payer_account": ""}, "Missing"),
    ],
)
def test_what_a_slip_cant_say_is_told_beside_its_field(officer, reference, change, said):
    answer = officer.submit("/data/tables/payments/enter", **{"reference": reference, **SLIP, **change})
    assert (answer.status_code, said in answer.text) == (422, True)


def test_o87_28_a_booked_payment_is_seen_by_its_two_persons_only(house, town, officer, second, reference, sign_in):
    address = officer.submit("/data/tables/payments/enter", reference=reference, **SLIP).location
    assert sign_in("auditor").get(address).status_code == 404
    confirm(second, address)
    with house.sessions() as session:
        third = accounts.create(session, SYSTEM, login="third-officer", name="Third officer")
        grants.grant(session, SYSTEM, account_id=third.id, role="agency-officer", organisation_id=town.agency)
        session.commit()
    assert [client.get(address).status_code for client in (officer, second, sign_in("third-officer"))] == [
        200,
        200,
        404,
    ]
