"""A file that is read beside what is decided by it: text and pictures, never opened as what a stranger brought."""

from __future__ import annotations

import pytest

from app.foundation import documents
from app.foundation.actor import Actor
from app.web.documents import MOST_READ


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
    page = sign_in("expert").get(f"/documents/{made}/read").text
    assert f'<img class="tw-reading__picture" src="/documents/{made}" alt=' in page


def test_what_can_not_be_shown_is_offered_to_take(sign_in, brought):
    made = brought("offer.pdf", b"%PDF-1.7\n")
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
