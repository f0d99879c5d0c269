"""The proxy that ships: it streams bodies, gives acts their time, and lets slow headers go."""

import socket
import threading

import pytest

from measuring.load import proxies
from tests.serving.conftest import answered, asking, until

pytestmark = pytest.mark.skipif(proxies.PROGRAM is None, reason="nginx isn't installed (tests/serving/prepare.sh)")


@pytest.fixture
def proxy(tmp_path, server):
    """nginx before the server; the port it listens at."""
    with proxies.before(tmp_path) as start:
        yield start(server.port)


@pytest.fixture
def through(proxy):
    """Opens connections to the proxy."""
    opened = []

    def act():
        opened.append(socket.create_connection(("127.0.0.1", proxy), timeout=20))
        return opened[-1]

    yield act
    for connection in opened:
        connection.close()


def test_a_body_reaches_the_server_while_it_is_still_being_sent(server, running, through):
    with running():
        connection = through()
        connection.sendall(asking("/task", length=8) + b"half")
        assert until(lambda: any(channel.body_so_far() == 4 for channel in server._channels()))
        connection.sendall(b"half")
        assert answered(connection)


def test_who_waits_for_an_act_is_answered_when_it_is_decided(server, application, running, through):
    with running():
        connection = through()
        connection.sendall(asking("/task/wait") + b"body")
        application.began.acquire(timeout=20)
        threading.Timer(0.1, application.go.set).start()
        assert answered(connection)


def test_520_slow_connections_silence_nobody(server, running, through):
    with running():
        for _ in range(520):
            through().sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        connection = through()
        connection.sendall(asking("/alive", "GET", 0))
        assert answered(connection)
