"""An office of its own for a load: its server, a tender that closes soon, bidders with complete drafts."""

from __future__ import annotations

import hashlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.bootstrap import House
from app.foundation.actor import Actor
from app.foundation.database import new_id
from app.identity.accounts import Account
from app.identity.grants import Grant
from app.identity.organisations import Organisation
from app.identity.sessions import LONGEST, SignedIn
from app.procurement import bids, projects, tenders
from app.procurement.projects import BudgetLine, Item, Lot, LotState, Project, ProjectState
from app.procurement.suppliers import Registration, RegistrationState
from app.procurement.tenders import LotKey, Requirement, Tender, TenderState

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300
"""Seconds that a server may take to start."""
FAR = timedelta(days=1)
"""How far away a deadline is while the drafts are written."""


@dataclass(frozen=True)
class Bidder:
    """One supplier's person, signed in: ``token`` is the session's."""

    account_id: str
    supplier_id: str
    token: str


@dataclass
class Office:
    """A serving process in a folder of its own, and the house in this process on the same database."""

    folder: Path
    url: str
    port: int
    house: House
    server: subprocess.Popen[bytes] | None = None
    bidders: list[Bidder] = field(default_factory=list)
    """Everybody who bid here, to bid again in another tender."""

    def start(self) -> None:
        """Serve, and come back when pages are answered."""
        environment = {
            **os.environ,
            "INSTANCE_FOLDER": str(self.folder),
            "DATABASE_URL": self.url,
            "PORT": str(self.port),
            "TRUSTED_PROXIES": "1",
        }
        environment.pop("DEMONSTRATION", None)
        with (self.folder / "server.log").open("ab") as log:
            self.server = subprocess.Popen(
                [sys.executable, str(ROOT / "run.py")], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        self._wait()

    def kill(self) -> None:
        """End it as a power cut would: no warning, nothing tidied up."""
        assert self.server is not None, "only what serves is killed"
        self.server.kill()
        self.server.wait()

    def stop(self) -> None:
        """End it in order."""
        if self.server is not None and self.server.poll() is None:
            self.server.send_signal(signal.SIGTERM)
            self.server.wait(30)

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/alive", timeout=5) as answer:
                    if answer.read() == b"alive\n":
                        return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"the server doesn't answer; see {self.folder / 'server.log'}")


@contextmanager
def opened(folder: Path, url: str) -> Iterator[Office]:
    """An office that serves, on an empty database."""
    from app import create_app
    from config import Config

    os.environ["INSTANCE_FOLDER"] = str(folder)  # where the keeper's secret and the keys lie for both processes
    config = Config(instance_folder=folder, database_url=url, demonstration=False)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    office = Office(folder, url, port, create_app(config).extensions["tenderway"])
    try:
        office.start()
        yield office
    finally:
        office.stop()
        office.house.database.dispose()


def tender(office: Office) -> str:
    """The lot of a published tender whose deadline is far away yet; its key is with the server's keeper."""
    with office.house.sessions() as session:
        lot = _published(session, datetime.now(UTC))
        open_ = tenders.of_lot(session, lot.id)
        assert open_.bid_deadline_at is not None, "it was published with one"
        recipient = office.house.keeper.create(lot.id, open_.bid_deadline_at)
        session.add(LotKey(lot_id=lot.id, tender_id=open_.id, recipient=recipient, created_at=open_.published_at))
        session.commit()
        return lot.id


def close_at(office: Office, lot_id: str, deadline_at: datetime) -> None:
    """Let bids be taken until then; the keeper keeps to a later time, which no figure here asks about."""
    with office.house.sessions() as session:
        tenders.of_lot(session, lot_id, lock=True).bid_deadline_at = deadline_at
        session.commit()


def bidders(office: Office, lot_id: str, count: int, size: int) -> list[Bidder]:
    """So many suppliers, each with a complete draft that has a file of ``size`` bytes; those that bid before come first."""
    with office.house.sessions() as session:
        content = _content(session, lot_id)
    for begin in range(0, count, 50):
        with office.house.sessions() as session:
            for number in range(begin, min(begin + 50, count)):
                if number == len(office.bidders):
                    office.bidders.append(_bidder(session))
                _write(session, office.bidders[number], lot_id, content, size)
            session.commit()
    return office.bidders[:count]


