"""From when on everything that arrived is decided: the slowest living node says so."""

from datetime import timedelta

import pytest

from app.foundation import arrivals, clock

SECOND = timedelta(seconds=1)


def test_where_no_process_serves_nothing_is_waited_for(session):
    assert arrivals.decided_until(session) == clock.now(session)


def test_the_slowest_node_decides(session):
    now = clock.now(session)
    arrivals.publish(session, "quick", now - SECOND)
    arrivals.publish(session, "slow", now - 5 * SECOND)
    assert arrivals.decided_until(session) == now - 5 * SECOND


def test_nobody_is_ahead_of_now(session):
    arrivals.publish(session, "ahead", clock.now(session) + SECOND)
    assert arrivals.decided_until(session) == clock.now(session)


def test_a_node_that_says_nothing_more_is_dead_and_counts_no_more(session, virtual_clock):
    arrivals.publish(session, "dead", clock.now(session) - SECOND)
    session.commit()
    virtual_clock.turn(arrivals.FORGOTTEN_AFTER)
    assert arrivals.decided_until(session) == clock.now(session)


def test_a_node_that_leaves_counts_no_more(session):
    arrivals.publish(session, "gone", clock.now(session) - SECOND)
    arrivals.leave(session, "gone")
    assert arrivals.decided_until(session) == clock.now(session)


def test_what_a_deadline_starts_waits_for_what_arrived_before_it(session):
    now = clock.now(session)
    arrivals.publish(session, "busy", now - SECOND)
    arrivals.require_decided(session, now - SECOND)
    with pytest.raises(arrivals.StillDeciding):
        arrivals.require_decided(session, now)
