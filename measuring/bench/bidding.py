"""Large bids: how long sealing one takes, what it takes of the machine's memory, and the page that scores them."""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from app.engine.records import Offer, OpenTaskRow
from app.foundation import documents, keyfiles
from app.foundation.actor import SYSTEM
from app.foundation.database import connect
from app.identity import sessions
from app.identity.accounts import Account
from app.procurement.bids import Bid, BidFile
from app.procurement.projects import Lot, LotState
from measuring.bench.figures import Figure
from measuring.bench.serving import page
from measuring.load import bidders, offices
from measuring.load.bidders import Sent
from measuring.load.offices import Office

MEGABYTE = 1_000_000
EVERY = 0.005
"""Seconds between two looks at the memory."""


def scoring_page() -> float:
    """An expert's page to score bids of 400 MB together, at the server, in milliseconds."""
    with _town() as app, app.extensions["tenderway"].sessions() as session:
        task = session.scalars(select(OpenTaskRow).where(OpenTaskRow.element_id == "score_bids").limit(1)).one()
        holder = select(Offer.name).where(Offer.task_id == task.id, Offer.kind == "holder")
        token = sessions.open_for(session, session.get_one(Account, session.scalars(holder).one())).token
        scored = select(Bid).join(Lot, Lot.id == Bid.lot_id).where(Lot.state == LotState.EVALUATING)
        opened = [bid for bid in session.scalars(scored) if bid.opened is not None]
        for bid in opened:
            content = os.urandom(400 * MEGABYTE // len(opened))
            added = documents.add(session, SYSTEM, name="all.bin", source=content, case=bid.lot_id, kind="bid")
            session.add(BidFile(bid_id=bid.id, name=added.name, document_id=added.id, described={}))
        session.commit()
        client = app.test_client()
        client.set_cookie("tenderway", token)
        return page(client, f"/tasks/{task.id}") * 1000


@contextmanager
def _town() -> Iterator[Flask]:
    """The application with the demonstration's town in it, where experts are scoring."""
    from app import create_app, demonstration, tables
    from config import Config

    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        place, url = Path(folder), f"sqlite:///{folder}/bench.db"
        config = Config(place, url, secret_key="bench", demonstration=True)  # noqa: S106
        config.receipt_key, config.journal_key = place / "receipt-key", place / "journal-key"
        config.keeper_folder, config.base_url = place / "keeper", "http://127.0.0.1:8000"
        config.prepare()
        database = connect(url, key=keyfiles.key(config.journal_key))
        tables.upgrade(database)
        demonstration.settle(database, config)
        database.dispose()
        app = create_app(config)
        yield app
        app.extensions["tenderway"].database.dispose()


def sealing() -> float:
    """From the last byte of the request that seals a bid of 10 MB to its answer, in seconds."""
    with _office() as office:
        lot_id = offices.tender(office)
        _seal(office, lot_id, MEGABYTE)
        return min(_seal(office, lot_id, 10 * MEGABYTE) for _ in range(3))


def sealing_memory() -> float:
    """The most memory that the server and all it started take more while a bid of 100 MB is sealed, in megabytes."""
    with _office() as office:
        lot_id = offices.tender(office)
        _seal(office, lot_id, MEGABYTE)
        assert office.server is not None, "the office serves"
        with _watched(office.server.pid) as seen:
            _seal(office, lot_id, 100 * MEGABYTE)
        return (max(seen) - seen[0]) / MEGABYTE


@contextmanager
def _office() -> Iterator[Office]:
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        offices.opened(Path(folder), f"sqlite:///{folder}/tenderway.db") as office,
    ):
        yield office


def _seal(office: Office, lot_id: str, size: int) -> float:
    """Seal a new bidder's bid; the seconds that it took."""
    (bidder,) = offices.bidders(office, lot_id, 1, size)
    sent = Sent(bidder)
    asyncio.run(bidders.submit(office.port, lot_id, bidders.form_of(office.port), sent, at=0))
    assert sent.acknowledged, f"the bid of {size} bytes was answered with {sent.status}"
    return time.time() - sent.sent_at


@contextmanager
def _watched(process: int) -> Iterator[list[int]]:
    """What a process and those it started take together, in bytes, looked at again and again."""
    seen, over = [_taken(process)], threading.Event()

    def look() -> None:
        while not over.wait(EVERY):
            seen.append(_taken(process))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        over.set()
        looking.join()


def _taken(process: int) -> int:
    """Bytes in memory of a process and its descendants; what they share counts once."""
    try:
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it has just ended
    own = next(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))
    return own + sum(_taken(child) for child in _children(process))


def _children(process: int) -> Iterator[int]:
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if int(place.read_text().rpartition(")")[2].split()[1]) == process:
                yield int(place.parent.name)


FIGURES = (
    Figure("page that scores 400 MB of bids", scoring_page, "ms", 150),
    Figure("sealing a bid of 10 MB", sealing, "s", 1),
    Figure("memory while a bid of 100 MB is sealed", sealing_memory, "MB", 150),
)
