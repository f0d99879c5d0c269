"""A contract is generated from the award: what the documents asked for and the bid committed to, and nothing else."""

import io
from datetime import date
from decimal import Decimal

import pytest
from pypdf import PdfReader

from app.foundation import documents
from app.foundation.actor import SYSTEM
from app.procurement import contracts
from app.procurement.projects import LotState
from app.procurement.tenders import terms
from app.workflow import drawing
from tests.procurement.conftest import person


def clause(contract, key):
    return next(clause for clause in contract.content["clauses"] if clause["key"] == key)


def read(session, document_id):
    pages = PdfReader(io.BytesIO(documents.read(session, document_id))).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def test_o87_72_it_has_every_clause_the_law_asks_for(contract):
    assert [part["key"] for part in contract.content["clauses"]] == list(contracts.HEADINGS)


def test_the_price_and_the_items_are_the_bids(contract):
    bought = clause(contract, "object")
    assert bought["price"]["amount"] == "560000.00"
    assert bought["items"][0]["unit_price"]["amount"] == "280000.00"
    assert bought["items"][0]["amount"]["amount"] == "560000.00"


def test_o87_71_each_requirement_stands_beside_what_the_bid_committed_to(contract, tender):
    rows = clause(contract, "requirements")["requirements"]
    assert [(row["code"], row["response"]) for row in rows] == [(c, f"响应{c}") for c in ("T1", "T2", "C1")]
    assert {row["id"] for row in rows} == {r.id for r in tender.requirements if r.kind != "qualification"}


def test_the_terms_of_the_documents_stand_in_it_word_by_word(contract, tender):
    assert "".join(clause(contract, "terms")["list"]) == tender.contract_terms


def test_ir_48_the_performance_bond_follows_the_documents_percentage(contract):
    assert contract.performance_bond == Decimal("28000.00")


def test_ir_48_a_bond_above_a_tenth_is_refused(session, tender, draft_contract):
    tender.performance_bond_percent = Decimal("10.01")
    with pytest.raises(contracts.PerformanceBondTooHigh):
        draft_contract()


def test_gpl_46_it_is_to_be_signed_within_thirty_days_of_the_letter(contract):
    assert contract.sign_by_on == date(2026, 4, 24)


def test_the_paper_says_the_price_in_words(session, contract):
    text = read(session, contract.document_zh_id)
    assert "人民币伍拾陆万元整" in text
    assert contract.number in text


def test_smepay_3_the_suppliers_size_is_that_at_the_contract(contract):
    assert contract.is_sme


def test_smepay_17_without_an_agreed_rate_the_laws_applies(contract):
    assert contract.daily_interest == Decimal("0.0005")


@pytest.mark.parametrize(
    ("agreed", "daily"),
    [(None, "0.00050000"), ("7.2", "0.00020000"), ("1", "0.00008333")],
    ids=["none", "agreed", "LPR"],
)
def test_smepay_17_an_agreed_rate_is_at_least_the_prime_rate(agreed, daily):
    assert contracts.daily_interest(agreed, date(2026, 4, 8)) == Decimal(daily)


def test_drafting_again_gives_the_same_contract(session, contract):
    assert contracts.draft(session, SYSTEM, lot_id=contract.lot_id) is contract


def test_nothing_is_drafted_before_the_award_is_published(session, award, draft_contract, tender):
    tender.project.lots[0].state = LotState.DECIDED
    with pytest.raises(contracts.AwardNotFinal):
        draft_contract()


def test_who_has_no_part_in_it_does_not_see_it(session, town, contract):
    assert contracts.visible_to(town.bidders[0], contract)
    assert contracts.visible_to(town.finance, contract)
    assert not contracts.visible_to(town.bidders[1], contract)


def test_a_list_shows_what_may_be_opened_and_nothing_else(session, town, contract, people):
    watching = [person(role, None, role) for role in ("auditor", "administrator")]
    readers = [people["officer"], people["signer"], town.handler, *watching]
    for reader in readers:
        found, total = contracts.lists.find(session, reader)
        assert (found, total) == (([contract], 1) if contracts.visible_to(reader, contract) else ([], 0))
    assert not contracts.visible_to(watching[1], contract)


def test_each_period_has_one_value_in_the_documents_and_the_contract(session, town, tender, contract):
    drawing.version(session, town.officer, tender)
    said = {
        "documents": read(session, tender.versions[-1].document_zh_id),
        "contract": read(session, contract.document_zh_id),
    }
    for period in (
        terms.performance(contract.delivery_days),
        contracts.payment_period(session, contract),
        terms.acceptance(contract.acceptance_days),
    ):
        assert [name for name, text in said.items() if period.zh not in text] == []


def test_the_contract_says_how_it_is_concluded_and_what_comes_first(session, contract):
    text = read(session, contract.document_zh_id)
    assert all(words in text for words in ("签订地点", "双方均签署之日起生效", "不可抗力", "保密", "以本合同为准"))
