"""Analysts draw and propose, another analyst decides, and new cases follow."""

import io
import json
import re

import pytest
from lxml import etree

from app.engine import definitions
from app.engine.records import Deployment
from app.foundation.actor import SYSTEM, Actor
from app.foundation.text import Text
from app.identity import accounts, grants
from app.web.studio import differences
from app.web.studio.blank import blank_decision, blank_process

ROOT = Actor("root", "Root", groups=frozenset({"administrator"}))
TOY = blank_process("toy", Text("Toy", "玩具"))


@pytest.fixture
def house(app, town):
    """The house, with one procedure deployed and a second analyst."""
    house = app.extensions["tenderway"]
    with house.sessions() as session:
        definitions.deploy(house.engine, session, ROOT, {"toy.bpmn": TOY}, "the first")
        person = accounts.create(session, SYSTEM, login="second-analyst", name="Second Analyst")
        grants.grant(session, SYSTEM, account_id=person.id, role="analyst", organisation_id=town.platform)
        session.commit()
    return house


@pytest.fixture
def analyst(house, sign_in):
    return sign_in("analyst")


@pytest.fixture
def drafted(house, analyst):
    """A draft of the toy: its id."""
    with house.sessions() as session:
        source = definitions.latest(session, "toy").deployment_id
    answer = analyst.submit("/studio/drafts", deployment=source, file="toy.bpmn")
    return answer.location.split("/drafts/")[1].split("/")[0]


def save(client, draft, content, seen=""):
    headers = {"X-CSRFToken": client.token(), "X-Seen-Version": seen}
    return client.put(f"/studio/drafts/{draft}/files/toy.bpmn", data=content, headers=headers)


def test_the_studio_shows_what_counts(analyst):
    page = analyst.get("/studio")
    assert "Toy" in page.text
    assert "No drafts" in page.text


def test_a_draft_begins_with_the_files_of_a_deployment(analyst, drafted):
    assert analyst.get(f"/studio/drafts/{drafted}/files/toy.bpmn").status_code == 200
    assert analyst.get(f"/studio/deployments/{drafted}/files/toy.bpmn").data == TOY


def test_saving_keeps_the_draft_errors_and_all_and_names_them(analyst, drafted):
    answer = save(analyst, drafted, TOY.replace(b'targetRef="work"', b'targetRef="nowhere"')).json
    assert not answer["ok"]
    assert any("nowhere" in finding["message"] for finding in answer["findings"])


def test_a_draft_somebody_else_saved_is_not_overwritten(analyst, drafted):
    assert save(analyst, drafted, TOY.replace(b"Work", b"W"), seen="1").status_code == 200
    stale = save(analyst, drafted, TOY, seen="1")
    assert stale.status_code == 409
    assert "in the meantime" in stale.json["message"]


def test_checking_saves_nothing(analyst, drafted):
    broken = TOY.replace(b"userTask", b"adHocSubProcess")
    headers = {"X-CSRFToken": analyst.token()}
    assert not analyst.post(f"/studio/drafts/{drafted}/check/toy.bpmn", data=broken, headers=headers).json["ok"]
    assert analyst.get(f"/studio/deployments/{drafted}/files/toy.bpmn").data == TOY


def test_a_change_counts_after_a_second_person_approved_it(house, analyst, sign_in, drafted):
    save(analyst, drafted, TOY.replace(b'name="Work"', b'name="Work harder"'))
    analyst.submit(f"/studio/drafts/{drafted}/propose", why="the law changed")
    page = sign_in("second-analyst").get(f"/studio/proposals/{drafted}")
    assert "Work harder" in page.text
    sign_in("second-analyst").submit(f"/studio/proposals/{drafted}", decision="approve", reasons="")
    with house.sessions() as session:
        assert definitions.latest(session, "toy").version == 2


def test_nobody_approves_their_own_draft(house, analyst, drafted):
    save(analyst, drafted, TOY)
    analyst.submit(f"/studio/drafts/{drafted}/propose", why="x")
    assert "someone else must decide" in analyst.get(f"/studio/proposals/{drafted}").text
    analyst.submit(f"/studio/proposals/{drafted}", decision="approve")
    with house.sessions() as session:
        assert session.get(Deployment, drafted).state == "proposed"


