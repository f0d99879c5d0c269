"""Drafts of bids don't lie readable in the database."""

import os

import pytest
from sqlalchemy import text

from app.foundation import ciphered, ciphers
from app.procurement import bids

CANARY = "金丝雀-CANARY-0427"


@pytest.fixture
def draft(session, town, lot):
    bids.save_draft(session, town.bidders[0], lot_id=lot.id, content={"brand": CANARY})
    bids.add_file(session, town.bidders[0], lot_id=lot.id, name="a.txt", source=CANARY.encode() * 1000)
    session.flush()
    session.expire_all()
    return bids.draft_of(session, lot.id, town.bidders[0].organisation_id)


def rows(session):
    """Everything that the tables of drafts hold, as the driver gives it."""
    tables = ("bid_draft", "bid_draft_file", "bid_draft_piece")
    found = [row for table in tables for row in session.execute(text(f"SELECT * FROM {table}"))]
    return b"".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for row in found for v in row)


def data_of(session, draft):
    """What the draft's only file holds."""
    return b"".join(bids.content_of(session, draft.files[0].id))


def test_a_draft_is_read_by_its_supplier_and_by_nobody_who_has_the_database(session, draft):
    assert (draft.content["brand"], data_of(session, draft)) == (CANARY, CANARY.encode() * 1000)
    assert not any(sign in rows(session) for sign in (CANARY.encode(), CANARY.encode("unicode_escape"), b"CANARY"))


def test_a_draft_of_an_earlier_release_is_still_read(session, draft):
    session.execute(text("UPDATE bid_draft SET content = :content"), {"content": '{"brand": "旧"}'})
    session.execute(text("UPDATE bid_draft_piece SET data = :data"), {"data": b"old"})
    session.expire_all()
    assert (draft.content, data_of(session, draft)) == ({"brand": "旧"}, b"old")


def test_another_instances_key_opens_nothing(session, draft):
    dialect = session.get_bind().dialect
    kept = dialect.ciphered_key
    try:
        ciphered.use(dialect, os.urandom(32))
        session.expire_all()
        with pytest.raises(ciphers.KeyMissing):
            _ = draft.content
    finally:
        dialect.ciphered_key = kept
