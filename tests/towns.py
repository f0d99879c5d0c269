"""The shipped town, in a folder of a test's own."""

from __future__ import annotations

from pathlib import Path

from app.demonstration import settling
from app.foundation.database import Base, connect
from config import Config


def config_of(folder: Path) -> Config:
    """The configuration of a demonstration whose town lives in ``folder``."""
    return Config(
        instance_folder=folder,
        database_url=f"sqlite:///{folder / 'town.db'}",
        secret_key="for tests",
        demonstration=True,
        receipt_key=folder / "receipt-key",
        keeper_folder=folder / "keeper",
    )


def settled(folder: Path) -> Config:
    """The same, with the town in it."""
    config = config_of(folder)
    database = connect(config.database_url)
    Base.metadata.create_all(database)
    settling.settle(database, config)
    return config
