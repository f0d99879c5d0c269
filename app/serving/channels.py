"""Connections: read as soon as there is something, with the time at which the kernel had taken it in."""

from __future__ import annotations

import errno
import socket
import struct
import sys
import time
from copy import copy
from datetime import UTC, datetime
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import WSGITask

from app.foundation import arrivals

TIMESTAMP = getattr(socket, "SO_TIMESTAMPNS", 35) if sys.platform == "linux" else None
"""Linux: let each read say when the kernel took in the newest of its bytes (socket(7))."""
AT_ONCE = 1024 * 1024
"""Bytes read of one connection before the others have their turn."""
_NOTHING = (errno.EAGAIN, errno.EWOULDBLOCK)
_GONE = (
    errno.ECONNRESET,
    errno.ENOTCONN,
    errno.ESHUTDOWN,
    errno.ECONNABORTED,
    errno.EPIPE,
    errno.EBADF,
    errno.ETIMEDOUT,
)


def ask_for_times(listening: socket.socket) -> bool:
    """Let the connections that a socket accepts say when their bytes arrived; False where the system can't."""
    if TIMESTAMP is None:
        return False
    try:
        listening.setsockopt(socket.SOL_SOCKET, TIMESTAMP, 1)
    except OSError:
        return False
    return True


class Request(HTTPRequestParser):
    """A request on its way in; ``arrived_at``: when its last byte had arrived (None until it has)."""

    arrived_at: datetime | None = None
    adj: Any

    def parse_header(self, header_plus: bytes) -> None:
        """Read the header; a body that is too large for whoever sends it isn't taken in at all."""
        super().parse_header(header_plus)
        self.adj = copy(self.adj)
        self.adj.max_request_body_size = self.adj.largest_body(self.headers.get("COOKIE", "")) + 1


class Task(WSGITask):
    """Tells the application when its request arrived."""

    def get_environment(self) -> dict[str, Any]:
        """The WSGI environment, with the arrival."""
        environ: dict[str, Any] = super().get_environment()
        environ[arrivals.ENVIRON] = self.request.arrived_at
        return environ


class Channel(HTTPChannel):
    """A connection. ``read_at``: when the newest byte that was read of it had arrived."""

    parser_class = Request
    task_class = Task

    def __init__(self, server: Any, sock: socket.socket, addr: Any, adj: Any, map: Any = None) -> None:
        super().__init__(server, sock, addr, adj, map=map)
        self.address = str(addr[0])
        self.read_at = datetime.now(UTC)
        self._stage, self._since = "new", time.monotonic()
        self.handle_read()  # what was sent with the connection mustn't wait for the next look

    def handle_read(self) -> None:
        """Read what there is: until nothing is left, a request is whole, or the others have waited long enough."""
        left = AT_ONCE
        while left > 0 and self.connected and self.readable():
            data = self._take(self.adj.recv_bytes)
            if not data:
                break
            left -= len(data)
            self.last_activity = time.time()
            self.received(data)

    def received(self, data: bytes) -> bool:
        """Take bytes in; a request that is whole now has arrived when the newest of them had."""
        taken = bool(super().received(data))
        with self.requests_lock:
            for request in self.requests:
                self.server.note(self, request)
        return taken

    def service(self) -> None:
        """Answer one request; then it is decided."""
        request = self.requests[0]
        try:
            super().service()
        finally:
            self.server.undecided.end(request)

    def stage(self) -> str:
        """How far the request at hand is (see ``limits.Connection``)."""
        if self.requests or self.total_outbufs_len:
            stage = "answer"
        elif self.request is not None:
            stage = "body" if self.request.headers_finished else "header"
        else:
            stage = "new" if self._stage == "new" else "idle"
        if stage != self._stage:
            self._stage, self._since = stage, time.monotonic()
        return stage

    def since(self) -> float:
        """When that was first seen."""
        return self._since

    def body_so_far(self) -> int:
        """Bytes of the body at hand."""
        return self.request.body_bytes_received if self.request is not None else 0

    def claims_session(self) -> bool:
        """Whether the request at hand comes with a session's cookie."""
        return self.request is not None and "tenderway=" in self.request.headers.get("COOKIE", "")

    def unread_since(self) -> datetime | None:
        """Since when at the earliest bytes have been waiting to be read, or None: nothing waits.

        Bytes behind an answer that the other side doesn't take count as not arrived: they are read when it has.
        """
        if not self.connected or self.total_outbufs_len:
            return None
        try:
            waiting = self.socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except OSError:
            return None
        return self.read_at if waiting else None

    def _take(self, most: int) -> bytes:
        """Bytes, and ``read_at`` with them; none when nothing is there or the other side has gone."""
        data: bytes
        try:
            if self.server.has_times:
                data, notes, _, _ = self.socket.recvmsg(most, socket.CMSG_SPACE(16))
            else:
                data, notes = self.socket.recv(most), []
        except OSError as error:
            if error.errno not in _NOTHING:
                self.handle_close()
            return b""
        if not data:
            self.handle_close()
            return b""
        self.read_at = time_in(notes) or datetime.now(UTC)
        return data


def time_in(notes: list[tuple[int, int, bytes]]) -> datetime | None:
    """The time of arrival among what a read came with."""
    for level, kind, content in notes:
        if level == socket.SOL_SOCKET and kind == TIMESTAMP and len(content) >= 16:
            seconds, nanoseconds = struct.unpack_from("@ll", content)
            if seconds > 0:
                return datetime.fromtimestamp(seconds, UTC).replace(microsecond=nanoseconds // 1000)
    return None
