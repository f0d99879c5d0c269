"""What bidders and visitors send, to the millisecond, over sockets of their own: one thread, many connections."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from measuring.load.offices import Bidder

GIVEN_UP_AFTER = 180.0
"""Seconds a bidder waits for the answer."""
AGAIN_AFTER = 0.5
"""Seconds before a bidder whose connection broke tries again with the same form."""
PAGES = ("/portal", "/sign-in", "/help", "/alive")


@dataclass(frozen=True)
class Form:
    """What every form needs: the token and the cookie it belongs to."""

    token: str
    cookie: str


@dataclass
class Sent:
    """What became of one submission: the last answer's status and place, when its last byte had left (host's clock)."""

    bidder: Bidder
    key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    sent_at: float = 0.0
    status: int = 0
    place: str = ""

    @property
    def acknowledged(self) -> bool:
        """Whether the bidder was led to a receipt."""
        return self.status in (302, 303) and "/supplier/bids/" in self.place


def form_of(port: int) -> Form:
    """A form's token, from a page that anybody may open."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=60) as answer:
        page, cookies = answer.read().decode(), answer.headers.get_all("Set-Cookie") or []
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None, "the sign-in page has a form"
    return Form(found[1], "; ".join(cookie.split(";")[0] for cookie in cookies))


async def submit(port: int, lot_id: str, form: Form, sent: Sent, *, at: float, until: float = 0.0) -> None:
    """Send a submission whose last byte leaves at ``at`` (seconds of the host's clock).

    A connection that breaks before the answer is tried again, as a person would, as long as it is before ``until``; so is
    one that meets a server which is still getting ready.
    """
    body = urlencode({"csrf_token": form.token, "_key": sent.key}).encode()
    head = (
        f"POST /supplier/lots/{lot_id}/bid/submit HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Cookie: tenderway={sent.bidder.token}; {form.cookie}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    ).encode()
    while True:
        try:
            async with asyncio.timeout(GIVEN_UP_AFTER):
                sent.status, sent.place = await _exchange(port, head + body, sent, at)
        except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError):
            sent.status, sent.place = 0, ""
        broken = sent.status == 0 or sent.status == 503
        if not broken or time.time() + AGAIN_AFTER > until:
            return
        await asyncio.sleep(AGAIN_AFTER)


async def _exchange(port: int, request: bytes, sent: Sent, at: float) -> tuple[int, str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request[:-1])
        await writer.drain()
        await asyncio.sleep(max(at - time.time(), 0))
        writer.write(request[-1:])
        await writer.drain()
        sent.sent_at = time.time()
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    finally:
        writer.close()
    place = re.search(r"^location: *(\S+)", answer, re.IGNORECASE | re.MULTILINE)
    return int(answer.split(" ", 2)[1]), place[1] if place else ""


async def browse(port: int, visitors: Sequence[Bidder], lot_id: str, took: list[float], over: asyncio.Event) -> None:
    """Look at pages, one after the other, and take the time of each, until it is over."""
    pages = [*((page, "") for page in PAGES), *((f"/supplier/lots/{lot_id}/bid", v.token) for v in visitors)]
    number = 0
    while not over.is_set():
        page, token = pages[number % len(pages)]
        number += 1
        request = f"GET {page} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: tenderway={token}\r\nConnection: close\r\n\r\n"
        began = time.perf_counter()
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request.encode())
            await reader.read(-1)
            writer.close()
            took.append(time.perf_counter() - began)
        except OSError:
            took.append(float("inf"))
        await asyncio.sleep(0.05)
