"""A backup taken while people write loses nothing that was acknowledged before, and after a restore nothing is sent twice."""

import threading

import pytest
from sqlalchemy import func, select, text

from app import backups, tables
from app.foundation import documents, journal, outbox, proof
from app.foundation.actor import Actor
from app.foundation.arrivals import publish
from app.foundation.database import connect, reading, sessions
from app.foundation.journal import JournalEntry
from app.foundation.outbox import Outgoing
from app.identity import accounts
from app.keeper import servers
from config import Config
from tests.conftest import KEY, NOON

LI = Actor("u1", "Li Na", groups=frozenset({"administrator"}))


def config_in(folder):
    folder.mkdir()
    config = Config(
        instance_folder=folder,
        secret_key="for tests",
        receipt_key=folder / "receipt-key",
        journal_key=folder / "journal-key",
        keeper_folder=folder / "keeper",
        keeper_secret=folder / "keeper-secret",
    )
    config.journal_key.write_text(KEY.hex())
    return config


@pytest.fixture
def office(session, database, stamped, tmp_path):
    """An office with a document, a mail that was sent and one that waits, and a keeper with its folder."""
    config = config_in(tmp_path / "office")
    servers.open_vault(config.keeper_folder).close()
    documents.add(session, LI, name="a.txt", source=b"a text", case="P-1", kind="other")
    for key in ("sent", "waiting"):
        outbox.mail(session, key=key, to=["a@example.org"], subject="x", body="x")
        session.commit()
        if key == "sent":
            outbox.send_due(sessions(database), {"mail": lambda _row: None})
    return config


@pytest.fixture
def other(tmp_path):
    """Another machine: an empty database, and no keys."""
    config = config_in(tmp_path / "other")
    config.journal_key.write_text("00" * 32)
    engine = connect(f"sqlite:///{tmp_path / 'other' / 'other.db'}", key=bytes(32))
    yield engine, config
    engine.dispose()


def restored(database, config, other, tmp_path):
    backups.backup(database, config, tmp_path / "b.zip")
    return backups.restore(*other, tmp_path / "b.zip")


def test_what_is_restored_is_as_the_journal_has_it(office, database, other, tmp_path):
    restored(database, office, other, tmp_path)
    with sessions(other[0])() as session:
        assert [*journal.violations(session), *proof.violations(session), *documents.damaged(session)] == []
        assert session.scalar(select(func.count()).select_from(documents.Document)) == 1


def test_a_backup_taken_while_people_write_has_all_that_was_acknowledged_before(office, database, other, tmp_path):
    acknowledged, over = [], threading.Event()

    def work(name):
        while not over.is_set():
            with sessions(database)() as session:
                journal.write(session, LI, case=name, act="projects.apply")
                outbox.mail(session, key=f"{name}-{len(acknowledged)}", to=["a@example.org"], subject="x", body="x")
                session.commit()
            acknowledged.append(name)

    writers = [threading.Thread(target=work, args=(name,)) for name in ("A", "B")]
    for writer in writers:
        writer.start()
    while len(acknowledged) < 20:
        over.wait(0.01)
    before = len(acknowledged)
    try:
        backups.backup(database, office, tmp_path / "b.zip")
    finally:
        over.set()
        for writer in writers:
            writer.join()
    backups.restore(*other, tmp_path / "b.zip")
    with sessions(other[0])() as session:
        count = select(func.count()).select_from(JournalEntry).where(JournalEntry.case_id.in_(("A", "B")))
        assert before <= session.scalar(count) <= len(acknowledged)
        assert [*journal.violations(session), *proof.violations(session)] == []


def test_nothing_is_sent_twice_and_what_waited_is_held_for_a_person(office, database, other, tmp_path):
    held, sent = restored(database, office, other, tmp_path), []
    outbox.send_due(sessions(other[0]), {"mail": sent.append})
    with reading(other[0]) as session:
        states = dict(session.execute(select(Outgoing.key, Outgoing.state)).all())
    assert (held, sent, states) == (1, [], {"sent": "sent", "waiting": "failed"})


def test_the_keys_come_with_it_in_a_file_of_their_own(office, database, other, tmp_path):
    restored(database, office, other, tmp_path)
    there = other[1].keeper_folder / "master-key"
    assert there.read_text() == (office.keeper_folder / "master-key").read_text()
    assert there.stat().st_mode & 0o077 == 0
    servers.open_vault(other[1].keeper_folder).close()
    assert (office.keeper_folder / "master-key").read_bytes() not in (tmp_path / "b.zip").read_bytes()


def test_both_files_are_readable_by_their_owner_only(office, database, tmp_path):
    backups.backup(database, office, tmp_path / "b.zip")
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in ("b.zip", "b.zip.keys")} == {0o600}


def test_a_file_that_is_there_is_not_overwritten(office, database, tmp_path):
    (tmp_path / "b.zip").write_text("precious")
    with pytest.raises(backups.CantBackUp, match="is there already"):
        backups.backup(database, office, tmp_path / "b.zip")


@pytest.fixture
def lived_in(other):
    """The other machine has an office of its own."""
    tables.upgrade(other[0])
    with sessions(other[0])() as session:
        accounts.create(session, LI, login="wang", name="Wang", email="w@example.org")
        session.commit()
    return other


def test_an_office_that_people_work_in_is_replaced_only_by_its_name(office, database, lived_in, tmp_path):
    with pytest.raises(backups.CantRestore, match=r"--replace other\.db"):
        restored(database, office, lived_in, tmp_path)
    backups.restore(*lived_in, tmp_path / "b.zip", replace="other.db")
    with reading(lived_in[0]) as session:
        assert accounts.count(session) == 0


def test_an_office_that_is_served_is_never_replaced(office, database, lived_in, tmp_path):
    with sessions(lived_in[0])() as session:
        publish(session, "node", NOON)
        session.commit()
    with pytest.raises(backups.CantRestore, match="is being served"):
        restored(database, office, lived_in, tmp_path)
    with pytest.raises(backups.CantRestore, match="is being served"):
        backups.restore(*lived_in, tmp_path / "b.zip", replace="other.db")


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\5\6" + bytes(18)])
def test_what_is_no_backup_is_refused(other, tmp_path, content):
    (tmp_path / "b.zip").write_bytes(content)
    with pytest.raises(backups.CantRestore):
        backups.restore(*other, tmp_path / "b.zip")


def test_a_backup_without_its_keys_is_refused(office, database, other, tmp_path):
    backups.backup(database, office, tmp_path / "b.zip")
    (tmp_path / "b.zip.keys").unlink()
    with pytest.raises(backups.CantRestore, match=r"b\.zip\.keys isn't there"):
        backups.restore(*other, tmp_path / "b.zip")
    with reading(other[0]) as session:
        assert session.execute(text("SELECT count(*) FROM document")).scalar() == 0
