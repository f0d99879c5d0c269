"""Papers: what a PDF says can be read back, nothing in the data is obeyed, and the same data gives the same file."""

import io
import unicodedata
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from app.foundation import documents
from app.foundation.text import Text
from app.procurement import papers, tenders
from app.procurement.papers.glyphs import LATIN, printable
from tests.procurement.papers.samples import CONTENTS


def read(pdf: bytes) -> str:
    """The text of a PDF without its line breaks and spaces, which belong to the layout."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", sorted(CONTENTS))
def test_every_paper_is_drawn_in_both_languages_as_pdf_a(name, language):
    pdf = papers.draw(name, CONTENTS[name], language)
    metadata = PdfReader(io.BytesIO(pdf)).xmp_metadata
    assert metadata is not None
    assert b"pdfaid:part>2<" in metadata.stream.get_data().replace(b" ", b"")


def test_every_paper_has_its_template_and_content_its_sample():
    assert set(CONTENTS) | {"tender_documents"} == set(papers.PAPERS)


@pytest.mark.parametrize(
    ("name", "language", "words"),
    [
        ("contract", "zh", ["HT-2026-00001", "人民币伍拾陆万伍仟元伍角整", "¥565,000.50", "★T1", "192", "不予公开"]),
        ("contract", "en", ["fivehundredandsixty-fivethousandyuanand50fen", "[Notpublished]", "Page1of"]),
        ("award_letter", "zh", ["中标通知书", "健源医疗器械有限公司：", "2026年5月2日", "第1页共1页"]),
        ("receipt", "zh", ["2026年4月2日12时00分", "cd" * 8, "1,234,567"]),
        ("evaluation_report", "zh", ["许可证过期", "保留意见", "综合评分法", "93.50"]),
        ("acceptance_sheet", "en", ["Accepted.", "met", "现场测试"]),
        ("price_confirmation", "zh", ["修正后报价确认书", "人民币陆拾万元整", "¥600,000.00", "以单价金额计算结果为准"]),
        ("bond_return_list", "zh", ["RF18ABCD", "¥12,001.20", "壹万贰仟零壹元贰角整"]),
    ],
)
def test_what_is_given_stands_in_the_paper(name, language, words):
    text = read(papers.draw(name, CONTENTS[name], language))
    assert [word for word in words if word not in text] == []


def test_a_redacted_clause_leaves_nothing_behind():
    clause = {"key": "secret", "heading": "源代码", "redacted": True, "reason": "商业秘密", "text": "绝密内容"}
    pdf = papers.draw("contract", {**CONTENTS["contract"], "clauses": [clause]}, "zh")
    assert "商业秘密" in read(pdf)
    assert "绝密内容" not in read(pdf)


@pytest.mark.parametrize(
    "words",
    [
        "#panic()",
        '"]) #import "/etc/passwd"',
        "= heading *bold* _it_ $x^2$",
        "@label <label> \\ // comment /* */",
        '#read("style.typ")',
        "[](https://example.org)",
    ],
)
def test_markup_in_the_data_stays_words(words):
    content = {**CONTENTS["registration_certificate"], "legal_representative": words}
    assert words.replace(" ", "") in read(papers.draw("registration_certificate", content, "en"))


@pytest.mark.parametrize("character", ["\U0002a6d6", "\U0001f600", "\x07", "\u202e", "\ud800", "\ue000", "ภ"])
def test_a_character_without_a_glyph_is_written_by_its_code_point(character):
    content = {**CONTENTS["registration_certificate"], "supplier": f"甲{character}乙"}
    assert f"甲〔U+{ord(character):04X}〕乙" in read(papers.draw("registration_certificate", content, "zh"))


def test_a_rare_character_of_a_name_is_printed():
    content = {**CONTENTS["registration_certificate"], "supplier": "𠮷野家"}
    assert "𠮷野家" in read(papers.draw("registration_certificate", content, "zh"))


def test_every_letter_that_is_said_to_have_a_glyph_has_one():
    letters = "".join(c for block in LATIN for c in map(chr, block) if unicodedata.category(c)[0] != "C")
    assert printable(letters + "龘№≥㎡★") == letters + "龘№≥㎡★"
    papers.draw("registration_certificate", {**CONTENTS["registration_certificate"], "supplier": letters}, "en")


def test_the_same_data_gives_the_same_bytes():
    assert papers.draw("contract", CONTENTS["contract"], "zh") == papers.draw("contract", CONTENTS["contract"], "zh")


def test_content_that_was_stored_gives_the_same_paper():
    stored = papers.shown(CONTENTS["contract"])
    assert papers.draw("contract", stored, "en") == papers.draw("contract", CONTENTS["contract"], "en")


def test_the_file_bears_the_papers_day_and_not_todays():
    created = PdfReader(io.BytesIO(papers.draw("contract", CONTENTS["contract"], "zh"))).metadata.creation_date
    assert created == datetime(2026, 4, 2, tzinfo=UTC)


def test_a_paper_without_what_it_must_say_is_not_drawn():
    content = {key: value for key, value in CONTENTS["contract"].items() if key != "number"}
    with pytest.raises(papers.ContentIncomplete, match="number"):
        papers.draw("contract", content, "zh")


def test_the_tender_documents_are_drawn_from_the_tenders_own_content(tender):
    content = {**tenders.content(tender), "dated_on": "2026-03-02"}
    text = read(papers.draw("tender_documents", content, "zh"))
    assert "2026年3月25日09时30分" in text
    assert "★Q1" in text
    assert "目录" in text


def test_a_paper_is_kept_in_both_languages(session, town):
    kept = papers.keep(
        session,
        town.officer,
        "notice",
        CONTENTS["notice"],
        case="case-1",
        title=Text("Award notice", "中标公告"),
        kind="notice",
        access="public",
    )
    assert [document.name for document in kept] == ["中标公告.pdf", "Award notice.pdf"]
    assert documents.read(session, kept[1].id) == papers.draw("notice", CONTENTS["notice"], "en")
