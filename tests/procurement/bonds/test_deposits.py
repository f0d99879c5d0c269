"""Bonds coming in: asked for once, matched by their reference, late by the bank's own time."""

from datetime import timedelta
from decimal import Decimal

import bank
import bidding
import pytest
from sqlalchemy import select
from stdnum import iso11649

from app.foundation import clock, documents, journal
from app.foundation.documents import Document
from app.identity.roles import RoleMissing
from app.procurement import bonds, tenders
from app.procurement.bonds import BondState


@pytest.fixture
def bond(session, town, lot):
    return bonds.request(session, town.bidders[0], lot_id=lot.id)


@pytest.fixture
def bring(session, town, bond):
    """Imports one credit for the bond, in full and in time unless told otherwise; gives its entry."""
    count = iter(range(100))

    def act(actor=None, **changes):
        number = next(count)
        changes = {"bank_reference": f"B{number}", **changes}
        (entry,) = bonds.import_credits(
            session,
            actor or town.officer,
            statement_id="S",
            account=bidding.ACCOUNT,
            digest=f"{number:064d}",
            credits=[bidding.credit(bond, **changes)],
        )
        return entry

    return act


def test_a_bond_is_the_percentage_of_the_lots_budget_never_rounded_up(tender, lot, bond):
    assert bond.amount == Decimal("12000.00")
    lot.budget = Decimal("600000.99")
    assert bonds.amount_for(lot, tender) == Decimal("12000.01")


def test_the_payment_reference_is_one_that_every_bank_can_check(bond):
    assert iso11649.is_valid(bond.reference)
    assert len(bond.reference) == 16


def test_asking_again_gives_the_same_reference(session, town, lot, bond):
    assert bonds.request(session, town.bidders[0], lot_id=lot.id) is bond


def test_a_tender_without_a_bond_asks_for_none(session, town, publish, tender, lot):
    tender.bond_percent = Decimal(0)
    with pytest.raises(bonds.NoBondAsked):
        bonds.request(session, town.bidders[0], lot_id=lot.id)
    assert bonds.in_order(session, tender, lot.id, town.supplier_ids[0])


def test_after_the_deadline_nobody_asks_for_a_reference(session, town, tender, lot):
    bidding.at(session, tender.bid_deadline_at)
    with pytest.raises(tenders.DeadlinePassed):
        bonds.request(session, town.bidders[0], lot_id=lot.id)


def test_a_payment_in_full_and_in_time_is_held(session, town, tender, lot, bond, bring):
    assert (bring().outcome, bond.state, bond.payer_bank) == ("matched", BondState.HELD, "102651000000")
    assert bonds.in_order(session, tender, lot.id, town.supplier_ids[0])


def test_o87_63_a_payment_booked_at_the_deadline_is_late(session, town, tender, lot, bond, bring):
    assert bring(booked_at=tender.bid_deadline_at).outcome == "late"
    assert not bonds.in_order(session, tender, lot.id, town.supplier_ids[0])


def test_a_payment_booked_just_before_is_in_time_however_late_the_statement_comes(session, tender, bond, bring):
    bidding.at(session, tender.bid_deadline_at + timedelta(days=1))
    assert bring(booked_at=tender.bid_deadline_at - timedelta(microseconds=1)).outcome == "matched"


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"amount": Decimal("11999.99")}, "wrong_amount"),
        ({"amount": Decimal("12000.01")}, "wrong_amount"),
        ({"currency": "USD"}, "wrong_amount"),
        ({"remittance": "投标保证金"}, "no_reference"),
        ({"remittance": "RF18539007547034"}, "unknown"),
        ({"remittance": "RF19539007547034"}, "no_reference"),
    ],
)
def test_what_doesnt_fit_is_kept_with_the_reason(bond, bring, changes, outcome):
    assert (bring(**changes).outcome, bond.state) == (outcome, BondState.REQUESTED)


def test_a_second_payment_for_the_same_bond_is_told(bring):
    bring()
    assert bring().outcome == "repeated"


def test_a_credit_that_stood_in_another_statement_is_passed_over(session, town, bond, bring):
    bring(bank_reference="SAME")
    entries = bonds.import_credits(
        session,
        town.officer,
        statement_id="S2",
        account=bidding.ACCOUNT,
        digest="e" * 64,
        credits=[bidding.credit(bond, bank_reference="SAME")],
    )
    assert entries == []


def test_an_agency_matches_the_bonds_of_its_own_tenders_only(town, bond, bring):
    stranger = town.officer.__class__("o", "O", town.buyer_id, frozenset({"agency-officer"}))
    assert (bring(actor=stranger).outcome, bond.state) == ("unknown", BondState.REQUESTED)


