"""Bonds going back: by the day the law says, with interest when late, in a file the bank can take."""

from datetime import date, timedelta
from decimal import Decimal

import bidding
import pytest
from lxml import etree

from app.foundation import clock, documents
from app.foundation.actor import SYSTEM
from app.foundation.workdays import local_day
from app.identity.roles import RoleMissing
from app.procurement import bonds, suppliers
from app.procurement.bonds import BondState
from app.procurement.bonds.payment_files import NAMESPACE

LETTER = date(2026, 4, 8)
"""The award letter's day, a Wednesday."""


@pytest.fixture
def held(session, town, lot):
    """Three held bonds."""
    return [bidding.pay(session, town, bidder, lot.id) for bidder in town.bidders[:3]]


@pytest.fixture
def account(session, town):
    return bonds.set_account(
        session, town.officer, holder="江城公共采购代理有限公司", account=bidding.ACCOUNT, bank_name="建设银行",
        bank_code="105651000017",
    )  # fmt: skip


@pytest.fixture
def due(session, town, tender, lot, held):
    """The losers' bonds, scheduled on the day of the award letter."""
    bidding.at(session, tender.bid_deadline_at + timedelta(days=14))
    return bonds.schedule_losers(session, SYSTEM, lot_id=lot.id, winner_id=town.supplier_ids[0], from_on=LETTER)


def test_o87_38_losers_bonds_are_due_back_five_working_days_after_the_letter(due, held):
    assert [bond.return_due_on for bond in due] == [date(2026, 4, 15)] * 2
    assert held[0].state == BondState.HELD


def test_o87_38_the_winners_is_due_back_five_working_days_after_the_contract(session, town, lot, held, due):
    (bond,) = bonds.schedule_winner(session, SYSTEM, lot_id=lot.id, winner_id=town.supplier_ids[0], from_on=LETTER)
    assert (bond, bond.return_cause) == (held[0], "won")


def test_scheduling_again_moves_no_due_day(session, town, lot, due):
    later = LETTER + timedelta(days=9)
    bonds.schedule_losers(session, SYSTEM, lot_id=lot.id, winner_id=town.supplier_ids[0], from_on=later)
    assert [bond.return_due_on for bond in bonds.due_back(session, lot.id)] == [date(2026, 4, 15)] * 2


def test_bonds_of_a_failed_lot_all_go_back_late_ones_too(session, town, tender, lot, held):
    bidding.pay(session, town, town.bidders[3], lot.id, booked_at=tender.bid_deadline_at)
    bonds.schedule_all(session, SYSTEM, lot_id=lot.id, cause="failed", from_on=LETTER)
    assert sorted(bond.return_cause for bond in bonds.due_back(session, lot.id)) == ["failed"] * 3 + ["late"]


def test_in_time_nothing_is_added(due):
    assert bonds.interest_on(due[0], date(2026, 4, 15)) == 0


def test_o87_38_late_days_cost_the_base_rate_and_a_fifth(due):
    # 12,000 × 4.35 % × 1.2 × 10 / 360
    assert bonds.interest_on(due[0], date(2026, 4, 25)) == Decimal("17.40")


def test_a_return_is_a_file_for_the_bank_and_a_list(session, town, due, account):
    batch = bonds.send_back(session, town.officer, bond_ids=[bond.id for bond in due])
    assert {bond.state for bond in due} == {BondState.RETURNED}
    assert (batch.total, len(bonds.bonds_of_batch(session, batch.id))) == (Decimal(24000), 2)
    assert documents.get(session, batch.document_id).access == "private"
    assert documents.read(session, batch.list_zh_id).startswith(b"%PDF-")


def test_a_late_return_pays_the_interest(session, town, due, account):
    bidding.at(session, clock.now(session) + timedelta(days=17))
    assert local_day(clock.now(session)) == date(2026, 4, 25)
    batch = bonds.send_back(session, town.officer, bond_ids=[due[0].id])
    assert batch.total == Decimal("12017.40")


def test_a_bond_that_went_back_costs_nothing_more(session, town, due, account):
    bidding.at(session, clock.now(session) + timedelta(days=17))
    bonds.send_back(session, town.officer, bond_ids=[due[0].id])
    assert bonds.interest_on(due[0], date(2026, 12, 31)) == due[0].interest == Decimal("17.40")


def read(session, batch):
    root = etree.fromstring(documents.read(session, batch.document_id))
    return root, lambda path: root.xpath(path, namespaces={"p": NAMESPACE})


def test_the_file_says_how_many_and_how_much_twice_and_they_agree(session, town, due, account):
    _, find = read(session, bonds.send_back(session, town.officer, bond_ids=[bond.id for bond in due]))
    transfers = find("//p:CdtTrfTxInf")
    assert [node.text for node in find("//p:NbOfTxs")] == ["2", "2"] == [str(len(transfers))] * 2
    total = sum(Decimal(node.text) for node in find("//p:InstdAmt"))
    assert [Decimal(node.text) for node in find("//p:CtrlSum")] == [total, total]


