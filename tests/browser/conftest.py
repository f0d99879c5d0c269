"""A real Chromium on the real site: the demonstration town, served by waitress on a free port.

``browser_page(login, address, language="en", width=1280, theme="light")`` opens a page as that person of the town (None: as nobody);
whatever the console reports as an error fails the test. ``assert_accessible(page)`` asks axe for WCAG 2.2 AA.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page
from waitress import create_server

from app import create_app, demonstration, tables
from app.foundation.clock import KeptClock
from app.identity import accounts, sessions
from app.keeper.client import RemoteKeeper
from app.keeper.processes import Beside
from app.web import current
from config import Config
from tests.browser import axe, late


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for the town first waits until its past is played."""
    for item in items:
        if "site" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(1200))


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[Flask]:
    """The application with its demonstration town, served in a thread; ``config.base_url`` is where."""
    folder = tmp_path_factory.mktemp("site")
    environment = pytest.MonkeyPatch()  # the keeper's process reads its settings from there too
    environment.setenv("INSTANCE_FOLDER", str(folder))
    for name in ("DATABASE_URL", "SMTP_URL", "KEEPER_ADDRESS", "KEEPER_FOLDER", "KEEPER_SECRET"):
        environment.delenv(name, raising=False)
    config = Config(demonstration=True)
    app = create_app(config)
    house = app.extensions["tenderway"]
    tables.upgrade(house.database)
    demonstration.settle(house.database, config)
    KeptClock(config.clock_file).go_on()
    keeper = Beside(RemoteKeeper(config.keeper_address, config.keeper_secret), demonstration=True)
    keeper.start()
    server = create_server(app, host="127.0.0.1", port=0, threads=8)
    config.base_url = f"http://127.0.0.1:{server.effective_port}"
    serving = threading.Thread(target=server.run, daemon=True)
    serving.start()
    yield app
    server.task_dispatcher.shutdown()
    keeper.end()
    environment.undo()
    house.database.dispose()


BrowserPage = Callable[..., Page]


@pytest.fixture
def browser_page(chromium: Browser, site: Flask) -> Iterator[BrowserPage]:
    """Opens pages of the site; each in a browser context of its own."""
    config, house = site.extensions["tenderway-config"], site.extensions["tenderway"]
    said: list[str] = []
    contexts = []

    def open_page(
        login: str | None, address: str, *, language: str = "en", width: int = 1280, theme: str = "light"
    ) -> Page:
        context = chromium.new_context(
            locale={"en": "en-GB", "zh": "zh-CN"}[language],
            viewport={"width": width, "height": 900},
            color_scheme=theme,
        )
        contexts.append(context)
        if login is not None:
            with house.sessions() as session:
                account = accounts.by_login(session, login)
                assert account is not None, f"the town has nobody called {login}"
                token = sessions.open_for(session, account, browser="Chrome").token
                session.commit()
            context.add_cookies([{"name": current.cookie_name(False), "value": token, "url": config.base_url}])
        page = context.new_page()
        page.on("console", lambda message: said.append(_said(message)) if _is_trouble(message, page) else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(config.base_url + address)
        return late.scripted(page)

    yield open_page
    for context in contexts:
        context.close()
    assert said == []


def _said(message: ConsoleMessage) -> str:
    return f"{message.text} ({message.location['url']})"


def _is_trouble(message: ConsoleMessage, page: Page) -> bool:
    """Whether the console says that something is wrong; that a form was refused (the page itself, 422) isn't."""
    is_the_page = message.text.startswith("Failed to load resource") and message.location["url"] == page.url
    return message.type == "error" and not is_the_page


def found_by_axe(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA and its best practices on a page, with the first place of each."""
    return axe.violations(page, "best-practice")


@pytest.fixture
def violations() -> Callable[[Page], list[str]]:
    """``violations(page)``: what axe finds."""
    return found_by_axe


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """``assert_accessible(page)``."""

    def check(page: Page) -> None:
        found = found_by_axe(page)
        assert found == [], f"{page.url}: {found}"

    return check