def test_giving_back_needs_reasons_and_keeps_the_draft(house, analyst, sign_in, drafted):
    analyst.submit(f"/studio/drafts/{drafted}/propose", why="x")
    second = sign_in("second-analyst")
    assert "Error" in second.submit(f"/studio/proposals/{drafted}", decision="reject", reasons="").text
    second.submit(f"/studio/proposals/{drafted}", decision="reject", reasons="the lane is missing")
    assert "the lane is missing" in analyst.get(f"/studio/drafts/{drafted}").text


def test_a_draft_with_errors_is_not_proposed(analyst, drafted):
    save(analyst, drafted, TOY.replace(b'targetRef="work"', b'targetRef="nowhere"'))
    assert "Correct the errors" in analyst.get(f"/studio/drafts/{drafted}").text
    answer = analyst.submit(f"/studio/drafts/{drafted}/propose", why="a better order")
    assert ("nowhere" in answer.text, "a better order</textarea>" in answer.text) == (True, True)


def test_a_proposal_says_why(analyst, drafted):
    assert "Error" in analyst.submit(f"/studio/drafts/{drafted}/propose", why=" ").text


def test_files_of_other_tools_are_uploaded_as_a_draft(analyst):
    answer = analyst.submit("/studio/new", upload="1", files=(io.BytesIO(TOY), "their process.bpmn"))
    assert "cannot be accepted" in answer.text
    answer = analyst.submit("/studio/new", upload="1", files=(io.BytesIO(TOY), "theirs.bpmn"))
    assert "theirs.bpmn" in analyst.get(answer.location).text


def test_a_new_procedure_has_no_errors(analyst):
    answer = analyst.submit(
        "/studio/new", kind="process", key="small_purchase", name_en="Small purchase", name_zh="小额采购"
    )
    assert "The check found no problems." in analyst.get(answer.location).text


def test_a_new_decision_has_no_errors(analyst):
    answer = analyst.submit("/studio/new", kind="decision", key="band", name_en="Band", name_zh="区间")
    assert "The check found no problems." in analyst.get(answer.location).text


def test_what_was_named_in_two_languages_is_called_by_the_page_s_own(analyst):
    draft = analyst.submit("/studio/new", kind="decision", key="band", name_en="Band", name_zh="区间").location
    assert "Band" in analyst.get(f"{draft}?lang=en").text
    assert "Band" not in analyst.get(f"{draft}?lang=zh").text
    assert "区间" in analyst.get(f"{draft}?lang=zh").text


def test_a_broken_decision_table_is_named_in_the_language_of_the_page(analyst):
    draft = analyst.submit("/studio/new", kind="decision", key="band", name_en="Band", name_zh="区间").location
    broken = blank_decision("band", Text("Band", "区间")).replace(b"UNIQUE", b"BEST")
    saved = analyst.put(f"{draft}/files/decisions/band.dmn", data=broken, headers={"X-CSRFToken": analyst.token()})
    assert "there is no hit policy" in saved.json["findings"][0]["message"]
    assert "没有命中策略“BEST”；可用的命中策略：ANY, COLLECT, FIRST" in analyst.get(f"{draft}?lang=zh").text


def test_an_id_is_checked(analyst):
    assert "starts with a letter" in analyst.submit("/studio/new", kind="process", key="9 lives").text


def test_a_draft_is_thrown_away(house, analyst, drafted):
    analyst.submit(f"/studio/drafts/{drafted}/discard")
    with house.sessions() as session:
        assert session.get(Deployment, drafted) is None


def test_a_retired_version_gives_way_to_the_one_before(house, analyst, sign_in, drafted):
    save(analyst, drafted, TOY.replace(b'name="Work"', b'name="W"'))
    analyst.submit(f"/studio/drafts/{drafted}/propose", why="x")
    sign_in("second-analyst").submit(f"/studio/proposals/{drafted}", decision="approve")
    analyst.submit(f"/studio/deployments/{drafted}/retire", why="a mistake")
    with house.sessions() as session:
        assert definitions.latest(session, "toy").version == 1