def test_each_transfer_goes_to_the_account_the_bond_came_from(session, town, due, account):
    _, find = read(session, bonds.send_back(session, town.officer, bond_ids=[bond.id for bond in due]))
    paid = dict(
        zip(
            [node.text for node in find("//p:PmtId/p:EndToEndId")],
            [node.text for node in find("//p:CdtrAcct/p:Id/p:Othr/p:Id")],
            strict=True,
        )
    )
    assert paid == {bond.reference: bond.payer_account for bond in due}


ORDER = {
    "GrpHdr": ["MsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "InitgPty"],
    "PmtInf": [
        "PmtInfId", "PmtMtd", "NbOfTxs", "CtrlSum", "ReqdExctnDt", "Dbtr", "DbtrAcct", "DbtrAgt", "CdtTrfTxInf",
    ],
    "CdtTrfTxInf": ["PmtId", "Amt", "CdtrAgt", "Cdtr", "CdtrAcct", "RmtInf"],
    "FinInstnId": ["BICFI", "ClrSysMmbId", "Nm"],
    "DbtrAcct": ["Id", "Ccy"],
    "CdtrRefInf": ["Tp", "Ref"],
}  # fmt: skip
"""The elements we write, in the order of the schema pain.001.001.09: a sequence there admits no other."""
LONGEST = {"MsgId": 35, "PmtInfId": 35, "EndToEndId": 35, "Nm": 140, "Ref": 35, "MmbId": 35}


def test_elements_stand_in_the_schemas_order_and_are_no_longer_than_it_allows(session, town, due, account):
    root, _ = read(session, bonds.send_back(session, town.officer, bond_ids=[bond.id for bond in due]))
    for element in root.iter():
        name = etree.QName(element).localname
        if name in ORDER:
            places = [ORDER[name].index(etree.QName(child).localname) for child in element]
            assert places == sorted(places), name
        assert len(element.text or "") <= LONGEST.get(name, 10_000), name


def test_a_bank_that_named_no_account_is_made_up_for_by_the_registered_one(session, town, due, account):
    due[0].payer_account = ""
    suppliers.of_organisation(session, due[0].supplier_id).bank_account = "REGISTERED1"
    _, find = read(session, bonds.send_back(session, town.officer, bond_ids=[due[0].id]))
    assert find("//p:CdtrAcct/p:Id/p:Othr/p:Id")[0].text == "REGISTERED1"


def test_without_any_account_the_bond_is_named_and_nothing_is_sent(session, town, due, account):
    due[0].payer_account = ""
    session.commit()
    with pytest.raises(bonds.RepaymentIncomplete, match=due[0].reference):
        bonds.send_back(session, town.officer, bond_ids=[bond.id for bond in due])


def test_without_the_agencys_account_nothing_is_sent(session, town, due):
    with pytest.raises(bonds.NoBondAccount):
        bonds.send_back(session, town.officer, bond_ids=[due[0].id])


def test_a_letter_of_guarantee_lapses_without_a_payment(session, town, tender, lot, account):
    letter = bonds.lodge_guarantee(
        session, town.bidders[3], lot_id=lot.id, number="BH-1", issuer="工商银行", amount=Decimal(12000),
        valid_until=bonds.bids_valid_until(tender), document_id="d",
    )  # fmt: skip
    bonds.schedule(session, SYSTEM, bond_id=letter.id, cause="lost", from_on=LETTER)
    batch = bonds.send_back(session, town.officer, bond_ids=[letter.id])
    assert (letter.state, batch.document_id, batch.total) == (BondState.RETURNED, None, 0)


def test_a_bond_goes_back_once(session, town, due, account):
    bonds.send_back(session, town.officer, bond_ids=[due[0].id])
    with pytest.raises(bonds.BondNotDue):
        bonds.send_back(session, town.officer, bond_ids=[due[0].id])


def test_only_the_agencys_people_send_back(session, town, due, account):
    with pytest.raises(RoleMissing):
        bonds.send_back(session, town.handler, bond_ids=[due[0].id])


@pytest.mark.parametrize("ground", list(bonds.GROUNDS))
def test_o87_23_a_bond_is_kept_on_a_ground_of_the_documents(session, town, held, ground):
    bond = bonds.forfeit(session, town.officer, bond_id=held[0].id, ground=ground)
    assert (bond.state, bond.forfeit_ground) == (BondState.FORFEITED, ground)


def test_on_any_other_ground_it_is_not(session, town, held):
    with pytest.raises(bonds.GroundUnknown):
        bonds.forfeit(session, town.officer, bond_id=held[0].id, ground="slow")