def test_o87_37_one_account_behind_two_bonds_is_seen(session, town, lot):
    for bidder in town.bidders[:2]:
        bidding.pay(session, town, bidder, lot.id, payer_account="SHARED")
    bidding.pay(session, town, town.bidders[2], lot.id)
    (group,) = bonds.shared_accounts(session, lot.id)
    assert set(group) == set(town.supplier_ids[:2])


# -- letters of guarantee


@pytest.fixture
def lodge(session, town, tender, lot):
    def act(**changes):
        values = {
            "number": "BH-1",
            "issuer": "中国工商银行江城分行",
            "amount": Decimal(12000),
            "valid_until": bonds.bids_valid_until(tender),
            "document_id": "d",
            **changes,
        }
        return bonds.lodge_guarantee(session, town.bidders[0], lot_id=lot.id, **values)

    return act


def test_a_letter_of_guarantee_is_as_good_as_a_payment(session, town, tender, lot, lodge):
    assert (lodge().state, bonds.in_order(session, tender, lot.id, town.supplier_ids[0])) == (BondState.HELD, True)


def test_a_guarantee_covers_the_whole_bond(lodge):
    with pytest.raises(bonds.GuaranteeTooSmall):
        lodge(amount=Decimal("11999.99"))


def test_o87_23_a_guarantee_lasts_as_long_as_the_bid(tender, lodge):
    with pytest.raises(bonds.GuaranteeTooShort):
        lodge(valid_until=bonds.bids_valid_until(tender) - timedelta(days=1))


def test_a_bond_that_was_paid_isnt_replaced_by_a_letter(bond, bring, lodge):
    bring()
    with pytest.raises(bonds.BondSettled):
        lodge()


# -- files of the bank


@pytest.fixture
def account(session, town):
    return bonds.set_account(
        session,
        town.officer,
        holder="江城公共采购代理有限公司",
        account="5105 0110 4625 0000 0123",
        bank_name="中国建设银行江城分行",
        bank_code="105651000017",
    )


def test_a_statement_as_the_bank_sends_it_settles_the_bond(session, town, bond, account):
    data = bank.statement(bank.entry(remittance=bond.reference), bank.entry("1.00", reference="B2"))
    entries = bonds.import_statement(session, town.officer, data=data, name="20260310.xml")
    assert [entry.outcome for entry in entries] == ["matched", "no_reference"]
    file = session.scalars(select(Document).where(Document.case_id == f"bank:{account.account}")).one()
    assert (documents.read(session, file.id), file.access) == (data, "private")


def test_the_same_file_is_taken_once(session, town, bond, account):
    data = bank.statement(bank.entry(remittance=bond.reference))
    bonds.import_statement(session, town.officer, data=data, name="a.xml")
    with pytest.raises(bonds.StatementKnown):
        bonds.import_statement(session, town.officer, data=data, name="b.xml")


def test_a_statement_of_another_account_is_refused(session, town, bond, account):
    with pytest.raises(bonds.AnothersAccount, match="for account 1234567"):
        bonds.import_statement(session, town.officer, data=bank.statement(account="1234567"), name="a.xml")


def test_without_an_account_no_statement_is_taken(session, town, bond):
    with pytest.raises(bonds.NoBondAccount):
        bonds.import_statement(session, town.officer, data=bank.statement(), name="a.xml")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"account": "12"}, bonds.AccountInvalid),
        ({"bank_code": "123"}, bonds.BankCodeInvalid),
        ({"holder": " "}, bonds.HolderMissing),
        ({"bank_name": ""}, bonds.HolderMissing),
    ],
)
def test_an_account_that_cant_be_one_is_refused(session, town, change, refusal):
    values = {"holder": "代理", "account": "12345678", "bank_name": "银行", "bank_code": "", **change}
    with pytest.raises(refusal):
        bonds.set_account(session, town.officer, **values)


def test_only_the_agencys_people_import_and_name_accounts(session, town, account):
    with pytest.raises(RoleMissing):
        bonds.import_statement(session, town.handler, data=bank.statement(), name="a.xml")
    with pytest.raises(RoleMissing):
        bonds.set_account(session, town.host, holder="x", account="12345678", bank_name="x")


# -- who may know


def test_the_projects_journal_says_nothing_of_bonds(session, tender, bond, bring):
    bring()
    assert not [e for e in journal.of_case(session, tender.project_id) if e.act.startswith("bonds")]
    assert {e.actor_name for e in journal.of_case(session, f"bond:{bond.id}")} == {"Supplier"}


def test_the_time_of_arrival_is_the_banks(session, bond, bring):
    bidding.at(session, clock.now(session) + timedelta(days=2))
    bring()
    assert bond.arrived_at == bond.requested_at + timedelta(minutes=1)
