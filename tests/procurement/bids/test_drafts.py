"""The draft: nothing typed is lost, what is missing is said before anything is sealed."""

import io
from decimal import Decimal

import bidding
import pytest

from app.identity.roles import RoleMissing
from app.procurement import bids, suppliers, tenders
from app.procurement.bids import ERROR, WARNING


@pytest.fixture
def write(session, town, lot):
    def act(**changes):
        return bidding.write(session, town.bidders[0], lot.id, **changes)

    return act


@pytest.fixture
def gaps(session, town, lot):
    """The places of the draft's gaps of a severity."""

    def act(severity):
        found = bids.gaps(session, town.bidders[0], lot_id=lot.id)
        return [gap.place for gap in found if gap.severity == severity]

    return act


def test_a_complete_draft_lacks_nothing_that_must_be_there(write, gaps):
    write()
    assert gaps(ERROR) == []


def test_no_draft_lacks_everything(session, lot, gaps):
    places = {place.partition("/")[0] for place in gaps(ERROR)}
    assert places == {"price", "prices", "delivery_days", "validity_days", "responses", "declarations"}


def test_every_requirement_wants_a_response(session, tender, lot, write, gaps):
    first = bids.requirements_of(tender, lot.id)[0]
    responses = bidding.content(session, lot.id)["responses"]
    write(responses={**responses, first.id: {"value": "  "}})
    assert gaps(ERROR) == [f"responses/{first.id}"]


@pytest.mark.parametrize("typed", ["", "viel", "-5", "1.234", "0"])
def test_what_is_no_price_is_said_and_kept_as_typed(session, town, lot, write, gaps, typed):
    draft = write()
    bids.save_draft(session, town.bidders[0], lot_id=lot.id, content={"price": typed})
    assert (gaps(ERROR), draft.content["price"]) == (["price"], typed)


@pytest.mark.parametrize("typed", ["570000", "570,000.00", "￥570，000.00", " 570000元"])
def test_amounts_are_read_as_people_type_them(session, town, lot, write, gaps, typed):
    write()
    bids.save_draft(session, town.bidders[0], lot_id=lot.id, content={"price": typed})
    assert gaps(ERROR) == []


def test_o87_63_a_price_above_the_ceiling_is_warned_of_not_refused(write, gaps):
    write(price="580000.02")
    assert "price" in gaps(WARNING)


def test_o87_59_a_total_that_isnt_the_sum_is_warned_of(session, lot, write, gaps):
    write(prices={lot.items[0].id: "280000"})
    assert "price" in gaps(WARNING)


def test_o87_20_a_star_that_isnt_met_is_warned_of(session, tender, lot, write, gaps):
    starred = next(r for r in bids.requirements_of(tender, lot.id) if r.starred)
    responses = bidding.content(session, lot.id)["responses"]
    write(responses={**responses, starred.id: {"value": "没有", "deviation": "worse"}})
    assert f"responses/{starred.id}" in gaps(WARNING)


@pytest.mark.parametrize(("name", "typed"), [("validity_days", "89"), ("delivery_days", "31")])
def test_terms_worse_than_the_documents_are_warned_of(write, gaps, name, typed):
    write(**{name: typed})
    assert name in gaps(WARNING)


def test_evidence_that_the_documents_ask_for_is_missed(session, town, lot, write, gaps):
    write()
    assert "files/T2" in gaps(WARNING)
    bids.add_file(session, town.bidders[0], lot_id=lot.id, name="彩页.pdf", source=b"%PDF", requirement_code="T2")
    assert "files/T2" not in gaps(WARNING)


def test_a_bond_that_hasnt_come_is_warned_of_until_it_has(session, town, lot, write, gaps):
    write()
    assert "bond" in gaps(WARNING)
    bidding.pay(session, town, town.bidders[0], lot.id)
    assert "bond" not in gaps(WARNING)


def test_what_isnt_given_stays_as_it_was(session, town, lot, write):
    write(brand="江城")
    draft = bids.save_draft(session, town.bidders[0], lot_id=lot.id, content={"price": "1"})
    assert (draft.content["brand"], draft.content["price"]) == ("江城", "1")


def test_unknown_keys_items_and_requirements_are_not_kept(write):
    draft = write(prices={"other": "1"}, responses={"other": {"value": "x"}}, hack="x", sme="huge")
    assert (draft.content["prices"], draft.content["responses"], draft.content["sme"]) == ({}, {}, "none")
    assert "hack" not in draft.content


