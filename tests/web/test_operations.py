"""Operations: what needs a look, why cases wait, and the repairs of administrators, each with its reasons."""

import re
from datetime import timedelta

import pytest

from app.engine import history, instances, invariants, timers
from app.engine.records import Definition, IncidentRow, InstanceChange, InstanceRow, OpenTaskRow
from app.foundation import journal, outbox
from app.foundation.outbox import Outgoing
from app.foundation.release import VERSION
from app.web.operations import literals
from tests.engine import toys
from tests.web import work

ONE = toys.START + toys.user("a") + toys.user("b") + toys.END + toys.flows("start", "a", "b", "end")
OTHER = toys.START + toys.user("a2") + toys.user("b") + toys.END + toys.flows("start", "a2", "b", "end")
STUCK = (
    toys.START
    + '<bpmn:exclusiveGateway id="sum" />'
    + toys.user("after")
    + toys.user("never")
    + toys.END
    + toys.flows("start", "sum")
    + '<bpmn:sequenceFlow id="yes" sourceRef="sum" targetRef="after"><bpmn:conditionExpression>=good = true'
    "</bpmn:conditionExpression></bpmn:sequenceFlow>"
    '<bpmn:sequenceFlow id="no" sourceRef="sum" targetRef="never"><bpmn:conditionExpression>=good = null'
    "</bpmn:conditionExpression></bpmn:sequenceFlow>" + toys.flows("after", "end") + toys.flows("never", "end")
)
TIMED = toys.START + toys.catch_timer("pause", "P1D") + toys.END + toys.flows("start", "pause", "end")


@pytest.fixture
def house(app, town):
    return app.extensions["tenderway"]


@pytest.fixture
def root(sign_in):
    return sign_in("administrator")


@pytest.fixture
def case(house):
    work.deploy(house, ONE)
    return work.start(house, key="JC-2026-0007", limit=5)[0]


def look(house, record, **wanted):
    with house.sessions() as session:
        return session.query(record).filter_by(**wanted).all()


def state(house, case):
    return look(house, InstanceRow, id=case)[0].state


def open_at(house, case):
    return [task.element_id for task in look(house, OpenTaskRow, instance_id=case)]


def act(client, address, **fields):
    """Open an act's page and send its form as a browser does."""
    page = client.get(address)
    assert page.status_code == 200, page.status_code
    given = hidden(page, "seen")
    if fields.get("do") in ("move", "change"):  # only what was previewed is done
        given |= hidden(client.submit(address, **given, **fields | {"do": "preview"}), "previewed")
    return client.submit(address, **given, **fields)


def hidden(page, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    return {name: found.group(1)} if found else {}


def move_on(house, case):
    """The case moves while somebody looks at its page."""
    with house.sessions() as session:
        instances.set_variables(house.engine, session, toys.ROOT, case, {"moved": True})
        session.commit()


# -- who


PAGES = ("", "/incidents", "/timers", "/mails", "/messages", "/journal")


def test_the_first_page_names_the_release_that_runs(root):
    assert f"Tenderway {VERSION}" in root.get("/operations").text


@pytest.mark.parametrize("page", PAGES)
def test_administrators_and_auditors_look_and_nobody_else(sign_in, page):
    address = f"/operations{page}"
    assert [sign_in(login).get(address).status_code for login in ("administrator", "auditor")] == [200, 200]
    assert [sign_in(login).get(address).status_code for login in ("buyer-handler", "analyst")] == [403, 403]


@pytest.mark.parametrize("page", ["suspend", "resume", "cancel", "variable", "move", "change"])
def test_auditors_see_a_case_and_act_on_none(sign_in, case, page):
    auditor = sign_in("auditor")
    shown = auditor.get(f"/operations/cases/{case}")
    assert shown.status_code == 200
    assert f"/operations/cases/{case}/{page}" not in shown.text
    assert auditor.submit(f"/operations/cases/{case}/{page}", reasons="x").status_code == 403


@pytest.mark.parametrize("damage", [b"", b"damaged", b"\x28\xb5\x2f\xfd damaged"])
def test_a_case_whose_state_is_damaged_says_so(house, root, case, damage):
    with house.sessions() as session:
        session.get(InstanceRow, case).snapshot = damage
        session.commit()
    house.engine.forget()
    page = root.get(f"/operations/cases/{case}")
    with house.sessions() as session:
        assert any("snapshot can't be read" in str(found) for found in invariants.violations(house.engine, session))
    assert (page.status_code, "cannot be read" in page.text) == (200, True)


@pytest.fixture
def damaged(house, case):
    """A case whose stored state can't be read, and that nobody has met yet."""
    with house.sessions() as session:
        session.get(InstanceRow, case).snapshot = b"damaged"
        session.commit()
    house.engine.forget()
    return case


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            ("The stored data of this case is damaged.", "Restore it from a backup.", "Unreadable state", "Try again"),
        ),
        ("zh", ("该流程保存的数据已损坏。", "请从备份中恢复。", "状态无法读取", "重试")),
    ],
)
def test_a_damaged_case_shows_its_facts_and_remedy_at_the_first_look(root, damaged, language, said):
    page = root.get(f"/operations/cases/{damaged}?lang={language}").text
    assert [words for words in said if words not in page] == []
    assert f"/operations/cases/{damaged}/change" not in page


