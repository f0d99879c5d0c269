"""What a transaction owns: nothing that waits to be delivered is lost, and what is undone has sent nothing."""

from contextlib import suppress

import pytest

from app.engine.transactions import Delivery, Transaction

NEWS = Delivery("message", "news", None, {})


def test_nothing_is_committed_while_something_waits_to_be_delivered(session):
    session.connection()
    Transaction.of(session).pending.append(NEWS)
    with pytest.raises(RuntimeError, match="only after it was delivered"):
        session.commit()


def test_a_savepoint_may_end_while_something_waits(session):
    with session.begin_nested():
        Transaction.of(session).pending.append(NEWS)
    assert list(Transaction.of(session).pending) == [NEWS]


def test_what_is_undone_has_sent_nothing_and_takes_nothing_from_others(session):
    transaction = Transaction.of(session)
    transaction.pending.append(NEWS)
    with suppress(ZeroDivisionError), transaction.step("case"):
        transaction.pending.append(Delivery("signal", "bell", None, {}))
        raise ZeroDivisionError
    assert (list(transaction.pending), transaction.moving) == ([NEWS], set())


def test_what_was_sent_goes_with_a_transaction_that_is_rolled_back(session):
    session.connection()
    Transaction.of(session).pending.append(NEWS)
    session.rollback()
    assert list(Transaction.of(session).pending) == []
