"""What serves: it knows when each request arrived, keeps lanes apart, and says up to when everything is decided."""

from datetime import UTC, datetime, timedelta

import pytest

from app.serving import servers
from app.serving.undecided import GIVEN_UP_AFTER, MARGIN, Undecided
from tests.serving.conftest import PATIENCE, answered, asking, until


def test_a_request_has_arrived_when_its_last_byte_had_however_late_it_is_read(server, application, running, connected):
    connection = connected()
    connection.sendall(asking() + b"body")
    sent = datetime.now(UTC)
    with running():
        assert answered(connection)
    assert application.arrived[0] <= sent


def test_a_body_that_began_before_a_deadline_and_ended_after_it_is_late(server, application, running, connected):
    connection = connected()
    with running():
        connection.sendall(asking() + b"bod")
        deadline = datetime.now(UTC)
        connection.sendall(b"y")
        assert answered(connection)
    assert application.arrived[0] > deadline


def test_what_is_being_decided_is_not_decided(server, application, running, connected):
    connection = connected()
    with running():
        connection.sendall(asking("/wait") + b"body")
        application.began.acquire(timeout=PATIENCE)
        arrived = application.arrived[0]
        server.look()
        assert server.undecided.until < arrived
        application.go.set()
        assert answered(connection)
        assert until(lambda: server.undecided.until > arrived)


def test_what_arrived_and_was_not_read_yet_is_not_decided(server, connected):
    connected().sendall(asking("/wait") + b"body")
    sent = datetime.now(UTC)
    server.look()
    assert server.undecided.until < sent


def test_nobody_waits_for_who_only_looks(server, application, running, connected):
    with running():
        connected().sendall(asking("/wait", "GET", 0))
        application.began.acquire(timeout=PATIENCE)
        assert until(lambda: server.undecided.until > application.arrived[0])


@pytest.mark.parametrize(
    ("path", "method"),
    [("/static/x", "GET"), ("/supplier/lots/1/bid/submit", "POST"), ("/supplier/bids/1/withdraw", "POST")],
)
def test_while_every_thread_that_acts_is_taken_pages_and_bids_go_on(
    server, application, running, connected, path, method
):
    with running():
        for _ in range(5):
            connected().sendall(asking("/tasks/wait") + b"body")
        application.began.acquire(timeout=PATIENCE)
        connection = connected()
        connection.sendall(asking(path, method, 0))
        assert answered(connection)


def test_a_request_that_is_decided_for_ever_is_given_up_at_last():
    undecided, now = Undecided(), datetime.now(UTC) + 2 * GIVEN_UP_AFTER
    undecided.begin(object(), now - GIVEN_UP_AFTER - timedelta(seconds=1))
    undecided.look(now, [])
    assert undecided.until == now - MARGIN


def test_a_server_that_has_ended_is_told_to_stop_without_harm():
    made = servers.listen(
        lambda _environ, _start: [], host="127.0.0.1", port=0, threads=1, bidding=1, trusts_proxy=False
    )
    made.close()
    assert made.stop() is None  # without a word of the trigger, whose file is closed
