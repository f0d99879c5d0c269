"""A case's damaged state is put back from a backup, and only the state that fits what was done since."""

from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
import test_unreadable
import toys
from flask import Flask
from sqlalchemy import func, select, text

from app import backups, cli
from app.engine import incidents, instances, invariants, restoring, tasks, timers
from app.engine.locks import NoSuchInstance
from app.engine.records import HistoryRow, InstanceRow, Offer, OpenTaskRow, SubscriptionRow, TimerRow
from app.engine.steps import SnapshotUnreadable
from app.foundation import journal, workdays
from app.foundation.database import journal_key, reading
from app.foundation.journal import JournalEntry
from config import Config

FILE = "b.zip"
ROWS = {"tasks": OpenTaskRow, "timers": TimerRow, "subscriptions": SubscriptionRow, "history": HistoryRow}


@pytest.fixture
def config(tmp_path):
    folder = tmp_path / "office"
    folder.mkdir()
    return Config(
        instance_folder=folder,
        secret_key="for tests",
        receipt_key=folder / "receipt-key",
        journal_key=folder / "journal-key",
        keeper_folder=folder / "keeper",
        keeper_secret=folder / "keeper-secret",
    )


@pytest.fixture
def case(play, session_factory):
    with session_factory() as session:
        workdays.seed(session)
        session.commit()
    return play(test_unreadable.ALL, {"key": "A"}, key="JC-1").id


@pytest.fixture
def backed_up(case, stamped, database, config, tmp_path):
    """A backup of the office with its case."""
    backups.backup(database, config, tmp_path / FILE)
    return tmp_path / FILE


@pytest.fixture
def damage(engine, session_factory):
    """``damage(statement)`` changes rows behind the program's back."""

    def change(statement, **values):
        with session_factory() as session:
            session.execute(text(statement), values)
            session.commit()
        engine.forget()

    return change


@pytest.fixture
def spoiled(damage, backed_up, session_factory, engine, case):
    """The case's snapshot is damaged, and somebody met it."""
    damage("UPDATE engine_instance SET snapshot = :it", it=b"damaged")
    with pytest.raises(SnapshotUnreadable), session_factory() as session:
        instances.variables(engine, session, case)
    return backed_up


@pytest.fixture
def put_back(engine, database, session_factory, config):
    """``put_back(file)`` as the command does it: all or nothing."""

    def act(file, case="JC-1"):
        with (
            backups.opened(file, config.instance_folder, journal_key(database)) as kept,
            reading(kept) as then,
            session_factory() as session,
        ):
            done = restoring.put_back(engine, session, toys.ROOT, case, then, file.name)
            session.commit()
            return done

    return act


@pytest.fixture
def violations(engine, database):
    def look():
        with reading(database) as session:
            return [str(one) for one in invariants.violations(engine, session)]

    return look


@contextmanager
def changes_nothing(database):
    """No row of the engine and no entry of the journal changes inside."""

    def rows():
        tables = (InstanceRow, OpenTaskRow, TimerRow, SubscriptionRow, HistoryRow, JournalEntry)
        with reading(database) as session:
            return [session.execute(select(one.__table__).order_by(*one.__table__.primary_key)).all() for one in tables]

    before = rows()
    yield
    assert rows() == before


@pytest.mark.parametrize("how", test_unreadable.DAMAGES)
def test_every_damage_is_mended_and_the_journal_holds(
    case, damage, backed_up, put_back, violations, session_factory, how
):
    with session_factory() as session:
        before = session.get_one(InstanceRow, case).snapshot
    damage("UPDATE engine_instance SET snapshot = :it", it=test_unreadable.DAMAGES[how](before))
    assert violations() != []
    assert put_back(backed_up).snapshot
    with session_factory() as session:
        assert session.get_one(InstanceRow, case).snapshot == before
    assert violations() == []


def test_the_incident_closes_and_the_case_goes_on(engine, case, spoiled, put_back, session_factory, virtual_clock):
    put_back(spoiled)
    with session_factory() as session:
        (resolved,) = incidents.open(session, incidents.Filters(resolved=True))
        assert (incidents.count(session), resolved.resolved_by) == (0, "root")
        tasks.complete(engine, session, toys.ANNA, session.scalars(select(OpenTaskRow.id)).one(), {})
        session.commit()
    virtual_clock.turn(timedelta(days=1))
    assert timers.fire_due(engine, session_factory) == 1


