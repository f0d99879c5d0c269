"""People in real browsers on a demonstration that is served as ``make run`` serves it: nothing is done but through its pages.

``serve`` starts the program in a folder of its own. ``town.person("chen", "en")`` is a browser in which that person signs
in by the button of the sign-in page; ``turn`` and ``turn_to`` press the buttons of the clock bar on the page at hand.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

ROOT = Path(__file__).parents[2]
SERVES = "Tenderway serves on "
ENGLISH = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){3,}")
"""Four English words in a row: on a Chinese page a sentence that nobody translated."""

WAIT = 30_000
"""Milliseconds after which a page that doesn't come, or an element that isn't there, fails the walk."""
TURNED = 120_000
"""Milliseconds that a turn of the clock may take."""
MOST_TURNS = 60
"""How many things of other procurements may come before the one that is waited for."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """The address of a demonstration that is served from an empty folder."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {"PORT": str(port), "INSTANCE_FOLDER": str(folder)}
    command = [sys.executable, str(ROOT / "run.py"), "--demonstration"]
    with (
        (folder / "serving.log").open("w") as log,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True) as program,
    ):
        try:
            assert program.stdout is not None
            served = next((line for line in program.stdout if line.startswith(SERVES)), "")
            assert served, (folder / "serving.log").read_text()
            yield served.removeprefix(SERVES).strip()
        finally:
            program.terminate()
            program.communicate()


@dataclass
class Town:
    """A served demonstration and the browsers in it.

    ``number`` is the number of the procurement that is played, as soon as it has one: others are under way beside it.
    ``said`` is what was wrong with the pages: errors on a console, English on a Chinese page.
    """

    address: str
    chromium: Browser
    number: str = ""
    said: list[str] = field(default_factory=list)
    _people: dict[tuple[str | None, str], Person] = field(default_factory=dict)

    def person(self, login: str | None, language: str = "en", width: int = 1280) -> Person:
        """The browser of a person of the town (None: of somebody who doesn't sign in), opened once."""
        key = (login, language)
        if key not in self._people:
            context = self.chromium.new_context(
                base_url=self.address,
                locale={"en": "en-GB", "zh": "zh-CN"}[language],
                viewport={"width": width, "height": 900},
            )
            context.set_default_timeout(WAIT)
            page = context.new_page()
            page.on("console", lambda message: self._hear(message.type, message.text))
            page.on("pageerror", lambda error: self.said.append(str(error)))
            self._people[key] = Person(self, login, language, page)
        return self._people[key]

    def _hear(self, kind: str, words: str) -> None:
        """What a console says is kept if it is an error; a browser takes every page that refuses something for one."""
        if kind == "error" and "status of 422" not in words:
            self.said.append(words)

    def close(self) -> None:
        """Close the browsers."""
        for person in self._people.values():
            person.page.context.close()


