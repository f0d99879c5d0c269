"""Serve Tenderway: ``app`` for a WSGI server, or ``python run.py`` on http://127.0.0.1:8000."""

from __future__ import annotations

import sys

from app import create_app
from config import Config

config = Config()
if "--demonstration" in sys.argv:
    config.demonstration = True
app = create_app(config)


def serve() -> None:
    """Start the keeper, make the tables, seed the demonstration when asked for, start the clock and serve."""
    from waitress import serve as serve_wsgi

    from app import demonstration, scheduler
    from app.foundation.database import Base
    from app.keeper.client import RemoteKeeper
    from app.keeper.processes import Beside

    house = app.extensions["tenderway"]
    keeper = Beside(RemoteKeeper(config.keeper_address, config.keeper_secret))
    keeper.start()
    Base.metadata.create_all(house.database)
    if config.demonstration:
        demonstration.settle(house, config.processes_folder)
    scheduler.start(house.engine, house.sessions, others={"keeper": keeper.look_after})
    print("Tenderway serves on http://127.0.0.1:8000", flush=True)
    serve_wsgi(app, host="127.0.0.1", port=8000, threads=32)


if __name__ == "__main__":
    serve()
