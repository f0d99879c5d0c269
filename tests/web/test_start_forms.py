"""A procedure that begins with a form: it is filled in first, and nothing starts before it is sent."""

import io
import re
from datetime import date

import pytest

from app.engine import instances
from app.engine.records import InstanceRow, OpenTaskRow, StartDraft
from app.foundation.documents import Document
from tests.engine import toys
from tests.web import work

ASKED = '<bpmn:startEvent id="start"><bpmn:extensionElements><zeebe:formDefinition formId="work" /></bpmn:extensionElements></bpmn:startEvent>'
LANE = (
    '<bpmn:laneSet id="lanes"><bpmn:lane id="lane" name="buyer-handler"><bpmn:flowNodeRef>start</bpmn:flowNodeRef>'
    "<bpmn:flowNodeRef>check</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
)
BODY = LANE + ASKED + toys.user("check", group="buyer-reviewer") + toys.END + toys.flows("start", "check", "end")
GOOD = work.GOOD | {"budget": "1,200.50", "due_on": "2026-05-01", "buyer_id": "forged", "unknown": "forged"}


@pytest.fixture
def house(app, town):
    made = app.extensions["tenderway"]
    work.deploy(made, BODY, files=work.FORM)
    return made


@pytest.fixture
def handler(house, sign_in):
    return sign_in("buyer-handler")


def rows(house, record):
    with house.sessions() as session:
        return session.query(record).all()


def post(client, page=None, **values):
    """Fill in the form as a browser does and send it."""
    page = page or client.get("/start/toy")
    hidden = {name: work.hidden(page, name) for name in ("csrf_token", "_version", "_key")}
    return client.post("/start/toy", data=hidden | values, content_type="multipart/form-data")


def test_the_list_leads_to_the_form_and_names_it(handler):
    page = handler.get("/start").text
    assert ('href="/start/toy"' in page, 'action="/start/toy"' in page, "Everything" in page) == (True, False, True)


def test_looking_at_the_form_starts_nothing(house, handler):
    assert 'name="budget"' in handler.get("/start/toy").text
    assert rows(house, InstanceRow) == []


def test_what_is_entered_becomes_the_cases_variables_with_the_forms_types(house, town, handler):
    answer = post(handler, **GOOD)
    (row,) = rows(house, InstanceRow)
    with house.sessions() as session:
        variables = instances.variables(house.engine, session, row.id)
    assert answer.location == f"/cases/{row.id}"
    assert variables == {
        "title": "彩超", "decision": "approve", "budget": 1200.5, "due_on": date(2026, 5, 1), "agreed": False, "buyer_id": town.buyer,
    }  # fmt: skip


def test_what_is_wrong_stands_beside_its_field_and_nothing_starts(house, handler):
    answer = post(handler, title="彩超", decision="return", budget="much")
    assert (answer.status_code, rows(house, InstanceRow)) == (422, [])
    assert re.findall(r'href="#f-(\w+)"', answer.text) == ["budget", "reasons"]
    assert ('value="彩超"' in answer.text, 'id="f-budget-error"' in answer.text) == (True, True)


def test_the_same_form_sent_twice_starts_one_case(house, handler):
    page = handler.get("/start/toy")
    places = {post(handler, page, **work.GOOD).location for _ in range(2)}
    assert (len(places), len(rows(house, InstanceRow))) == (1, 1)


def test_a_draft_is_shown_again_to_its_writer_and_listed(house, handler):
    answer = handler.submit("/start/toy/draft", title="half", budget="much")
    page, listed = handler.get("/start/toy").text, handler.get("/start").text
    assert ("saved_at" in answer.json, 'value="half"' in page, 'value="much"' in page) == (True, True, True)
    assert ("Continue" in listed, rows(house, InstanceRow)) == (True, [])


def test_a_draft_is_kept_by_the_button_too_and_goes_when_the_form_is_sent(house, handler):
    assert post(handler, title="half", _save="1").location == "/start/toy"
    assert rows(house, StartDraft)[0].entered["title"] == ["half"]
    post(handler, **work.GOOD)
    assert rows(house, StartDraft) == []


