"""Questions: no name on them, one answer for all."""

from datetime import date, timedelta

import pytest

from app.foundation import journal
from app.foundation.text import Text
from app.identity.roles import RoleMissing
from app.procurement import tenders
from app.procurement.tenders import questions
from tests.procurement.publishing import REQUIREMENTS


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
    tenders.answer(session, town.officer, question_id=asked.id, answer="允许正负0.5英寸", effect="explains")
    notice = tender.notices[-1]
    assert (notice.kind, notice.content) == (
        "clarification",
        {
            "question": "T2的尺寸允许偏差吗？",
            "answer": "允许正负0.5英寸",
            "stated": questions.statement(tender.project.agency.name).as_json(),
        },
    )


def test_a_question_is_answered_once(session, town, asked):
    tenders.answer(session, town.officer, question_id=asked.id, answer="允许", effect="explains")
    with pytest.raises(questions.QuestionAnswered):
        tenders.answer(session, town.officer, question_id=asked.id, answer="不允许", effect="explains")


def test_only_the_agency_answers(session, town, asked):
    with pytest.raises(RoleMissing):
        tenders.answer(session, town.handler, question_id=asked.id, answer="允许", effect="explains")


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
        tenders.answer(session, town.officer, question_id=asked.id, answer=answer, effect="explains")
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
    assert (
        tenders.answer(session, town.officer, question_id=asked.id, answer=answer, effect="explains").answer == answer
    )


def test_o87_27_after_a_change_the_answer_may_say_what_it_says(session, town, change, reworded, asked):
    change(requirements=reworded("T2", "显示器24英寸"))
    assert tenders.answer(
        session, town.officer, question_id=asked.id, answer="显示器为24英寸。", effect="explains"
    ).answered_at


# -- what who answers states


def test_o87_27_an_answer_stated_to_change_the_documents_is_refused_and_leads_to_a_correction(
    session, town, tender, asked
):
    with pytest.raises(questions.CorrectionNeeded) as refused:
        tenders.answer(session, town.officer, question_id=asked.id, answer="允许", effect="changes")
    assert (refused.value.field, asked.answer, len(tender.notices)) == ("effect", None, 1)


def test_what_is_stated_is_kept_with_who_stated_it_and_published_to_all(session, town, tender, asked):
    tenders.answer(session, town.officer, question_id=asked.id, answer="允许", effect="explains")
    assert (asked.effect, asked.answered_by) == ("explains", town.officer.id)
    assert tenders.public_questions(session, tender.id)[0].stated == questions.statement(tender.project.agency.name)


def test_where_the_form_did_not_ask_nothing_is_stated(session, town, tender, asked):
    tenders.answer(session, town.officer, question_id=asked.id, answer="允许", effect=None)
    assert tenders.public_questions(session, tender.id)[0].stated is None
    assert "stated" not in tender.notices[-1].content


# -- obligations turned round


@pytest.fixture
def obliged(session, town, change, tender):
    """The documents oblige in words of each kind; asks a question of a text."""
    texts = [
        ("C7", "须提供原厂质保承诺书", "The warranty letter of the manufacturer must be provided"),
        ("C8", "不得委托第三方安装设备", "Installation of devices by third parties is not allowed"),
        ("C9", "安装辅材可以由当地采购", "Auxiliary material may be bought locally"),
        ("T8", "主机须采用嵌入式Linux操作系统或同等系统", "The host must run embedded Linux or an equivalent system"),
        ("T9", "电源采用铅酸蓄电池组", "Power comes from lead acid batteries"),
    ]
    added = [
        tenders.NewRequirement(1, code, "commercial" if code[0] == "C" else "technical", Text(english, chinese))
        for code, chinese, english in texts
    ]
    change(requirements=[*REQUIREMENTS, *added])
    return lambda text: tenders.ask(session, town.bidders[0], tender_id=tender.id, text=text)


TURNED = {
    "must, need not": ("是否需要原厂质保承诺书？", "无需提供原厂质保承诺书。"),
    "must, need not behind it": ("原厂质保承诺书由谁出具？", "原厂质保承诺书不作要求。"),
    "must, a plain no": ("必须提供原厂质保承诺书吗？", "不需要。"),
    "must, a plain negation": ("是否必须提供原厂质保承诺书？", "否。"),
    "must, may leave": ("原厂质保承诺书怎么办？", "原厂质保承诺书可以不提供。"),
    "said, need not": ("请问操作培训的安排？", "现场操作培训无需提供。"),
    "said, a plain yes to leaving": ("是否可以不提供现场操作培训？", "可以。"),
    "must not, may": ("安装如何进行？", "可以委托第三方安装设备。"),
    "must not, a plain yes": ("可以委托第三方安装设备吗？", "可以。"),
    "may, must": ("安装辅材从何采购？", "安装辅材必须由当地采购。"),
    "may, must not": ("安装辅材从何采购？", "安装辅材不得由当地采购。"),
    "an equivalent added": ("T9的电池有无其他选择？", "铅酸蓄电池组或同等产品均可。"),
    "an equivalent taken away": ("T8是否接受其他系统？", "主机操作系统只能采用嵌入式Linux。"),
    "consortia let in": ("是否接受联合体投标？", "接受。"),
    "English must, need not": ("Is the letter needed?", "The warranty letter of the manufacturer is not required."),
    "English must, a plain no": ("Must the warranty letter of the manufacturer be provided?", "No."),
    "English must not, may": ("Who installs?", "Installation of devices by third parties is allowed."),
    "English may, must": ("Where is material bought?", "Auxiliary material must be bought locally."),
    "English equivalent added": ("Which batteries?", "Lead acid batteries or equivalent are accepted."),
    "English equivalent taken away": ("Which system?", "The host must run embedded Linux only."),
}


@pytest.mark.parametrize("kind", TURNED)
def test_o87_27_an_obligation_turned_round_is_refused_with_the_passage_named(session, town, obliged, kind):
    question, answer = TURNED[kind]
    with pytest.raises(questions.AnswerOpposes) as refused:
        tenders.answer(session, town.officer, question_id=obliged(question).id, answer=answer, effect="explains")
    assert str(refused.value.details["words"]) in refused.value.sentence.zh


REPEATED = {
    "must": ("必须提供原厂质保承诺书吗？", "是，须提供原厂质保承诺书。"),
    "must not": ("可以委托第三方安装设备吗？", "不可以。"),
    "must not in its words": ("如何安装？", "不得委托第三方安装设备。"),
    "may": ("安装辅材从何采购？", "安装辅材可以由当地采购。"),
    "an equivalent": ("T8指什么？", "主机须采用嵌入式Linux操作系统或同等系统，性能相当即可。"),
    "consortia": ("是否接受联合体投标？", "不接受。"),
    "how, not whether": ("培训如何安排？", "培训时间可以由双方商定。"),
    "another subject": ("投标文件需要盖骑缝章吗？", "不需要。"),
    "by whom": ("备件是否可以由设备制造商直接供应？", "可以。备件来源须在备件清单中写明。"),
    "English must": ("Must the warranty letter of the manufacturer be provided?", "Yes."),
    "English must not": ("Is installation by third parties allowed?", "No."),
}


@pytest.mark.parametrize("kind", REPEATED)
def test_an_answer_that_repeats_or_explains_an_obligation_goes_out(session, town, obliged, kind):
    question, answer = REPEATED[kind]
    asked = obliged(question)
    assert (
        tenders.answer(session, town.officer, question_id=asked.id, answer=answer, effect="explains").answer == answer
    )
