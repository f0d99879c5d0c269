"""The demonstration's town on a test's database and clock, played half by a ``Play`` and half by browsers.

``person("chen")`` is a browser of that person. It reads pages as a browser would: ``open`` follows an address, ``do``
finds a task by its name in the inbox, ``fill`` takes a page's form with everything that stands in it, enters what is
told over it, and sends it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import event
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app import create_app
from app.demonstration import cases, town
from app.demonstration.players import Play
from app.foundation.clock import VirtualClock
from app.identity import sessions
from app.web import current
from config import Config
from tests import memory


class Refused(AssertionError):
    """A page wasn't answered as a browser hopes; its error summary says why."""


@dataclass
class Person:
    """A browser in which a person of the town is signed in."""

    app: Flask
    login: str
    client: Any = field(init=False)
    page: Any = None
    at: str = ""
    _signed_in_at: Any = None

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def _sign_in(self) -> None:
        """Sign in, again when the clock was turned since."""
        house = self.app.extensions["tenderway"]
        if self._signed_in_at == house.engine.clock.instant:
            return
        with house.sessions() as session:
            account = session.get_one(town.Account, town.actor(session, self.login).id)
            opened = sessions.open_for(session, account, address="127.0.0.1", browser="Firefox")
            session.commit()
        self.client.set_cookie(current.cookie_name(False), opened.token)
        self._signed_in_at = house.engine.clock.instant

    def open(self, address: str, *, expect: int = 200) -> Any:
        """Go to an address and read the page that comes."""
        self._sign_in()
        return self._read(self.client.get(address, follow_redirects=True), expect)

    def _read(self, answer: TestResponse, expect: int) -> Any:
        self.page = html.fromstring(answer.text) if answer.mimetype == "text/html" else None
        self.at = answer.request.path
        if answer.status_code != expect:
            raise Refused(
                f"{self.login}: {answer.status_code}: {self.said() if self.page is not None else answer.text}"
            )
        return self.page

    def said(self, selector: str = "error") -> str:
        """The words of the error summary (or of the elements of a class)."""
        classes = {"error": "govuk-error-summary"}
        return " ".join(" ".join(each.text_content().split()) for each in self.all(classes.get(selector, selector)))

    def all(self, class_: str) -> list[Any]:
        """The elements of a class."""
        return self.page.xpath(f"//*[contains(concat(' ', normalize-space(@class), ' '), ' {class_} ')]")

    def text(self) -> str:
        """All words of the page's main part."""
        return " ".join(self.page.xpath("//main")[0].text_content().split())

    def fill(
        self,
        fields: Mapping[str, Any] | None = None,
        *,
        button: tuple[str, str] | None = None,
        expect: int = 200,
        action: str | None = None,
    ) -> Any:
        """Send the page's form: what stands in it, with ``fields`` over it; ``button`` is the name and value pressed.

        A file is a tuple of its content (a binary file) and its name.
        """
        form = self._form(action)
        data: MultiDict[str, Any] = MultiDict(form.form_values())
        for name, value in (fields or {}).items():
            if isinstance(value, tuple):  # a file: its content and its name
                data.setlist(name, [value])
            else:
                data.setlist(name, [str(each) for each in (value if isinstance(value, list) else [value])])
        if button:
            data[button[0]] = button[1]
        answer = self.client.post(form.get("action") or self.at, data=data, follow_redirects=True)
        return self._read(answer, expect)

    def _form(self, action: str | None) -> Any:
        """The page's main form: the one with its acts, or the one that is sent to an address with that end."""
        forms = self.page.xpath("//main//form[@method='post']")
        if action is None:
            found = [form for form in forms if form.xpath(".//*[starts-with(@class, 'tw-acts')]")]
        else:
            found = [form for form in forms if (form.get("action") or "").endswith(action)]
        assert found, f"there is no such form on {self.at}"
        return found[0]

    def names(self, end: str) -> list[str]:
        """The names of the page's fields that end like this, each once, in the page's order."""
        return list(dict.fromkeys(name for name in self.page.xpath("//main//form//@name") if name.endswith(end)))

    def follow(self, words: str) -> Any:
        """Follow a link of the page by its words."""
        links = [link for link in self.page.xpath("//main//a[@href]") if words in " ".join(link.text_content().split())]
        assert links, f"there is no link “{words}” on {self.at}: {self.text()[:300]}"
        return self.open(links[0].get("href"))

    def do(self, task: str, fields: Mapping[str, Any] | None = None, *, expect: int = 200) -> Any:
        """Open a task from the inbox by its English name, fill its form in and send it."""
        self.take(task)
        return self.fill(fields, expect=expect)

    def take(self, task: str) -> Any:
        """Open a task from the inbox by its English name."""
        self.open("/inbox?lang=en")
        links = [link for link in self.page.xpath("//a[@data-open]") if task in link.text_content()]
        assert links, f"{self.login} has no task “{task}” in the inbox: {self.text()[:300]}"
        return self.open(links[0].get("href"))


@pytest.fixture
def site(database, virtual_clock, tmp_path) -> Iterator[Flask]:
    """The application in demonstration mode, with its town."""
    settings = Config(
        instance_folder=tmp_path,
        database_url=database.url.render_as_string(hide_password=False),
        secret_key="for tests",
        demonstration=True,
    )
    made = create_app(settings, clock=virtual_clock)
    house = made.extensions["tenderway"]
    if database.dialect.name == "sqlite":
        event.listen(house.database, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF").close())
    memory.found(house, virtual_clock, settings.processes_folder)
    yield made
    house.database.dispose()


@pytest.fixture
def play(site: Flask, virtual_clock: VirtualClock) -> Play:
    """Plays what a test only needs to have happened."""
    return Play(site.extensions["tenderway"], virtual_clock)


@pytest.fixture
def person(site: Flask) -> Callable[[str], Person]:
    """``person(login)``: a browser of that person's own."""
    return lambda login: Person(site, login)


@pytest.fixture
def case() -> cases.Case:
    """The demonstration's tender."""
    return cases.MAINTENANCE