@pytest.mark.parametrize("page", ["", "?part=diagram", "?part=history"])
def test_a_damaged_case_says_on_its_own_page_that_it_cannot_go_on(root, damaged, page):
    shown = root.get(f"/cases/{damaged}{page}")
    assert (shown.status_code, "The stored state of this case cannot be read" in shown.text) == (200, True)


@pytest.mark.parametrize("page", ["change", "variable", "cancel"])
def test_an_act_on_a_damaged_case_is_refused_in_plain_words(house, root, damaged, page):
    fields = {"reasons": "x", "seen": "1-active", "name": "a", "value": "1", "cancel": "gone", "do": "change"}
    shown = root.submit(f"/operations/cases/{damaged}/{page}", **fields)
    assert shown.status_code in (409, 422)
    root.get(f"/operations/cases/{damaged}")
    assert [one.kind for one in look(house, IncidentRow, resolved_at=None)] == ["snapshot"]


def test_a_task_of_a_damaged_case_is_refused_and_its_incident_stands_in_operations(house, root, damaged):
    task = look(house, OpenTaskRow, instance_id=damaged)[0]
    refused = root.get(f"/tasks/{task.id}")
    assert (refused.status_code, "This case cannot continue at the moment" in refused.text) == (409, True)
    listed = root.get("/operations?show=stuck").text
    assert "Stored state of the case" in listed
    assert "Unreadable state" in root.get("/operations/incidents").text


def test_a_caller_that_asks_for_json_opens_the_incident_too(house, root, damaged):
    task = look(house, OpenTaskRow, instance_id=damaged)[0]
    answer = root.get(f"/tasks/{task.id}", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["code"]) == (409, "snapshot-unreadable")
    assert [one.kind for one in look(house, IncidentRow)] == ["snapshot"]


def test_a_damaged_case_goes_on_after_its_state_was_put_back(house, root, case):
    with house.sessions() as session:
        row = session.get(InstanceRow, case)
        before, row.snapshot = row.snapshot, b"damaged"
        session.commit()
    house.engine.forget()
    root.get(f"/operations/cases/{case}")
    incident = look(house, IncidentRow)[0].id
    root.submit(f"/operations/incidents/{incident}/retry", reasons="looked")
    assert "still cannot be read" in root.get(f"/operations/cases/{case}").text
    with house.sessions() as session:
        session.get(InstanceRow, case).snapshot = before
        session.commit()
    root.submit(f"/operations/incidents/{incident}/retry", reasons="copied from the backup")
    assert "can be read again" in root.get(f"/operations/cases/{case}").text
    assert look(house, IncidentRow)[0].resolved_by is not None


# -- what needs a look


def test_a_task_that_nobody_is_offered_is_an_alarm(house, root):
    work.deploy(house, toys.START + toys.user("a", group="=who") + toys.END + toys.flows("start", "a", "end"))
    assert work.start(house, key="JC-2026-0008", who="nobody-at-all")
    page = root.get("/operations")
    assert "Tasks no one can do" in page.text
    assert "No active person has a role that can do them." in page.text
    assert "JC-2026-0008" in root.get("/operations?show=nobody").text


def test_a_task_that_somebody_is_offered_is_no_alarm(house, root, case):
    page = root.get("/operations")
    assert "No active person has a role that can do them." not in page.text
    assert "JC-2026-0007" not in root.get("/operations?show=nobody").text


