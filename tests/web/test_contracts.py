"""Contracts on their pages: who sees them, what they say of signatures and payments, and what parties do with them."""

from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import update

from app.foundation import documents
from app.foundation.text import text_of
from app.identity.certificates import verify_pdf
from app.procurement import acceptance, contracts
from app.procurement.projects import Lot
from app.procurement.tenders import Tender
from tests.web import deals


@pytest.fixture
def house(app):
    return app.extensions["tenderway"]


@pytest.fixture
def contract_id(house, town, virtual_clock):
    return deals.concluded(house, town, virtual_clock)


@pytest.fixture
def performed(house, contract_id, virtual_clock):
    return deals.performed(house, contract_id, virtual_clock)


def read(house, contract_id, find):
    with house.sessions() as session:
        return find(contracts.get(session, contract_id))


def test_the_parties_find_the_contract_in_their_list(sign_in, contract_id):
    for login in ("buyer-contract-officer", "supplier-bidder", "agency-officer", "finance-officer", "auditor"):
        page = sign_in(login).get("/contracts").text
        assert "Contract: Ultrasound devices" in page
    assert "No contracts yet" in sign_in("registrar").get("/contracts").text


def test_the_list_is_filtered_searched_and_exported(sign_in, contract_id):
    client = sign_in("buyer-contract-officer")
    assert "Contract: Ultrasound devices" in client.get("/contracts?phase=performing&q=Hengxin").text
    assert "No results" in client.get("/contracts?phase=completed").text
    assert "HT-2026-0001" in client.get("/contracts?format=csv").text


def test_who_has_no_part_in_it_does_not_find_it(sign_in, contract_id):
    assert sign_in("registrar").get(f"/contracts/{contract_id}").status_code == 404


def test_the_page_says_that_the_signatures_hold(sign_in, contract_id):
    page = sign_in("supplier-signer").get(f"/contracts/{contract_id}").text
    assert page.count('tw-tag--done">valid<') == 2
    assert "The signatures were checked just now" in page


def test_a_late_payment_shows_its_rule_and_its_interest(sign_in, performed, virtual_clock):
    virtual_clock.turn(timedelta(days=34))
    page = sign_in("payment-officer").get(f"/contracts/{performed}").text
    assert "Next: Payment" in page
    assert "¥400.00" in page  # four days of 0.05 % on 200,000
    assert "article 3" in page


def test_acceptance_and_rating_stand_on_the_page(sign_in, performed):
    page = sign_in("finance-officer").get(f"/contracts/{performed}").text
    assert "Accepted" in page
    assert "现场测试" in page
    assert "交货及时" in page


def test_what_was_judged_stands_with_the_words_of_the_contract(house, sign_in, performed):
    with house.sessions() as session:
        asked = acceptance.requirements_of(contracts.get(session, performed))
    page = " ".join(
        html.fromstring(sign_in("finance-officer").get(f"/contracts/{performed}").text).text_content().split()
    )
    assert [row["code"] for row in asked if f"{row['code']} {text_of(row['requirement']).en}" not in page] == []


def test_the_supplier_signs_the_acceptance_certificate(house, sign_in, performed):
    signer, address = sign_in("supplier-signer"), f"/contracts/{performed}/acceptance/sign"
    assert address in signer.get(f"/contracts/{performed}").text
    assert signer.submit(address, opinion="").status_code == 422
    assert signer.submit(address, opinion="confirmed").status_code == 303
    page = signer.get(f"/contracts/{performed}").text
    assert "signs the acceptance certificate" in page
    assert address not in page
    with house.sessions() as session:
        found = acceptance.accepted(session, performed)
        [check] = verify_pdf(session, documents.read(session, found.document_zh_id))
        assert check.holds


def test_an_objection_to_the_certificate_needs_its_reasons(sign_in, performed):
    signer, address = sign_in("supplier-signer"), f"/contracts/{performed}/acceptance/sign"
    refused = signer.submit(address, opinion="objects", reasons="")
    assert (refused.status_code, 'href="#f-reasons"' in refused.text) == (422, True)
    signer.submit(address, opinion="objects", reasons="评价偏低")
    assert "评价偏低" in signer.get(f"/contracts/{performed}").text


