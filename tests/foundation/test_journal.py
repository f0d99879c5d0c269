"""The journal is a chain that shows every tampering, also by somebody who hashes it anew."""

import base64
import hmac
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date

import orjson
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.exc import StaleDataError

from app.engine.records import InstanceRow
from app.foundation import journal, ledger, legal, proof
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


def test_who_begins_a_chain_at_the_same_moment_as_another_takes_turns(session, session_factory):
    journal.write(session, LI, case="P-1", act="projects.apply")

    def begin_too():
        with session_factory() as other:
            written(other, "projects.approve")

    with ThreadPoolExecutor() as pool:
        other = pool.submit(begin_too)
        wait([other], timeout=0.2)
        session.commit()
        other.result()
    assert [entry.sequence for entry in journal.of_case(session, "P-1")] == [1, 2]


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
    session.add(CalendarYear(year=2031, status="provisional", source="anew", changed_at=NOON, changed_by="u1"))
    session.commit()
    assert differences(session) == []


def test_what_a_savepoint_took_back_is_not_bound(session, year):
    with session.begin_nested() as attempt:
        year.source = "taken back"
        session.flush()
        attempt.rollback()
    year.status = "provisional"
    session.commit()
    assert differences(session) == []


def test_a_statement_that_gives_no_key_is_refused(session):
    with pytest.raises(ledger.Unbound, match="must be given as parameters"):
        session.execute(insert(CalendarDay), [{"kind": "off", "source": "x"}])


def day_of(number):
    return date(2031, 1, number)


# -- how an entry is written down


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    )
)
def test_what_the_faster_writer_writes_is_the_canonical_form(value):
    if journal._is_plain(value):
        assert journal._bytes({"facts": value}) == rfc8785.dumps({"facts": value})


def test_every_letter_is_written_in_its_canonical_form():
    letters = [chr(code) for code in range(0x3000) if not 0xD800 <= code < 0xE000]
    assert journal._bytes({"facts": letters}) == rfc8785.dumps({"facts": letters})


def test_no_value_is_told_apart_from_every_value():
    assert legal.digest(b"key", "bid", "1", "reason", None) == ""
    assert (
        "" not in legal.digests(b"key", "bid", "1", {"reason": "", "ended": "None", "size": 0, "late": False}).values()
    )


def test_a_digest_is_the_hmac_that_verifiers_elsewhere_work_out():
    for key in (b"", b"k" * 32, b"k" * 64, b"k" * 100):
        told = hmac.digest(key, orjson.dumps(["bid", "1", "price", "10.00"]), "sha256")[:15]
        assert legal.digest(key, "bid", "1", "price", "10.00") == base64.b64encode(told).decode()


# -- rows written past the unit of work


def test_appended_rows_are_bound(session, year):
    rows = [{"date": day_of(n), "kind": "off", "source": "x"} for n in (1, 2)]
    ledger.append(session, CalendarDay.__table__, rows)
    session.commit()
    assert differences(session) == []
    assert len(session.scalars(select(CalendarDay).where(CalendarDay.on.in_([day_of(1), day_of(2)]))).all()) == 2


def test_an_appended_row_without_its_key_is_refused(session):
    with pytest.raises(ledger.Unbound, match="must be given as parameters"):
        ledger.append(session, CalendarDay.__table__, [{"kind": "off", "source": "x"}])


def test_a_record_written_through_is_bound_and_clean(session, year):
    ledger.write(session, year, {"source": "another notice"})
    assert (year.source, list(session.dirty)) == ("another notice", [])
    session.commit()
    session.expire_all()
    assert (year.source, differences(session)) == ("another notice", [])


def test_a_record_of_another_version_is_not_written_through(session):
    row = InstanceRow(
        id="i", version=1, definition_id="d", deployment_id="d", process_id="p", started_at=NOON, moved_at=NOON
    )
    make_transient_to_detached(row)
    session.add(row)
    with pytest.raises(StaleDataError):
        ledger.write(session, row, {"version": 2})