def test_the_first_page_lists_running_cases_with_the_counts_of_each_filter(house, root, case):
    page = root.get("/operations")
    assert "JC-2026-0007" in page.text
    assert re.search(r"Running\s*<span[^>]*>1</span>", page.text)
    assert "JC-2026-0007" not in root.get("/operations?show=completed").text


def test_cases_are_found_by_number_title_procedure_and_version(house, root, town, case):
    work.project(house, town, "JC-2026-0007", "Lamps for the river")
    version = look(house, InstanceRow, id=case)[0].definition_id
    for query in ("q=0007", "q=lamps", "process=toy", f"process=toy&version={version}"):
        assert "JC-2026-0007" in root.get(f"/operations?{query}").text, query
    for query in ("q=0008", "process=other", "process=toy&version=none"):
        assert "JC-2026-0007" not in root.get(f"/operations?{query}").text, query


def test_the_list_is_exported_as_it_is_filtered(root, case):
    answer = root.get("/operations?format=csv")
    assert answer.mimetype == "text/csv"
    assert "JC-2026-0007" in answer.text
    assert "JC-2026-0007" not in root.get("/operations?format=csv&show=stuck").text


def test_late_timers_and_failed_mails_are_said_first(house, sign_in, virtual_clock):
    work.deploy(house, TIMED)
    work.start(house)
    with house.sessions() as session:
        outbox.mail(session, key="k", to=["a@example.org"], subject="Hello", body="b").state = "failed"
        session.commit()
    virtual_clock.turn(timedelta(days=2))
    page = sign_in("administrator").get("/operations")
    assert "They should have fired by now." in page.text
    assert "1 failed" in page.text


# -- why it waits


def test_a_case_says_why_it_waits(root, case):
    page = root.get(f"/operations/cases/{case}")
    assert "It waits for “Do a”" in page.text
    assert "流程正在等待：“办理 a”" in root.get(f"/operations/cases/{case}?lang=zh").text


def test_a_stuck_case_says_where_and_why(house, root):
    work.deploy(house, STUCK)
    case = work.start(house, good=False)[0]
    assert "It is stuck at “sum”" in root.get(f"/operations/cases/{case}").text


def test_a_case_that_waits_for_the_clock_says_until_when(house, root):
    work.deploy(house, TIMED)
    page = root.get(f"/operations/cases/{work.start(house)[0]}")
    assert "the clock (“wait”" in page.text


def test_variables_show_shortened(house, root):
    work.deploy(house, ONE)
    case = work.start(house, long="x" * 500, limit=5)[0]
    page = root.get(f"/operations/cases/{case}")
    assert "limit" in page.text
    assert "…" in page.text
    assert "x" * 300 not in page.text


# -- suspended, resumed, cancelled


def test_a_case_is_suspended_and_resumed_for_reasons(house, root, case):
    assert act(root, f"/operations/cases/{case}/suspend", reasons="A complaint came").status_code == 303
    assert state(house, case) == "suspended"
    assert act(root, f"/operations/cases/{case}/resume", reasons="It was withdrawn").status_code == 303
    assert state(house, case) == "active"
    with house.sessions() as session:
        said = {entry.act: entry.facts.get("reasons") for entry in journal.of_case(session, case)}
    assert said["instances.suspend"] == "A complaint came"
    assert said["instances.resume"] == "It was withdrawn"


def test_the_history_says_why_a_case_was_resumed(house, root, case):
    act(root, f"/operations/cases/{case}/suspend", reasons="A complaint came")
    act(root, f"/operations/cases/{case}/resume", reasons="It was withdrawn")
    with house.sessions() as session:
        said = [line.text.en for line in history.story(session, case)]
    assert said[-2:] == [
        "Administrator suspended the case: A complaint came",
        "Administrator resumed the case: It was withdrawn",
    ]


def test_a_case_is_cancelled_for_reasons(house, root, case):
    assert act(root, f"/operations/cases/{case}/cancel", reasons="The need is gone").status_code == 303
    assert state(house, case) == "cancelled"
    assert open_at(house, case) == []


@pytest.mark.parametrize("name", ["suspend", "cancel"])
def test_without_reasons_nothing_is_done(house, root, case, name):
    answer = act(root, f"/operations/cases/{case}/{name}", reasons="  ")
    assert answer.status_code == 422
    assert 'id="f-reasons-error"' in answer.text
    assert state(house, case) == "active"


