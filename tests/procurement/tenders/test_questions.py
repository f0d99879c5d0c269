"""Questions: no name on them, one answer for all."""

from datetime import date, timedelta

import pytest

from app.foundation import journal
from app.identity.roles import RoleMissing
from app.procurement import tenders
from app.procurement.tenders import questions


@pytest.fixture
def asked(session, town, tender):
    return tenders.ask(session, town.bidders[0], tender_id=tender.id, text="T2的尺寸允许偏差吗？")


def test_ir_52_an_answer_is_due_in_three_working_days(asked):
    assert asked.answer_due_on == date(2026, 3, 5)


def test_the_public_sees_the_question_without_its_asker(session, town, tender, asked):
    public = tenders.public_questions(session, tender.id)[0]
    assert public.text == asked.text
    assert town.bidders[0].organisation_id not in repr(public)


def test_o87_28_the_journal_doesnt_name_the_asker(session, town, tender, asked):
    names = {entry.actor_id for entry in journal.of_case(session, tender.project_id)}
    assert town.bidders[0].id not in names


def test_an_asker_finds_their_own_questions(session, town, tender, asked):
    assert tenders.own_questions(session, town.bidders[0], tender.id) == [asked]
    assert tenders.own_questions(session, town.bidders[1], tender.id) == []


def test_ir_20_an_answer_goes_to_all_without_the_asker_s_name(session, town, tender, asked):
    tenders.answer(session, town.officer, question_id=asked.id, answer="允许正负0.5英寸")
    notice = tender.notices[-1]
    assert (notice.kind, notice.content) == (
        "clarification",
        {"question": "T2的尺寸允许偏差吗？", "answer": "允许正负0.5英寸"},
    )


def test_a_question_is_answered_once(session, town, asked):
    tenders.answer(session, town.officer, question_id=asked.id, answer="允许")
    with pytest.raises(questions.QuestionAnswered):
        tenders.answer(session, town.officer, question_id=asked.id, answer="不允许")


def test_only_the_agency_answers(session, town, asked):
    with pytest.raises(RoleMissing):
        tenders.answer(session, town.handler, question_id=asked.id, answer="允许")


def test_a_buyer_does_not_ask(session, town, tender):
    with pytest.raises(tenders.NotASupplierHere):
        tenders.ask(session, town.handler, tender_id=tender.id, text="?")


def test_after_the_deadline_no_question_is_taken(session, town, tender, virtual_clock):
    session.commit()
    virtual_clock.turn(timedelta(days=30))
    with pytest.raises(tenders.DeadlinePassed):
        tenders.ask(session, town.bidders[0], tender_id=tender.id, text="?")


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_question_is_refused(session, town, tender, text):
    with pytest.raises(questions.WordsMissing):
        tenders.ask(session, town.bidders[0], tender_id=tender.id, text=text)


@pytest.mark.parametrize(
    "answer",
    [
        "探头阵元数64即可。",
        "T1改为不少于96。",
        "该项要求予以取消。",
        "T2不再要求。",
        "64 elements are enough.",
        "Delivery is extended to 30 days.",
        "T2 is no longer required.",
    ],
)
def test_o87_27_an_answer_that_changes_the_documents_is_refused(session, town, tender, asked, answer):
    with pytest.raises(questions.AnswerChanges):
        tenders.answer(session, town.officer, question_id=asked.id, answer=answer)
    assert (asked.answer, len(tender.notices)) == (None, 1)


@pytest.mark.parametrize(
    "answer",
    [
        "探头阵元数不少于128，见招标文件第3条。",
        "以T1为准，不作修改。",
        "可于2026年3月10日9:30现场踏勘，电话0510-81234567。",
        "The screen has 21 inches, see clause 4.2.",
    ],
)
def test_an_answer_that_explains_goes_out(session, town, asked, answer):
    assert tenders.answer(session, town.officer, question_id=asked.id, answer=answer).answer == answer


def test_o87_27_after_a_change_the_answer_may_say_what_it_says(session, town, change, reworded, asked):
    change(requirements=reworded("T2", "显示器24英寸"))
    assert tenders.answer(session, town.officer, question_id=asked.id, answer="显示器为24英寸。").answered_at
