"""A file that is read beside what is decided by it: text and pictures, never opened as what a stranger brought."""

from __future__ import annotations

import re
from unittest.mock import Mock

import pytest

from app import viewer
from app.foundation import documents
from app.foundation.actor import Actor
from app.web.documents import MOST_READ
from tests.viewer import pdfs


@pytest.fixture
def brought(app, town):
    """``brought(name, content)``: the id of a file that everybody may see."""

    def bring(name, content, access="public"):
        with app.extensions["tenderway"].sessions() as session:
            person = Actor("bidder", "恒信", town.supplier)
            made = documents.add(session, person, name=name, source=content, case=None, kind="x", access=access)
            session.commit()
            return made.id

    return bring


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_is_read_in_the_encodings_people_use(sign_in, brought, encoding):
    page = sign_in("expert").get(f"/documents/{brought('承诺.txt', '承诺年开机率'.encode(encoding))}/read").text
    assert "承诺年开机率" in page


def test_what_a_stranger_wrote_is_words_and_nothing_else(sign_in, brought):
    page = sign_in("expert").get(f"/documents/{brought('a.html', b'<b>hello</b><script>1</script>')}/read").text
    assert "<script>1" not in page
    assert "<b>hello" not in page


def test_of_a_long_text_the_beginning_is_shown_and_it_says_so(sign_in, brought):
    content = ("路" * MOST_READ).encode()
    page = sign_in("expert").get(f"/documents/{brought('a.txt', content)}/read").text
    assert page.count("路") <= MOST_READ // 3 + 10
    assert "Only the beginning is shown." in page


def test_a_picture_is_shown_as_one(sign_in, brought):
    made = brought("plan.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    page = " ".join(sign_in("expert").get(f"/documents/{made}/read").text.split())
    assert f'<img class="tw-reading__picture" src="/documents/{made}" alt=' in page


@pytest.fixture
def offer(brought):
    """An offer of three pages."""
    return brought("offer.pdf", pdfs.offer(3))


def test_a_page_of_a_pdf_is_shown_with_its_words_and_the_ways_to_the_others(sign_in, offer):
    page = sign_in("expert").get(f"/documents/{offer}/read?page=2&back=/tasks/1").text
    assert "Page 2 of 3" in page
    assert "Page 2 of the offer" in page
    ways = dict(re.findall(r'rel="(prev|next)" data-reading-page\s+href="([^"]+)"', page))
    assert ways == {way: f"/documents/{offer}/read?back=/tasks/1&amp;page={n}" for way, n in (("prev", 1), ("next", 3))}


def test_the_picture_of_a_page_is_one_and_nothing_keeps_it(sign_in, offer):
    answer = sign_in("expert").get(f"/documents/{offer}/pages/3")
    assert (answer.mimetype, answer.data[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_page_that_is_enlarged_stays_so_on_the_next(sign_in, offer):
    page = sign_in("expert").get(f"/documents/{offer}/read?closer=").text
    assert f'src="/documents/{offer}/pages/1?closer="' in page
    assert "page=2&amp;closer=" in page


@pytest.mark.parametrize(("name", "why"), [("locked", "it is protected by a password"), ("cut off", "it is damaged")])
def test_a_pdf_that_can_not_be_shown_says_why_and_is_offered_to_take(sign_in, brought, name, why):
    made = brought("offer.pdf", pdfs.HARMFUL[name])
    page = sign_in("expert").get(f"/documents/{made}/read").text
    assert f"This PDF cannot be shown here: {why}" in page
    assert f'href="/documents/{made}" download' in page


@pytest.mark.parametrize("address", ["read", "read?page=2", "pages/1"])
def test_the_pages_of_a_file_are_for_who_may_have_it(sign_in, client, brought, address):
    made = brought("offer.pdf", pdfs.offer(3), "private")
    assert sign_in("buyer-handler").get(f"/documents/{made}/{address}").status_code == 403
    assert client.get(f"/documents/{made}/{address}").status_code in (303, 401)


@pytest.mark.parametrize(("number", "status"), [(0, 422), (4, 422), (1, 200)])
def test_there_is_a_picture_of_each_page_and_of_no_other(sign_in, offer, number, status):
    assert sign_in("expert").get(f"/documents/{offer}/pages/{number}").status_code == status


def test_only_a_pdf_has_pages(sign_in, brought):
    assert sign_in("expert").get(f"/documents/{brought('a.txt', b'x')}/pages/1").status_code == 404


def test_while_so_many_open_files_one_is_told_to_try_again(sign_in, offer, monkeypatch):
    monkeypatch.setattr(viewer, "look", Mock(side_effect=viewer.Busy))
    expert = sign_in("expert")
    assert "Try again in a few seconds." in expert.get(f"/documents/{offer}/read").text
    assert expert.get(f"/documents/{offer}/pages/1").status_code == 503


def test_what_can_not_be_shown_is_offered_to_take(sign_in, brought):
    made = brought("offer.zip", b"PK\x05\x06" + b"\0" * 18)
    page = sign_in("expert").get(f"/documents/{made}/read").text
    assert "This kind of file cannot be shown here." in page
    assert f'href="/documents/{made}" download' in page


def test_a_file_that_is_not_for_its_reader_is_not_read(sign_in, brought):
    assert sign_in("buyer-handler").get(f"/documents/{brought('a.txt', b'x', 'private')}/read").status_code == 403


def test_the_way_back_leads_nowhere_else(sign_in, brought):
    made = brought("a.txt", b"x")
    client = sign_in("expert")
    assert 'href="https://evil.example' not in client.get(f"/documents/{made}/read?back=https://evil.example/").text
    assert 'href="/tasks/1"' in client.get(f"/documents/{made}/read?back=/tasks/1").text
