"""The server: waitress's, on every address it is told to listen at, with lanes and times of arrival."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer

from app.serving import limits
from app.serving.channels import Channel, Request, ask_for_times
from app.serving.lanes import Lanes, acts
from app.serving.undecided import Undecided

LOOK_EVERY = 0.25
"""Seconds between two looks at what has arrived."""
MOST = 1024 * 1024 * 1024
"""Bytes of a body, where nobody says less."""
AT_ONCE = 256
"""Connections accepted before those that are open have their turn."""


class Listener(TcpWSGIServer):
    """One address we listen at. ``has_times``: the system says when bytes arrived."""

    channel_class = Channel

    def __init__(self, *arguments: Any, undecided: Undecided, **named: Any) -> None:
        self.undecided = undecided
        super().__init__(*arguments, **named)
        self.has_times = ask_for_times(self.socket)

    def add_task(self, task: Channel) -> None:
        """Queue the first request of a connection."""
        self.note(task, task.requests[0])
        super().add_task(task)

    def note(self, channel: Channel, request: Request) -> None:
        """Take down that a request is whole: when it arrived, and that it is to be decided if it acts."""
        if request.arrived_at is None:
            request.arrived_at = channel.read_at
            if acts(request):
                self.undecided.begin(request, request.arrived_at)

    def is_full(self) -> bool:
        """Whether connections wait that we have no room for."""
        return bool(len(self._map) >= self.adj.connection_limit)

    def handle_accept(self) -> None:
        """Take the connections that wait."""
        for _ in range(AT_ONCE):
            if self.is_full():
                return
            open_before = len(self._map)
            super().handle_accept()
            if len(self._map) <= open_before:
                return

    def channels(self) -> list[Channel]:
        """The open connections."""
        return list(self.active_channels.values())


class Server:
    """All addresses together. ``undecided.until``: everything that arrived before it is decided."""

    def __init__(
        self,
        application: Any,
        *,
        threads: int,
        acting: int,
        bidding: int,
        counts_addresses: bool,
        largest_body: Callable[[str], int],
        **settings: Any,
    ) -> None:
        self._counts_addresses = counts_addresses
        self.undecided = Undecided()
        self._map: dict[int, Any] = {}
        self._stopping = self._closed = False
        self._ending = threading.Lock()
        self._adjustments = Adjustments(asyncore_use_poll=True, recv_bytes=65_536, ident=None, **settings)
        self._adjustments.largest_body = largest_body
        self._lanes = Lanes(looking=threads, acting=acting, bidding=bidding)
        self._listeners = [
            Listener(
                application,
                self._map,
                dispatcher=self._lanes,
                adj=self._adjustments,
                sockinfo=address,
                undecided=self.undecided,
            )
            for address in self._adjustments.listen
        ]

    def run(self) -> None:
        """Serve until told to stop by another thread."""
        looked = 0.0
        while not self._stopping:
            wasyncore.poll2(LOOK_EVERY, self._map)
            if time.monotonic() - looked >= LOOK_EVERY:
                looked = time.monotonic()
                self.look()
                self.let_go()
        self.close()

    def stop(self) -> None:
        """Answer what is being answered, then let ``run`` end; from any other thread."""
        self._lanes.shutdown()
        with self._ending:  # run may see it by itself, and close what would wake it
            self._stopping = True
            if not self._closed:
                self._listeners[0].pull_trigger()

    @property
    def port(self) -> int:
        """Where we listen."""
        return int(self._listeners[0].effective_port)

    def let_go(self) -> None:
        """Close connections that get nowhere, and when there is no more room those that can be spared."""
        now, channels = time.monotonic(), self._channels()
        going = [channel for channel in channels if limits.stuck(channel, now)]
        if self._counts_addresses:
            going += limits.crowding(channels)
        if any(listener.is_full() for listener in self._listeners):
            going += limits.dispensable(channels, AT_ONCE)
        for channel in going:
            if channel.connected:
                channel.handle_close()

    def _channels(self) -> list[Channel]:
        return [channel for listener in self._listeners for channel in listener.channels()]

    def look(self) -> None:
        """Find out up to when everything that arrived is decided: read all there is, see what is left."""
        empty_at = datetime.now(UTC)
        for listener in self._listeners:
            listener.handle_accept()
        channels = self._channels()
        for channel in channels:
            if channel.connected and channel.readable():
                channel.handle_read()
        if any(listener.is_full() for listener in self._listeners):
            return  # nobody knows what those who wait outside have brought
        unread = (channel.unread_since() for channel in channels)
        self.undecided.look(empty_at, [since for since in unread if since is not None])

    def close(self) -> None:
        """Stop listening and let go of every connection."""
        with self._ending:
            self._closed = True
            wasyncore.close_all(self._map)


def listen(
    application: Any,
    *,
    host: str,
    port: int,
    threads: int,
    bidding: int,
    trusts_proxy: bool,
    largest_body: Callable[[str], int] = lambda _cookies: MOST,
) -> Server:
    """A server that has its port and doesn't answer yet.

    ``threads`` answer those who look and half as many those who act, ``bidding`` take bids in. ``largest_body``: the
    most bytes of a request's body, by the cookies in its header; a larger one isn't taken in.

    :raises OSError: when the port can't be had
    """
    return Server(
        application,
        threads=threads,
        acting=max(threads // 2, 2),
        bidding=bidding,
        counts_addresses=not trusts_proxy,  # behind a proxy all have one, and it has limits of its own
        largest_body=largest_body,
        host=host,
        port=port,
        connection_limit=limits.most_connections(),
        # A proxy's headers are read by app.web.protection, as many as the settings trust; otherwise they go.
        clear_untrusted_proxy_headers=not trusts_proxy,
    )
