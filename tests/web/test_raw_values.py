"""No page of any role, in either language, shows what only the machine reads: every page of the shipped town that links lead to.

Codes, ids and settings that a person works with are set as such (``code``, ``tw-mono``, ``tw-hash``) and may stand there.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from enum import Enum
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from lxml import html
from werkzeug.exceptions import HTTPException

import app as program
from app import create_app
from app.foundation.text import Text
from app.identity import accounts, roles, sessions
from app.web import current
from tests import towns

PEOPLE = (None, "chen", "zhou", "wu", "zheng", "liu", "sun", "he", "jia", "kang", "gao", "lin", "qian", "shi", "zhao")
"""Nobody, and of each role somebody."""
PARTS = {"part"}
"""What in a query makes another page of one; all else chooses rows."""
NO_PAGES = {"static", "shell.favicon", "shell.is_alive", "shell.home", "identity.session_state", "documents.download", "documents.picture",
            "cases.diagram", "cases.state", "bonds.letter", "data.template", "portal.feed", "portal.process", "portal.records",
            "portal.releases", "portal.extension", "portal.checkpoints", "portal.tender_calendar", "portal.tender_documents", "results.draw_record",
            "demonstration.sample", "demonstration.statement", "studio.file", "studio.forms", "studio.known_decisions", "studio.known_processes",
            "studio.known_roles", "studio.templates", "supplier.certificate", "supplier.copy", "supplier.draft_file", "supplier.opening_record",
            "supplier.paper", "supplier.receipt_json", "supplier.receipt_key", "supplier.receipt_pdf"}  # fmt: skip
"""Files, data and ways on."""
ELSEWHERE = {"bonds.table", "breaches.show", "contracts.countersign", "contracts.decline", "contracts.lodge", "contracts.propose", "data.proposal",
             "experts.mine", "identity.set_password", "operations.move", "operations.resume", "operations.retry",
             "operations.take_back", "portal.breach", "queries.show", "results.evaluated", "starts.show", "studio.draft", "studio.proposal",
             "studio.propose", "studio.rehearse", "supplier.check", "tasks.done", "tenders.override", "tenders.terminate"}  # fmt: skip
"""What needs a mail's link, somebody's act before it, or isn't there in the town."""

SAID = ("title", "aria-label", "placeholder", "alt", "data-label", "data-confirm")
"""The attributes that people read or hear."""
NO_PROSE = {"script", "style", "template", "textarea", "svg", "code", "pre", "kbd"}
AS_SUCH = {"tw-mono", "tw-hash", "tw-diff--lines"}
FILE = re.compile(r"\S*\.(?:pdf|json|bpmn|dmn|csv|xlsx|docx?|zip|txt|xml|ofd)\b|https?://\S+|\S+@\S+")
"""Names of files and addresses, which people read as they are."""
EXAMPLE = re.compile(r"(?:Like |for example |例如)[\d.-]+")
"""What a person is to type."""
RAW = {
    "a representation": r"Decimal\(|datetime\.|Markup\(|Text\(|<[\w.]+ object|Undefined|undefined|\bNaN\b|\[\]|\{\}|[\[{(]['\"]",
    "a place not filled in": r"\{\{|\{%|%\(\w+\)|%[sd]\b",
    "an instant": r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d",
    "a day": r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])",
    "a period": r"(?<!\w)P(?:\d+[YMWD])+(?:T\d\w+)?(?!\w)|(?<!\w)PT\d",
    "a number": r"\d\.\d{5,}|(?<![\w.])\d+\.\d*[eE]\d",
    "an amount": r"CNY ?[\d-]|\d CNY|(?<![¥\d,])-?\d{1,3}(?:,\d{3})+\.\d\d(?![元\d])|(?<![\w.,-])\d{5,}\.\d\d?(?![\w.])",
    "an id": r"(?<!\w)(?=\d*[a-f])[0-9a-f]{12,}(?!\w)|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}",
    "a code": r"(?<![\w./-])[a-z]+(?:_[a-z]+)+(?![\w./-])|(?<![\w.])[a-z]{2,}[A-Z][a-z]\w*",
    "a key": r"(?<![\w./-])[a-z]{3,}(?:\.[a-z_]{3,})+(?![\w./])",
}
RAW_IN_CHINESE = {"a value of Python": r"\b(?:None|True|False|null|true|false)\b"}
AS_SENT = {"an amount", "an id"}
"""What the messages of the past hold: they are shown as they were sent."""


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return create_app(towns.settled(tmp_path_factory.mktemp("raw")))


@pytest.fixture(scope="module")
def codes():
    """What the program calls states, kinds and roles: the values of its enumerations, the keys of its tables of words."""
    found = set(roles.ROLES)
    for module in pkgutil.walk_packages(program.__path__, "app."):
        if not module.name.endswith("__main__"):
            found |= _codes_of(vars(importlib.import_module(module.name)).values())
    return {code for code in found if re.fullmatch(r"[a-z][a-z_-]+", code)}


