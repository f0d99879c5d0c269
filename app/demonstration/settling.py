"""Making the town, once."""

from __future__ import annotations

from pathlib import Path

from app.bootstrap import House
from app.demonstration import town
from app.identity import accounts


def settle(house: House, processes: Path) -> None:
    """Make the town in an empty database: organisations, people, budget, experts, procedures; again changes nothing."""
    with house.sessions() as session:
        if accounts.count(session):
            return
        town.build(house.engine, session, processes)
        session.commit()
