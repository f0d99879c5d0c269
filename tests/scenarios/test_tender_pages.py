"""The pages of a tender for those who run it."""

from datetime import UTC, datetime

import pytest

from app.demonstration import lives
from app.procurement import tenders
from app.workflow import questions
from tests import memory


@pytest.fixture
def tender_id(play, case):
    memory.played(play, case, lives.FIRST_HALF)
    return lives.tender_of(play)[0]


@pytest.fixture
def sun(person, tender_id):
    return person("sun")


@pytest.fixture
def zhou(person, tender_id):
    return person("zhou")


def test_the_list_shows_the_tenders_of_ones_organisation(sun, person):
    sun.open("/tenders?lang=en")
    assert "Maintenance of imaging equipment" in sun.text()
    other = person("dong")
    other.open("/tenders?lang=en")
    assert "No tenders yet" in other.text()


def test_the_list_is_narrowed_by_phase_and_words(sun):
    sun.open("/tenders?lang=en&phase=closed")
    assert "No results" in sun.text()
    sun.open("/tenders?phase=open&q=影像")
    assert "Maintenance of imaging equipment" in sun.text()


def test_the_list_can_be_taken_home(sun):
    sun.open("/tenders?lang=en")
    answer = sun.client.get("/tenders?format=csv&lang=en")
    assert "Maintenance of imaging equipment" in answer.text


def test_a_tender_shows_its_deadline_its_lots_and_its_papers(sun, tender_id):
    sun.open(f"/tenders/{tender_id}?lang=en")
    assert "Tuesday 31 March 2026, 09:30 (China time)" in sun.text()
    assert len(sun.page.xpath("//main//a[starts-with(@href, '/documents/')]")) == 4


def test_in_chinese_no_english_is_left(sun, tender_id):
    sun.open(f"/tenders/{tender_id}?lang=zh")
    assert "Deadline" not in sun.text()
    assert "投标截止" in sun.text()


def test_who_works_elsewhere_sees_nothing(person, tender_id):
    person("dong").open(f"/tenders/{tender_id}", expect=404)
    person("ming").open(f"/tenders/{tender_id}", expect=403)


def test_only_the_agency_changes_a_tender(person, tender_id):
    person("chen").open(f"/tenders/{tender_id}")
    person("chen").open(f"/tenders/{tender_id}/change", expect=403)


def test_questions_stand_without_their_askers_and_lead_to_their_task(sun, play, tender_id):
    with play.acting("ming") as (session, actor):
        questions.ask(play.house.engine, session, actor, tender_id=tender_id, text="备件清单格式？")
    page = sun.open(f"/tenders/{tender_id}/questions?lang=en")
    assert "备件清单格式？" in sun.text()
    assert "明" not in sun.text().replace("说明", "")
    sun.open(page.xpath("//a[starts-with(@href, '/tasks/')]/@href")[0])
    sun.fill({"answer": "按附表。", "effect": "explains"})
    sun.open(f"/tenders/{tender_id}/questions?lang=en")
    assert "按附表。" in sun.text()


# -- changing


def row_of(page, code):
    """The number of a requirement's row in the form."""
    name = page.xpath(f"//input[@value='{code}' and starts-with(@name, 'requirements-')]/@name")[0]
    return name.split("-")[1]


def test_the_form_says_what_the_deadline_becomes(sun, tender_id, virtual_clock):
    virtual_clock.turn_to(datetime(2026, 3, 20, 2, tzinfo=UTC))
    sun.open(f"/tenders/{tender_id}/change?lang=en")
    assert "After any other correction todayTuesday 7 April 2026, 09:30" in sun.text()


def test_a_change_can_be_looked_at_before_it_is_published(sun, tender_id, play, virtual_clock):
    virtual_clock.turn_to(datetime(2026, 3, 20, 2, tzinfo=UTC))
    page = sun.open(f"/tenders/{tender_id}/change?lang=en")
    reworded = {f"requirements-{row_of(page, 'T3')}-text_zh": "备件存放于本院库房。"}
    sun.fill(reworded, button=("_preview", "1"))
    assert "The deadline would move to Tuesday 7 April 2026, 09:30 (China time)." in sun.said("tw-status")
    assert "备件存放于本院库房。" in sun.said("tw-diff")
    with play.looking() as session:
        assert tenders.get(session, tender_id).version == 1


def test_a_change_is_published_with_its_reasons_and_moves_the_deadline(sun, tender_id, play, virtual_clock):
    virtual_clock.turn_to(datetime(2026, 3, 20, 2, tzinfo=UTC))
    page = sun.open(f"/tenders/{tender_id}/change?lang=en")
    reworded = {f"requirements-{row_of(page, 'T3')}-text_zh": "备件存放于本院库房。", "reasons": "应供应商询问"}
    sun.fill(reworded)
    assert "Version 2 is published." in sun.said("tw-status")
    assert "备件存放于本院库房。" in sun.said("tw-diff")
    with play.looking() as session:
        assert tenders.get(session, tender_id).bid_deadline_at == datetime(2026, 4, 7, 1, 30, tzinfo=UTC)


def test_a_change_without_reasons_comes_back_with_everything_that_was_typed(sun, tender_id):
    page = sun.open(f"/tenders/{tender_id}/change?lang=en")
    sun.fill({f"requirements-{row_of(page, 'T3')}-text_zh": "备件存放于本院库房。"}, expect=422)
    assert "Enter the reasons." in sun.said("error")
    assert "备件存放于本院库房。" in [area.text_content().strip() for area in sun.page.xpath("//textarea")]


def test_what_the_law_keeps_from_changing_is_refused(sun, tender_id):
    page = sun.open(f"/tenders/{tender_id}/change?lang=en")
    sun.fill({f"requirements-{row_of(page, 'Q2')}-text_zh": "投标人应当为小型企业。", "reasons": "x"}, expect=422)
    assert "cannot change the subject or the qualification requirements" in sun.said("error")


def test_a_row_can_be_added_without_a_script(sun, tender_id):
    sun.open(f"/tenders/{tender_id}/change?lang=en")
    page = sun.fill(button=("_add", "requirements"))
    assert len(page.xpath("//input[starts-with(@name, 'requirements-') and contains(@name, '-id')]")) == 8 + 1


# -- ending


def test_a_termination_is_the_buyers_and_needs_its_reasons(zhou, tender_id, play):
    zhou.open(f"/tenders/{tender_id}/terminate?lang=en")
    zhou.fill({"reasons": " "}, expect=422)
    zhou.fill({"reasons": "因医院规划调整，采购任务取消"})
    assert "The tender has been terminated." in zhou.said("tw-status")
    assert play.state == "cancelled"
