"""A checkpoint that somebody keeps elsewhere shows a journal that was cut, or hashed anew as a whole."""

from datetime import timedelta

import orjson
import pytest
from sqlalchemy import delete, select, update

from app.foundation import checkpoints, journal
from app.foundation.actor import Actor
from app.foundation.database import journal_key
from app.foundation.journal import JournalCheckpoint, JournalEntry, JournalHead
from app.foundation.outbox import Outgoing

LI = Actor("u1", "Li Na")


def write(session, *cases):
    for case in cases:
        journal.write(session, LI, case=case, act="projects.apply")
    session.commit()


@pytest.fixture
def kept(session, tmp_path):
    """The file of a checkpoint over two chains of two entries."""
    write(session, "P-1", "P-2", "P-1", "P-2")
    row = checkpoints.make(session)
    session.commit()
    return orjson.loads(checkpoints.export(session, row, tmp_path).read_bytes())


def found(session, kept=None):
    session.flush()
    session.expire_all()
    lines = checkpoints.violations(session) if kept is None else checkpoints.against(session, kept)
    return [str(one) for one in lines]


def cut(session, case):
    """Take the last entry out of a chain and set its head back, so that the chain itself holds."""
    first, last = journal.of_case(session, case)
    session.delete(last)
    session.execute(update(JournalHead).where(JournalHead.case_id == case).values(sequence=1, hash=first.hash))
    session.flush()
    assert list(journal.violations(session)) == []


def hash_anew(session, case):
    """Change the first entry of a chain and hash and seal all anew, with the key: somebody has the whole machine."""
    previous, key = journal.GENESIS, journal_key(session.get_bind())
    for entry in journal.of_case(session, case):
        entry.actor_name, entry.previous = "Somebody else", previous
        entry.hash = previous = journal.digest(entry)
        entry.seal = journal.seal(key, entry.hash)
    session.execute(update(JournalHead).where(JournalHead.case_id == case).values(hash=previous))
    session.flush()
    assert list(journal.violations(session)) == []


def test_what_goes_on_after_a_checkpoint_is_no_violation(session, kept):
    write(session, "P-1", "P-3")
    checkpoints.make(session)
    assert (found(session), found(session, kept)) == ([], [])


def test_a_chain_that_was_cut_is_found(session, kept):
    cut(session, "P-2")
    lines = ["journal_entry P-2/2: missing", "journal_head P-2 sequence: checkpoint 1 saw the chain at 2 already"]
    assert (found(session), found(session, kept)) == (lines, lines)


def test_a_chain_that_was_deleted_whole_is_found(session, kept):
    session.execute(delete(JournalEntry).where(JournalEntry.case_id == "P-2"))
    session.execute(delete(JournalHead).where(JournalHead.case_id == "P-2"))
    assert found(session, kept) == ["journal_entry P-2/2: missing", "journal_head P-2: missing"]


def test_a_chain_that_was_hashed_anew_is_found(session, kept):
    hash_anew(session, "P-1")
    last = journal.of_case(session, "P-1")[-1]
    assert found(session, kept) == [f"journal_entry {last.id} hash: checkpoint 1 has another one for P-1/2"]


def test_a_journal_that_was_hashed_anew_with_its_checkpoints_is_found(session, kept):
    hash_anew(session, "P-1")
    session.execute(delete(JournalCheckpoint))
    checkpoints.make(session)
    last = journal.of_case(session, "P-1")[-1]
    assert found(session) == []
    assert found(session, kept) == [
        "journal_checkpoint 1 hash: it isn't the one that was kept",
        f"journal_entry {last.id} hash: checkpoint 1 has another one for P-1/2",
    ]


def test_a_short_note_finds_it_too(session, kept):
    note = {name: kept[name] for name in ("content", "signature")}
    cut(session, "P-2")
    assert "journal_entry P-2/2: missing" in found(session, note)


def test_a_checkpoint_names_what_went_on_and_proves_all(session, kept):
    write(session, "P-2")
    second = checkpoints.make(session)
    assert [case for case, *_ in orjson.loads(second.changed)] == ["P-2"]
    cut(session, "P-1")
    assert "journal_entry P-1/2: missing" in found(session)


def test_nothing_new_makes_no_checkpoint_but_once_an_hour(session, kept, virtual_clock):
    assert checkpoints.make(session) is None
    session.rollback()
    virtual_clock.turn(timedelta(hours=1))
    assert checkpoints.make(session).sequence == 2


def test_now_and_then_a_checkpoint_names_all_chains(session, kept, monkeypatch):
    monkeypatch.setattr(checkpoints, "WHOLE", 2)
    write(session, "P-2")
    second = checkpoints.make(session)
    assert len(orjson.loads(second.changed)) == 2
    assert found(session) == []


@pytest.mark.parametrize("column", ["at", "heads", "changed", "root", "previous", "hash", "signature"])
def test_a_checkpoint_that_was_changed_is_found(session, kept, column):
    row = session.scalars(select(JournalCheckpoint)).one()
    new = {"at": row.at + timedelta(1), "heads": 9, "changed": "[]"}.get(column, "0")
    session.execute(update(JournalCheckpoint).values({column: new}))
    assert found(session)[0].startswith("journal_checkpoint 1 ")


def test_a_checkpoint_that_is_gone_is_found(session, kept):
    write(session, "P-2")
    checkpoints.make(session)
    session.execute(delete(JournalCheckpoint).where(JournalCheckpoint.sequence == 1))
    assert found(session) == ["journal_checkpoint 1: missing"]


@pytest.mark.parametrize("change", [{"root": "0" * 64}, {"chains": 1}])
def test_a_kept_file_that_was_changed_proves_nothing(session, kept, change):
    kept["content"] |= change
    assert "the kept one isn't signed with this instance's key" in found(session, kept)[0]


@pytest.mark.parametrize("kept", [[], {}, {"content": {}}, {"content": {"sequence": "x"}, "signature": {"value": ""}}])
def test_what_is_no_checkpoint_is_refused(session, kept):
    with pytest.raises(checkpoints.NotACheckpoint):
        list(checkpoints.against(session, kept))


def test_of_older_files_one_a_day_is_kept(session, kept, tmp_path, virtual_clock, monkeypatch):
    monkeypatch.setattr(checkpoints, "LATEST_KEPT", 2)
    for _ in range(4):
        virtual_clock.turn(timedelta(hours=6))
        write(session, "P-1")
        checkpoints.export(session, checkpoints.make(session), tmp_path)
        session.commit()
    assert [file.name for file in sorted(tmp_path.iterdir())] == [
        "20260302-000000001.json", "20260302-000000004.json", "20260303-000000005.json",
    ]  # fmt: skip


def test_witnesses_are_mailed_once_a_day(session, kept):
    row = checkpoints.latest(session)
    for _ in range(2):
        checkpoints.tell_witnesses(session, row, ["a@example.org", "b@example.org"])
    mails = session.scalars(select(Outgoing)).all()
    assert sorted(mail.content["to"][0] for mail in mails) == ["a@example.org", "b@example.org"]
    assert kept["content"]["hash"] in mails[0].content["body"]
