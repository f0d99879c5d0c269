"""A tender in public: what is asked and how it is scored, its dates for a calendar, its documents to read and to take."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import pytest

from app.foundation import documents
from app.foundation.actor import SYSTEM
from app.procurement import tenders
from app.web import archives, calendars
from tests.web import tendering


@pytest.fixture
def house(app):
    return app.extensions["tenderway"]


@pytest.fixture
def tender(house, town, virtual_clock):
    return tendering.published(house, town, virtual_clock)


@pytest.fixture
def paper(house, tender):
    """The id of the Chinese tender documents, drawn."""
    with house.sessions() as session:
        drawn = documents.add(
            session,
            SYSTEM,
            name="招标文件: 输液泵.pdf",
            media_type="application/pdf",
            source=b"%PDF-1.7 drawn",
            case=None,
            kind="tender_documents",
            access="public",
        )
        tenders.get(session, tender.tender_id).versions[-1].document_zh_id = drawn.id
        session.commit()
        return drawn.id


def test_the_page_shows_what_is_asked_and_how_it_is_scored(house, tender, client):
    page = client.get(f"/portal/tenders/{tender.tender_id}?lang=zh").text
    with house.sessions() as session:
        found = tenders.get(session, tender.tender_id)
        said = [each.text_zh for each in found.requirements] + [each.name_zh for each in found.factors]
    assert said
    assert all(each in page for each in said)


def test_a_requirement_that_is_only_drafted_stays_out_of_the_page(house, tender, client):
    with house.sessions() as session:
        tenders.get(session, tender.tender_id).requirements[0].text_zh = "尚未公告的要求"
        session.commit()
    assert "尚未公告的要求" not in client.get(f"/portal/tenders/{tender.tender_id}?lang=zh").text


def test_the_whole_of_a_tender_comes_as_one_archive(house, tender, paper, client):
    answer = client.get(f"/portal/tenders/{tender.tender_id}/documents.zip?lang=en")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive, house.sessions() as session:
        contents = [archive.read(name) for name in archive.namelist()]
        assert archive.testzip() is None
        assert documents.read(session, paper) in contents
    assert answer.mimetype == "application/zip"


def test_the_calendar_tells_the_deadline_and_reminds_of_it(tender, client):
    answer = client.get(f"/portal/tenders/{tender.tender_id}/calendar.ics?lang=en")
    assert answer.mimetype == "text/calendar"
    assert f"DTSTART:{tender.deadline:%Y%m%dT%H%M%SZ}" in answer.text
    assert "TRIGGER:-PT1440M" in answer.text


@pytest.mark.parametrize("page", ["documents.zip", "calendar.ics"])
def test_nothing_is_given_of_what_was_not_published(client, page):
    assert client.get(f"/portal/tenders/{'0' * 32}/{page}").status_code == 404


def test_a_public_pdf_is_read_in_the_browser_where_that_is_asked(client, paper):
    answer = client.get(f"/documents/{paper}?view=1")
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert "sandbox" not in answer.headers["Content-Security-Policy"]


def test_a_pdf_is_a_download_where_nothing_else_is_asked(client, paper):
    assert client.get(f"/documents/{paper}").headers["Content-Disposition"].startswith("attachment")


def test_what_is_no_public_pdf_is_never_opened_in_the_browser(house, paper, client):
    with house.sessions() as session:
        documents.get(session, paper).media_type = "text/html"
        session.commit()
    answer = client.get(f"/documents/{paper}?view=1")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_files_of_one_name_are_numbered_in_an_archive():
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    entries = [("a/b.pdf", at, lambda: [b"one"]), ("a/b.pdf", at, lambda: [b"tw", b"o"])]
    with zipfile.ZipFile(io.BytesIO(b"".join(archives.zipped(entries)))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {"a/b.pdf": b"one", "a/b (2).pdf": b"two"}


def test_a_line_of_a_calendar_is_folded_between_signs_and_its_marks_are_escaped():
    now = datetime(2026, 3, 2, tzinfo=UTC)
    event = calendars.Event("1@x", date(2026, 3, 31), "投标截止；开标, 地点" * 12)
    lines = calendars.calendar([event], now=now).split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    unfolded = b"\r\n".join(lines).replace(b"\r\n ", b"").decode()
    assert "SUMMARY:" + "投标截止；开标\\, 地点" * 12 in unfolded
    assert "DTEND;VALUE=DATE:20260401" in unfolded
