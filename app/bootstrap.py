"""The composition root: the one place that knows which parts the house is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session, sessionmaker

from app.engine import records, scrubbing
from app.engine.acts import Registry
from app.engine.engine import Engine
from app.engine.forms import Library
from app.foundation import arrivals, checkpoints, documents, doubts, journal, outbox, proposals, repeats, workdays
from app.foundation.clock import Clock, KeptClock, VirtualClock
from app.foundation.database import sessions
from app.foundation.text import Text
from app.identity import accounts, addresses, attempts, certificates, grants, organisations, resets, roles
from app.identity import sessions as signed_in
from app.keeper import Keeper
from app.keeper.client import RemoteKeeper
from app.keeper.local import LocalKeeper
from app.procurement import (
    acceptance,
    agreements,
    awards,
    bids,
    bonds,
    breaches,
    contracts,
    disclosure,
    evaluation,
    experts,
    payments,
    projects,
    queries,
    suppliers,
    tenders,
)
from app.procurement.bids import Signer
from app.procurement.rules import catalogues, entries
from app.workflow import acts, apart, due_tasks, procedures, reminding, telling
from app.workflow.assignment import resolve_group
from config import Config

__all__ = ["RECORDS", "House", "build", "proofs", "senders"]

RECORDS = (
    *(workdays, journal, documents, outbox, repeats, arrivals, doubts, proposals, entries, catalogues),
    *(organisations, accounts, addresses, grants, signed_in, attempts, resets, certificates),
    *(records, scrubbing),
    *(projects, agreements, suppliers, tenders, bonds, bids, experts),
    *(evaluation, awards, queries, contracts, acceptance, payments, breaches, disclosure),
)
"""Every module that has tables: named here so that they are known wherever the house is built, and migrated."""


@dataclass
class House:
    """The parts a serving process holds. ``ahead``: how far the keeper's clock is ahead of this host's."""

    engine: Engine
    keeper: Keeper
    publisher: disclosure.Publisher
    authority: certificates.Signer
    sessions: sessionmaker[Session]
    database: Database
    receipt_key: Path
    uses: signed_in.Uses = field(default_factory=signed_in.Uses)
    ahead: timedelta = timedelta(0)

    @cached_property
    def signer(self) -> Signer:
        """Signs the receipts of bids; its key is made at the first use and kept."""
        return Signer.of_file(self.receipt_key)

    def time_at(self, seen: datetime) -> datetime:
        """What the clock that deadlines are kept by shows when this host's shows ``seen``."""
        return self.engine.clock.at(seen) if self.engine.clock is not None else seen + self.ahead

    def in_transaction(self, act: Callable[[Session], Any]) -> None:
        """Do one act in a session of its own, and commit it."""
        with self.sessions() as session:
            act(session)
            session.commit()


def build(
    database: Database,
    config: Config,
    *,
    clock: Clock | None = None,
    keeper: Keeper | None = None,
    authority: certificates.Signer | None = None,
    **parts: Any,
) -> House:
    """Build the house on a database; ``parts`` are further parts of the engine.

    ``authority`` makes organisations' signatures; without one it is the demonstration's (docs/decisions/0007).
    """
    known: Mapping[str, Any] = {role.id: role.name for role in roles.ROLES.values()}
    keeper = keeper or _keeper(config, clock)
    authority = authority or certificates.DemonstrationAuthority(config.secret_key)
    engine = Engine(
        clock=clock,
        forms=Library(config.forms_folder),
        acts=Registry(acts.ACTS),
        partners=acts.Partners(keeper, authority),
        roles=known,
        resolve_group=resolve_group,
        zone=config.zone,
        duties=apart.DUTIES,
        tells=telling.details,
        lacking=procedures.lacking,
        **parts,
    )
    factory = sessions(database)
    engine.use_clock(factory)
    publisher = disclosure.Publisher(Text(*config.office_name), config.base_url, config.ocid_prefix)
    disclosure.use(factory, publisher)
    return House(engine, keeper, publisher, authority, factory, database, config.receipt_key)


def senders(config: Config) -> dict[str, outbox.Sender]:
    """Who sends the outbox's messages, by channel; without ``SMTP_URL`` mails wait."""
    if not config.smtp_url:
        return {}
    parts = urlsplit(config.smtp_url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.scheme != "smtp" or not parts.hostname:
        raise ValueError("SMTP_URL is smtp://[user:password@]host[:port][?starttls=1&sender=…]")
    mail = outbox.Smtp(
        host=parts.hostname,
        port=parts.port or 25,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        starttls=options.get("starttls") == "1",
        sender=options.get("sender", f"no-reply@{urlsplit(config.base_url).hostname or 'localhost'}"),
    )
    links = resets.Links(config.secret_key, config.base_url)
    return {"mail": lambda row: mail(links.filled(row))}


def proofs(house: House, config: Config) -> dict[str, Callable[[], Any]]:
    """The heartbeats that prove what is kept: a checkpoint each minute, written and mailed; the scrubber."""

    def checkpoint() -> None:
        with house.sessions() as session:
            row = checkpoints.make(session)
            if row is not None:
                checkpoints.tell_witnesses(session, row, config.witnesses)
                session.commit()
                checkpoints.export(session, row, config.checkpoints_folder)

    return {"checkpoint": checkpoint, "scrub": lambda: scrubbing.scrub(house.engine, house.database, house.sessions)}


def reminders(house: House) -> dict[str, Callable[[], Any]]:
    """The heartbeats that remind people of what no diagram tells them, and of tasks that are due."""
    return {
        "reminders": lambda: reminding.remind(house.sessions),
        "due_tasks": lambda: due_tasks.remind(house.sessions),
    }


def _keeper(config: Config, clock: Clock | None) -> Keeper:
    """The keeper's process at its address; where a virtual clock is turned, keys in memory that keep to it."""
    if isinstance(clock, VirtualClock):
        return LocalKeeper(clock)
    now = (lambda: clock.instant) if isinstance(clock, KeptClock) else None
    return RemoteKeeper(config.keeper_address, config.keeper_secret, now=now)