def _published(session: Session, now: datetime) -> Lot:
    buyer, agency, finance = (_organisation(session, kind) for kind in ("buyer", "agency", "finance"))
    line = BudgetLine(
        organisation_id=buyer,
        year=now.year,
        code=new_id()[-12:],
        name_zh="医疗设备购置",
        category="A0332",
        amount=Decimal(1_000_000),
        funds="fiscal",
    )
    session.add(line)
    session.flush()
    project = Project(
        number=f"L{new_id()[-15:]}",
        buyer_id=buyer,
        finance_id=finance,
        agency_id=agency,
        budget_line_id=line.id,
        title_zh="压力测试项目",
        title_en="A tender under load",
        object="goods",
        funds="fiscal",
        need="测试",
        estimate=Decimal(600_000),
        state=ProjectState.PUBLISHED,
        applicant_id="load",
        applied_at=now,
        method="open_tender",
        review_method="comprehensive",
    )
    session.add(project)
    session.flush()
    lot = Lot(project_id=project.id, number=1, name_zh="设备", name_en="Devices", budget=Decimal(600_000))
    lot.state = LotState.BIDDING
    session.add(lot)
    session.flush()
    item = Item(project_id=project.id, lot_id=lot.id, position=1, code="A03320100", name="超声诊断设备", unit="台")
    item.quantity, item.unit_price = Decimal(2), Decimal(300_000)
    open_ = Tender(
        project_id=project.id,
        buyer_id=buyer,
        agency_id=agency,
        method="open_tender",
        review_method="comprehensive",
        state=TenderState.PUBLISHED,
        version=1,
        binding_version=1,
        bid_deadline_at=now + FAR,
        published_at=now,
        validity_days=90,
        delivery_days=30,
    )
    session.add_all((item, open_))
    session.flush()
    session.add(
        Requirement(tender_id=open_.id, lot_id=lot.id, position=1, code="T1", kind="technical", text_zh="满足需求")
    )
    session.flush()
    return lot


def _organisation(session: Session, kind: str) -> str:
    code = new_id()
    made = Organisation(kind=kind, uscc=code[-18:].upper(), created_at=datetime.now(UTC))
    made.name_zh, made.name_en = f"{kind}{code[-6:]}", f"{kind} {code[-6:]}"
    session.add(made)
    session.flush()
    return made.id


def _bidder(session: Session) -> Bidder:
    now, token = datetime.now(UTC), secrets.token_urlsafe(32)
    supplier_id = _organisation(session, "supplier")
    account = Account(login=new_id(), name="Bidder", language="en", demonstration=False, created_at=now, email="")
    session.add(account)
    session.flush()
    session.add(
        Registration(
            organisation_id=supplier_id,
            legal_representative="李明",
            scale="small",
            state=RegistrationState.ACTIVE,
            declared_by=account.id,
            declared_at=now,
            valid_until=date(now.year + 2, 1, 1),
        )
    )
    granted = [
        Grant(account_id=account.id, role=role, organisation_id=supplier_id, from_at=now, granted_by="load")
        for role in ("supplier-bidder", "supplier-signer")
    ]
    signed_in = SignedIn(
        account_id=account.id,
        token_hash=hashlib.sha256(token.encode()).hexdigest(),
        organisation_id=supplier_id,
        opened_at=now,
        seen_at=now,
        ends_at=now + LONGEST,
    )
    session.add_all((*granted, signed_in))
    session.flush()
    return Bidder(account.id, supplier_id, token)


def _content(session: Session, lot_id: str) -> dict[str, Any]:
    """What a complete bid for a lot says."""
    return {
        "price": "570000.00",
        "prices": {item.id: "285000.00" for item in projects.lot(session, lot_id).items},
        "responses": {r.id: {"value": "满足"} for r in bids.requirements_of(tenders.of_lot(session, lot_id), lot_id)},
        "declarations": list(bids.DECLARATIONS),
        "delivery_days": "30",
        "validity_days": "90",
        "sme": "small",
        "domestic": True,
    }


def _write(session: Session, bidder: Bidder, lot_id: str, content: dict[str, Any], size: int) -> None:
    groups = frozenset({"supplier-bidder", f"supplier-bidder@{bidder.supplier_id}"})
    actor = Actor(bidder.account_id, "Bidder", bidder.supplier_id, groups)
    bids.save_draft(session, actor, lot_id=lot_id, content=content)
    bids.add_file(session, actor, lot_id=lot_id, name="bid.bin", source=os.urandom(size))
