"""Making the town, once."""

from __future__ import annotations

from pathlib import Path

from app.bootstrap import House
from app.demonstration import past, town
from app.identity import accounts
from config import Config


def settle(house: House, config: Config) -> None:
    """Make the town in an empty database, with everything that has happened in it so far; again changes nothing."""
    if not is_settled(house):
        past.live(house, config)


def found(house: House, processes: Path) -> None:
    """Make the town alone: organisations, people, budget, experts, procedures, and nothing that has happened yet."""
    if is_settled(house):
        return
    with house.sessions() as session:
        town.build(house.engine, session, processes)
        session.commit()


def is_settled(house: House) -> bool:
    """Whether anybody lives there already."""
    with house.sessions() as session:
        return accounts.count(session) > 0