def test_an_addition_is_offered_and_signed_by_the_supplier(house, sign_in, contract_id):
    officer, signer = sign_in("buyer-contract-officer"), sign_in("supplier-signer")
    answer = officer.submit(f"/contracts/{contract_id}/additions/add", reasons="床位增加", **{"quantity-1": "0.1"})
    assert answer.status_code == 303
    [amendment] = read(house, contract_id, lambda contract: contract.amendments)
    assert "Sign the supplementary agreement" in signer.get(f"/contracts/{contract_id}").text
    signer.submit(f"/contracts/{contract_id}/additions/{amendment.id}/agree")
    assert read(house, contract_id, lambda contract: contract.total) == 210_000


def test_gpl_49_too_much_is_refused_on_the_form(house, sign_in, contract_id):
    officer = sign_in("buyer-contract-officer")
    answer = officer.submit(f"/contracts/{contract_id}/additions/add", reasons="床位增加", **{"quantity-1": "0.3"})
    assert answer.status_code == 422
    assert "At most ¥20,000.00 can still be added" in answer.text
    assert 'value="0.3"' in answer.text
    assert read(house, contract_id, lambda contract: contract.amendments) == []


def test_what_is_no_number_is_refused_at_its_field(sign_in, contract_id):
    officer = sign_in("buyer-contract-officer")
    answer = officer.submit(f"/contracts/{contract_id}/additions/add", reasons="x", **{"quantity-1": "two"})
    assert answer.status_code == 422
    assert 'href="#f-quantity-1"' in answer.text


def test_the_supplier_declines_with_reasons(house, sign_in, contract_id):
    sign_in("buyer-contract-officer").submit(
        f"/contracts/{contract_id}/additions/add", reasons="床位增加", **{"quantity-1": "0.1"}
    )
    [amendment] = read(house, contract_id, lambda contract: contract.amendments)
    signer, address = sign_in("supplier-signer"), f"/contracts/{contract_id}/additions/{amendment.id}/decline"
    assert signer.submit(address, reasons="").status_code == 422
    assert signer.submit(address, reasons="产能不足").status_code == 303
    assert "产能不足" in signer.get(f"/contracts/{contract_id}").text


def test_a_performance_bond_is_lodged_and_given_back(house, sign_in, contract_id):
    signer, officer = sign_in("supplier-signer"), sign_in("buyer-contract-officer")
    values = {"form": "guarantee", "amount": "10,000.00", "number": "BH-1", "issuer": "中国银行"}
    address = f"/contracts/{contract_id}/bonds/add"
    assert 'href="#f-valid_until"' in signer.submit(address, **values).text
    assert signer.submit(address, **values, valid_until="2027-01-01").status_code == 303
    [bond] = read(house, contract_id, lambda contract: contract.bonds)
    officer.submit(f"/contracts/{contract_id}/bonds/{bond.id}/return")
    assert "returned on" in signer.get(f"/contracts/{contract_id}").text


def test_the_buyers_other_people_are_shown_no_closed_doors(sign_in, contract_id):
    page = sign_in("payment-officer").get(f"/contracts/{contract_id}").text
    assert "Add to the contract" not in page
    assert ">Return<" not in page


def test_the_page_speaks_chinese(sign_in, performed):
    page = sign_in("supplier-signer").get(f"/contracts/{performed}?lang=zh").text
    assert "履约保证金" in page
    assert "Payments" not in page


@pytest.mark.parametrize(
    ("lots", "said"),
    [
        (["archived"], "completed"),
        (["failed"], "failed"),
        (["notified"], "award published"),
        (["archived", "failed", "contracted"], "lot 1: completed; lot 2: failed; lot 3: contracted"),
    ],
)
def test_a_closed_tender_says_what_came_of_each_lot(house, contract_id, sign_in, lots, said):
    with house.sessions() as session:
        first = contracts.get(session, contract_id).lot
        session.execute(update(Tender).values(published_at=house.engine.clock.instant))
        first.state = lots[0]
        for number, state in enumerate(lots[1:], 2):
            lot = Lot(project_id=first.project_id, number=number, name_zh="另一包", budget=first.budget, state=state)
            session.add(lot)
        session.commit()
    assert f'<span class="tw-list__sub">{said}</span>' in sign_in("agency-officer").get("/tenders").text