@pytest.mark.parametrize("list_", ["templates", "forms", "roles", "decisions", "processes"])
def test_the_editors_have_lists_to_choose_from(analyst, list_):
    found = analyst.get(f"/studio/{list_}.json").json
    assert isinstance(found, list)
    assert found or list_ == "decisions"


def test_the_studio_is_not_for_everybody(house, sign_in):
    assert sign_in("buyer-handler").get("/studio").status_code == 403
    assert sign_in("auditor").get("/studio").status_code == 200


# -- scenarios


def scenario(name="the toy waits", **expected):
    """A scenario of the toy: it is begun, and this must hold."""
    steps = [{"start": {}}, {"expect": expected}]
    content = {"definitions": ["toy.bpmn"], "process": "toy", "clock": "2026-03-02T09:00:00+08:00", "steps": steps}
    return json.dumps({"name": name, **content}).encode()


def add(client, draft, name, content):
    data = {"csrf_token": client.token(), "files": (io.BytesIO(content), name)}
    return client.post(f"/studio/drafts/{draft}/files", data=data, content_type="multipart/form-data")


def test_the_scenarios_of_a_draft_are_played(analyst, drafted):
    add(analyst, drafted, "toy.waits.scenario.json", scenario(open=["work"]))
    page = analyst.submit(f"/studio/drafts/{drafted}/scenarios").text
    assert ("the toy waits" in page, "1 scenario, and it holds" in page) == (True, True)


def test_looking_plays_nothing(analyst, drafted):
    add(analyst, drafted, "toy.waits.scenario.json", scenario(name="looked at", open=["work"]))
    assert "were not played yet" in analyst.get(f"/studio/drafts/{drafted}/scenarios").text
    analyst.submit(f"/studio/drafts/{drafted}/scenarios")
    assert "1 scenario, and it holds" in analyst.get(f"/studio/drafts/{drafted}/scenarios").text


def test_playing_says_how_far_it_is(analyst, drafted):
    for name in ("one", "two"):
        add(analyst, drafted, f"toy.{name}.scenario.json", scenario(name=f"counted {name}", open=["work"]))
    answer = analyst.submit(f"/studio/drafts/{drafted}/scenarios/progress")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines == [{"done": number, "all": 2} for number in range(3)]


def test_a_procedure_that_no_scenario_tests_is_warned_of_until_it_has_one(analyst, sign_in, drafted):
    addresses = (f"/studio/drafts/{drafted}", f"/studio/drafts/{drafted}/propose")
    assert ["No scenario tests Toy" in analyst.get(address).text for address in addresses] == [True, True]
    analyst.submit(f"/studio/drafts/{drafted}/propose", why="better")
    assert "No scenario tests Toy" in sign_in("second-analyst").get(f"/studio/proposals/{drafted}").text


def test_a_procedure_with_a_scenario_is_not_warned_of(analyst, drafted):
    add(analyst, drafted, "toy.waits.scenario.json", scenario(open=["work"]))
    assert "No scenario tests" not in analyst.get(f"/studio/drafts/{drafted}").text


def test_what_no_scenario_passes_is_named(analyst, drafted):
    add(analyst, drafted, "toy.waits.scenario.json", scenario(open=["work"]))
    page = analyst.submit(f"/studio/drafts/{drafted}/scenarios").text
    assert re.search(r"<dt>Toy</dt><dd>[^<]*</dd>", page).group() == "<dt>Toy</dt><dd>end; 1 flow</dd>"


def test_a_draft_whose_scenario_fails_is_not_proposed(house, analyst, drafted):
    add(analyst, drafted, "toy.waits.scenario.json", scenario(state="completed"))
    answer = analyst.submit(f"/studio/drafts/{drafted}/propose", why="a better order")
    assert ("“the toy waits” fails" in answer.text, "a better order</textarea>" in answer.text) == (True, True)
    assert "Step 2: " in analyst.get(f"/studio/drafts/{drafted}/scenarios").text
    with house.sessions() as session:
        assert session.get(Deployment, drafted).state == "draft"


def test_a_draft_without_scenarios_says_so(analyst, drafted):
    assert "The files contain no scenarios" in analyst.get(f"/studio/drafts/{drafted}/scenarios").text


