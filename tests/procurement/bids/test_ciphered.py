"""Drafts of bids don't lie readable in the database."""

import os

import pytest
from sqlalchemy import text

from app.foundation import ciphered
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
    found = [*session.execute(text("SELECT * FROM bid_draft")), *session.execute(text("SELECT * FROM bid_draft_file"))]
    return b"".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for row in found for v in row)


def test_a_draft_is_read_by_its_supplier_and_by_nobody_who_has_the_database(session, draft):
    assert (draft.content["brand"], draft.files[0].data) == (CANARY, CANARY.encode() * 1000)
    assert not any(sign in rows(session) for sign in (CANARY.encode(), CANARY.encode("unicode_escape"), b"CANARY"))


def test_a_draft_of_an_earlier_release_is_still_read(session, draft):
    session.execute(text("UPDATE bid_draft SET content = :content"), {"content": '{"brand": "旧"}'})
    session.execute(text("UPDATE bid_draft_file SET data = :data"), {"data": b"old"})
    session.expire_all()
    assert (draft.content, draft.files[0].data) == ({"brand": "旧"}, b"old")


def test_another_instances_key_opens_nothing(session, draft):
    dialect = session.get_bind().dialect
    kept = dialect.ciphered_key
    try:
        ciphered.use(dialect, os.urandom(32))
        session.expire_all()
        with pytest.raises(ciphered.KeyMissing):
            _ = draft.content
    finally:
        dialect.ciphered_key = kept
