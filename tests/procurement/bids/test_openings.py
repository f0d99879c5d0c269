"""The opening: at the deadline, by the key alone, each bid by itself, fewer than three not at all."""

import io
from datetime import timedelta
from decimal import Decimal

import bidding
import pytest
from pypdf import PdfReader

from app.foundation import clock, documents, journal
from app.foundation.actor import SYSTEM
from app.identity.roles import RoleMissing
from app.keeper import KeyNotDue
from app.procurement import bids, bonds, papers, tenders
from app.procurement.bids import BidState
from app.procurement.projects import LotState


@pytest.fixture
def open_all(session, tender, lot, keeper):
    """Opens at the deadline that then holds."""

    def act():
        bidding.at(session, tender.bid_deadline_at)
        return bids.open_all(session, SYSTEM, lot_id=lot.id, keeper=keeper)

    return act


@pytest.fixture
def three(bid):
    """Three complete bids with their bonds, one with a file."""
    return [bid(0, files=[("彩页.pdf", b"%PDF-1.7 brochure", "T2")]), bid(1, price="560000.00"), bid(2)]


def test_three_bids_are_opened_and_read(session, three, lot, open_all):
    opening = open_all()
    assert (opening.bid_count, opening.enough, lot.state) == (3, True, LotState.OPENED)
    assert [row["price"] for row in opening.rows] == ["570000.00", "560000.00", "570000.00"]


def test_what_was_sealed_comes_out_as_it_went_in(session, three, tender, lot, open_all):
    open_all()
    opened = bids.of_lot(session, lot.id)[0].opened
    assert (opened.price, opened.delivery_days, opened.sme, opened.domestic) == (Decimal(570000), 30, "small", True)
    assert {r.requirement_id: r.value for r in opened.responses} == {
        r.id: f"响应{r.code}" for r in bids.requirements_of(tender, lot.id)
    }
    assert [price.unit_price for price in opened.prices] == [Decimal("285000.00")]


def test_the_files_of_a_bid_become_documents_of_its_lot(session, three, town, lot, open_all):
    open_all()
    file = bids.of_lot(session, lot.id)[0].opened.files[0]
    document = documents.get(session, file.document_id)
    assert (file.name, file.requirement_code) == ("彩页.pdf", "T2")
    assert documents.read(session, document.id) == b"%PDF-1.7 brochure"
    assert (document.case_id, document.kind, document.organisation_id) == (lot.id, "bid", town.supplier_ids[0])


def test_o87_39_nothing_is_opened_before_the_deadline(session, three, tender, lot, keeper):
    bidding.at(session, tender.bid_deadline_at - timedelta(microseconds=1))
    with pytest.raises(bids.OpeningNotDue):
        bids.open_all(session, SYSTEM, lot_id=lot.id, keeper=keeper)


def test_when_the_house_believes_it_is_time_the_keeper_still_keeps_to_its_own_clock(
    session, three, tender, lot, keeper
):
    session.commit()
    clock.use(session, clock.VirtualClock(tender.bid_deadline_at))
    with pytest.raises(KeyNotDue):
        bids.open_all(session, SYSTEM, lot_id=lot.id, keeper=keeper)
    session.rollback()
    assert {made.state for made in bids.of_lot(session, lot.id)} == {BidState.SEALED}


def test_a_deadline_that_was_moved_moves_the_opening(session, three, tender, lot, keeper, town, change, reworded):
    old = tender.bid_deadline_at
    bidding.at(session, old - timedelta(days=10))
    change(requirements=reworded("T2", "显示器22英寸"))
    bidding.at(session, old)
    with pytest.raises(bids.OpeningNotDue):
        bids.open_all(session, SYSTEM, lot_id=lot.id, keeper=keeper)


def test_opening_twice_is_opening_once(session, three, lot, keeper, open_all):
    opening = open_all()
    assert bids.open_all(session, SYSTEM, lot_id=lot.id, keeper=keeper) is opening
    assert [line["act"] for line in keeper.log.lines].count("release") == 1


def test_o87_41_fewer_than_three_are_not_opened_and_no_key_is_fetched(session, bid, lot, keeper, open_all):
    made = [bid(0), bid(1)]
    opening = open_all()
    assert (opening.enough, lot.state) == (False, LotState.BIDDING)
    assert {each.state for each in made} == {BidState.UNOPENED}
    assert "release" not in {line["act"] for line in keeper.log.lines}
    assert all("price" not in row for row in opening.rows)


