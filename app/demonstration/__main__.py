"""``python -m app.demonstration`` makes the town, in a process that takes with it all the memory that its past needed."""

from __future__ import annotations

from app import bootstrap
from app.demonstration.settling import settle
from app.foundation import database
from config import Config


def main() -> None:
    """Make the town in the database of the settings, whose tables are there; its keys lie with the keeper of the settings."""
    config = Config(demonstration=True)
    config.prepare()
    house = bootstrap.build(database.connect(config.database_url), config)
    settle(house, config)
    house.database.dispose()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
