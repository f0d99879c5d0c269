"""The journal is a chain that shows every tampering, also by somebody who hashes it anew."""

from datetime import date

import pytest
from sqlalchemy import delete, insert, update

from app.foundation import journal, ledger, proof
from app.foundation.actor import Actor
from app.foundation.workdays import CalendarDay, CalendarYear
from tests.conftest import NOON

LI = Actor("u1", "Li Na")


def written(session, *acts, case="P-1"):
    for act in acts:
        journal.write(session, LI, case=case, act=act)
    session.commit()
    return journal.of_case(session, case)


def found(session):
    return [str(violation) for violation in journal.violations(session)]


def test_entries_of_a_case_follow_each_other(session):
    first, second = written(session, "projects.apply", "projects.approve")
    assert (second.sequence, second.previous) == (2, first.hash)


def test_entries_of_one_transaction_are_read_in_it(session):
    journal.write(session, LI, case="P-1", act="projects.apply")
    assert [entry.act for entry in journal.of_case(session, "P-1")] == ["projects.apply"]


def test_what_a_savepoint_wrote_goes_with_it(session):
    journal.write(session, LI, case="P-1", act="projects.apply")
    with session.begin_nested() as attempt:
        journal.write(session, LI, case="P-1", act="projects.approve")
        attempt.rollback()
    session.commit()
    assert [entry.act for entry in journal.of_case(session, "P-1")] == ["projects.apply"]


def test_an_untouched_journal_has_no_violations(session):
    for case in ("P-1", "P-2", "P-1"):
        journal.write(session, LI, case=case, act="projects.apply", facts={"n": 1})
    session.commit()
    assert found(session) == []


def test_a_changed_entry_is_found(session):
    (entry,) = written(session, "projects.apply")
    session.execute(update(journal.JournalEntry).values(facts={"budget": "99"}))
    assert found(session) == [f"journal_entry {entry.id} hash: the entry was changed after it was written"]


def test_an_entry_that_was_hashed_anew_is_found(session):
    (entry,) = written(session, "projects.apply")
    entry.actor_name = "Somebody else"
    entry.hash = journal.digest(entry)
    session.execute(update(journal.JournalHead).values(hash=entry.hash))
    assert found(session) == [f"journal_entry {entry.id} seal: the entry was hashed by somebody else"]


def test_a_removed_last_entry_is_found(session):
    _, last = written(session, "projects.apply", "projects.approve")
    session.delete(last)
    assert found(session) == ["journal_head P-1 hash: the chain's end doesn't match its last entry"]


def test_a_removed_entry_between_others_is_found(session):
    _, between, _ = written(session, "projects.apply", "projects.approve", "projects.plan")
    session.delete(between)
    assert found(session) == ["journal_entry P-1/2: missing"]


# -- what an entry binds


@pytest.fixture
def year(session):
    session.add(CalendarYear(year=2031, status="published", source="a notice", changed_at=NOON, changed_by="u1"))
    journal.write(session, LI, case="calendar", act="calendars.enter")
    session.commit()
    return session.get(CalendarYear, 2031)


def differences(session):
    return [str(violation) for violation in proof.violations(session)]


def test_the_act_s_entry_binds_what_it_wrote(session, year):
    (entry,) = journal.of_case(session, "calendar")
    assert '{"calendar_year":{"2031":{' in entry.records
    assert differences(session) == []


def test_what_is_written_outside_of_an_act_has_an_entry_of_its_own(session, year):
    year.source = "another notice"
    session.commit()
    assert [entry.act for entry in journal.of_case(session, journal.ALONE)] == ["records.write"]
    assert differences(session) == []


def test_the_latest_entry_counts_whichever_chain_it_is_in(session, year):
    for case, source in (("z", "second"), ("a", "third"), ("m", "fourth")):
        year.source = source
        journal.write(session, LI, case=case, act="calendars.enter")
        session.commit()
    assert differences(session) == []


def test_an_entry_shows_nothing_of_the_values(session, year):
    (entry,) = journal.of_case(session, "calendar")
    assert "a notice" not in entry.records


def test_statements_over_many_rows_are_followed(session, year):
    session.execute(insert(CalendarDay), [{"on": day_of(n), "kind": "off", "source": "x"} for n in (1, 2, 3)])
    session.commit()
    session.execute(update(CalendarDay).where(CalendarDay.on > day_of(1)).values(source="y"))
    session.execute(delete(CalendarDay).where(CalendarDay.on == day_of(3)))
    session.commit()
    assert differences(session) == []


def test_a_row_that_is_made_anew_under_its_key_is_followed(session, year):
    session.delete(year)
    session.flush()
    session.add(CalendarYear(year=2031, status="expected", source="anew", changed_at=NOON, changed_by="u1"))
    session.commit()
    assert differences(session) == []


def test_what_a_savepoint_took_back_is_not_bound(session, year):
    with session.begin_nested() as attempt:
        year.source = "taken back"
        session.flush()
        attempt.rollback()
    year.status = "expected"
    session.commit()
    assert differences(session) == []


def test_a_statement_that_gives_no_key_is_refused(session):
    with pytest.raises(ledger.Unbound, match="must be given as parameters"):
        session.execute(insert(CalendarDay), [{"kind": "off", "source": "x"}])


def day_of(number):
    return date(2031, 1, number)