def test_an_added_file_takes_the_place_of_one_of_its_name(analyst, drafted):
    add(analyst, drafted, "toy.bpmn", TOY.replace(b"Toy", b"Toy two"))
    assert b"Toy two" in analyst.get(f"/studio/deployments/{drafted}/files/toy.bpmn").data


def test_a_file_that_is_none_of_a_procedure_is_not_added(analyst, drafted):
    assert "cannot be accepted" in add(analyst, drafted, "notes.txt", b"x").text


# -- what the editors offer

OWN_FORM = {
    "own.schema.json": json.dumps({"type": "object", "properties": {}}).encode(),
    "own.ui.json": json.dumps({"title": {"en": "Own form", "zh": "自有表单"}, "fields": []}).encode(),
}


@pytest.mark.parametrize(
    ("list_", "name", "content", "offered"),
    [
        ("forms", "own.schema.json", OWN_FORM["own.schema.json"], {"id": "own", "name": "Own form"}),
        ("processes", "other.bpmn", blank_process("other", Text("Other", "其他")), {"id": "other", "name": "Other"}),
        ("decisions", "rate.dmn", blank_decision("rate", Text("Rate", "费率")), {"id": "rate", "name": "Rate"}),
    ],
)
def test_the_editors_offer_what_the_draft_brings_itself(analyst, drafted, list_, name, content, offered):
    add(analyst, drafted, name, content)
    add(analyst, drafted, "own.ui.json", OWN_FORM["own.ui.json"])
    assert offered in analyst.get(f"/studio/{list_}.json?draft={drafted}").json
    assert offered not in analyst.get(f"/studio/{list_}.json").json


def test_only_what_is_proposed_is_shown_as_a_proposal(analyst, drafted):
    assert analyst.get(f"/studio/proposals/{drafted}").location.endswith(f"/studio/drafts/{drafted}")


# -- what differs


def rewritten(content):
    """The same as another tool writes it: indented otherwise, attributes in another order, drawn elsewhere."""
    root = etree.fromstring(content)
    for element in root.iter(etree.Element):
        turned = sorted(element.attrib.items(), reverse=True)
        element.attrib.clear()
        element.attrib.update(turned)
    for bounds in root.iter("{*}Bounds"):
        bounds.set("x", "7")
    etree.indent(root, "\t")
    return etree.tostring(root)


def test_a_file_that_a_tool_wrote_otherwise_says_the_same():
    (found,) = differences.of({"toy.bpmn": TOY}, {"toy.bpmn": rewritten(TOY)})
    assert (found.state, found.lines) == ("changed", [])


def test_a_change_shows_its_own_lines_and_no_others():
    after = rewritten(TOY.replace(b'name="Work"', b'name="Open it"'))
    (found,) = differences.of({"toy.bpmn": TOY}, {"toy.bpmn": after})
    changed = [line for line in found.lines if line[0] in "+-"]
    assert [(line[0], "Work" in line, "Open it" in line) for line in changed] == [
        ("-", True, False),
        ("+", False, True),
    ]


@pytest.mark.parametrize("content", [b"<no", b"\xff", b""])
def test_a_file_that_is_no_xml_is_compared_as_it_is(content):
    (found,) = differences.of({"toy.bpmn": TOY}, {"toy.bpmn": content})
    assert found.state == "changed"
    assert found.lines


def test_changed_files_come_first_then_new_ones_then_those_that_are_gone():
    before = {"a.json": b"1", "gone.json": b"1", "same.json": b"1"}
    after = {"a.json": b"2", "new.json": b"1", "same.json": b"1"}
    assert [each.state for each in differences.of(before, after)] == ["changed", "new", "gone", "same"]


def test_a_proposal_marks_what_goes_and_what_comes(analyst, sign_in, drafted):
    save(analyst, drafted, rewritten(TOY.replace(b'name="Work"', b'name="Open it"')))
    analyst.submit(f"/studio/drafts/{drafted}/propose", why="a clearer name")
    page = sign_in("second-analyst").get(f"/studio/proposals/{drafted}").text
    assert (page.count("<del>-"), page.count("<ins>+")) == (1, 1)
