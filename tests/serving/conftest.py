"""A server and an application that waits when it is told to."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from app.foundation import arrivals
from app.serving import channels, servers

PATIENCE = 20


class Application:
    """Answers what it is asked, notes when each request arrived, and waits at ``…/wait`` until it is let go."""

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


@pytest.fixture(scope="package", autouse=True)
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


def until(true: Callable[[], object]) -> bool:
    """Whether it becomes true in time."""
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            return False
        threading.Event().wait(0.01)
    return True


@pytest.fixture
def application():
    made = Application()
    yield made
    made.go.set()


@pytest.fixture
def server(application):
    """A server that has its port; nobody reads what arrives there until it is ``running``."""
    made = servers.listen(application, host="127.0.0.1", port=0, threads=2, bidding=1, trusts_proxy=False)
    yield made
    made.close()


@pytest.fixture
def running(server, application):
    """Lets the server read and answer."""

    @contextmanager
    def act():
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            yield
        finally:
            application.go.set()
            server.stop()
            thread.join(PATIENCE)

    return act


@pytest.fixture
def connected(server):
    """Opens connections, and closes them at the end."""
    opened: list[socket.socket] = []

    def act() -> socket.socket:
        opened.append(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE))
        return opened[-1]

    yield act
    for connection in opened:
        connection.close()


def asking(path="/", method="POST", length=4) -> bytes:
    """The header of a request."""
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode()


def answered(connection) -> bool:
    """Whether the answer comes."""
    said = b""
    while not said.endswith(b"done"):
        more = connection.recv(1000)
        if not more:
            return False
        said += more
    return True
