"""Threads of their own for bids, for other acts, and for those who only look: none of them waits for another's queue."""

from __future__ import annotations

import logging
import re

from waitress.parser import HTTPRequestParser
from waitress.task import ThreadedTaskDispatcher

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods by which one only looks."""
BID_ACTS = re.compile(r"/supplier/(lots/[^/]+/bid/submit|bids/[^/]+/(confirm|withdraw))/?")
"""What is done to a bid up to its deadline, and mustn't wait behind anything else."""


logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that requests wait is what lanes are for


class Lanes:
    """Hands each request to the threads of its kind."""

    def __init__(self, *, looking: int, acting: int, bidding: int) -> None:
        self._lanes = {
            "looking": _lane(looking),
            "acting": _lane(acting),
            "bidding": _lane(bidding),
        }

    def add_task(self, channel: object) -> None:
        """Queue the first request of a channel (what waitress's server calls)."""
        self._lanes[lane_of(channel.requests[0])].add_task(channel)  # type: ignore[attr-defined]

    def set_thread_count(self, count: int) -> None:
        """Waitress's own setting; the lanes have theirs."""

    def shutdown(self, cancel_pending: bool = True, timeout: int = 5) -> None:
        """End the threads; those who act first, that what they began is decided."""
        for name in ("bidding", "acting", "looking"):
            self._lanes[name].shutdown(cancel_pending, timeout)


def acts(request: HTTPRequestParser) -> bool:
    """Whether a request wants something done; one that can't be read wants nothing."""
    return not request.error and request.command not in SAFE


def lane_of(request: HTTPRequestParser) -> str:
    """The lane of a request: by its method and path alone, before anybody is known."""
    if not acts(request):
        return "looking"
    return "bidding" if BID_ACTS.fullmatch(request.path) else "acting"


def _lane(threads: int) -> ThreadedTaskDispatcher:
    lane = ThreadedTaskDispatcher()
    lane.set_thread_count(threads)
    return lane