def test_without_any_bid_the_opening_says_so(open_all):
    opening = open_all()
    assert (opening.bid_count, opening.enough, opening.rows) == (0, False, [])


def test_replaced_and_withdrawn_bids_are_not_there(session, town, bid, three, signer, open_all):
    bids.withdraw(session, town.bidders[2], bid_id=three[2].id, signer=signer)
    bid(3)
    bid(0, price="550000.00")
    opening = open_all()
    assert [(row["sequence"], row["price"]) for row in opening.rows] == [
        (1, "560000.00"), (1, "570000.00"), (2, "550000.00"),
    ]  # fmt: skip


def test_a_bid_that_was_not_confirmed_after_a_change_is_not_opened(
    session, town, tender, bid, three, change, reworded, signer, open_all
):
    fourth = bid(3)
    change(requirements=reworded("T2", "显示器22英寸"))
    for bidder, made in zip(town.bidders, three, strict=False):
        bids.confirm(session, bidder, bid_id=made.id, signer=signer)
    opening = open_all()
    assert (opening.enough, fourth.state, fourth.invalid_reason) == (True, BidState.UNOPENED, "unconfirmed")


def test_an_answer_to_a_requirement_that_a_change_took_away_stays_in_the_content_alone(
    session, town, lot, three, change, documents_without, signer, open_all
):
    change(**documents_without("C1"))
    for bidder, made in zip(town.bidders, three, strict=False):
        bids.confirm(session, bidder, bid_id=made.id, signer=signer)
    open_all()
    opened = bids.of_lot(session, lot.id)[0].opened
    assert (len(opened.responses), len(opened.content["responses"])) == (3, 4)


def test_o87_63_a_bid_without_any_bond_is_invalid(session, bid, three, open_all):
    fourth = bid(3, paid=False)
    open_all()
    assert (fourth.state, fourth.invalid_reason) == (BidState.INVALID, "no_bond")


def test_o87_63_a_bid_whose_bond_came_late_is_invalid(session, town, tender, lot, bid, three, open_all):
    fourth = bid(3, paid=False)
    bidding.pay(session, town, town.bidders[3], lot.id, booked_at=tender.bid_deadline_at)
    open_all()
    assert (fourth.state, fourth.invalid_reason) == (BidState.INVALID, "late_bond")


def test_a_bond_that_no_statement_shows_yet_is_not_held_against_its_bid(session, town, lot, bid, open_all):
    made = [bid(0), bid(1), bid(2, paid=False)]
    bond = bonds.request(session, town.bidders[2], lot_id=lot.id)
    opening = open_all()
    assert (opening.enough, made[2].state, opening.rows[2]["bond"]) == (True, BidState.OPENED, "unproved")
    late = bidding.credit(bond, booked_at=clock.now(session))
    bonds.import_credits(
        session, town.officer, statement_id="next", account=bidding.ACCOUNT, digest="f" * 64, credits=[late]
    )
    assert bids.invalidate_late_bonds(session, town.officer, lot_id=lot.id) == [made[2]]
    states = [bid.state for bid in bids.of_lot(session, lot.id)]
    assert (made[2].state, states.count(BidState.OPENED)) == (BidState.INVALID, 2)


def test_a_bid_changed_in_the_database_is_recognised_and_the_others_are_opened(session, bid, three, open_all):
    fourth = bid(3)
    bidding.put(session, fourth, fourth.sealed[:-1] + bytes([fourth.sealed[-1] ^ 1]))
    opening = open_all()
    assert (fourth.state, fourth.invalid_reason) == (BidState.UNDECRYPTABLE, "changed")
    assert (opening.enough, [made.state for made in three]) == (True, [BidState.OPENED] * 3)


def test_a_bid_sealed_to_another_key_cant_be_opened(session, lot, bid, three, open_all):
    from pyrage import x25519

    fourth = bid(3)
    stranger = str(x25519.Identity.generate().to_public())
    bidding.put(session, fourth, bidding.sealed_to(stranger), told=True)
    open_all()
    assert (fourth.state, fourth.invalid_reason) == (BidState.UNDECRYPTABLE, "seal")


