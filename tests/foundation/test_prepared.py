"""Statements that are made into SQL once: they write what the statement itself would, on both databases."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, exc, insert, select, update

from app.foundation.outbox import Outgoing
from app.foundation.prepared import Prepared
from tests.counting import counted

TABLE = Outgoing.__table__
NOON = datetime(2026, 3, 2, 4, 0, 0, 250, tzinfo=UTC)
ROW = {"id": "1", "key": "a", "channel": "mail", "content": {"to": ["a@b"], "subject": "100 %"}, "created_at": NOON, "next_at": NOON}  # fmt: skip


def stored(session):
    return session.scalars(select(Outgoing).order_by(Outgoing.id)).all()


def test_every_kind_of_value_comes_back_as_it_was_given(session):
    Prepared(insert(TABLE), tuple(ROW)).write(session.connection(), ROW)
    (row,) = stored(session)
    assert (row.id, row.content, row.created_at) == ("1", ROW["content"], NOON)


def test_what_is_left_out_has_its_default(session):
    Prepared(insert(TABLE), tuple(ROW)).write(session.connection(), ROW)
    (row,) = stored(session)
    assert (row.state, row.attempts) == ("waiting", 0)


def test_a_default_is_made_anew_for_each_row(session):
    without = [{name: value for name, value in {**ROW, "key": key}.items() if name != "id"} for key in "ab"]
    Prepared(insert(TABLE), tuple(without[0])).write(session.connection(), without)
    assert len({row.id for row in stored(session)}) == 2


def test_it_runs_once_for_each_of_several_values(session):
    prepared = Prepared(insert(TABLE), tuple(ROW))
    prepared.write(session.connection(), [{**ROW, "id": each, "key": each} for each in "abc"])
    assert [row.key for row in stored(session)] == ["a", "b", "c"]


def test_what_a_statement_fixes_is_kept_beside_what_it_is_given(session):
    Prepared(insert(TABLE), tuple(ROW)).write(session.connection(), ROW)
    fail = update(TABLE).where(TABLE.c.state == "waiting", TABLE.c.id == bindparam("which")).values(state="failed")
    assert Prepared(fail).write(session.connection(), {"which": "1"}) == 1


def test_a_value_that_is_missing_is_named(session):
    with pytest.raises(KeyError, match="which"):
        Prepared(select(TABLE.c.id).where(TABLE.c.id == bindparam("which"))).first(session.connection(), {})


def test_who_listens_to_statements_hears_it_and_it_writes_the_same(session, database):
    prepared = Prepared(insert(TABLE), tuple(ROW))
    with counted(database) as heard:
        assert prepared.write(session.connection(), ROW) == 1
    assert prepared.write(session.connection(), {**ROW, "id": "2", "key": "b"}) == 1
    assert (sum("INSERT" in each for each in heard), [row.key for row in stored(session)]) == (1, ["a", "b"])


def test_a_refusal_of_the_database_is_told_as_of_any_other_statement(session):
    prepared = Prepared(insert(TABLE), tuple(ROW))
    prepared.write(session.connection(), ROW)
    with pytest.raises(exc.IntegrityError), session.begin_nested():
        prepared.write(session.connection(), ROW)


def test_the_first_row_is_the_same_whether_somebody_listens_or_not(session, database):
    Prepared(insert(TABLE), tuple(ROW)).write(session.connection(), ROW)
    prepared = Prepared(select(TABLE.c.key, TABLE.c.state).where(TABLE.c.id == bindparam("which")))
    with counted(database):
        heard = prepared.first(session.connection(), {"which": "1"})
    assert (heard, prepared.first(session.connection(), {"which": "1"})) == (("a", "waiting"), ("a", "waiting"))


def test_there_may_be_no_first_row(session):
    prepared = Prepared(select(TABLE.c.key).where(TABLE.c.id == bindparam("which")))
    assert prepared.first(session.connection(), {"which": "none"}) is None
