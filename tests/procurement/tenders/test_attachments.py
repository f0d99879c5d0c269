"""Files attached to the tender documents: whose they are, who reads them when, what binds them, what a change shows."""

import hashlib

import pytest

from app.foundation import documents
from app.foundation.text import Text
from app.procurement import papers, tenders
from app.procurement.tenders import AttachmentInvalid, NewAttachment, places
from tests.procurement import publishing
from tests.procurement.papers.test_drawing import read
from tests.procurement.publishing import documents as documents_of


@pytest.fixture
def file(session, town):
    """Keeps a file as an upload of the agency does: private."""

    def keep(name="图纸.pdf", content=b"%PDF-1.7 first", actor=None):
        return documents.add(
            session,
            actor or town.officer,
            name=name,
            source=content,
            case=None,
            kind="prepare_documents.attachments-0-file",
            access="private",
        )

    return keep


def drawing(file, **options):
    return NewAttachment(
        **{"kind": "drawing", "title": Text("Floor plan", "平面图"), "document_id": file.id, **options}
    )


def test_an_attachment_is_of_the_content_by_its_digest(draft, file):
    kept = file()
    said = tenders.content(draft(attachments=[drawing(kept, lot=1)]))["attachments"]["1"]
    assert said == {
        "lot": 1,
        "kind": "drawing",
        "title": {"en": "Floor plan", "zh": "平面图"},
        "file": "图纸.pdf",
        "digest": hashlib.sha256(b"%PDF-1.7 first").hexdigest(),
    }


def test_documents_without_attachments_say_nothing_of_any(draft):
    assert "attachments" not in tenders.content(draft())


def test_a_drafted_attachment_is_its_cases_and_not_the_publics(draft, file):
    kept = file()
    tender = draft(attachments=[drawing(kept)])
    assert (kept.access, kept.case_id) == ("case", tender.project_id)


def test_publishing_the_documents_publishes_their_attachments(publish, session, file):
    kept = file()
    tender = publish(attachments=[drawing(kept)])
    [shown] = tenders.of_version(session, tender, tender.versions[-1])
    assert (kept.access, shown.document.id, shown.lot) == ("public", kept.id, None)


def test_what_is_attached_changes_the_digest_that_the_journal_has(publish, file):
    tender = publish(attachments=[drawing(file())])
    without = {name: part for name, part in tenders.content(tender).items() if name != "attachments"}
    assert tender.versions[-1].digest == tenders.digest(tenders.content(tender)) != tenders.digest(without)


def test_a_file_that_was_dropped_from_the_draft_is_never_published(session, town, entrusted, keeper, draft, file):
    dropped, kept = file(content=b"%PDF-1.7 old"), file()
    draft(attachments=[drawing(dropped)])
    publishing.publish(session, town, entrusted, keeper, attachments=[drawing(kept)])
    assert (dropped.access, kept.access) == ("case", "public")


@pytest.mark.parametrize(
    ("field", "options"),
    [("lot", {"lot": 9}), ("kind", {"kind": "film"}), ("file", {"document_id": "0" * 32})],
)
def test_what_there_is_not_is_refused_beside_its_field(draft, file, field, options):
    with pytest.raises(AttachmentInvalid) as refused:
        draft(attachments=[drawing(file()), drawing(file(), **options)])
    assert refused.value.field == f"attachments-1-{field}"


def test_a_file_of_another_organisation_is_not_attached(draft, file, town):
    with pytest.raises(AttachmentInvalid):
        draft(attachments=[drawing(file(actor=town.handler))])


def test_a_file_of_another_case_is_not_attached(session, draft, file, town):
    kept = file()
    documents.share(session, town.officer, kept, case="another")
    with pytest.raises(AttachmentInvalid):
        draft(attachments=[drawing(kept)])


def test_one_attachment_is_not_entered_under_two_numbers(draft, file):
    draft(attachments=[drawing(file())])
    with pytest.raises(AttachmentInvalid):
        draft(attachments=[drawing(file(), number=1), drawing(file(), number=1)])


# -- changes


@pytest.fixture
def with_plan(publish, session, file):
    """A published tender with one attachment, and what changes it."""
    return publish(attachments=[drawing(file())])


@pytest.fixture
def corrected(session, town, with_plan, keeper):
    def act(*attachments):
        return tenders.change(
            session,
            town.officer,
            tender_id=with_plan.id,
            reasons="图纸更正",
            keeper=keeper,
            **documents_of(attachments=attachments),
        )

    return act


def test_a_replaced_attachment_is_shown_as_it_was_and_as_it_is(corrected, with_plan, file):
    made = corrected(drawing(file(name="图纸2.pdf", content=b"%PDF-1.7 second"), number=1))
    shown = {each["place"]: (each["old"], each["new"]) for each in made.differences}
    assert shown["attachments/1/file"] == ("图纸.pdf", "图纸2.pdf")
    assert shown["attachments/1/digest"][1] == hashlib.sha256(b"%PDF-1.7 second").hexdigest()


def test_a_changed_attachment_affects_bids(corrected, with_plan, file):
    assert corrected(drawing(file(content=b"%PDF-1.7 second"), number=1)).affects_bids


def test_each_version_keeps_the_file_of_its_time(session, corrected, with_plan, file):
    first = with_plan.attachments[0].document_id
    second = file(content=b"%PDF-1.7 second")
    corrected(drawing(second, number=1))
    shown = [tenders.of_version(session, with_plan, version)[0].document for version in with_plan.versions]
    assert [document.id for document in shown] == [first, second.id]
    assert {document.access for document in shown} == {"public"}


def test_a_number_is_never_given_twice(corrected, with_plan, file):
    corrected()
    corrected(drawing(file(content=b"%PDF-1.7 other")))
    assert [row.number for row in with_plan.attachments] == [2]


def test_a_preview_of_a_change_publishes_no_file(session, town, with_plan, file):
    kept = file(content=b"%PDF-1.7 second")
    session.commit()
    tenders.preview_change(
        session, town.officer, tender_id=with_plan.id, **documents_of(attachments=[drawing(kept, number=1)])
    )
    assert documents.get(session, kept.id).access == "private"


@pytest.mark.parametrize("part", ["lot", "kind", "title/zh", "file", "digest"])
def test_every_place_of_an_attachment_has_words(part):
    said = places.place(f"attachments/3/{part}")
    assert "3" in said.en
    assert "attachments" not in said.en
    assert said.zh.startswith("附件3")


def test_a_kind_is_said_in_words_in_a_difference():
    assert places.value("bill_of_quantities", "attachments/1/kind") == tenders.ATTACHMENT_KINDS["bill_of_quantities"]
    assert places.value("technical", "lots/1/requirements/T1/kind") == tenders.KINDS["technical"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_paper_lists_what_is_attached_with_its_digest(draft, file, language):
    kept = file()
    tender = draft(attachments=[drawing(replace_name(kept), lot=1)])
    text = "".join(
        read(papers.draw("tender_documents", {**tenders.content(tender), "dated_on": "2026-03-02"}, language)).split()
    )
    assert kept.digest in text
    assert tender.attachments[0].title.in_(language).replace(" ", "") in text


def replace_name(kept):
    kept.name = "plan.pdf"
    return kept
