"""A case's history reads as an official would tell it: every kind of event, form, operation and moment has its sentence."""

import ast
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.demonstration import cases, lives
from app.engine import history, interventions, sentences
from app.engine.records import HistoryRow
from app.foundation.actor import SYSTEM
from app.foundation.text import LANGUAGES, Text
from app.workflow import telling
from app.workflow.acts import ACTS
from tests import memory

ROOT = Path(__file__).parents[2]
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
CATCHING = ("intermediateCatchEvent", "boundaryEvent", "businessRuleTask")
NOT_AN_OFFICE_S = (
    *("token", "gateway", "boundary", "instance", "element", "sub-process", "multi-instance", "snapshot", "scope"),
    *("correlation", "signal", "timer", "variable", "bpmn", "feel", "dmn", "event", "call activity", "service task"),
    *(
        "令牌",
        "网关",
        "边界",
        "实例",
        "元素",
        "子流程",
        "快照",
        "作用域",
        "关联键",
        "信号",
        "定时器",
        "变量",
        "事件",
        "服务任务",
    ),
)
"""Words of the engine and its notation, which no history that staff read may hold."""


def kinds():
    """Every kind of row that the engine writes into a history, by its source."""
    found = set(interventions._TOLD.values())
    for file in (ROOT / "app/engine").rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in (
                "note",
                "_note",
                "StepEvent",
            ):
                given = [each.value for each in call.args if isinstance(each, ast.Constant)]
                found |= {each for each in given if isinstance(each, str) and re.fullmatch("[a-z_]+", each)}
    return sorted(found - sentences.SILENT - sentences.REPEATS)


def row_of(kind, actor_id="p1", **given):
    values = {"actor_name": "Bo", "name_en": "Do it", "name_zh": "办理", "element_id": "it", "element_kind": "userTask"}
    return HistoryRow(kind=kind, actor_id=actor_id, **(values | given))


def test_the_kinds_are_found():
    assert {"completed", "fired", "claimed", "suspended", "set", "case_migrated", "incident", "message"} <= set(kinds())


@pytest.mark.parametrize("kind", kinds())
@pytest.mark.parametrize("actor_id", ["p1", SYSTEM.id])
@pytest.mark.parametrize(
    "given", [{}, {"reasons": "A new law", "steps": 3, "code": "LATE", "to": "An"}], ids=["", "why"]
)
def test_every_kind_of_event_has_a_sentence_in_both_languages(kind, actor_id, given):
    said = telling.sentence(row_of(kind, actor_id, details=given), "Bo")
    assert all(said)
    assert re.search("[\u4e00-\u9fff]", said.zh)
    assert not re.search(r"%\(|None", said.en + said.zh)


def test_every_form_that_something_is_done_with_has_its_sentence():
    assert {act.form for act in ACTS if act.form} == set(telling.FORMS)


def test_every_operation_has_its_sentence():
    assert {act.id for act in ACTS.operations} == set(telling.OPERATIONS)


def moments():
    """What may come to pass in the shipped diagrams: what is waited for, what begins in between, what a table decides."""
    for file in (ROOT / "processes").glob("*.bpmn"):
        for process in ElementTree.parse(file).iter(f"{BPMN}process"):
            for event in process.iter():
                kind = event.tag.removeprefix(BPMN)
                begins = kind == "startEvent" and any(each.tag.endswith("EventDefinition") for each in event)
                if kind in CATCHING or begins:
                    said = {each.get("name"): each.get("value") for each in event.iter(f"{ZEEBE}property")}
                    text = Text(said["told:en"], said["told:zh"]) if {"told:en", "told:zh"} <= said.keys() else None
                    yield process.get("id"), event.get("id"), text


def told():
    return [
        *((name, text) for name, form in telling.FORMS.items() for text in (form.done, *form.results.values())),
        *((name, text) for name, done in telling.OPERATIONS.items() for text in (done.done, *done.results.values())),
        *((f"{process}.{element}", text) for process, element, text in moments() if text is not None),
    ]


