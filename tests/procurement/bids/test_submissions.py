"""Submitting: sealed before anybody can read it, until the deadline and never at or after it."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import bidding
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import LargeBinary, select

from app.foundation import clock, embedded, journal, outbox
from app.foundation.actor import SYSTEM
from app.foundation.database import Base
from app.identity import accounts, grants
from app.identity.roles import RoleMissing
from app.procurement import bids, suppliers, tenders
from app.procurement.bids import BidState, Verdict
from app.sealer.packages import digest

CANARY = "CANARY-7f3a91"


def test_a_submitted_bid_is_sealed_under_its_digest(session, bid):
    made = bid()
    assert (made.state, made.digest) == (BidState.SEALED, digest(made.sealed))
    assert made.sealed.startswith(b"age-encryption.org/v1")


def test_nothing_readable_is_left_of_a_sealed_bid_in_any_table(session, town, database, bid):
    bid(brand=CANARY, files=[(f"{CANARY}.txt", CANARY.encode() * 1000, "T2")])
    session.commit()
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)):
            for column, value in zip(table.columns, row, strict=True):
                said = value if isinstance(column.type, LargeBinary) else str(value).encode()
                assert CANARY.encode() not in (said or b""), f"{table.name}.{column.name}"


def test_nothing_readable_is_left_in_the_pages_of_the_file_either(session, town, database, lot, signer):
    if database.dialect.name != "sqlite":
        pytest.skip("PostgreSQL clears deleted rows when it vacuums; the page says so")
    bidding.write(session, town.bidders[0], lot.id, brand=CANARY)
    bids.add_file(session, town.bidders[0], lot_id=lot.id, name="a.txt", source=CANARY.encode() * 1000)
    session.commit()
    embedded.tidy(database)
    assert CANARY.encode() not in pages_of(database)  # a draft lies there ciphered
    bids.submit(session, town.bidders[0], lot_id=lot.id, signer=signer)
    session.commit()
    embedded.tidy(database)
    assert CANARY.encode() not in pages_of(database)


def pages_of(database) -> bytes:
    """All that lies on the disk: the file, and the log or journal beside it."""
    beside = (Path(f"{database.url.database}{end}") for end in ("", "-wal", "-journal"))
    return b"".join(file.read_bytes() for file in beside if file.exists())


def test_the_draft_holds_what_is_looked_for_so_the_canary_is_worth_something(session, town, lot):
    bidding.write(session, town.bidders[0], lot.id, brand=CANARY)
    session.expire_all()
    assert CANARY in str(bids.draft_of(session, lot.id, town.supplier_ids[0]).content)


def test_the_draft_is_gone_with_its_files(session, town, lot, bid):
    bid(files=[("a.pdf", b"%PDF", "T2")])
    assert bids.draft_of(session, lot.id, town.supplier_ids[0]) is None
    assert session.query(bids.DraftFile).count() == 0


def test_the_same_bid_sealed_twice_looks_different(session, bid):
    assert bid().digest != bid().digest


def test_an_incomplete_draft_is_not_sealed(session, town, lot, signer):
    bidding.write(session, town.bidders[0], lot.id, brand="")
    bids.save_draft(session, town.bidders[0], lot_id=lot.id, content={"price": ""})
    with pytest.raises(bids.BidIncomplete, match="Enter the total price"):
        bids.submit(session, town.bidders[0], lot_id=lot.id, signer=signer)


def test_without_a_draft_there_is_nothing_to_seal(session, town, lot, signer, bid):
    bid()
    with pytest.raises(bids.DraftMissing):
        bids.submit(session, town.bidders[0], lot_id=lot.id, signer=signer)


def test_o87_34_a_second_bid_replaces_the_first_whose_content_is_destroyed(session, town, lot, bid):
    first, second = bid(), bid(price="560000.00")
    assert (first.state, first.sealed, second.sequence) == (BidState.REPLACED, b"", 2)
    assert bids.of_supplier(session, lot.id, town.supplier_ids[0]) is second


def test_o87_34_a_withdrawn_bid_is_destroyed_and_another_may_follow(session, town, lot, bid, signer):
    withdrawn = bids.withdraw(session, town.bidders[0], bid_id=bid().id, signer=signer)
    assert (withdrawn.state, withdrawn.sealed, bids.of_lot(session, lot.id)) == (BidState.WITHDRAWN, b"", [])
    assert bid().sequence == 2


def test_nobody_withdraws_anothers_bid(session, town, bid, signer):
    made = bid()
    with pytest.raises(bids.BidUnknown):
        bids.withdraw(session, town.bidders[1], bid_id=made.id, signer=signer)


def test_a_withdrawn_bid_is_not_withdrawn_again(session, town, bid, signer):
    made = bids.withdraw(session, town.bidders[0], bid_id=bid().id, signer=signer)
    with pytest.raises(bids.BidEnded):
        bids.withdraw(session, town.bidders[0], bid_id=made.id, signer=signer)


def test_who_writes_without_signing_binds_nobody(session, town, lot, signer, bid):
    made = bid()
    bidding.write(session, town.bidders[0], lot.id)
    writer = replace(town.bidders[0], groups=frozenset({"supplier-bidder", f"supplier-bidder@{town.supplier_ids[0]}"}))
    assert bids.seal(session, writer, lot_id=lot.id) is None
    for act in (
        lambda: bids.submit(session, writer, lot_id=lot.id, signer=signer),
        lambda: bids.confirm(session, writer, bid_id=made.id, signer=signer),
        lambda: bids.withdraw(session, writer, bid_id=made.id, signer=signer),
    ):
        with pytest.raises(RoleMissing):
            act()


def test_an_excluded_supplier_submits_nothing(session, town, lot, signer):
    bidding.write(session, town.bidders[0], lot.id)
    today = clock.now(session).date()
    session.add(
        suppliers.Exclusion(
            organisation_id=town.supplier_ids[0],
            basis="GPL 77",
            reasons="串通投标",
            valid_from=today,
            valid_until=today + timedelta(days=365),
            decided_by="finance",
            decided_at=clock.now(session),
        )
    )
    session.flush()
    with pytest.raises(suppliers.SupplierExcluded):
        bids.submit(session, town.bidders[0], lot_id=lot.id, signer=signer)


# -- the deadline


def test_a_microsecond_before_the_deadline_is_in_time(session, tender, bid, town, lot, signer):
    bidding.write(session, town.bidders[0], lot.id)
    bidding.at(session, tender.bid_deadline_at - timedelta(microseconds=1))
    assert bids.submit(session, town.bidders[0], lot_id=lot.id, signer=signer).received_at < tender.bid_deadline_at


@pytest.mark.parametrize("act", ["submit", "withdraw", "confirm"])
def test_o87_33_at_the_deadline_everything_is_refused_whatever_the_timer_does(
    session, town, tender, lot, bid, signer, act
):
    made = bid()
    bidding.write(session, town.bidders[0], lot.id)
    bidding.at(session, tender.bid_deadline_at)
    assert tender.state == tenders.TenderState.PUBLISHED  # no timer has closed it
    which = {"lot_id": lot.id} if act == "submit" else {"bid_id": made.id}
    with pytest.raises(tenders.DeadlinePassed):
        getattr(bids, act)(session, town.bidders[0], signer=signer, **which)


def test_a_terminated_tender_takes_no_bid(session, town, tender, lot, signer):
    bidding.write(session, town.bidders[0], lot.id)
    tenders.terminate(session, town.reviewer, tender_id=tender.id, reasons="重大变故")
    with pytest.raises(tenders.DeadlinePassed):
        bids.submit(session, town.bidders[0], lot_id=lot.id, signer=signer)


MICROSECONDS = st.integers(-3_000_000, 3_000_000).map(lambda n: timedelta(microseconds=n))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(around=MICROSECONDS, moved=st.one_of(st.none(), st.integers(0, 5_000_000)))
def test_a_bid_is_taken_in_exactly_when_its_time_is_before_the_deadline_that_then_holds(
    session, town, tender, lot, signer, around, moved
):
    bidding.write(session, town.bidders[0], lot.id)
    session.commit()
    standing, deadline = clock.of(session), tender.bid_deadline_at
    instant = deadline + around
    holds = deadline if moved is None else deadline + timedelta(microseconds=moved)
    clock.use(session, clock.VirtualClock(instant))
    try:
        tender.bid_deadline_at = holds
        session.flush()
        made = bids.submit(session, town.bidders[0], lot_id=lot.id, signer=signer)
        assert made.received_at == instant < holds
    except tenders.DeadlinePassed:
        assert instant >= holds
    finally:
        session.rollback()
        clock.use(session, standing)


# -- changes of the documents


def test_after_a_binding_change_a_bid_must_be_confirmed(session, town, tender, bid, change, reworded, signer):
    made = bid()
    change(requirements=reworded("T2", "显示器22英寸"))
    assert not made.confirmed_for(tender.binding_version)
    bids.confirm(session, town.bidders[0], bid_id=made.id, signer=signer)
    assert (made.document_version, made.confirmed_for(tender.binding_version)) == (2, True)
    assert made.receipt["content"]["act"] == "confirmed"


def test_a_change_that_doesnt_touch_bids_needs_no_confirmation(session, tender, bid, change):
    made = bid()
    change(bid_deadline_at=tender.bid_deadline_at + timedelta(days=2))
    assert (tender.version, made.confirmed_for(tender.binding_version)) == (2, True)


def test_a_bid_made_after_the_change_is_made_for_it(session, tender, bid, change, reworded):
    change(requirements=reworded("T2", "显示器22英寸"))
    assert bid().confirmed_for(tender.binding_version)


# -- receipts


def test_the_receipt_says_what_was_taken_in_of_whom_and_when(session, town, tender, bid, signer):
    made = bid()
    verified = bids.verify_receipt(made.receipt, signer.public_key)
    said = verified.content
    assert verified.is_genuine
    assert (said["sha256"], said["sequence"], said["received_at"]) == (made.digest, 1, made.received_at.isoformat())
    assert said["sealed_to"].startswith("age1")


def test_a_receipt_survives_the_database_and_its_paper(session, bid, signer):
    made = bid()
    session.commit()
    session.expire_all()
    assert bids.verify_receipt(json.dumps(made.receipt, indent=4), signer.public_key).is_genuine


@pytest.mark.parametrize("name", ["sha256", "received_at", "sequence", "act"])
def test_a_changed_receipt_is_recognised(bid, signer, name):
    receipt = bid().receipt
    changed = {**receipt, "content": {**receipt["content"], name: "x"}}
    assert bids.verify_receipt(changed, signer.public_key).verdict == Verdict.CHANGED


def test_a_receipt_signed_by_somebody_else_is_a_strangers(bid, signer):
    forged = bids.Signer(bytes([1] * 32)).sign(bid().receipt["content"])
    assert bids.verify_receipt(forged, signer.public_key).verdict == Verdict.STRANGER


def shaped(key="", value="", **content):
    signature = {"key": key, "value": value, "algorithm": "Ed25519"}
    return json.dumps({"content": {"format": "tenderway-receipt/1", **content}, "signature": signature})


@pytest.mark.parametrize(
    "junk", ["", "x", "[]", "{}", b"\xff", '{"content": 1, "signature": 2}', shaped(value="!"), shaped(n=2**60)]
)
def test_what_is_no_receipt_is_said_to_be_none(signer, junk):
    assert bids.verify_receipt(junk, signer.public_key).verdict == Verdict.UNREADABLE


def test_a_withdrawal_is_receipted_too(session, town, bid, signer):
    made = bids.withdraw(session, town.bidders[0], bid_id=bid().id, signer=signer)
    assert made.receipt["content"]["act"] == "withdrawn"


def test_the_receipt_is_drawn_in_both_languages(session, bid):
    from app.procurement import papers

    sheet = bids.receipt_sheet(session, bid())
    assert [papers.draw("receipt", sheet, language)[:5] for language in ("zh", "en")] == [b"%PDF-", b"%PDF-"]


def test_the_key_of_receipts_is_made_once_and_read_by_its_owner_only(tmp_path):
    path = tmp_path / "keys" / "receipt-key"
    assert bids.Signer.of_file(path).public_key == bids.Signer.of_file(path).public_key
    assert path.stat().st_mode & 0o077 == 0


def test_no_journal_that_others_read_names_the_bidder_or_the_lot(session, town, tender, lot, bid):
    before = {entry.id for entry in journal.of_case(session, tender.project_id)}
    made = bid()
    assert {entry.id for entry in journal.of_case(session, tender.project_id)} == before
    entry = journal.of_case(session, f"bid:{made.id}")[0]
    said = f"{entry.actor_id}{entry.actor_name}{entry.facts}"
    assert not any(secret in said for secret in (lot.id, town.supplier_ids[0], town.bidders[0].id, tender.id))


def test_the_mail_goes_to_the_bid_writers_and_names_no_tender(session, town, tender, bid):
    account = accounts.create(session, SYSTEM, login="writer", name="Writer", email="writer@example.com")
    grants.grant(session, SYSTEM, account_id=account.id, role="supplier-bidder", organisation_id=town.supplier_ids[0])
    made = bid()
    mail = session.query(outbox.Outgoing).one()
    assert mail.content["to"] == ["writer@example.com"]
    assert made.digest in mail.content["body"]
    assert tender.project.number not in str(mail.content)