def _codes_of(values):
    found = set()
    for value in values:
        if isinstance(value, type) and issubclass(value, Enum):
            found |= {str(one.value) for one in value}
        if isinstance(value, dict) and any(isinstance(one, Text) for one in value.values()):
            found |= {key for key in value if isinstance(key, str)}
    return found


def endpoint_of(office, path):
    try:
        return office.url_map.bind("").match(path)[0]
    except HTTPException:
        return None


def kind_of(office, address):
    """What page it is: its endpoint, and the part of it that the query chooses."""
    parts = urlsplit(address)
    return endpoint_of(office, parts.path), tuple(sorted(pair for pair in parse_qsl(parts.query) if pair[0] in PARTS))


def signed_in(office, login):
    client = office.test_client()
    if login is not None:
        with office.extensions["tenderway"].sessions() as session:
            token = sessions.open_for(session, accounts.by_login(session, login), browser="Chrome").token
            session.commit()
        client.set_cookie(current.cookie_name(False), token)
    return client


def pages(office, login):
    """One page of each kind that a person comes to, in both languages: its endpoint, language, address and tree."""
    client, seen = signed_in(office, login), set()
    todo = [rule.rule for rule in office.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments]
    while todo:
        address = todo.pop(0)
        kind = kind_of(office, address)
        if (
            kind in seen
            or kind[0] is None
            or kind[0] in NO_PAGES
            or re.search("format=|/language|lang=|theme=", address)
        ):
            continue
        for language in ("en", "zh"):
            answer = client.get(address, headers={"Accept-Language": language})
            if answer.status_code != 200 or answer.mimetype != "text/html":
                break
            seen.add(kind)
            tree = html.fromstring(answer.text)
            yield kind[0], language, address, tree
        else:
            links = (urljoin(address, link).partition("#")[0] for link in tree.xpath("//a/@href"))
            todo += [link for link in links if link.startswith("/")]


def texts(tree):
    """Every text that people read or hear, and whether it is in English on whatever page."""
    for element in tree.iter():
        around = [element, *element.iterancestors()] if isinstance(element.tag, str) else []
        if not around or NO_PROSE & {each.tag for each in around} or element.tag in ("meta", "link"):
            continue
        if AS_SUCH & {name for each in around for name in (each.get("class") or "").split()}:
            continue
        english = next((each.get("lang") for each in around if each.get("lang")), "").startswith("en")
        said = (element.text, *(child.tail for child in element), *(element.get(name) for name in SAID))
        yield from ((text.strip(), english) for text in said if text and text.strip())


def raw(endpoint, language, tree, codes):
    """What is raw on a page, with its kind."""
    checks = RAW | (RAW_IN_CHINESE if language == "zh" else {})
    for text, english in texts(tree):
        words = EXAMPLE.sub("", FILE.sub("", text))
        found = {what for what, pattern in checks.items() if re.search(pattern, words)}
        yield from ((what, text) for what in found - (AS_SENT if endpoint == "supplier.messages" else set()))
        if language == "zh" and not english and set(re.findall(r"(?<![\w-])[a-z][a-z_-]+(?![\w-])", words)) & codes:
            yield "a code", text


@pytest.mark.timeout(1200)
def test_no_page_of_any_role_shows_what_only_the_machine_reads(office, codes):
    found, visited = {}, set()
    for login in PEOPLE:
        for endpoint, language, address, tree in pages(office, login):
            visited.add(endpoint)
            for what, text in raw(endpoint, language, tree, codes):
                found.setdefault((endpoint, what, text), (login, language, address))
    every = {rule.endpoint for rule in office.url_map.iter_rules() if "GET" in rule.methods}
    assert every - visited - NO_PAGES == ELSEWHERE
    assert sorted(found.items()) == []


@pytest.mark.parametrize(
    ("markup", "wanted"),
    [
        ("<p>Budget CNY 2,380,000.00</p>", "an amount"),
        ("<p>Budget 2380000.00</p>", "an amount"),
        ("<p>Budget ¥2,380,000.00 and 1,200.00元</p>", None),
        ("<p>None</p>", "a value of Python"),
        ("<p>采购方式 open_tender</p>", "a code"),
        ("<p>状态 agency</p>", "a code"),
        ('<p>状态 <span lang="en">the agency</span></p>', None),
        ("<p>2026-03-02T09:30:00+08:00</p>", "an instant"),
        ('<p>摘要 <span class="tw-hash">3f5cc908ae10700edd31d5a307d288e8</span></p>', None),
        ("<p>摘要 3f5cc908ae10700edd31d5a307d288e8</p>", "an id"),
        ('<img alt="%(x)s">', "a place not filled in"),
        ("<p>比例0.3333333333</p>", "a number"),
        ("<p>JC-2026-0003-2.pdf</p>", None),
    ],
)
def test_what_is_raw_is_found(codes, markup, wanted):
    tree = html.fromstring(f'<html lang="zh-Hans"><body>{markup}</body></html>')
    assert {what for what, _ in raw("x", "zh", tree, codes)} == ({wanted} if wanted else set())