@pytest.mark.parametrize("name", ["suspend", "cancel"])
def test_an_act_on_a_case_that_moved_meanwhile_is_refused_and_keeps_the_reasons(house, root, case, name):
    seen = re.search(r'name="seen" value="([^"]*)"', root.get(f"/operations/cases/{case}/{name}").text).group(1)
    move_on(house, case)
    answer = root.submit(f"/operations/cases/{case}/{name}", seen=seen, reasons="A complaint came")
    assert answer.status_code == 409
    assert "A complaint came" in answer.text
    assert state(house, case) == "active"


def test_a_case_that_has_ended_is_not_cancelled_again(house, root, case):
    act(root, f"/operations/cases/{case}/cancel", reasons="The need is gone")
    assert "cannot do this now" in root.get(f"/operations/cases/{case}/cancel").text
    assert root.submit(f"/operations/cases/{case}/cancel", reasons="x", seen="2-cancelled").status_code == 409


# -- incidents


def test_an_incident_is_tried_again_after_it_was_set_right(house, root):
    work.deploy(house, STUCK)
    case = work.start(house, good=False)[0]
    incident = look(house, IncidentRow, instance_id=case)[0].id
    act(root, f"/operations/cases/{case}/variable", scope="", name="good", value="true", reasons="It was wrong")
    answer = act(root, f"/operations/incidents/{incident}/retry", reasons="The value is mended")
    assert answer.status_code == 303
    assert open_at(house, case) == ["after"]
    with house.sessions() as session:
        entry = journal.of_case(session, case)[-1]
    assert (entry.act, entry.facts["reasons"]) == ("incidents.retry", "The value is mended")


def test_an_incident_that_fails_again_stays_and_is_said_so(house, root):
    work.deploy(house, STUCK)
    case = work.start(house, good=False)[0]
    incident = look(house, IncidentRow, instance_id=case)[0].id
    act(root, f"/operations/incidents/{incident}/retry", reasons="Perhaps now")
    assert "It failed again" in root.get(f"/operations/cases/{case}").text
    assert look(house, IncidentRow, id=incident)[0].resolved_at is None


def test_a_retry_says_what_was_set_right(house, root, sign_in):
    work.deploy(house, STUCK)
    incident = look(house, IncidentRow, instance_id=work.start(house, good=False)[0])[0].id
    assert act(root, f"/operations/incidents/{incident}/retry", reasons="").status_code == 422
    assert sign_in("auditor").submit(f"/operations/incidents/{incident}/retry", reasons="x").status_code == 403


def test_an_incident_that_is_set_right_already_is_refused(house, root):
    work.deploy(house, STUCK)
    case = work.start(house, good=False)[0]
    incident = look(house, IncidentRow, instance_id=case)[0].id
    act(root, f"/operations/cases/{case}/variable", scope="", name="good", value="true", reasons="It was wrong")
    act(root, f"/operations/incidents/{incident}/retry", reasons="Mended")
    assert root.submit(f"/operations/incidents/{incident}/retry", reasons="Again").status_code == 409


def test_all_incidents_of_one_element_are_tried_again_each_by_itself(house, root):
    work.deploy(house, STUCK)
    mended, broken = work.start(house, good=False)[0], work.start(house, good=False)[0]
    act(root, f"/operations/cases/{mended}/variable", scope="", name="good", value="true", reasons="It was wrong")
    assert "Try these 2 again" in root.get("/operations/incidents?element=sum").text
    assert root.submit("/operations/incidents/retry", element="sum").status_code == 422
    answer = root.submit("/operations/incidents/retry", element="sum", reasons="The value is mended")
    assert answer.status_code == 303
    assert (open_at(house, mended), open_at(house, broken)) == (["after"], [])
    assert "1 are still stuck." in root.get("/operations/incidents").text


def test_incidents_of_one_kind_are_tried_again_together_without_a_filter(house, root):
    work.deploy(house, STUCK)
    mended = work.start(house, good=False)[0], work.start(house, good=False)[0]
    for one in mended:
        act(root, f"/operations/cases/{one}/variable", scope="", name="good", value="true", reasons="It was wrong")
    assert "Try these 2 again" in root.get("/operations/incidents").text
    assert root.submit("/operations/incidents/retry", reasons="The value is mended").status_code == 303
    assert [open_at(house, one) for one in mended] == [["after"], ["after"]]