def test_who_writes_a_bid_has_taken_the_documents(session, town, tender, lot, write):
    write()
    taken = session.query(tenders.DocumentAccess).one()
    assert (taken.tender_id, taken.supplier_id) == (tender.id, town.supplier_ids[0])


def test_a_file_keeps_its_name_kind_and_digest(session, town, lot):
    file = bids.add_file(
        session, town.bidders[0], lot_id=lot.id, name="C:\\bids\\彩页.pdf", source=io.BytesIO(b"%PDF-1.7"),
    )  # fmt: skip
    assert (file.name, file.media_type, file.size) == ("彩页.pdf", "application/pdf", 8)


def test_files_larger_together_than_a_bid_may_have_are_refused(session, town, lot, monkeypatch):
    monkeypatch.setattr("app.procurement.bids.drafts.LARGEST_FILES", 10)
    bids.add_file(session, town.bidders[0], lot_id=lot.id, name="a", source=b"12345")
    with pytest.raises(bids.FilesTooLarge):
        bids.add_file(session, town.bidders[0], lot_id=lot.id, name="b", source=io.BytesIO(b"123456"))


def test_a_removed_file_is_gone(session, town, lot):
    file = bids.add_file(session, town.bidders[0], lot_id=lot.id, name="a", source=b"12345")
    bids.remove_file(session, town.bidders[0], lot_id=lot.id, file_id=file.id)
    assert bids.draft_of(session, lot.id, town.supplier_ids[0]).files == []


def test_nobody_reaches_into_anothers_draft(session, town, lot):
    file = bids.add_file(session, town.bidders[0], lot_id=lot.id, name="a", source=b"12345")
    with pytest.raises(bids.DraftFileUnknown):
        bids.file_of(session, town.bidders[1], file.id)
    with pytest.raises(bids.DraftFileUnknown):
        bids.remove_file(session, town.bidders[1], lot_id=lot.id, file_id=file.id)


def test_only_bid_writers_of_registered_suppliers_write(session, town, lot):
    clerk = town.bidders[0].__class__("clerk", "Clerk", town.supplier_ids[0], frozenset())
    with pytest.raises(RoleMissing):
        bids.save_draft(session, clerk, lot_id=lot.id, content={})
    with pytest.raises(suppliers.NotRegistered):
        bids.save_draft(session, town.officer, lot_id=lot.id, content={})


def test_after_the_deadline_a_draft_is_not_changed(session, town, tender, lot, write):
    write()
    bidding.at(session, tender.bid_deadline_at)
    with pytest.raises(tenders.DeadlinePassed):
        write()


def test_a_draft_is_read_with_exact_amounts(write):
    offer = bids.read_offer(write(price="570000.1").content)
    assert offer.price == Decimal("570000.10")


# -- the supplier's own copy


@pytest.fixture
def copy(session, town, lot, write):
    """The bytes of a copy of a complete draft with a file."""
    write(brand="江城")
    bids.add_file(session, town.bidders[0], lot_id=lot.id, name="彩页.pdf", source=b"%PDF-1.7", requirement_code="T2")
    return b"".join(bids.copy_of(session, bids.draft_of(session, lot.id, town.supplier_ids[0])))


@pytest.fixture
def load(session, town, lot):
    def act(data):
        return bids.load_copy(session, town.bidders[0], lot_id=lot.id, source=io.BytesIO(data))

    return act


def test_after_sealing_a_replacement_begins_from_the_copy(session, town, lot, copy, load, gaps, signer):
    bids.submit(session, town.bidders[0], lot_id=lot.id, signer=signer)
    draft = load(copy)
    assert (draft.content["brand"], [(f.name, f.requirement_code) for f in draft.files]) == (
        "江城",
        [("彩页.pdf", "T2")],
    )
    assert gaps(ERROR) == []


def test_a_copy_takes_the_place_of_what_stands_in_the_draft(session, town, lot, copy, load):
    bids.add_file(session, town.bidders[0], lot_id=lot.id, name="b.pdf", source=b"%PDF")
    assert [file.name for file in load(copy).files] == ["彩页.pdf"]


def test_a_copy_of_another_lot_is_refused(lot, copy, load):
    with pytest.raises(bids.CopyUnreadable):
        load(copy.replace(lot.id.encode(), b"0" * 32))


@pytest.mark.parametrize("data", [b"", b"x" * 2000, b"\0" * 1024])
def test_what_is_no_copy_is_refused(load, data):
    with pytest.raises(bids.CopyUnreadable):
        load(data)


def test_a_copy_that_lost_its_files_is_refused(copy, load):
    with pytest.raises(bids.CopyUnreadable):
        load(copy.replace(b"files/001", b"files/002", 1))
