"""The open data says what the portal's pages say: every amount, day, quantity and name of it stands on them."""

from __future__ import annotations

import html
import json
import re
from datetime import datetime
from decimal import Decimal

import pytest

from app import create_app
from app.foundation import workdays
from app.foundation.clock import PLACE
from app.procurement import disclosure
from app.web import words
from tests import towns

CHINESE = words.Place("zh", PLACE, datetime(2026, 7, 6, tzinfo=PLACE), workdays.Calendar({}, frozenset()))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """The shipped town with all it published, each project's state published anew: ``(client, records)``."""
    app = create_app(towns.settled(tmp_path_factory.mktemp("open-data")))
    house = app.extensions["tenderway"]
    with house.sessions() as session:
        processes = [(process.project_id, process.ocid) for process in disclosure.processes(session)]
        for project_id, _ in processes:
            disclosure.release(session, project_id=project_id, tags=["implementationUpdate"])
        session.commit()
        records = [disclosure.record(session, ocid) for _, ocid in processes]
    return app.test_client(), records


def newest(records):
    return [record["releases"][-1] for record in records]


def fetch(client, address):
    answer = client.get(address.removeprefix("http://127.0.0.1:8000"), headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 200, address
    return answer.text


def read(page):
    """A page's text as somebody sees it."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", page)))


def pages_of(section):
    return [each["url"] for each in section["documents"] if each["format"] == "text/html"]


def said(node, key=""):
    """What of a section people read: each amount, day, quantity and name as a page writes it."""
    if isinstance(node, list):
        for each in node:
            yield from said(each, key)
    elif isinstance(node, dict) and set(node) == {"amount", "currency"}:
        yield words.money("zh", Decimal(str(node["amount"])), node["currency"])
    elif isinstance(node, dict):
        for name, part in node.items():
            yield from said(part, name)
    elif key in ("endDate", "dateSigned", "dateMet"):
        yield words.day(CHINESE, datetime.fromisoformat(node), "long")
    elif key == "quantity":
        yield words.number("zh", Decimal(str(node)))
    elif key in ("name", "rationale"):
        yield node


PARTS = {
    "contracts": ("title", "value", "dateSigned", "period", "items", "amendments"),
    "awards": ("value", "items", "suppliers"),
    "tender": ("title", "value", "lots", "procuringEntity"),
}


def sections(release):
    yield "tender", release["tender"], [*pages_of(release["tender"]), f"/portal/tenders/{release['tender']['id']}"]
    for award in release.get("awards", ()):
        yield "awards", award, pages_of(award)
    for contract in release.get("contracts", ()):
        yield "contracts", contract, pages_of(contract)


def told(client, kind, addresses):
    """What the pages of a section say, of a contract's also the page its notice leads to."""
    pages = [fetch(client, address) for address in addresses]
    if kind == "contracts":
        pages += [fetch(client, link) for page in pages for link in re.findall(r'href="(/portal/contracts/\w+)', page)]
    return " ".join(map(read, pages))


def test_the_pages_say_what_the_data_says(world):
    client, records = world
    missing, counted = [], 0
    for release in newest(records):
        for kind, section, addresses in sections(release):
            page = told(client, kind, addresses)
            values = list(said({name: section[name] for name in PARTS[kind] if name in section}))
            counted += len(values)
            missing += [(kind, section["id"], each) for each in values if each not in page]
    assert (missing, counted > 50) == ([], True)


def test_every_address_of_a_package_answers(world):
    client, records = world
    found = set(re.findall(r'"(http://127\.0\.0\.1:8000/[^"]+)"', json.dumps([newest(records), package_of(client)])))
    assert {address: client.get(address[21:]).status_code for address in found} == dict.fromkeys(found, 200)
    assert "http://127.0.0.1:8000/portal/open-data" in found


def package_of(client):
    return client.get("/portal/open-data/releases/1.json").json


def test_everything_keeps_to_the_standard(world):
    client, _ = world
    for address in ("/portal/open-data/releases/1.json", "/portal/open-data/records/1.json"):
        assert list(disclosure.violations(client.get(address).json)) == []


def test_titles_are_in_the_language_of_the_release(world):
    _, records = world
    found = [title for release in newest(records) for title in titles(release)]
    assert len(found) > 30
    assert [title for title in found if not re.search(r"[\u4e00-\u9fff]", title)] == []


def titles(node):
    if isinstance(node, list):
        for each in node:
            yield from titles(each)
    elif isinstance(node, dict):
        for key, part in node.items():
            yield from [part] if key == "title" else titles(part)


def test_a_notice_stands_where_it_belongs_and_once(world):
    _, records = world
    for release in newest(records):
        kinds = [(each["url"], each["documentType"]) for each in documents(release) if "/notices/" in each["url"]]
        assert len(kinds) == len(dict(kinds))
        places = {"tender": {"tenderNotice", "clarifications", "biddingDocuments", "cancellationDetails"}}
        assert {each["documentType"] for each in release["tender"]["documents"]} <= places["tender"]
        for contract in release.get("contracts", ()):
            assert contract["documents"][0]["documentType"] == "contractNotice"


def documents(node):
    if isinstance(node, list):
        for each in node:
            yield from documents(each)
    elif isinstance(node, dict):
        for key, part in node.items():
            yield from part if key == "documents" else documents(part)
