"""Every page that can be reached says of every text in the other language which language that is (WCAG 2.2, 3.1.2)."""

import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html

from app.identity import accounts, sessions
from app.web import current, words

pytestmark = pytest.mark.browser

STARTS = ("/portal", "/portal/results", "/inbox", "/cases", "/tenders", "/contracts", "/experts", "/people", "/studio",
          "/operations", "/supplier", "/supplier/messages", "/help")  # fmt: skip
KEPT = {"script", "style", "textarea", "option", "pre", "code", "kbd"}
MOST = 40
"""Pages that are looked at for each person; of pages of one kind two."""


def kind_of(address):
    return re.sub(r"[0-9a-f]{32}|JC-[\d-]+|\d+", "*", urlsplit(address).path)


@pytest.fixture
def pages(site):
    """``pages(login, language)``: the pages that a person comes to by links, each as (address, tree)."""

    def walk(login, language):
        client = site.test_client()
        if login is not None:
            with site.extensions["tenderway"].sessions() as session:
                token = sessions.open_for(session, accounts.by_login(session, login), browser="Chrome").token
                session.commit()
            client.set_cookie(current.cookie_name(False), token)
        todo, kinds = list(STARTS), Counter()
        while todo and sum(kinds.values()) < MOST:
            address = todo.pop(0)
            if kinds[kind_of(address)] == 2 or re.search("/download|/documents/|format=|/language", address):
                continue
            answer = client.get(address, headers={"Accept-Language": language})
            if answer.status_code != 200 or answer.mimetype != "text/html":
                continue
            kinds[kind_of(address)] += 1
            tree = html.fromstring(answer.text)
            yield address, tree
            todo += [path for link in tree.xpath("//a/@href") if (path := urljoin(address, link)).startswith("/")]

    return walk


def unmarked(tree, language):
    """The texts in the other language that no element says the language of."""
    for element in tree.find("body").iter():
        if not isinstance(element.tag, str) or KEPT & {element.tag, *(each.tag for each in element.iterancestors())}:
            continue
        spoken = next(each.get("lang") for each in (element, *element.iterancestors()) if each.get("lang"))
        for text in (element.text, *(child.tail for child in element)):
            tags = {tag for _, tag in words.by_language(language, text or "") if tag}
            if tags and spoken not in tags:
                yield text.strip()


def unmarked_fields(tree, language):
    """What fields hold, or lists let one choose, in the other language that they do not say the language of."""
    for field in tree.xpath("//textarea | //option | //input[not(@type) or @type='text' or @type='search']"):
        held = field.get("value", "") if field.tag == "input" else field.text_content()
        said = {each.get("lang") for each in (field, *field.iterancestors("template")) if each.get("lang")}
        if words.spoken_in(language, held) and not said:
            yield held.strip()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("login", [None, "chen", "sun", "guo", "an", "qian"])
def test_no_text_in_the_other_language_is_unmarked(pages, login, language):
    seen = list(pages(login, language))
    assert (len(seen) > 5, {tree.get("lang")[:2] for _, tree in seen}) == (True, {language})
    assert [(address, text) for address, tree in seen for text in unmarked(tree, language)] == []
    assert [(address, text) for address, tree in seen for text in unmarked_fields(tree, language)] == []


def test_a_field_says_the_language_of_what_is_typed_into_it(browser_page):
    field = browser_page("chen", "/search").locator("main input[name=q]")
    field.fill("医院的路灯")
    assert field.get_attribute("lang") == "zh-Hans"
    field.fill("lamps")
    assert field.get_attribute("lang") is None