# -- variables


def test_a_variable_is_set_with_its_type(house, root, case):
    address = f"/operations/cases/{case}/variable"
    assert (
        act(root, address, scope="", name="limit", value='[1, {"on": @"2026-03-01"}]', reasons="x").status_code == 303
    )
    with house.sessions() as session:
        found = instances.variables(house.engine, session, case)["limit"]
    assert literals.written(found) == '[1, {on: @"2026-03-01"}]'


@pytest.mark.parametrize("value", ["", "open", "1 +", '{"a": }', "limit + 1", "[1, 2"])
def test_what_is_no_value_is_said_beside_its_field_and_nothing_is_lost(house, root, case, value):
    answer = act(root, f"/operations/cases/{case}/variable", scope="", name="limit", value=value, reasons="Because")
    assert answer.status_code == 422
    assert 'id="f-value-error"' in answer.text
    assert "Because" in answer.text
    with house.sessions() as session:
        assert instances.variables(house.engine, session, case)["limit"] == 5


def test_everything_wrong_with_a_variable_is_said_at_once(root, case):
    answer = act(root, f"/operations/cases/{case}/variable", scope="", name="1 x", value="(", reasons="")
    assert [f'id="f-{name}-error"' in answer.text for name in ("name", "value", "reasons")] == [True] * 3


def test_a_variable_of_a_case_that_moved_is_not_set(house, root, case):
    answer = root.submit(f"/operations/cases/{case}/variable", seen="0", scope="", name="n", value="1", reasons="x")
    assert answer.status_code == 409


def test_a_scope_that_is_gone_is_said(root, case):
    answer = act(root, f"/operations/cases/{case}/variable", scope="gone", name="n", value="1", reasons="x")
    assert answer.status_code == 409
    assert "has ended" in answer.text


@pytest.mark.parametrize("text", ["12.50", '"a \\"quoted\\" text"', "true", "null", '@"P1D"', '[1, "b", {c: [null]}]'])
def test_a_written_value_is_read_back(text):
    value = literals.read(text, "value")
    assert literals.read(literals.written(value), "value") == value


# -- another version


@pytest.fixture
def newer(house, case):
    """The id of a second version, in which the first task has another id."""
    work.deploy(house, OTHER)
    return look(house, Definition, key="toy", version=2)[0].id


def test_a_move_without_a_place_shows_what_stands_against_it(root, case, newer):
    page = root.get(f"/operations/cases/{case}/move?to={newer}")
    assert "Problems" in page.text
    assert "Move the case" not in page.text


def test_a_mapping_is_previewed_and_nothing_moves(house, root, case, newer):
    fields = {"to": newer, "to:toy/a": "a2", "do": "preview"}
    page = act(root, f"/operations/cases/{case}/move?to={newer}", **fields)
    assert "1 token" in page.text
    assert "Move the case" in page.text
    assert open_at(house, case) == ["a"]


def test_a_case_is_moved_to_another_version_and_back(house, root, case, newer):
    fields = {"to": newer, "to:toy/a": "a2", "do": "move", "reasons": "A new law"}
    assert act(root, f"/operations/cases/{case}/move?to={newer}", **fields).status_code == 303
    assert (look(house, InstanceRow, id=case)[0].definition_id, open_at(house, case)) == (newer, ["a2"])
    shown = root.get(f"/operations/cases/{case}").text
    assert "Moved from version 1 to 2" in shown
    assert "A new law" in shown
    change = look(house, InstanceChange, instance_id=case)[0]
    back = f"/operations/cases/{case}/changes/{change.id}/take-back"
    assert act(root, back, reasons="").status_code == 422
    assert act(root, back, reasons="The wrong case").status_code == 303
    assert open_at(house, case) == ["a"]
    assert act(root, back, reasons="Again").status_code == 409


def test_a_move_needs_reasons_and_a_place_for_everything(house, root, case, newer):
    address = f"/operations/cases/{case}/move?to={newer}"
    assert act(root, address, **{"to": newer, "to:toy/a": "a2", "do": "move", "reasons": ""}).status_code == 422
    assert act(root, address, to=newer, do="move", reasons="A new law").status_code == 409
    assert open_at(house, case) == ["a"]