def test_it_is_in_the_journal_and_in_the_story(case, spoiled, put_back, session):
    put_back(spoiled)
    entry = journal.of_case(session, case)[-1]
    story = session.scalars(select(HistoryRow).order_by(HistoryRow.sequence.desc()).limit(1)).one()
    assert (entry.act, entry.actor_id, entry.facts["file"]) == ("instances.put_back", "root", FILE)
    assert (story.kind, story.details) == ("state_put_back", {"file": FILE})


@pytest.mark.parametrize(
    "table", ["engine_timer", "engine_subscription", "engine_history", "engine_offer, engine_task"]
)
def test_rows_that_are_gone_come_back(case, damage, backed_up, put_back, violations, session, table):
    counts = {name: session.scalar(select(func.count()).select_from(record)) for name, record in ROWS.items()}
    session.rollback()
    for one in table.split(", "):
        damage(f"DELETE FROM {one}")
    done = put_back(backed_up)
    name = next(name for name, record in ROWS.items() if record.__tablename__ == table.split(", ")[-1])
    assert (done.snapshot, getattr(done, name)) == (False, counts[name])
    assert violations() == []


def test_a_line_of_history_that_was_altered_comes_back(case, damage, backed_up, put_back, violations):
    damage("UPDATE engine_history SET actor_name = 'Somebody' WHERE sequence = 1")
    assert violations() != []
    assert put_back(backed_up).history == 1
    assert violations() == []


def test_a_task_comes_back_with_its_id_and_its_holder(
    engine, case, stamped, database, config, damage, put_back, session_factory, tmp_path
):
    with session_factory() as session:
        task = session.scalars(select(OpenTaskRow)).one()
        tasks.claim(engine, session, toys.ANNA, task.id)
        session.commit()
    backups.backup(database, config, tmp_path / FILE)
    damage("DELETE FROM engine_offer")
    damage("DELETE FROM engine_task")
    put_back(tmp_path / FILE)
    with session_factory() as session:
        back = session.scalars(select(OpenTaskRow)).one()
        offered = session.scalars(select(Offer.name).where(Offer.kind == "holder")).all()
        assert (back.id, back.claimed_by, offered) == (task.id, "anna", ["anna"])


def test_what_was_done_without_a_step_stays(engine, case, backed_up, damage, put_back, violations, session_factory):
    with session_factory() as session:
        tasks.claim(engine, session, toys.ANNA, session.scalars(select(OpenTaskRow.id)).one())
        instances.suspend(engine, session, toys.ROOT, case, "to look into it")
        session.commit()
    damage("UPDATE engine_instance SET snapshot = NULL")
    put_back(backed_up)
    with session_factory() as session:
        row, task = session.get_one(InstanceRow, case), session.scalars(select(OpenTaskRow)).one()
        assert (row.state, task.claimed_by) == ("suspended", "anna")
    assert violations() == []


def _done_with_an_act(engine, session_factory):
    """Somebody does the task, and in its transaction an act of the domain is journalled."""
    with session_factory() as session:
        journal.write(session, toys.BO, case="project", act="tenders.publish")
        tasks.complete(engine, session, toys.ANNA, session.scalars(select(OpenTaskRow.id)).one(), {})
        session.commit()
    with session_factory() as session:
        journal.write(session, toys.BO, case="project", act="tenders.ask")
        session.commit()


def test_a_case_that_has_moved_since_is_left_with_the_acts_that_would_be_lost(
    engine, case, backed_up, damage, put_back, database, session_factory
):
    _done_with_an_act(engine, session_factory)
    damage("UPDATE engine_instance SET snapshot = :it", it=b"damaged")
    with changes_nothing(database), pytest.raises(restoring.MovedSinceBackup) as refused:
        put_back(backed_up)
    told = refused.value.sentence
    assert "tenders.publish by Bo" in told.en
    assert "tasks.complete “Do work” by Anna" in told.en
    assert "tasks.complete“办理 work”，Anna" in told.zh
    assert "tenders.ask" not in told.en


def test_a_step_of_the_clock_alone_is_a_step_too(
    engine, case, spoiled, damage, put_back, session_factory, virtual_clock
):
    put_back(spoiled)
    with session_factory() as session:
        tasks.claim(engine, session, toys.ANNA, session.scalars(select(OpenTaskRow.id)).one())
        session.commit()
    virtual_clock.turn(timedelta(days=1))
    timers.fire_due(engine, session_factory)
    with pytest.raises(restoring.MovedSinceBackup, match=r"\(steps: 1\).*automatic steps"):
        put_back(spoiled)


