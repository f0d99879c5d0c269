"""What serves: it knows when each request arrived, keeps lanes apart, and says up to when everything is decided."""

import socket
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from app.foundation import arrivals
from app.serving import channels, servers
from app.serving.undecided import GIVEN_UP_AFTER, MARGIN, Undecided

PATIENCE = 20


class Application:
    """Answers what it is asked, notes when each request arrived, and waits at ``/wait`` until it is let go."""

    def __init__(self) -> None:
        self.arrived: list[datetime] = []
        self.began, self.go = threading.Semaphore(0), threading.Event()

    def __call__(self, environ, start_response):
        environ["wsgi.input"].read()
        self.arrived.append(environ[arrivals.ENVIRON])
        if environ["PATH_INFO"].endswith("/wait"):
            self.began.release()
            self.go.wait(PATIENCE)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]


@pytest.fixture
def application():
    made = Application()
    yield made
    made.go.set()


@pytest.fixture(scope="module", autouse=True)
def the_kernel_takes_times():
    """Linux begins to take the time of packets a moment after the first socket asks for it, and ends with the last."""
    with socket.create_server(("127.0.0.1", 0)) as asking:
        asked = channels.ask_for_times(asking)
        assert until(lambda: not asked or read_later(asking) > 0.005)
        yield


def read_later(listening) -> float:
    """By how many seconds a byte's time lies before its reading."""
    with socket.create_connection(listening.getsockname()) as sender:
        accepted, _ = listening.accept()
        with accepted:
            sender.sendall(b"x")
            threading.Event().wait(0.01)
            _, notes, _, _ = accepted.recvmsg(1, socket.CMSG_SPACE(16))
            return (datetime.now(UTC) - channels.time_in(notes)).total_seconds()


@pytest.fixture
def server(application):
    """A server that has its port; nobody reads what arrives there until it is ``running``."""
    made = servers.listen(application, host="127.0.0.1", port=0, threads=2, bidding=1, trusts_proxy=False)
    yield made
    made.close()


@contextmanager
def running(server):
    """Let the server read and answer."""
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield
    finally:
        server.stop()
        thread.join(PATIENCE)


def connected(server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)


def request(path="/", method="POST", length=4) -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode()


def answered(connection) -> bool:
    said = b""
    while not said.endswith(b"done"):
        more = connection.recv(1000)
        if not more:
            return False
        said += more
    return True


def until(true) -> bool:
    """Whether it becomes true in time."""
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            return False
        threading.Event().wait(0.01)
    return True


def test_a_request_has_arrived_when_its_last_byte_had_however_late_it_is_read(server, application):
    with connected(server) as connection:
        connection.sendall(request() + b"body")
        sent = datetime.now(UTC)
        with running(server):
            assert answered(connection)
    assert application.arrived[0] <= sent


def test_a_body_that_began_before_a_deadline_and_ended_after_it_is_late(server, application):
    with connected(server) as connection, running(server):
        connection.sendall(request() + b"bod")
        deadline = datetime.now(UTC)
        connection.sendall(b"y")
        assert answered(connection)
    assert application.arrived[0] > deadline


def test_what_is_being_decided_is_not_decided(server, application):
    with connected(server) as connection, running(server):
        connection.sendall(request("/wait") + b"body")
        application.began.acquire(timeout=PATIENCE)
        arrived = application.arrived[0]
        server.look()
        assert server.undecided.until < arrived
        application.go.set()
        assert answered(connection)
        assert until(lambda: server.undecided.until > arrived)


def test_what_arrived_and_was_not_read_yet_is_not_decided(server):
    with connected(server) as connection:
        connection.sendall(request("/wait") + b"body")
        sent = datetime.now(UTC)
        server.look()
        assert server.undecided.until < sent


def test_nobody_waits_for_who_only_looks(server, application):
    with connected(server) as connection, running(server):
        connection.sendall(request("/wait", "GET", 0))
        application.began.acquire(timeout=PATIENCE)
        assert until(lambda: server.undecided.until > application.arrived[0])


@pytest.mark.parametrize(
    ("path", "method"),
    [("/static/x", "GET"), ("/supplier/lots/1/bid/submit", "POST"), ("/supplier/bids/1/withdraw", "POST")],
)
def test_while_every_thread_that_acts_is_taken_pages_and_bids_go_on(server, application, path, method):
    with running(server):
        waiting = [connected(server) for _ in range(5)]
        for connection in waiting:
            connection.sendall(request("/tasks/wait") + b"body")
        application.began.acquire(timeout=PATIENCE)
        with connected(server) as connection:
            connection.sendall(request(path, method, 0))
            assert answered(connection)
        for connection in waiting:
            connection.close()
        application.go.set()


def test_a_request_that_is_decided_for_ever_is_given_up_at_last():
    undecided, now = Undecided(), datetime.now(UTC) + 2 * GIVEN_UP_AFTER
    undecided.begin(object(), now - GIVEN_UP_AFTER - timedelta(seconds=1))
    undecided.look(now, [])
    assert undecided.until == now - MARGIN