@pytest.mark.parametrize("what", ["another's bid", "no bid"])
def test_what_isnt_this_bidders_bid_for_this_lot_is_invalid(session, lot, bid, three, open_all, what):
    fourth = bid(3)
    if what == "another's bid":
        bidding.put(session, fourth, three[0].sealed, told=True)
    else:
        recipient = session.get(tenders.LotKey, lot.id).recipient
        bidding.put(session, fourth, bidding.sealed_to(recipient), told=True)
    open_all()
    assert (fourth.state, fourth.invalid_reason) == (BidState.INVALID, "content")


def test_when_too_few_can_be_opened_the_lot_doesnt_go_on(session, lot, three, open_all):
    bidding.put(session, three[0], b"x")
    opening = open_all()
    assert (opening.bid_count, opening.enough, lot.state) == (3, False, LotState.BIDDING)


def test_a_terminated_tender_is_not_opened(session, town, tender, lot, three, keeper):
    tenders.terminate(session, town.reviewer, tender_id=tender.id, reasons="重大变故")
    bidding.at(session, tender.bid_deadline_at)
    with pytest.raises(bids.NotBidding):
        bids.open_all(session, SYSTEM, lot_id=lot.id, keeper=keeper)


def test_after_the_opening_no_bid_comes_in(session, town, tender, lot, three, open_all, signer):
    bidding.write(session, town.bidders[3], lot.id)
    open_all()
    tender.bid_deadline_at += timedelta(days=1)  # even if somebody moved it back in the database
    with pytest.raises(tenders.DeadlinePassed):
        bids.submit(session, town.bidders[3], lot_id=lot.id, signer=signer)


def test_the_project_journal_tells_of_the_opening(session, tender, three, open_all):
    open_all()
    entry = journal.of_case(session, tender.project_id)[-1]
    assert entry.act == "bids.open"
    assert {made.id: made.digest for made in three} == {
        id_: said["digest"] for id_, said in entry.facts["bids"].items()
    }


# -- the record


def test_o87_42_the_host_signs_the_record_which_is_kept_in_both_languages(session, town, lot, three, open_all):
    open_all()
    opening = bids.sign_opening_record(session, town.host, lot_id=lot.id, objections="投标人询问交付期，已当场答复")
    assert (opening.signed_by, opening.objections[0]["supplier"]) == (town.host.id, None)
    for document_id in (opening.document_zh_id, opening.document_en_id):
        assert documents.read(session, document_id).startswith(b"%PDF-")
    assert documents.get(session, opening.document_zh_id).kind == "opening_record"


def test_only_the_host_signs(session, town, lot, three, open_all):
    open_all()
    with pytest.raises(RoleMissing):
        bids.sign_opening_record(session, town.officer, lot_id=lot.id)


def test_o87_42_a_bidder_objects_until_the_record_is_signed(session, town, lot, three, open_all):
    open_all()
    bids.object_to_opening(session, town.bidders[0], lot_id=lot.id, words="对价格宣读有疑义")
    opening = bids.sign_opening_record(session, town.host, lot_id=lot.id)
    assert [said["supplier"] for said in opening.objections] == [town.supplier_ids[0]]
    with pytest.raises(bids.RecordSigned):
        bids.object_to_opening(session, town.bidders[0], lot_id=lot.id, words="再次")


def test_who_didnt_bid_has_nothing_to_object_to(session, town, lot, three, open_all):
    open_all()
    with pytest.raises(bids.OpeningUnknown):
        bids.object_to_opening(session, town.bidders[3], lot_id=lot.id, words="x")


def test_the_record_of_too_few_bids_is_drawn_too(session, bid, open_all):
    bid(0)
    sheet = bids.opening_sheet(session, open_all())
    assert papers.draw("opening_record", sheet, "zh").startswith(b"%PDF-")


def test_the_record_of_too_few_bids_claims_no_reading_and_no_consent(session, bid, open_all):
    bid(0)
    sheet = {**bids.opening_sheet(session, open_all()), "dated_on": "2026-03-25"}
    text = PdfReader(io.BytesIO(papers.draw("opening_record", sheet, "zh"))).pages[0].extract_text()
    assert "不予唱标" in text
    assert "无异议" not in text
