"""SQLite as we use it: the newest library, durable commits, writers that take turns, readers who wait for nobody."""

import threading

import pytest
from sqlalchemy import text

from app.foundation import embedded
from app.foundation.database import connect, reading

WRITERS = 24


@pytest.fixture
def file(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'some.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE thing (n INTEGER)"))
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    ("version", "fixed"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_a_version_has_the_fix_or_it_has_not(version, fixed):
    assert embedded.has_wal_fix(version) is fixed


@pytest.mark.parametrize(("version", "mode"), [((3, 53, 4), "wal"), ((3, 40, 1), "truncate")])
def test_the_library_decides_how_commits_are_kept(tmp_path, monkeypatch, version, mode):
    monkeypatch.setattr(embedded, "has_wal_fix", lambda _: version >= (3, 51, 3))
    engine = connect(f"sqlite:///{tmp_path / 'some.db'}")
    with reading(engine) as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar_one() == mode
        assert session.execute(text("PRAGMA synchronous")).scalar_one() == 2
    engine.dispose()


def test_the_wheels_library_is_used_where_it_is_there():
    assert embedded.has_wal_fix(embedded.library().sqlite_version_info)


def test_writers_take_turns_and_none_is_told_that_the_database_is_locked(file):
    failed = []

    def write() -> None:
        try:
            for _ in range(5):
                with file.begin() as connection:
                    connection.execute(text("INSERT INTO thing SELECT count(*) FROM thing"))
        except Exception as error:  # noqa: BLE001 - told by the thread that waits for it
            failed.append(error)

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with reading(file) as session:
        assert (failed, session.scalar(text("SELECT count(DISTINCT n) FROM thing"))) == ([], WRITERS * 5)


def test_a_writer_waits_for_another_process_longer_than_sqlite_does(file, monkeypatch):
    monkeypatch.setattr(embedded, "_ONCE", 1)
    other = embedded.library().connect(file.url.database, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.05, lambda: other.execute("COMMIT")).start()
    with file.begin() as connection:
        connection.execute(text("INSERT INTO thing VALUES (1)"))
    other.close()


def test_a_reader_waits_for_no_writer(file):
    with file.begin() as connection:
        connection.execute(text("INSERT INTO thing VALUES (1)"))
        with reading(file) as session:
            assert session.scalar(text("SELECT count(*) FROM thing")) == 0


def test_who_comes_first_writes_first():
    turns, order = embedded.Turns(), []
    turns.take(1)
    queue = []
    for number in range(3):
        waiting = threading.Thread(target=lambda n=number: (turns.take(10), order.append(n), turns.give()))
        waiting.start()
        while len(turns._waiting) <= number:
            pass
        queue.append(waiting)
    turns.give()
    for waiting in queue:
        waiting.join()
    assert order == [0, 1, 2]


def test_whose_patience_ends_lets_the_others_pass():
    turns = embedded.Turns()
    assert turns.take(0)
    assert not turns.take(0)
    turns.give()
    assert turns.take(0)
