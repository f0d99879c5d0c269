"""Nothing readable of a bid is left where it was served: not in the server's memory, its database, its folder or a backup."""

import os
import secrets
import sqlite3
import sys
import threading
import time
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from app.foundation import vouchers, wiping
from app.procurement import bids, projects, tenders
from measuring.load import bidders, offices

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform != "linux", reason="reads another process's memory"),
]
SIZES = (700, 40_000, 400_000, 3_000_000)
"""Of files that are taken in within a packet, in memory, at its limit, and through the spool."""
PATIENCE = 60
"""Seconds: the server looks for garbage four times a minute."""
FURTHER = 10
"""Requests that follow, by which all that the bid's own left to be collected is."""
PAGES = ("/portal", "/sign-in", "/help", "/supplier")


def canary():
    """A word of its own, which this program has nowhere else."""
    return f"canary{secrets.token_hex(16)}"


class Browser:
    """A signed-in bidder of an office, who sends what a browser would."""

    def __init__(self, office, bidder):
        self.place, self.form = f"http://127.0.0.1:{office.port}", bidders.form_of(office.port)
        vouched = vouchers.vouched((office.folder / "secret-key").read_text(), bidder.token)
        self.cookie = f"tenderway={vouched}; {self.form.cookie}"

    def get(self, address):
        asked = urllib.request.Request(self.place + address, headers={"Cookie": self.cookie})
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return answer.read()

    def post(self, address, fields, files=()):
        edge, parts = uuid4().hex, []
        for name, value in (("csrf_token", self.form.token), *fields):
            parts.append(f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
        for name, file, data in files:
            head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
            parts.append(head.encode() + b"Content-Type: text/plain\r\n\r\n" + data + b"\r\n")
        body = b"".join((*parts, f"--{edge}--\r\n".encode()))
        headers = {"Cookie": self.cookie, "Content-Type": f"multipart/form-data; boundary={edge}"}
        asked = urllib.request.Request(self.place + address, body, headers)
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return answer.geturl()


@dataclass
class Served:
    """An office that serves, after a bid with these words in its form and in its files was sealed there."""

    office: offices.Office
    typed: str
    attached: str


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder, typed, attached = tmp_path_factory.mktemp("served"), canary(), canary()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("INSTANCE_FOLDER", str(folder))
        for name in wiping.SETTINGS:
            patched.delenv(name, raising=False)
        with offices.opened(folder, f"sqlite:///{folder / 'tenderway.db'}") as office:
            browser = written_and_sealed(office, typed, attached)
            for number in range(FURTHER):
                browser.get(PAGES[number % len(PAGES)])
            yield Served(office, typed, attached)


def fields(office, lot_id, word):
    """What is typed into the form of a complete bid."""
    with office.house.sessions() as session:
        items = [item.id for item in projects.lot(session, lot_id).items]
        wanted = [one.id for one in bids.requirements_of(tenders.of_lot(session, lot_id), lot_id)]
    return [
        ("_after", "0"),
        ("price", "570000.00"),
        ("delivery_days", "30"),
        ("validity_days", "90"),
        ("brand", word),
        ("sme", "small"),
        ("domestic", "true"),
        *((f"prices-{item}", "285000.00") for item in items),
        *((f"responses-{one}", f"{word} {'more ' * 200}") for one in wanted),
        *(("declarations", name) for name in bids.DECLARATIONS),
    ]


def written_and_sealed(office, typed, attached):
    """A bid that is written, looked at and sealed in a browser."""
    lot_id = offices.tender(office)
    (bidder,) = offices.bidders(office, lot_id, 1, 10)
    browser, place = Browser(office, bidder), f"/supplier/lots/{lot_id}/bid"
    files = [("file-T1", f"{size}.txt", (f"{attached} " * (size // len(attached))).encode()) for size in SIZES]
    browser.post(place, fields(office, lot_id, typed), files)
    assert typed.encode() in browser.get(place)
    browser.get(f"{place}/check")
    assert "/supplier/bids/" in browser.post(f"{place}/submit", [("_key", secrets.token_urlsafe(24))])
    return browser


def memory_of(process):
    """All that a process can read and write of its own, as one piece for each of its areas."""
    with open(f"/proc/{process}/mem", "rb", 0) as memory:
        for line in Path(f"/proc/{process}/maps").read_text().splitlines():
            place, may = line.split()[:2]
            start, end = (int(part, 16) for part in place.split("-"))
            if may.startswith("rw"):
                memory.seek(start)
                yield memory.read(end - start)


def found_in(process, word):
    """How often a word stands in the memory of a process, in the encodings in which Python keeps texts."""
    spelled = [word.encode(), word.encode("utf-16-le"), word.encode("utf-32-le")]
    return sum(area.count(one) for area in memory_of(process) for one in spelled)


@pytest.mark.parametrize("what", ["attached", "typed"])
def test_nothing_of_a_sealed_bid_is_left_in_the_memory_of_the_server_or_of_what_it_started(served, what):
    server = served.office.server.pid
    for process in (server, *started_by(server)):
        found = f"{Path(f'/proc/{process}/cmdline').read_bytes()} holds what was {what}"
        assert until_gone(process, getattr(served, what)), found


def test_nothing_of_it_is_left_in_the_database_a_backup_or_the_folder(served, tmp_path):
    folder, backup = served.office.folder, tmp_path / "backup.db"
    with closing(sqlite3.connect(folder / "tenderway.db")) as source, closing(sqlite3.connect(backup)) as target:
        source.backup(target)
    for path in (backup, *(path for path in folder.rglob("*") if path.is_file())):
        content = path.read_bytes()
        assert not [word for word in (served.typed, served.attached) if word.encode() in content], path


def started_by(process):
    """The processes that a process has started: the keeper and the sealer."""
    found = [
        int(place.parent.name)
        for place in Path("/proc").glob("[0-9]*/stat")
        if int(place.read_text().rpartition(")")[2].split()[1]) == process
    ]
    assert len(found) >= 2, found
    return found


def until_gone(process, word):
    """Whether a process forgets a word, as soon as it has looked for garbage."""
    end = time.monotonic() + PATIENCE
    while found_in(process, word):
        if time.monotonic() > end:
            return False
        threading.Event().wait(1)
    return True


def test_what_is_looked_for_is_found_where_it_is():
    word = canary()
    held = [word.encode() * 100, os.urandom(10)]
    assert found_in(os.getpid(), word) >= len(held)