@dataclass
class Person:
    """Somebody before their browser."""

    town: Town
    login: str | None
    language: str
    page: Page
    password: str | None = None
    """Of somebody who isn't among the people of the demonstration."""

    # -- going

    def go(self, address: str) -> Person:
        """Open an address, signing in first where that is asked for."""
        self.page.goto(address, wait_until="domcontentloaded")
        if self.login is not None and (address == "/sign-in" or "/sign-in" in self.page.url):
            self.sign_in()
        return self.arrive()

    def arrive(self) -> Person:
        """Look over the page that came."""
        if self.language == "zh" and (found := ENGLISH.search(self.page.locator("body").inner_text())):
            self.town.said.append(f"English on {self.page.url}: {found[0]}")
        return self

    def sign_in(self) -> None:
        """Choose oneself among the people of the demonstration, or enter name and password."""
        if self.password is not None:
            self.fill({"Sign-in name": self.login, "Password": self.password}).press("Sign in")
            return
        card = self.page.locator(".tw-people button").filter(has=self.page.get_by_text(re.compile(rf"^{self.login}$")))
        if not card.is_visible():
            self.page.locator(".tw-others > summary").click()
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            card.click()

    def follow(self, words: str | re.Pattern[str], within: str = "main", which: int = 0) -> Person:
        """Click a link by its words."""
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.page.locator(within).get_by_role("link").filter(has_text=words).nth(which).click()
        return self.arrive()

    def take(self, task: str) -> Person:
        """Open a task of the inbox by its name, in the procurement that is played."""
        self.go("/inbox")
        self.rows(task, self.town.number).first.locator("a[data-open]").click()
        expect(self.page.locator("h1")).to_contain_text(task)
        return self.arrive()

    def rows(self, *words: str) -> Locator:
        """The rows of a list that say all of this."""
        found = self.page.locator("main tbody tr")
        for each in words:
            found = found.filter(has_text=each)
        return found

    # -- turning the clock

    def turn(self, words: str) -> Person:
        """Press a button of the clock bar and wait until the clock has been turned; its progress has no bar."""
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.page.locator(".tw-clock").get_by_role("button", name=_begins(words)).click()
        expect(self.page.locator(".tw-clock")).to_be_visible(timeout=TURNED)
        return self.arrive()

    def turn_to(self, thing: str) -> Person:
        """Turn to what is next, until that was this thing of the procurement that is played."""
        words = {"en": "To the next event", "zh": "快进至下一事项"}[self.language]
        told = self.page.locator(".tw-clock").get_by_role("button", name=_begins(words))
        for _ in range(MOST_TURNS):
            following = told.inner_text()
            self.turn(words)
            if thing in following and self.town.number in following:
                return self
        raise AssertionError(f"the clock bar never names “{thing}” of {self.town.number}")

    # -- filling in

    def fill(self, values: Mapping[str, Any]) -> Person:
        """Enter values by the labels of their fields."""
        for label, value in values.items():
            self.enter(label, value)
        return self

    def enter(self, label: str, value: Any) -> None:
        """Enter one value: text, a choice by its words, several of them, True or False, files by their paths."""
        main = self.page.locator("main")
        group = main.get_by_role("group", name=_begins(label))
        if group.count() and value is not True:
            for choice in value if isinstance(value, list) else [value]:
                group.first.get_by_label(_begins(choice)).first.check()
            return
        exact = main.get_by_label(re.compile(rf"^\s*{re.escape(label)}(\s*[（(](optional|选填)[)）])?\s*$"))
        control = exact.first if exact.count() else main.get_by_label(_begins(label)).first
        kind = control.evaluate("e => e.tagName == 'INPUT' ? e.type : e.tagName.toLowerCase()")
        if kind == "select":
            control.select_option(value=_option(control, str(value)))
        elif kind in ("checkbox", "radio"):
            control.set_checked(bool(value))
        elif kind == "file":
            control.set_input_files(value)
        else:
            control.fill(str(value))

    def fill_all(self, label: str, value: str) -> Person:
        """Enter the same in every field of that label."""
        for control in self.page.locator("main").get_by_label(label, exact=True).all():
            control.fill(value)
        return self

    def check_all(self, choice: str) -> Person:
        """Make the same choice in every row."""
        for radio in self.page.locator("main").get_by_role("radio", name=choice, exact=True).all():
            radio.check()
        return self

    def press(self, words: str, *, sure: str | None = None, refused: bool = False) -> Person:
        """Press a button by its words (and ``sure`` in the question that follows) and wait for the page that answers."""
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.page.locator("main").get_by_role("button", name=_begins(words)).first.click()
            if sure is not None:
                self.page.get_by_role("dialog").get_by_role("button", name=sure).click()
        problems = self.page.locator(".govuk-error-summary")
        if refused:
            expect(problems).to_be_visible()
        elif problems.count():
            raise AssertionError(f"{self.login}: {words}: {problems.inner_text()}")
        return self.arrive()

    def keep(self, words: str, path: Path) -> None:
        """Follow a link that downloads, and keep the file."""
        with self.page.expect_download() as download:
            self.page.locator("main").get_by_role("link").filter(has_text=words).first.click()
        download.value.save_as(path)

    def do(self, task: str, values: Mapping[str, Any], button: str) -> Person:
        """Take a task, fill its form in and send it."""
        return self.take(task).fill(values).press(button)

    # -- reading

    @property
    def words(self) -> str:
        """What the page's main part says."""
        return self.page.locator("main").inner_text()

    def sees(self, *words: str) -> Person:
        """Assert that the page says this."""
        for each in words:
            expect(self.page.locator("main")).to_contain_text(each)
        return self


def _begins(words: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*{re.escape(words)}")


def _option(control: Locator, words: str) -> str:
    """The value of a select's option whose words begin with these."""
    for option in control.locator("option").all():
        if option.inner_text().strip().startswith(words):
            return option.get_attribute("value") or ""
    raise AssertionError(f"there is no option “{words}”: {control.inner_text()}")
