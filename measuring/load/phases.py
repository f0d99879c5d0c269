"""Phases: a deadline with so many bids before and after it, and what came of them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from app.procurement import bids
from app.procurement.bids import Bid
from app.sealer.packages import digest
from measuring.load import bidders, offices
from measuring.load.bidders import Sent
from measuring.load.offices import Office

SIZE = 200_000
"""Bytes of a bid's file."""
BEFORE, AFTER = 1.0, 0.05
"""Seconds before the deadline at which the last one in time has ended, and after it at which the late ones do."""
READY = 2.0
"""Seconds before the first."""
FAR = 3600.0
"""Seconds to a deadline that is only set when the server which was killed has come back."""


@dataclass(frozen=True)
class Phase:
    """``count`` bids whose last bytes leave within ``seconds``, then ``late`` after the deadline."""

    name: str
    count: int
    seconds: float
    late: int
    busy: bool = False
    killed: bool = False
    proxied: bool = False


@dataclass(frozen=True)
class Figure:
    """What was counted, and the most it may be (None: only told)."""

    name: str
    value: float
    unit: str
    limit: float | None

    @property
    def is_over(self) -> bool:
        """Whether it breaks its promise."""
        return self.limit is not None and self.value > self.limit

    def __str__(self) -> str:
        limit = f" (limit {self.limit:g})" if self.limit is not None else " (no limit)"
        return f"{self.name}: {self.value:.3g} {self.unit}{limit}"


def play(office: Office, phase: Phase, where: str, proxy: Callable[[int], int] | None = None) -> Iterator[Figure]:
    """Play one deadline; ``proxy`` gives the port of one that stands before a port."""
    lot_id = offices.tender(office)
    people = offices.bidders(office, lot_id, phase.count + phase.late + 3, SIZE)
    visitors, people = people[:3], people[3:]
    sent = [Sent(bidder) for bidder in people]
    with ExitStack() as around:
        if phase.busy:
            around.enter_context(_spinning())
        port = proxy(office.port) if phase.proxied and proxy is not None else office.port
        with ThreadPoolExecutor(1) as thread:  # of its own: the caller may have a loop that runs
            deadline, took = thread.submit(asyncio.run, _deadline(office, phase, port, lot_id, sent, visitors)).result()
    yield from _figures(office, phase, f"{where}, {phase.name}", lot_id, sent, deadline, took)


async def _deadline(
    office: Office, phase: Phase, port: int, lot_id: str, sent: list[Sent], visitors: list[offices.Bidder]
) -> tuple[float, list[float]]:
    form = bidders.form_of(port)
    first = time.time() + READY
    deadline = first + (FAR if phase.killed else phase.seconds + BEFORE)
    offices.close_at(office, lot_id, datetime.fromtimestamp(deadline, UTC))
    over, took = asyncio.Event(), list[float]()
    looking = asyncio.create_task(bidders.browse(port, visitors, lot_id, took, over))
    tasks = [
        asyncio.create_task(
            bidders.submit(
                port,
                lot_id,
                form,
                each,
                at=first + phase.seconds * (number + 1) / phase.count,
                until=deadline if phase.killed else 0,
            )
        )
        for number, each in enumerate(sent[: phase.count])
    ]
    if phase.killed:
        await asyncio.sleep(max(first + phase.seconds / 2 - time.time(), 0))
        await asyncio.to_thread(office.kill)
        await asyncio.to_thread(office.start)
        await asyncio.gather(*tasks)
        deadline = time.time() + READY
        offices.close_at(office, lot_id, datetime.fromtimestamp(deadline, UTC))
    tasks += [
        asyncio.create_task(bidders.submit(port, lot_id, form, each, at=deadline + AFTER))
        for each in sent[phase.count :]
    ]
    await asyncio.gather(*tasks)
    over.set()
    await looking
    return deadline, took


def _figures(
    office: Office, phase: Phase, where: str, lot_id: str, sent: list[Sent], deadline: float, took: list[float]
) -> Iterator[Figure]:
    early, late = sent[: phase.count], sent[phase.count :]
    with office.house.sessions() as session:
        kept = {bid.supplier_id: bid for bid in session.scalars(select(Bid).where(Bid.lot_id == lot_id))}
        whole = {bid.supplier_id for bid in kept.values() if digest(bid.sealed) == bid.digest}
        key = office.house.signer.public_key
        unproved = sum(not bids.verify_receipt(bid.receipt, key).is_genuine for bid in kept.values())
    tardy = sum(each.sent_at >= deadline for each in early)
    acknowledged = [each for each in sent if each.acknowledged]

    def figure(name: str, value: float, unit: str = "bids", limit: float | None = 0) -> Figure:
        return Figure(f"{name} ({where})", value, unit, limit)

    yield figure("in time refused", sum(not each.acknowledged for each in early) - tardy)
    yield figure("late taken", sum(each.acknowledged or each.bidder.supplier_id in kept for each in late))
    yield figure("answers of 500 and more", sum(each.status >= 500 for each in sent), "answers")
    yield figure("acknowledged but not stored", sum(each.bidder.supplier_id not in whole for each in acknowledged))
    yield figure("receipts that don't verify", unproved, "receipts")
    quiet = not (phase.busy or phase.killed)
    p99 = sorted(took)[int(len(took) * 0.99)] if took else float("inf")
    yield figure("browsing p99", p99, "s", 1 if quiet else None)


@contextmanager
def _spinning() -> Iterator[None]:
    """Two processes that want all there is of the processors."""
    spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()
