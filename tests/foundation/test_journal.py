"""The journal is a chain that shows every tampering."""

from sqlalchemy import update

from app.foundation import journal
from app.foundation.actor import Actor

LI = Actor("u1", "Li Na")


def test_entries_of_a_case_follow_each_other(session):
    first = journal.write(session, LI, case="P-1", act="projects.apply", facts={"budget": "61.60"})
    second = journal.write(session, LI, case="P-1", act="projects.approve")
    assert (second.sequence, second.previous) == (2, first.hash)


def test_an_untouched_journal_has_no_violations(session):
    for case in ("P-1", "P-2", "P-1"):
        journal.write(session, LI, case=case, act="projects.apply", facts={"n": 1})
    session.commit()
    assert list(journal.violations(session)) == []


def test_a_changed_entry_is_found(session):
    journal.write(session, LI, case="P-1", act="projects.apply", facts={"budget": "10"})
    session.commit()
    session.execute(update(journal.JournalEntry).values(facts={"budget": "99"}))
    session.commit()
    session.expire_all()
    assert [v.what for v in journal.violations(session)] == ["was changed after it was written"]


def test_a_removed_last_entry_is_found(session):
    journal.write(session, LI, case="P-1", act="projects.apply")
    last = journal.write(session, LI, case="P-1", act="projects.approve")
    session.commit()
    session.delete(session.get(journal.JournalEntry, last.id))
    session.commit()
    assert [v.what for v in journal.violations(session)] == ["the chain's end doesn't match its last entry"]


def test_checkpoints_are_chained(session):
    journal.write(session, LI, case="P-1", act="projects.apply")
    first = journal.checkpoint(session)
    session.flush()
    assert journal.checkpoint(session).previous == first.hash