@pytest.mark.parametrize(("name", "text"), told(), ids=lambda each: each if isinstance(each, str) else "")
def test_each_says_who_where_a_person_did_it_and_ends_as_a_sentence(name, text):
    assert ["%(who)s" in said for said in text] == [name in telling.FORMS] * 2
    assert (text.en[-1], text.zh[-1]) == (".", "。")


@pytest.mark.parametrize(
    "form", [name for name, each in telling.FORMS.items() if each.result in ("decision", "outcome")]
)
def test_each_answer_that_a_form_offers_is_told(form):
    schema = json.loads((ROOT / f"forms/{form}.schema.json").read_text(encoding="utf-8"))
    assert set(telling.FORMS[form].results) == set(schema["properties"][telling.FORMS[form].result]["enum"])


def test_every_moment_of_the_shipped_diagrams_has_its_sentence():
    assert [(process, element) for process, element, text in moments() if text is None] == []


def test_a_diagram_s_own_sentence_is_told_of_what_came_to_pass():
    told = {"en": "The day came.", "zh": "日期已到。"}
    assert telling.sentence(row_of("fired", SYSTEM.id, details={"told": told}), "Bo") == ("The day came.", "日期已到。")


def test_the_office_reads_that_a_step_stopped_and_administrators_why():
    row = row_of("incident", SYSTEM.id, details={"message": {"en": "x is no number", "zh": "x不是数值"}})
    assert telling.sentence(row, "Bo").zh == "“办理”无法继续，已转系统管理员处理。"
    assert telling.in_detail(row, "Bo").en == "“Do it” could not continue: x is no number"


# -- a whole tender


@pytest.fixture
def whole(play, case):
    """The history of a tender from its application to its close, as the office reads it."""
    memory.played(play, case, lives.WHOLE)
    with play.looking() as session:
        return history.story(session, play.instance_id, telling=telling.sentence, inner=False)


def test_a_whole_tender_is_told_without_a_word_of_the_engine(whole):
    ids = {
        each.get("id")
        for file in (ROOT / "processes").glob("*.bpmn")
        for each in ElementTree.parse(file).iter()
        if "_" in each.get("id", "")
    }
    for line in whole:
        for language in LANGUAGES:
            said = line.text.in_(language)
            words = [word for word in NOT_AN_OFFICE_S if re.search(rf"(?<![a-z]){word}s?(?![a-z])", said, re.I)]
            assert (words, [each for each in ids if each in said]) == ([], []), said
    assert len(whole) > 50


def test_it_says_who_did_what_with_which_result_and_for_which_supplier(whole):
    said = [line.text for line in whole]
    english, chinese = ({text.in_(language) for text in said} for language in LANGUAGES)
    assert {
        "周敏 Zhou Min approved the application.",
        "The tender notice and the tender documents were published.",
        "The bid deadline passed.",
        "The evaluation committee was formed.",
    } <= english
    assert {
        "周敏 Zhou Min审核通过了项目申请。",
        "已发布招标公告和招标文件。",
        "投标截止时间已到。",
        "已组成评标委员会。",
    } <= chinese
    assert any("of Kangyuan Equipment Service Ltd reported the delivery." in text for text in english)


def test_nothing_in_it_is_told_by_the_name_of_its_element_alone(whole):
    assert [line.text.en for line in whole if "“" in line.text.en] == []


def test_lots_are_told_apart_where_there_are_several(play):
    memory.played(play, cases.TWO_LOTS, (*lives.FIRST_HALF, *lives.AWARDING[1:-1]))
    with play.looking() as session:
        said = {line.text for line in history.story(session, play.instance_id, telling=telling.sentence, inner=False)}
    assert ("Lot 1: The bids were opened.", "采购包1：已开启投标文件。") in said
    assert "Lot 2: Fewer than three suppliers bid, so no bid was opened." in {text.en for text in said}