def test_a_move_of_a_case_that_moved_meanwhile_is_refused_with_its_mapping_kept(house, root, case, newer):
    fields = {"to": newer, "to:toy/a": "a2", "do": "move", "reasons": "A new law", "seen": "0-active"}
    answer = root.submit(f"/operations/cases/{case}/move", **fields)
    assert answer.status_code == 409
    assert '<option value="a2" selected>' in answer.text


def test_a_mapping_chosen_after_the_preview_is_shown_first(house, root, case, newer):
    address = f"/operations/cases/{case}/move?to={newer}"
    fields = hidden(root.get(address), "seen") | {"to": newer, "to:toy/a": "b", "do": "move", "reasons": "A new law"}
    answer = root.submit(address, **fields, previewed="toy/a=a2")
    assert answer.status_code == 422
    assert "after the preview" in answer.text
    assert open_at(house, case) == ["a"]


def test_a_version_of_another_procedure_is_refused(house, root, case):
    work.deploy(house, OTHER, "other")
    wrong = look(house, Definition, key="other")[0].id
    assert root.get(f"/operations/cases/{case}/move?to={wrong}").status_code == 404


# -- by hand


def token(page, name="Do a"):
    return re.search(r'name="cancel" value="([^"]+)"', page.text).group(1)


def test_a_change_is_previewed_with_tokens_before_and_after(house, root, case):
    address = f"/operations/cases/{case}/change"
    page = act(root, address, cancel=token(root.get(address)), start="toy|b|", do="preview")
    before, after = page.text.split("Tokens now")[1].split("Tokens after it")
    assert "Do a" in before
    assert "Do b" in after
    assert open_at(house, case) == ["a"]


def test_a_change_by_hand_is_made_and_taken_back(house, root, case):
    address = f"/operations/cases/{case}/change"
    fields = {"cancel": token(root.get(address)), "start": "toy|b|", "do": "change", "reasons": "A skipped step"}
    assert act(root, address, **fields).status_code == 303
    assert open_at(house, case) == ["b"]
    change = look(house, InstanceChange, instance_id=case)[0]
    act(root, f"/operations/cases/{case}/changes/{change.id}/take-back", reasons="It wasn't needed")
    assert open_at(house, case) == ["a"]


def test_a_change_after_which_the_case_moved_is_not_taken_back(house, root, case):
    address = f"/operations/cases/{case}/change"
    act(root, address, cancel=token(root.get(address)), start="toy|b|", do="change", reasons="A skipped step")
    move_on(house, case)
    change = look(house, InstanceChange, instance_id=case)[0]
    answer = act(root, f"/operations/cases/{case}/changes/{change.id}/take-back", reasons="x")
    assert answer.status_code == 409
    assert "has continued since" in answer.text


def test_a_change_needs_something_to_do_and_reasons(house, root, case):
    address = f"/operations/cases/{case}/change"
    assert act(root, address, do="preview").status_code == 422
    answer = act(root, address, start="toy|b|", do="change", reasons="")
    assert answer.status_code == 422
    assert 'id="f-reasons-error"' in answer.text
    assert open_at(house, case) == ["a"]


def test_a_choice_made_after_the_preview_is_shown_first(house, root, case):
    address = f"/operations/cases/{case}/change"
    fields = hidden(root.get(address), "seen") | {"start": "toy|b|", "do": "change", "reasons": "A skipped step"}
    answer = root.submit(address, **fields, previewed="something else")
    assert answer.status_code == 422
    assert "after the preview" in answer.text
    assert "A skipped step" in answer.text
    assert open_at(house, case) == ["a"]


def test_a_change_of_a_case_that_moved_meanwhile_is_refused(house, root, case):
    answer = root.submit(f"/operations/cases/{case}/change", start="toy|b|", do="change", reasons="x", seen="0-active")
    assert answer.status_code == 409
    assert open_at(house, case) == ["a"]


def test_a_token_that_is_gone_is_said(root, case):
    answer = act(root, f"/operations/cases/{case}/change", cancel="gone", do="preview")
    assert answer.status_code == 422
    assert "no such token" in answer.text


# -- timers, mails, messages, journal


def test_timers_are_listed_with_what_is_late(house, root, virtual_clock):
    work.deploy(house, TIMED)
    work.start(house, key="JC-2026-0009")
    assert "JC-2026-0009" in root.get("/operations/timers").text
    assert "JC-2026-0009" not in root.get("/operations/timers?show=late").text
    virtual_clock.turn(timedelta(days=2))
    root.sign_in("administrator")
    assert "JC-2026-0009" in root.get("/operations/timers?show=late").text
    timers.fire_due(house.engine, house.sessions)
    assert "JC-2026-0009" not in root.get("/operations/timers").text


