"""Connections that get nowhere are let go; whoever works is never counted."""

from dataclasses import dataclass

import pytest

from app.serving import limits
from tests.serving.conftest import PATIENCE, answered, asking


@dataclass
class Seen:
    """A connection as the limits see it."""

    what: str
    began: float = 0.0
    bytes: int = 0
    signed_in: bool = False
    address: str = "10.0.0.1"

    def stage(self):
        return self.what

    def since(self):
        return self.began

    def body_so_far(self):
        return self.bytes

    def claims_session(self):
        return self.signed_in


@pytest.mark.parametrize(
    ("connection", "at", "goes"),
    [
        (Seen("header"), limits.HEADER_WITHIN, False),
        (Seen("header"), limits.HEADER_WITHIN + 1, True),
        (Seen("new"), limits.FIRST_WITHIN + 1, True),
        (Seen("idle"), limits.IDLE_FOR - 1, False),
        (Seen("idle"), limits.IDLE_FOR + 1, True),
        (Seen("answer"), 100_000, False),
        (Seen("body", bytes=0), limits.BODY_GRACE, False),
        (Seen("body", bytes=1000), 100, True),
        (Seen("body", bytes=50_000), 100, False),
        (Seen("body", bytes=1000, signed_in=True), 100_000, False),
    ],
)
def test_a_connection_goes_when_it_is_slower_than_any_line(connection, at, goes):
    assert limits.stuck(connection, at) is goes


def test_of_one_address_the_headers_begun_longest_go():
    many = [Seen("header", began=float(number)) for number in range(limits.UNHEARD + 3)]
    assert limits.crowding([*many, Seen("header", address="10.0.0.2")]) == many[:3]


def test_who_sends_bids_from_one_address_is_not_counted():
    assert limits.crowding([Seen("body", signed_in=True)] * 1000 + [Seen("answer")] * 1000) == []


def test_without_room_idle_connections_go_first_and_those_at_work_never():
    idle, header = Seen("idle", 5.0), Seen("header", 1.0)
    assert limits.dispensable([Seen("answer"), header, Seen("body"), idle], 10) == [idle, header]


def test_520_slow_connections_of_one_client_silence_nobody(server, running, connected):
    with running():
        for _ in range(520):
            connected().sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        connection = connected()
        connection.settimeout(PATIENCE)
        connection.sendall(asking("/alive", "GET", 0))
        assert answered(connection)


def test_where_there_is_no_room_left_the_next_still_comes_in(server, running, connected, monkeypatch):
    monkeypatch.setattr(server._adjustments, "connection_limit", 60)
    with running():
        for _ in range(90):
            connected().sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        connection = connected()
        connection.sendall(asking("/alive", "GET", 0))
        assert answered(connection)
