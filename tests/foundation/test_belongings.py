"""What belongs to a session: its own, its factory's, or its transaction's."""

from app.foundation import database as databases
from app.foundation.belongings import Belonging, connection


def test_a_session_keeps_what_it_was_asked_for_first(session):
    kept = Belonging(lambda _: [])
    kept.of(session).append(1)
    assert kept.of(session) == [1]


def test_a_session_has_what_its_factory_was_given_unless_it_has_its_own(database):
    kept, factory = Belonging(lambda _: "made"), databases.sessions(database)
    kept.give(factory, "the factory's")
    with factory() as one, factory() as other, databases.sessions(database)() as stranger:
        kept.give(one, "its own")
        assert [kept.of(each) for each in (one, other, stranger)] == ["its own", "the factory's", "made"]


def test_what_belongs_to_a_transaction_goes_with_it(session):
    kept = Belonging(lambda _: [], in_transaction=True)
    kept.of(session).append(1)
    with session.begin_nested():
        assert kept.of(session) == [1]
    session.commit()
    assert kept.of(session) == []


def test_a_transaction_is_asked_for_its_connection_once(session):
    first = connection(session)
    with session.begin_nested():
        assert connection(session) is first
    session.rollback()
    assert connection(session) is session.connection()
