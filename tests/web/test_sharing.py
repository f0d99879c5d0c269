"""What is the same for everybody is kept, asked for again by its digest and compressed; what is somebody's own never is."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html
from werkzeug.exceptions import HTTPException

from app import create_app
from app.identity import accounts, sessions
from app.web import current
from app.web.permissions import RULES
from tests import towns
from tests.web.test_demonstration import demonstration  # noqa: F401

PACKED = {"Accept-Encoding": "gzip"}
OWN = {"identity.sign_in", "identity.forgotten", "identity.session_state", "supplier.register", "portal.verify", "shell.help_page",
       "shell.is_alive"}  # fmt: skip
"""What a stranger may ask for and is a browser's own: pages with a form hold its token; states are never kept."""
FILES = {"shell.favicon"}
MADE_ANEW = {"portal.tender_documents"}
"""An archive that is made while it is sent."""
ELSEWHERE = {"shell.home", "demonstration.clock", "identity.set_password", "portal.tender_calendar", "portal.checkpoints", "portal.breach",
             "results.draw", "results.draw_record", "static"}  # fmt: skip
"""What leads on, needs a mail's link, or isn't there in the town."""


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """The town with all that it has published, as a real office shows it."""
    config = towns.settled(tmp_path_factory.mktemp("sharing"))
    config.demonstration = False
    return create_app(config)


@pytest.fixture(scope="module")
def public(office):
    """One address of each endpoint that anybody may read, found by links from the portal: ``{endpoint: address}``."""
    client, found = office.test_client(), {}
    todo = ["/portal", "/help", "/portal/feed.atom", "/favicon.ico", "/alive", "/sign-in", "/session"]
    urls = office.url_map.bind("")
    while todo:
        address = todo.pop(0)
        endpoint = _endpoint(urls, urlsplit(address).path)
        if endpoint is None or endpoint in found or endpoint == "static" or not RULES[endpoint].public:
            continue
        answer = client.get(address)
        if answer.status_code != 200:
            continue
        found[endpoint] = address
        if answer.mimetype == "text/html":
            links = html.fromstring(answer.text).xpath("//a/@href | //link/@href")
            todo += [re.sub(r"^https?://[^/]+", "", urljoin(address, link)) for link in links]
    return found


def _endpoint(urls, path):
    """The endpoint of an address of ours, or None."""
    try:
        return urls.match(path)[0]
    except HTTPException:
        return None


def ask(office, address, **headers):
    return office.test_client().get(address, headers=PACKED | headers)


def test_every_page_for_everybody_is_tried(office, public):
    known = {
        rule.endpoint for rule in office.url_map.iter_rules() if RULES[rule.endpoint].public and "GET" in rule.methods
    }
    assert known - public.keys() == ELSEWHERE


def test_what_is_everybodys_is_kept_and_asked_for_again(office, public):
    for endpoint in public.keys() - OWN - FILES:
        answer = ask(office, public[endpoint])
        assert answer.headers["Cache-Control"] == "public, no-cache", endpoint
        assert {"Cookie", "Accept-Language"} <= set(answer.vary), endpoint
        assert "Set-Cookie" not in answer.headers, endpoint


def test_what_has_not_changed_is_not_sent_again(office, public):
    for endpoint in public.keys() - OWN - MADE_ANEW:
        etag = ask(office, public[endpoint]).headers["ETag"]
        again = ask(office, public[endpoint], **{"If-None-Match": etag})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag), endpoint
        assert "no-cache" in again.headers["Cache-Control"] or endpoint in FILES, endpoint


def test_what_is_long_is_compressed_for_who_can_read_it(office, public):
    for endpoint in public.keys() - OWN - FILES:
        packed, plain = ask(office, public[endpoint]), office.test_client().get(public[endpoint])
        is_text = packed.mimetype.startswith(("text/", "application/json", "application/atom"))
        is_packed = is_text and len(plain.data) >= 1024
        assert (packed.headers.get("Content-Encoding"), "Accept-Encoding" in plain.vary) == (
            "gzip" if is_packed else None,
            is_packed,
        ), endpoint
        if is_packed:
            assert gzip.decompress(packed.data) == plain.data, endpoint


def test_what_is_a_browsers_own_is_neither_kept_by_others_nor_compressed(office, public):
    for endpoint in OWN:
        answer = ask(office, public[endpoint])
        assert "Content-Encoding" not in answer.headers, endpoint
        assert answer.headers["Cache-Control"] in ("private, no-cache", "no-store"), endpoint


def test_no_page_for_who_is_signed_in_is_kept_or_compressed(office, public, monkeypatch):
    monkeypatch.setattr(office.extensions["tenderway-config"], "demonstration", True)  # whose people the town's are
    with office.extensions["tenderway"].sessions() as session:
        token = sessions.open_for(session, accounts.by_login(session, "chen"), browser="Chrome").token
        session.commit()
    client = office.test_client()
    client.set_cookie(current.cookie_name(False), token)
    for endpoint, address in public.items():
        answer = client.get(address, headers=PACKED)
        if answer.mimetype != "text/html":
            continue  # open data asks nobody who they are, and is the same for all
        assert (answer.headers["Cache-Control"], answer.headers.get("Content-Encoding")) == ("no-store", None), endpoint


def test_a_choice_of_language_is_told_to_its_browser_alone(office):
    answer = ask(office, "/portal?lang=zh")
    assert ("Set-Cookie" in answer.headers, answer.headers["Cache-Control"]) == (True, "private, no-cache")


def test_every_file_is_the_same_for_every_browser(office):
    """No cookie decides what a file is, and none is set, whatever the browser sends."""
    client = office.test_client()
    client.get("/sign-in?lang=zh")
    folder = Path(office.static_folder)
    addresses = [f"/static/{path.relative_to(folder)}" for path in folder.rglob("*") if path.is_file()]
    for address in (*addresses, "/favicon.ico"):
        answer = client.get(f"{address}?lang=en&theme=dark", headers=PACKED)
        assert (answer.status_code, set(answer.vary) - {"Accept-Encoding"}) == (200, set()), address
        assert "Set-Cookie" not in answer.headers, address
        assert answer.headers["Cache-Control"].startswith("public, max-age="), address
        answer.close()


def test_where_the_clock_can_be_turned_the_portal_is_shared_too(demonstration, client):  # noqa: F811
    first = client.get("/portal", headers=PACKED)
    assert (first.headers["Content-Encoding"], 'class="tw-clock"' in gzip.decompress(first.data).decode()) == (
        "gzip",
        True,
    )
    demonstration.turn_to(demonstration.instant + timedelta(days=1))
    again = client.get("/portal", headers=PACKED | {"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
