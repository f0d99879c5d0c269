"""Whom we let go of: connections that get nowhere, so that many of them can't keep others out.

Nothing here looks at who somebody is or counts what they do: a whole agency shares one address. A connection whose
requests come at the pace of any working line is never closed, however many there are of one address; what is closed is
the one that has said least for longest, and a browser opens another by itself.
"""

from __future__ import annotations

import resource
from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol, TypeVar

HEADER_WITHIN = 10.0
"""Seconds from a request's first byte to the end of its header."""
FIRST_WITHIN = 30.0
"""Seconds a new connection may say nothing; browsers open some beforehand."""
IDLE_FOR = 75.0
"""Seconds between two requests of a connection."""
BODY_RATE, BODY_GRACE = 500, 20.0
"""Bytes a second that a body comes at, once it has been coming for so many seconds."""
UNHEARD = 200
"""Connections of one address that have begun a header and not ended it."""
MOST = 4000
"""Open connections, if the system allows as many files."""
SPARE = 200
"""Files left for everything else."""


class Connection(Protocol):
    """What the limits look at. Times are of the monotonic clock, in seconds."""

    address: str

    def stage(self) -> str:
        """``new`` or ``idle`` (nothing begun), ``header``, ``body`` or ``answer``."""

    def since(self) -> float:
        """When that stage began."""

    def body_so_far(self) -> int:
        """Bytes of the body at hand so far."""

    def claims_session(self) -> bool:
        """Whether the request at hand comes with a session's cookie, right or wrong."""


Some = TypeVar("Some", bound=Connection)


def most_connections() -> int:
    """How many connections may be open; the limit of files is raised as far as it goes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + SPARE
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(min(MOST, soft - SPARE), 50)


def stuck(connection: Connection, now: float) -> bool:
    """Whether a connection has taken longer than any working line does."""
    stage, lasted = connection.stage(), now - connection.since()
    if stage == "body":
        return lasted > BODY_GRACE and connection.body_so_far() < BODY_RATE * lasted and not connection.claims_session()
    return lasted > {"new": FIRST_WITHIN, "idle": IDLE_FOR, "header": HEADER_WITHIN}.get(stage, float("inf"))


def crowding(connections: Iterable[Some]) -> list[Some]:
    """Of each address the connections beyond UNHEARD that haven't ended their header, the longest begun."""
    unheard: dict[str, list[Some]] = defaultdict(list)
    for connection in connections:
        if connection.stage() == "header":
            unheard[connection.address].append(connection)
    found: list[Some] = []
    for same in unheard.values():
        found += sorted(same, key=lambda each: each.since())[: max(len(same) - UNHEARD, 0)]
    return found


def dispensable(connections: Iterable[Some], wanted: int) -> list[Some]:
    """So many connections that can be spared when there is no more room: idle ones first, then those still in a header."""
    order = {"idle": 0, "new": 1, "header": 2}
    spared = [connection for connection in connections if connection.stage() in order]
    return sorted(spared, key=lambda each: (order[each.stage()], each.since()))[:wanted]
