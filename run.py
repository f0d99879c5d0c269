"""Serve Tenderway: ``app`` for a WSGI server, or ``python run.py`` on http://127.0.0.1:8000."""

from __future__ import annotations

import errno
import logging
import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any

from app import create_app
from config import Config

if "INSTANCE_FOLDER" in os.environ:  # the keeper's process and the town's stand in another folder
    os.environ["INSTANCE_FOLDER"] = os.path.abspath(os.environ["INSTANCE_FOLDER"])
config = Config()
if "--demonstration" in sys.argv:
    config.demonstration = True
app = create_app(config)


def main() -> int:
    """Serve until somebody says stop (Ctrl+C, or SIGTERM from a service manager); the exit code."""
    from app.tables import TablesUnknown

    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, _stop)
    try:
        with ExitStack() as running:
            serve(running)
    except PortTaken as taken:
        print(taken, file=sys.stderr)
        return 1
    except TablesUnknown as unknown:
        print(f"{unknown}\nUse the release that wrote it, or another database (DATABASE_URL).", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError:
        print("The demonstration town couldn't be settled; what stopped it stands above.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass  # said before the server ran: nothing is under way
    print("Tenderway has stopped.", flush=True)
    return 0


def serve(running: ExitStack) -> None:
    """Take the port, upgrade the tables, start the keeper, enter calendars and a demonstration, start the clock, serve.

    What is started is entered into ``running``, which ends it in the reverse order.
    """
    from app import bootstrap, demonstration, scheduler, tables
    from app.foundation import workdays
    from app.identity import attempts
    from app.keeper.client import RemoteKeeper
    from app.keeper.processes import Beside

    house = app.extensions["tenderway"]
    server = _listen()
    running.callback(server.close)
    tables.upgrade(house.database)
    keeper = Beside(RemoteKeeper(config.keeper_address, config.keeper_secret))
    running.callback(keeper.end)
    keeper.start()
    house.in_transaction(workdays.seed)
    if config.demonstration and not demonstration.is_settled(house):
        print("Settling the demonstration town (this once, it takes a minute or two) …", flush=True)
        subprocess.run([sys.executable, "-m", "app.demonstration"], cwd=Path(__file__).parent, check=True)
    others = {"keeper": keeper.look_after, "attempts": lambda: house.in_transaction(attempts.forget_old)}
    clock = scheduler.start(house.engine, house.sessions, bootstrap.senders(config), others=others)
    running.callback(clock.shutdown)
    print(f"Tenderway serves on {config.base_url} (Ctrl+C stops it)", flush=True)
    server.run()


class PortTaken(Exception):
    """Another program listens at our port."""


def _listen() -> Any:
    """A server that has its port and doesn't answer yet; raises PortTaken."""
    from waitress import create_server

    try:
        return create_server(
            app,
            host=config.host,
            port=config.port,
            threads=config.threads,
            connection_limit=500,
            ident=None,
            # A proxy's headers are read by app.web.protection, as many as the settings trust; otherwise they go.
            clear_untrusted_proxy_headers=not config.trusted_proxies,
        )
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise PortTaken(
            f"Port {config.port} is taken by another program (perhaps Tenderway runs already). "
            f"Stop that one, or choose another port: PORT={config.port + 10} make run"
        ) from error


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
