"""Serve Tenderway: ``app`` for a WSGI server, or ``python run.py`` on http://127.0.0.1:8000.

As a program it listens before anything large is loaded: until all is there, its port answers with a page that says how
far it is.
"""

from __future__ import annotations

import errno
import logging
import os
import signal
import sys
from contextlib import ExitStack
from importlib.util import find_spec
from threading import Thread
from types import FrameType
from typing import TYPE_CHECKING, Any

from app import create_app
from app.foundation import wiping
from app.getting_ready import KEEPER, PAGES, SETTLING, TABLES, GettingReady
from config import COOKIES, Config

if TYPE_CHECKING:
    from app.serving.nodes import Node
    from app.serving.servers import Server

if "INSTANCE_FOLDER" in os.environ:  # the keeper's process and the town's stand in another folder
    os.environ["INSTANCE_FOLDER"] = os.path.abspath(os.environ["INSTANCE_FOLDER"])
config = Config()
if __name__ != "__main__":
    app = create_app(config)
    if find_spec("measuring"):  # an office can leave that folder out
        from measuring import commands

        commands.register(app)


class CantStart(Exception):
    """What stands in the way, in plain words."""


def main() -> int:
    """Serve until somebody says stop (Ctrl+C, or SIGTERM from a service manager); the exit code."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, _stop)
    os.umask(0o077)  # what is written from now on is nobody else's to read
    try:
        with ExitStack() as running:
            serve(running)
    except CantStart as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    print("Tenderway has stopped.", flush=True)
    return 0


def serve(running: ExitStack) -> None:
    """Take the port, prepare the data, start the keeper, build the pages, start the clock, serve until it is stopped.

    What is started is entered into ``running``, which ends it in the reverse order.
    """
    front = GettingReady()
    config.instance_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    config.spool()
    server = _listen(front)
    serving = _serving(server, running)
    config.demonstration = config.demonstration or "--demonstration" in sys.argv
    print(f"Tenderway answers on {config.base_url} (Ctrl+C stops it); it is getting ready …", flush=True)
    _prepare_data(front)
    front.reach(KEEPER)
    look_after, keeper = _start_keeper(running)
    others = {"keeper": look_after}
    front.reach(PAGES)
    from app.procurement.rules import entries  # what is large is loaded once the port answers
    from app.serving.watching import Watch

    app = create_app(config)
    house = app.extensions["tenderway"]
    keeper.join()
    node = _join_nodes(house, server, running)
    others["arrivals"] = node.say
    watch = Watch(house, node.id)
    watch.look()
    others["clocks"] = watch.look
    entries.refresh(house.database)
    others["law"] = lambda: entries.refresh(house.database)
    others["garbage"], others["sealer"] = wiping.settle(), _sealer(running)
    _start_clock(house, others, running)
    front.real = app.wsgi_app
    print(f"Tenderway serves on {config.base_url}", flush=True)
    serving.join()


def _prepare_data(front: GettingReady) -> None:
    """Upgrade the tables; in a demonstration settle the town where nobody lives yet."""
    from app import demonstration, tables
    from app.foundation import database, keyfiles, workdays

    front.reach(TABLES)
    config.prepare()
    engine = database.connect(config.database_url, key=keyfiles.key(config.journal_key))
    try:
        tables.upgrade(engine)
        if config.demonstration:
            front.reach(SETTLING)
            demonstration.settle(engine, config, lambda done: front.reach(SETTLING, done))
        with database.sessions(engine)() as session:
            workdays.seed(session)
            session.commit()
    except tables.TablesUnknown as unknown:
        raise CantStart(f"{unknown}\nUse the release that wrote it, or another database (DATABASE_URL).") from unknown
    except (demonstration.NotADemonstration, demonstration.KeysOfAnother) as refused:
        raise CantStart(
            f"{refused}\nStart the demonstration in a folder of its own: INSTANCE_FOLDER=… make run"
        ) from refused
    finally:
        engine.dispose()


def _start_keeper(running: ExitStack) -> tuple[Any, Thread]:
    """Start the keeper of the keys, which comes up while the pages are built: what looks after it, and what waits for it."""
    from app.keeper.client import RemoteKeeper
    from app.keeper.processes import Beside

    keeper = Beside(RemoteKeeper(config.keeper_address, config.keeper_secret), demonstration=config.demonstration)
    running.callback(keeper.end)
    coming = Thread(target=keeper.start, name="keeper", daemon=True)
    coming.start()
    return keeper.look_after, coming


def _sealer(running: ExitStack) -> Any:
    """What looks after what seals bids, and starts it with the first heartbeat: no page waits for it, and no bid is there yet."""
    from app import sealer

    running.callback(sealer.end)
    return sealer.look_after


def _join_nodes(house: Any, server: Server, running: ExitStack) -> Node:
    """Tell the other nodes that requests arrive here too."""
    from app.serving.nodes import Node

    node = Node(house.sessions, server.undecided, house.time_at)
    node.say()
    running.callback(node.leave)
    return node


def _start_clock(house: Any, others: dict[str, Any], running: ExitStack) -> None:
    """Start the heartbeats; in a demonstration its clock runs as long as they beat."""
    from app import bootstrap, scheduler
    from app.foundation import embedded
    from app.identity import attempts

    others |= bootstrap.proofs(house, config)
    others |= bootstrap.reminders(house)
    others["attempts"] = lambda: house.in_transaction(attempts.forget_old)
    others["uses"] = lambda: house.in_transaction(house.uses.write) if house.uses else None
    if house.database.dialect.name == "sqlite":
        others["tidy"] = lambda: embedded.tidy(house.database)
    if config.demonstration:
        house.engine.clock.go_on()
        running.callback(house.engine.clock.stand)
        others["clock"] = house.engine.clock.prolong
    beating = scheduler.start(house.engine, house.sessions, bootstrap.senders(config), others=others)
    running.callback(beating.shutdown)


def _listen(application: Any) -> Server:
    """A server that has its port; raises CantStart where another program has it."""
    from app.foundation import limits
    from app.serving import bodies, servers

    most = config.upload_files_limit + limits.FORM
    try:
        return servers.listen(
            application,
            host=config.host,
            port=config.port,
            threads=config.threads,
            bidding=2 if config.database_url.startswith("sqlite") else 8,
            trusts_proxy=config.trusted_proxies > 0,
            largest_body=bodies.by_cookies(config.secret_key, COOKIES[config.is_https], most),
        )
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise CantStart(
            f"Port {config.port} is taken by another program (perhaps Tenderway runs already). "
            f"Stop that one, or choose another port: PORT={config.port + 10} make run"
        ) from error


def _serving(server: Server, running: ExitStack) -> Thread:
    """The thread in which a server answers; what is being answered when it is stopped is answered to the end."""
    running.callback(server.stop)
    thread = Thread(target=server.run, name="server", daemon=True)
    thread.start()
    return thread


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    wiping.begin_again()
    sys.exit(main())