def test_more_acts_than_one_reads_are_counted(engine, case, backed_up, put_back, session_factory, monkeypatch):
    monkeypatch.setattr(restoring, "MOST_NAMED", 1)
    _done_with_an_act(engine, session_factory)
    with pytest.raises(restoring.MovedSinceBackup, match="; 1 more"):
        put_back(backed_up)


def test_another_course_to_the_same_version_is_refused(engine, case, backed_up, damage, put_back, session_factory):
    damage("UPDATE engine_instance SET moved_at = '2026-03-02 05:00:00.000000'")
    with pytest.raises(restoring.OtherCourse):
        put_back(backed_up)


def test_a_backup_of_a_later_step_is_refused(
    engine, case, stamped, config, damage, put_back, database, session_factory, tmp_path
):
    _done_with_an_act(engine, session_factory)
    backups.backup(database, config, tmp_path / FILE)
    damage("UPDATE engine_instance SET version = 2")
    with pytest.raises(restoring.OtherCourse):
        put_back(tmp_path / FILE)


def test_a_backup_that_was_altered_or_taken_after_the_damage_is_refused(
    case, stamped, config, damage, put_back, database, tmp_path
):
    damage("UPDATE engine_instance SET snapshot = :it", it=b"damaged")
    backups.backup(database, config, tmp_path / FILE)
    with changes_nothing(database), pytest.raises(restoring.OtherCourse):
        put_back(tmp_path / FILE)


def test_a_state_that_this_release_cannot_read_is_refused(case, spoiled, put_back, database, monkeypatch):
    monkeypatch.setattr("app.engine.spiff.snapshots.VERSION", "9/9")
    with changes_nothing(database), pytest.raises(restoring.BackupUnreadable, match="9/9"):
        put_back(spoiled)


def test_where_nothing_is_damaged_nothing_is_put_back(case, backed_up, put_back, database):
    with changes_nothing(database), pytest.raises(restoring.NothingDamaged):
        put_back(backed_up)


def test_a_case_that_began_after_the_backup_is_refused(engine, play, case, backed_up, put_back):
    play(test_unreadable.ALL, {"key": "B"}, key="JC-2")
    with pytest.raises(restoring.NotInBackup):
        put_back(backed_up, "JC-2")


def test_an_unknown_number_and_one_of_several_cases_are_refused(engine, play, case, backed_up, put_back):
    play(test_unreadable.ALL, {"key": "B"}, key="JC-1")
    with pytest.raises(restoring.SeveralCases, match=case):
        put_back(backed_up)
    with pytest.raises(NoSuchInstance):
        put_back(backed_up, "JC-9")


# -- the command


@pytest.fixture
def run(engine, database, session_factory, config):
    app = Flask("toy")
    app.extensions |= {
        "tenderway": SimpleNamespace(engine=engine, sessions=session_factory, database=database),
        "tenderway-config": config,
    }
    cli.register(app)
    return lambda *words: app.test_cli_runner().invoke(args=["restore-case", *map(str, words)])


def test_the_command_says_what_it_would_do_and_does_it(case, spoiled, run, database, violations):
    with changes_nothing(database):
        assert run(spoiled, case, "--check").output == f"{case}: would be put back from {spoiled}: the stored state.\n"
    result = run(spoiled, case)
    assert (result.exit_code, result.output) == (0, f"{case}: put back from {spoiled}: the stored state.\n")
    assert violations() == []


def test_the_command_refuses_with_a_sentence(case, backed_up, run):
    result = run(backed_up, "JC-1")
    assert (result.exit_code, "nothing to put back" in result.output) == (1, True)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\5\6" + bytes(18)])
def test_the_command_refuses_what_is_no_backup(case, run, tmp_path, content):
    (tmp_path / FILE).write_bytes(content)
    result = run(tmp_path / FILE, case)
    assert (result.exit_code, "Traceback" in result.output, result.output.startswith("Error: ")) == (1, False, True)


def test_an_archive_whose_database_is_none_is_refused(case, run, tmp_path):
    from zipfile import ZipFile

    with ZipFile(tmp_path / FILE, "w") as zipped:
        zipped.writestr(backups.DATA, b"no database" * 100)
    result = run(tmp_path / FILE, case)
    assert (result.exit_code, "can't be read" in result.output) == (1, True)
