"""What people feel of it: the inbox page with many tasks, and the server's memory with the demonstration town."""

from __future__ import annotations

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, insert, select

from app.engine import definitions, instances
from app.engine.records import SOMEDAY, Offer, OpenTaskRow, table_of
from app.foundation import documents
from app.foundation.actor import SYSTEM
from app.foundation.database import new_id
from app.foundation.text import Text
from app.identity import accounts, grants, organisations, sessions
from measuring.bench.figures import Figure

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("/sign-in", "/portal", "/portal/open-data", "/help", "/portal/about?lang=zh")
PATIENCE = 300
"""Seconds that a server may take to make its town."""

_ONE_TASK = b"""<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
 id="d" targetNamespace="n"><bpmn:process id="p" name="Work" isExecutable="true"><bpmn:startEvent id="s" /><bpmn:userTask id="work" name="Work">
 <bpmn:extensionElements><zeebe:userTask /><zeebe:assignmentDefinition candidateGroups="buyer-handler" /></bpmn:extensionElements></bpmn:userTask>
 <bpmn:endEvent id="e" /><bpmn:sequenceFlow id="a" sourceRef="s" targetRef="work" /><bpmn:sequenceFlow id="b" sourceRef="work" targetRef="e" />
 </bpmn:process></bpmn:definitions>"""


def inbox_page() -> float:
    """The inbox page with 10,000 open tasks in the database against the page with 10."""
    with _site() as (app, token):
        client = app.test_client()
        client.set_cookie("tenderway", token)
        _fill(app, 9)
        few = page(client)
        _fill(app, 9_990)
        return page(client) / few


def task_page() -> float:
    """A task's page at the server, in milliseconds, in a case with a hundred papers."""
    with _site() as (app, token):
        client, address = _with_papers(app, token)
        return page(client, address) * 1000


def task_page_statements() -> float:
    """How many statements that page sends to the database."""
    with _site() as (app, token):
        client, address = _with_papers(app, token)
        page(client, address)
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
                sent.append(statement)

        database = app.extensions["tenderway"].database
        event.listen(database, "before_cursor_execute", note)
        client.get(address)
        event.remove(database, "before_cursor_execute", note)
        return len(sent)


def _with_papers(app: Flask, token: str) -> tuple[Any, str]:
    """A signed-in browser and the address of the open task, after its case got a hundred papers."""
    with app.extensions["tenderway"].sessions() as session:
        task = session.scalars(select(OpenTaskRow).limit(1)).one()
        for position in range(100):
            documents.add(
                session, SYSTEM, name=f"{position}.pdf", source=b"%PDF-1.7", case=task.instance_id, kind="apply"
            )
        session.commit()
        address = f"/tasks/{task.id}"
    client = app.test_client()
    client.set_cookie("tenderway", token)
    return client, address


@contextmanager
def _site() -> Iterator[tuple[Flask, str]]:
    """The whole application on a fresh SQLite file with one handler signed in: the session's token."""
    from app import create_app, tables
    from config import Config

    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        config = Config(instance_folder=Path(folder), database_url=f"sqlite:///{folder}/bench.db", secret_key="bench")  # noqa: S106
        config.base_url, config.demonstration = "http://127.0.0.1:8000", False
        app = create_app(config)
        house = app.extensions["tenderway"]
        tables.upgrade(house.database)
        with house.sessions() as session:
            place = organisations.register(
                session, SYSTEM, kind="buyer", uscc="12510700450720100H", name=Text("Buyer", "采购人"), short_code="B"
            )
            person = accounts.create(session, SYSTEM, login="handler", name="Handler")
            grants.grant(session, SYSTEM, account_id=person.id, role="buyer-handler", organisation_id=place.id)
            definitions.deploy(house.engine, session, SYSTEM, {"p.bpmn": _ONE_TASK}, "to be measured")
            instances.start(house.engine, session, SYSTEM, "p")
            token = sessions.open_for(session, person).token
            session.commit()
        yield app, token
        house.database.dispose()


def _fill(app: Flask, count: int) -> None:
    """That many more open tasks like the one there is, written straight into the tables."""
    with app.extensions["tenderway"].sessions() as session:
        one = session.scalars(select(OpenTaskRow).limit(1)).one()
        like = {column.name: getattr(one, column.name) for column in table_of(OpenTaskRow).columns}
        rows = [like | {"id": new_id(), "token_id": new_id()} for _ in range(count)]
        offers = [
            {
                "task_id": row["id"],
                "kind": "group",
                "name": "buyer-handler",
                "free": True,
                "due_at": SOMEDAY,
                "urgency": -50,
            }
            for row in rows
        ]
        session.execute(insert(table_of(OpenTaskRow)), rows)
        session.execute(insert(table_of(Offer)), offers)
        session.commit()


def page(client: Any, address: str = "/inbox") -> float:
    took = []
    for _ in range(15):
        started = time.perf_counter()
        answer = client.get(address)
        took.append(time.perf_counter() - started)
        assert answer.status_code == 200, answer.status
    return statistics.median(took[3:])


def memory() -> float:
    """The resident memory of a server that made the demonstration town and served some pages, in megabytes."""
    with _served([sys.executable, str(ROOT / "run.py"), "--demonstration"]) as (server, address):
        for page in PAGES * 3:
            _ask(f"{address}{page}", server)
        status = Path(f"/proc/{server.pid}/status").read_text()
        kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(kilobytes) / 1000


def first_words() -> float:
    """From ``make run`` in a set-up clone to something to read, if only how far it is, in seconds."""
    started = time.perf_counter()
    with _served(["make", "--no-print-directory", "run"]) as (server, address):
        _ask(f"{address}/portal", server, pause=0.05, refusals=True)
        return time.perf_counter() - started


def first_page() -> float:
    """From ``make run`` in a set-up clone to the first page one can use, in seconds."""
    started = time.perf_counter()
    with _served(["make", "--no-print-directory", "run"]) as (server, address):
        _ask(f"{address}/portal", server, pause=0.05)
        return time.perf_counter() - started


@contextmanager
def _served(command: list[str]) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """What a command serves in a folder of its own: its process, which leads a group, and its address."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        database = {"INSTANCE_FOLDER": folder, "DATABASE_URL": f"sqlite:///{folder}/town.db"}
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **database, "PORT": str(port)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            yield server, f"http://127.0.0.1:{port}"
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(30)


def _ask(address: str, server: subprocess.Popen[bytes], pause: float = 0.5, *, refusals: bool = False) -> None:
    """Read a page, waiting for a server that is still getting ready; ``refusals``: its word that it is will do."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 - our own server
                answer.read()
            return
        except (urllib.error.URLError, ConnectionError) as error:
            if refusals and isinstance(error, urllib.error.HTTPError):
                return
            if server.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(pause)


FIGURES = (
    Figure("page of the inbox with 10,000 open tasks against the page with 10", inbox_page, "x", 3),
    Figure("a task's page in a case with a hundred papers", task_page, "ms", 60),
    Figure("statements of that page", task_page_statements, "statements", 20),
    Figure("memory of the server with the demonstration town", memory, "MB", 250),
    Figure("make run in a set-up clone to something to read", first_words, "s", 3),
    Figure("make run in a set-up clone to the first usable page", first_page, "s", 8),
)
