"""Making the town, once."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from app.bootstrap import House
from app.demonstration import shipping, town
from app.foundation.clock import KeptClock
from app.foundation.database import reading
from app.identity import accounts
from config import Config


class NotADemonstration(Exception):
    """The database is a real office's, or of a release whose demonstration had no clock to turn."""


def settle(database: Engine, config: Config, tell: shipping.Tell = lambda _done: None) -> None:
    """Make the town in an empty database with all tables, with everything that has happened in it so far, and its clock.

    Again changes nothing. Raises NotADemonstration, whose clock isn't to be turned, or shipping.KeysOfAnother.
    """
    clock = KeptClock(config.clock_file)
    if is_settled(database):
        _refuse_others(database, clock)
        return
    clock.path.unlink(missing_ok=True)  # of a demonstration whose database was thrown away
    clock.turn_to(shipping.unpack(database, config, tell))


def _refuse_others(database: Engine, clock: KeptClock) -> None:
    with reading(database) as session:
        if not accounts.demonstration_people(session):
            raise NotADemonstration("People work in this database: it isn't a demonstration's, and can't become one.")
    if not clock.path.exists():
        raise NotADemonstration("This demonstration has lost its clock, or was made by a release that had none.")


def found(house: House, processes: Path) -> None:
    """Make the town alone: organisations, people, budget, experts, procedures, and nothing that has happened yet."""
    if is_settled(house.database):
        return
    with house.sessions() as session:
        town.build(house.engine, session, processes)
        session.commit()


def is_settled(database: Engine) -> bool:
    """Whether anybody lives there already."""
    with reading(database) as session:
        return accounts.count(session) > 0