def test_nobody_else_sees_a_draft(house, handler):
    handler.submit("/start/toy/draft", title="half")
    with house.sessions() as session:
        session.query(StartDraft).update({"person_id": "another"})
        session.commit()
    assert 'value="half"' not in handler.get("/start/toy").text


def test_a_draft_is_discarded(house, handler):
    handler.submit("/start/toy/draft", title="half")
    handler.submit("/start/toy/draft/discard")
    assert rows(house, StartDraft) == []


def test_a_row_is_added_without_a_script_and_what_was_typed_stays(handler):
    page = post(handler, title="half", _add="items").text
    assert ('name="items-1-item"' in page, 'value="half"' in page) == (True, True)


def test_a_file_is_uploaded_before_it_is_sent_and_handed_in_to_the_case(house, handler):
    kept = handler.post(
        "/documents/upload?start=toy&field=letter",
        data={"file": (io.BytesIO(b"%PDF-1.4 letter"), "letter.pdf")},
        headers={"X-CSRFToken": handler.token()},
    ).json["id"]
    assert [document.access for document in rows(house, Document)] == ["private"]
    post(handler, letter=kept, **work.GOOD)
    (row,), (document,) = rows(house, InstanceRow), rows(house, Document)
    assert (document.case_id, document.kind) == (row.id, "work.letter")


def test_a_file_that_comes_with_a_form_that_is_refused_is_not_asked_for_again(house, handler):
    answer = post(handler, letter=(io.BytesIO(b"%PDF-1.4 letter"), "letter.pdf"), title="half")
    (document,) = rows(house, Document)
    assert (answer.status_code, f'name="letter" value="{document.id}"' in answer.text) == (422, True)


def test_somebody_elses_file_is_not_handed_in(house, handler):
    foreign = handler.post(
        "/documents/upload?start=toy&field=letter",
        data={"file": (io.BytesIO(b"%PDF-1.4 letter"), "letter.pdf")},
        headers={"X-CSRFToken": handler.token()},
    ).json["id"]
    with house.sessions() as session:
        session.query(Document).update({"created_by": "another", "organisation_id": "another"})
        session.commit()
    answer = post(handler, letter=foreign, **work.GOOD)
    assert (answer.status_code, rows(house, InstanceRow)) == (422, [])


@pytest.mark.parametrize("login", ["agency-officer", "supplier-signer", "administrator"])
def test_only_who_may_start_sees_the_form(house, sign_in, login):
    client = sign_in(login)
    answers = [
        client.get("/start/toy"),
        client.submit("/start/toy", **work.GOOD),
        client.submit("/start/toy/draft", title="x"),
        client.post("/documents/upload?start=toy&field=letter", headers={"X-CSRFToken": client.token()}),
    ]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert rows(house, InstanceRow) == rows(house, StartDraft) == []


def test_a_form_of_an_older_version_is_shown_again_with_what_was_typed(house, handler):
    page = handler.get("/start/toy")
    work.deploy(house, BODY.replace("Do check", "Check it"), files=work.FORM)
    answer = post(handler, page, **work.GOOD)
    assert (answer.status_code, rows(house, InstanceRow)) == (409, [])
    assert ("has changed since you opened its form" in answer.text, 'value="彩超"' in answer.text) == (True, True)
    assert post(handler, answer, **work.GOOD).status_code == 303


def test_a_case_that_began_with_its_form_is_no_draft_any_more(house, handler):
    mine = BODY.replace('candidateGroups="buyer-reviewer"', 'candidateGroups="buyer-handler"')
    work.deploy(house, mine, files=work.FORM)
    answer = post(handler, **work.GOOD)
    (task,) = rows(house, OpenTaskRow)
    assert answer.location == f"/tasks/{task.id}"
    assert "Discard this draft" not in handler.get(answer.location).text
    assert handler.submit(f"/start/discard/{task.instance_id}").status_code == 409


def test_the_form_reads_in_chinese(handler):
    handler.submit("/language", language="zh")
    page = handler.get("/start/toy").text
    assert ("提交本表单后流程才会发起" in page, "The case starts when" in page) == (True, False)