def test_a_mail_that_failed_is_sent_again_once(house, root, sign_in):
    with house.sessions() as session:
        mail = outbox.mail(session, key="k", to=["a@example.org"], subject="Hello", body="b")
        mail.state, mail.last_error = "failed", "550 no such box"
        session.commit()
        identity = mail.id
    assert "550 no such box" in root.get("/operations/mails").text
    assert sign_in("auditor").submit(f"/operations/mails/{identity}/again").status_code == 403
    assert root.submit(f"/operations/mails/{identity}/again").status_code == 303
    assert look(house, Outgoing, id=identity)[0].state == "waiting"
    assert root.submit(f"/operations/mails/{identity}/again").status_code == 409


def test_the_journal_is_checked_on_demand(house, root, case):
    assert "The journal is intact" in root.get("/operations/journal?check=journal").text
    with house.sessions() as session:
        entry = session.query(journal.JournalEntry).filter_by(case_id=case).first()
        entry.actor_name = "Somebody else"
        session.commit()
    page = root.get("/operations/journal?check=all")
    assert "was changed after it was written" in page.text


@pytest.mark.parametrize("page", [*PAGES, "/incidents/retry?element=a"])
def test_every_page_is_whole_in_chinese(root, page):
    text = root.get(f"/operations{page}{'&' if '?' in page else '?'}lang=zh").text
    main = re.search(r"<main.*?</main>", text, re.DOTALL).group(0)
    assert "运行监控" in main
    assert not re.search(r">\s*(Cases|Incidents|Look|Check|Export)\s*<", main)


def test_a_task_whose_only_person_did_the_step_before_is_for_nobody(house, sign_in, root, town):
    work.deploy(house, work.two_steps(second="buyer-handler", duty="work"), files=work.FORM)
    _instance, (first,) = work.start(house, key="JC-2026-0009")
    work.send(sign_in("buyer-handler"), first, **work.GOOD)
    assert "JC-2026-0009" in root.get("/operations?show=nobody").text


# -- what each case of the list waits for


def rows_of(page):
    """The list's rows, each as the texts of its cells."""
    return [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]
        for row in re.findall(r"<tr.*?</tr>", page.partition("<tbody>")[2], re.DOTALL)
    ]


def test_the_list_says_what_each_case_waits_for_and_since_when(house, sign_in, town, virtual_clock):
    work.deploy(house, work.two_steps(), files=work.FORM)
    work.deploy(
        house, toys.START + toys.catch_timer("pause", "P3D") + toys.END + toys.flows("start", "pause", "end"), "slow"
    )
    work.start(house, key="JC-2026-0001")
    virtual_clock.turn(timedelta(days=2))
    work.start(house, "slow", key="JC-2026-0002")
    clock, person = rows_of(sign_in("administrator").get("/operations?sort=-started").text)
    assert ("wait" in clock[2], "the clock" in clock[2], clock[1]) == (True, True, "none")
    assert ("Do work" in person[2], "Procurement handler" in person[2], person[1]) == (True, True, "Planning")
    assert person[3] == "Mon 2 Mar, 12:00"


def test_the_list_is_narrowed_to_a_stage_and_to_what_is_late(house, sign_in, town, virtual_clock):
    work.deploy(house, work.two_steps(), files=work.FORM)
    work.start(house, key="JC-2026-0001")
    assert [
        "JC-2026-0001" in sign_in("administrator").get(f"/operations?stage={stage}").text
        for stage in ("planning", "bids")
    ] == [
        True,
        False,
    ]
    assert "JC-2026-0001" not in sign_in("administrator").get("/operations?show=late").text
    virtual_clock.turn(timedelta(days=5))
    assert "JC-2026-0001" in sign_in("administrator").get("/operations?show=late").text


def test_what_needs_a_look_leads_to_it(root, town):
    tiles = re.findall(r'<a class="tw-tile[^"]*" href="([^"]+)">', root.get("/operations").text)
    assert {"/operations/incidents", "/operations/journal", "/operations/mails"} <= {
        tile.partition("?")[0] for tile in tiles
    }
