"""Every paper with the longest and the emptiest data, in both languages: what its pages show, and where."""

from __future__ import annotations

import io
import re
from functools import cache

import pypdfium2
import pytest
from pypdf import PdfReader

from app.foundation.text import Text
from app.procurement import papers, tenders
from app.procurement.rules.laws import LAWS
from tests.procurement.papers.extremes import TOKEN, emptiest, longest, paired
from tests.procurement.papers.samples import CONTENTS

LANGUAGES = ["zh", "en"]
MILLIMETRE = 72 / 25.4
LEFT, RIGHT, TOP = 28 * MILLIMETRE, (210 - 26) * MILLIMETRE, (297 - 30) * MILLIMETRE
TOLERANCE = 4
"""A space at the end of a line and the air over a letter may stand out as much, in points."""
CODE = re.compile(rf"\b(?:{'|'.join(law for law in LAWS if law.isascii() and law != 'policy')}) ?\d+")
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
HAN = re.compile(r"[\u4e00-\u9fff]+")
ENGLISH = re.compile(r"[A-Za-z]{3,}")
NAMES = {"SHA"}
"""What Chinese papers write in Latin letters too."""

EXTREMES = {
    "longest": lambda name: longest(CONTENTS[name]),
    "emptiest": lambda name: emptiest(name, CONTENTS[name]),
    "usual": lambda name: CONTENTS[name],
}


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def outside(pdf: bytes) -> list[str]:
    """The letters and lines that stand past a margin, with their page."""
    found = []
    with pypdfium2.PdfDocument(pdf) as document:
        for number, page in enumerate(document, 1):
            text = page.get_textpage()
            rects = [text.get_rect(i) for i in range(text.count_rects())]
            boxes = [(text.get_text_bounded(*rect), rect) for rect in rects if _is_out(rect)]
            drawn = [("line", each.get_bounds()) for each in page.get_objects() if each.type == 2]
            found += [f"page {number}: {what!r} at {box}" for what, box in boxes + drawn if _is_out(box)]
    return found


def _is_out(box: tuple[float, float, float, float]) -> bool:
    left, _, right, top = box
    return left < LEFT - TOLERANCE or right > RIGHT + TOLERANCE or top > TOP + TOLERANCE


@cache
def drawn(name: str, extreme: str, language: str) -> bytes:
    return papers.draw(name, EXTREMES[extreme](name), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(CONTENTS))
@pytest.mark.parametrize("extreme", EXTREMES)
def test_nothing_stands_past_a_margin(name, language, extreme):
    assert outside(drawn(name, extreme, language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tender_documents_keep_their_margins(tender, language):
    content = longest({**tenders.content(tender), "dated_on": "2026-03-02"} | {"bid_deadline_at": None})
    content |= {"method": Text("open tender", "公开招标"), "review_method": "comprehensive", "dated_on": "2026-03-02"}
    assert outside(papers.draw("tender_documents", content, language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(CONTENTS))
@pytest.mark.parametrize("extreme", EXTREMES)
def test_no_paper_shows_a_code_of_a_law_or_a_day_in_digits(name, language, extreme):
    text = text_of(drawn(name, extreme, language))
    assert CODE.findall(text) + ISO_DAY.findall(text) == []


@pytest.mark.parametrize("name", sorted(CONTENTS))
def test_an_english_paper_is_english_but_for_what_exists_in_chinese_alone(name):
    text = text_of(papers.draw(name, paired(CONTENTS[name], "X1"), "en"))
    assert HAN.findall(text) == []


@pytest.mark.parametrize("name", sorted(CONTENTS))
def test_a_chinese_paper_is_chinese(name):
    text = text_of(papers.draw(name, paired(CONTENTS[name], "甲"), "zh"))
    assert [word for word in ENGLISH.findall(text) if word not in NAMES] == []


def test_what_exists_in_chinese_alone_is_said_to_be_the_original():
    chinese, paired_only = (
        text_of(papers.draw("contract", content, "en"))
        for content in (CONTENTS["contract"], paired(CONTENTS["contract"], "X1"))
    )
    assert "Chinese original" in chinese
    assert "Chinese original" not in paired_only


def test_a_long_token_breaks_and_is_copied_whole():
    content = {**CONTENTS["registration_certificate"], "legal_representative": TOKEN}
    assert TOKEN in "".join(text_of(papers.draw("registration_certificate", content, "en")).split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(CONTENTS))
def test_a_paper_says_what_it_is_whose_and_about_what(name, language):
    described = PdfReader(io.BytesIO(drawn(name, "usual", language))).metadata
    assert all((described.title, described.author, described.subject))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(CONTENTS))
@pytest.mark.parametrize("extreme", EXTREMES)
def test_a_paper_is_accessible(name, language, extreme):
    reader = PdfReader(io.BytesIO(drawn(name, extreme, language)))
    conformance = reader.xmp_metadata.stream.get_data().replace(b" ", b"")
    assert b"pdfuaid:part>1<" in conformance
    assert b"pdfaid:conformance>A<" in conformance
    assert reader.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712 (a PDF's own boolean)


def test_a_draft_says_that_it_is_one(tender):
    content = {**tenders.content(tender), "dated_on": "2026-03-02", "draft": True}
    assert "草" in text_of(papers.draw("tender_documents", content, "zh"))
