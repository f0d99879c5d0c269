"""A task's page: nothing typed is lost, everything works without a script, and one form is one act."""

import io
import json
import re
from datetime import timedelta

import lxml.html
import pytest

from app.engine import history, tasks
from app.engine.records import InstanceRow, OpenTaskRow
from app.foundation import documents
from app.foundation.actor import SYSTEM, Actor
from app.foundation.documents import Document
from app.foundation.errors import RuleBroken
from app.foundation.text import Text
from app.identity import accounts, grants
from tests.engine import toys
from tests.web import work


@pytest.fixture
def house(app):
    return app.extensions["tenderway"]


@pytest.fixture
def task(house, town):
    """A task of the buyer's handlers that waits, with the form that has everything."""
    work.deploy(house, work.two_steps(), files=work.FORM)
    work.declare(house, prepare=lambda _context: {"values": {"scores": work.SCORES}, "facts": FACTS})
    return work.start(house)[1][0]


ACTOR = Actor("wang", "Wang", groups=frozenset({"buyer-handler"}))
"""Somebody else who may do the task."""
FACTS = [(Text("Budget line", "预算项目"), Text("2026-0101", "2026-0101"))]
SCORED = {f"scores-{row}-points": "5" for row in range(4)}
GOOD = work.GOOD | SCORED


@pytest.fixture(autouse=True)
def as_it_was(house):
    before = house.engine.acts
    yield
    house.engine.acts = before


def in_database(house, record):
    with house.sessions() as session:
        return session.query(record).all()


# -- looking


def test_the_form_stands_beside_what_one_needs_to_decide(sign_in, task):
    page = sign_in("buyer-handler").get(f"/tasks/{task}").text
    assert "2026-0101" in page
    assert "Government Procurement Law, article 35" in page
    assert "自招标文件开始发出之日起至投标人提交投标文件截止之日止" in page


def test_the_main_button_names_the_act(sign_in, task):
    page = sign_in("buyer-handler").get(f"/tasks/{task}").text
    assert re.search(r'<button class="govuk-button" data-sending>Send everything</button>', page)


def test_the_page_is_whole_in_chinese(sign_in, task):
    page = lxml.html.fromstring(sign_in("buyer-handler").get(f"/tasks/{task}?lang=zh").text).text_content()
    assert (
        "Send everything（中文）" in page,
        "《中华人民共和国政府采购法》第三十五条" in page,
        "Save draft" in page,
    ) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize(
    "drawn",
    [
        r'<input class="govuk-input" type="text" value="" id="f-title"',
        r'<textarea class="govuk-textarea" rows="4" id="f-need"',
        r'<div class="tw-affix"><span>¥</span><input class="[^"]*" inputmode="decimal"[^>]*id="f-budget"',
        r'<input class="[^"]*" inputmode="decimal"[^>]*id="f-quantity"',
        r'type="date" value="" id="f-due_on"',
        r'type="datetime-local" value="" id="f-opens_at"',
        r'<select class="govuk-select" id="f-method"',
        r'<input class="govuk-radios__input" type="radio" id="f-decision" name="decision" value="approve"',
        r'data-rule="[^"]*decision',
        r'<input class="govuk-checkboxes__input" type="checkbox" id="f-agreed"',
        r'type="checkbox" id="f-powers" name="powers" value="draft"',
        r'<input class="govuk-file-upload" type="file" id="f-letter" name="letter" accept=',
        r'<input class="govuk-file-upload" type="file" id="f-attachments" name="attachments" multiple accept=',
        r'<input class="govuk-input" type="text" value="" id="f-items-0-item"',
        r'<template data-row-template>',
        r'<table class="tw-matrix" role="table"',
        r'<h2 class="tw-heading" id="[^"]+" tabindex="-1">A heading</h2>',
        r'<div class="govuk-inset-text">A note</div>',
    ],
)  # fmt: skip
def test_every_kind_of_field_is_drawn(sign_in, task, drawn):
    assert re.search(drawn, sign_in("buyer-handler").get(f"/tasks/{task}").text)


def test_what_may_be_left_empty_is_marked_and_what_a_condition_asks_for_is_not(sign_in, task):
    page = sign_in("buyer-handler").get(f"/tasks/{task}").text
    labels = dict(re.findall(r'<label class="govuk-label" for="f-(\w+)">(.*?)</label>', page))
    assert ["optional" in labels[name] for name in ("title", "need", "reasons")] == [False, True, False]


def test_a_matrix_has_bids_in_columns_and_the_suppliers_words_beside_each_score(sign_in, task):
    page = sign_in("buyer-handler").get(f"/tasks/{task}").text
    matrix = page[page.index('<table class="tw-matrix"') :]
    assert re.findall(r'<th scope="row" role="rowheader">(Supplier b\d)', matrix) == ["Supplier b1", "Supplier b2"]
    heads = re.findall(r'<th scope="col" role="columnheader">\s*<span class="tw-matrix__name">(Factor f\d)', matrix)
    assert heads == ["Factor f1", "Factor f2"]
    assert 'aria-label="Points, Supplier b2: Factor f1"' in matrix
    assert matrix.count('<span class="tw-matrix__words">so</span>') == 4


def test_nothing_is_wrong_with_a_form_that_was_just_opened(sign_in, task):
    page = sign_in("buyer-handler").get(f"/tasks/{task}").text
    assert ("govuk-form-group--error" in page, "govuk-error-message" in page) == (False, False)


def test_a_task_of_another_role_is_not_shown(sign_in, task):
    assert sign_in("payment-officer").get(f"/tasks/{task}").status_code == 403


def test_a_task_that_never_was_is_not_found(sign_in, town):
    assert sign_in("buyer-handler").get("/tasks/nothing").status_code == 404


def test_who_did_the_step_before_is_told_why_they_may_not_do_this_one(house, sign_in, town):
    work.deploy(house, work.two_steps(second="buyer-handler", duty="work"), files=work.FORM)
    _instance, (first,) = work.start(house)
    work.send(sign_in("buyer-handler"), first, **work.GOOD)
    (second,) = in_database(house, OpenTaskRow)
    page = sign_in("buyer-handler").get(f"/tasks/{second.id}").text
    assert ("Someone else must do this one" in page, "data-sending" in page) == (True, False)


# -- sending


def test_a_form_that_is_accepted_completes_its_task(house, sign_in, task):
    answer = work.send(sign_in("buyer-handler"), task, **GOOD)
    assert (answer.status_code, answer.location) == (303, f"/tasks/{task}/done")
    assert [each.element_id for each in in_database(house, OpenTaskRow)] == ["check"]


def test_after_it_one_sees_what_happened_and_what_happens_next(sign_in, task):
    client = sign_in("buyer-handler")
    page = client.get(work.send(client, task, **GOOD).location).text
    assert ("You have completed this task." in page, "Do check" in page) == (True, True)
    assert "Procurement reviewer" in page


def test_a_field_that_is_wrong_says_so_beside_it_and_on_top_with_a_link(sign_in, task):
    answer = work.send(sign_in("buyer-handler"), task, **SCORED, title="x", decision="approve", budget="about 5")
    assert answer.status_code == 422
    assert '<a href="#f-budget">Enter a number' in answer.text
    assert re.search(r'id="f-budget-error">.*Enter a number', answer.text)
    assert re.search(r'id="f-budget" name="budget" aria-describedby="f-budget-error" aria-invalid="true"', answer.text)
    assert "<title>Error: " in answer.text


def test_what_was_typed_comes_back_verbatim(sign_in, task):
    typed = {"title": "  a <b> title", "budget": "about 5", "due_on": "next week", "need": "one\ntwo", "powers": "sign"}
    page = work.send(sign_in("buyer-handler"), task, **typed).text
    assert 'value="  a &lt;b&gt; title"' in page
    assert ('value="about 5"' in page, 'type="text" value="next week"' in page, ">one\ntwo</textarea>" in page) == (
        True,
    ) * 3
    assert re.search(r'name="powers" value="sign" checked', page)


def test_the_row_of_a_wrong_cell_is_named_and_its_neighbours_kept(sign_in, task):
    rows = {"items-0-item": "lamp", "items-0-price": "10", "items-4-item": "mast", "items-4-price": "dear"}
    page = work.send(sign_in("buyer-handler"), task, **GOOD, **rows).text
    assert re.search(r'<a href="#f-items-1-price">Row 2: ', page)
    assert ('value="lamp"' in page, 'value="dear"' in page) == (True, True)


def test_a_missing_score_is_named_by_its_bid_and_factor(sign_in, task):
    page = work.send(sign_in("buyer-handler"), task, **work.GOOD, **SCORED | {"scores-2-points": ""}).text
    assert re.search(r'<a href="#f-scores-2-points">Supplier b2, Factor f1: Fill in', page)


def test_a_score_can_not_be_moved_to_another_bid(house, sign_in, task):
    taken = []
    work.declare(house, take=lambda _context, values: taken.append(values["scores"]))
    forged = {f"scores-{row}-bid_id": "forged" for row in range(4)} | {
        f"scores-{row}-factor_id": "f" for row in range(4)
    }
    answer = work.send(sign_in("buyer-handler"), task, **work.GOOD, **SCORED | forged)
    assert (answer.status_code, taken) == (422, [])


def test_a_field_that_is_hidden_by_its_rule_is_not_asked_for(sign_in, task):
    assert work.send(sign_in("buyer-handler"), task, **GOOD | {"reasons": "left over"}).status_code == 303


def test_a_field_that_its_condition_asks_for_is_missed(sign_in, task):
    page = work.send(sign_in("buyer-handler"), task, **GOOD | {"decision": "return"}).text
    assert '<a href="#f-reasons">Fill in “Reasons”.' in page


def test_a_rule_of_the_domain_is_refused_beside_its_field_and_nothing_has_happened(house, sign_in, task):
    class OverBudget(RuleBroken):
        text = Text("It exceeds the budget.", "超出预算。")

    def refuse(context, values):
        raise OverBudget(field="budget")

    work.declare(house, take=refuse)
    answer = work.send(sign_in("buyer-handler"), task, **GOOD | {"budget": "5"})
    assert (answer.status_code, '<a href="#f-budget">It exceeds the budget.' in answer.text) == (422, True)
    assert [each.element_id for each in in_database(house, OpenTaskRow)] == ["work"]


# -- without a script


def test_a_row_is_added_by_its_button_and_nothing_else_changes(house, sign_in, task):
    page = work.send(sign_in("buyer-handler"), task, title="kept", **{"items-0-item": "lamp", "_add": "items"})
    assert (page.status_code, 'value="kept"' in page.text, 'id="f-items-1-item"' in page.text) == (200, True, True)
    assert len(in_database(house, OpenTaskRow)) == 1


def test_a_row_is_removed_by_its_button(sign_in, task):
    rows = {"items-0-item": "lamp", "items-1-item": "mast", "_remove": "items-0"}
    page = work.send(sign_in("buyer-handler"), task, **rows).text
    assert ('value="lamp"' in page, 'value="mast" id="f-items-0-item"' in page) == (False, True)


def test_pressing_enter_in_a_field_sends_the_form_instead_of_removing_a_row(sign_in, task):
    page = sign_in("buyer-handler").get(f"/tasks/{task}").text
    form = page[page.index('id="task-form"') :]
    assert (
        re.search(r"<button[^>]*>", form).group(0)
        == '<button class="govuk-visually-hidden" tabindex="-1" aria-hidden="true">'
    )


# -- drafts


def test_a_draft_is_kept_as_it_was_typed_and_shown_again(sign_in, task):
    client = sign_in("buyer-handler")
    answer = work.send(client, task, title="half", budget="about 5", _save="1")
    page = client.get(answer.location).text
    assert (answer.status_code, 'value="half"' in page, 'value="about 5"' in page) == (303, True, True)
    assert "Draft saved" in page


def test_a_draft_that_saves_itself_answers_when_it_was_saved(sign_in, task):
    client = sign_in("buyer-handler")
    data = work.fields(client.get(f"/tasks/{task}")) | {"title": "typing", "scores-1-points": "7"}
    answer = client.post(f"/tasks/{task}/draft", data=data)
    page = client.get(f"/tasks/{task}").text
    assert answer.json["saved_at"] == "2026-03-02T04:00:00+00:00"
    assert re.search(r'value="7" id="f-scores-1-points"', page)


def test_a_draft_is_its_persons_own(house, sign_in, task):
    work.send(sign_in("buyer-handler"), task, title="mine alone", _save="1")
    assert "mine alone" not in sign_in("administrator").get(f"/tasks/{task}").text


def test_a_draft_of_a_task_that_somebody_else_took_is_a_conflict(house, sign_in, town, task):
    client = sign_in("buyer-handler")
    data = work.fields(client.get(f"/tasks/{task}"))
    with house.sessions() as session:
        row = session.get(OpenTaskRow, task)
        row.claimed_by, row.claimed_by_name = "somebody", "Somebody Else"
        session.commit()
    assert client.post(f"/tasks/{task}/draft", data=data, headers={"Accept": "application/json"}).status_code == 409


# -- one form, one act; somebody in between


def test_a_double_click_acts_once_and_gets_the_same_answer(house, sign_in, task):
    client = sign_in("buyer-handler")
    page = client.get(f"/tasks/{task}")
    first, second = (work.send(client, task, page, **GOOD) for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location)
    completed = [row for row in in_database(house, history.HistoryRow) if row.kind == "completed" and row.task_id]
    assert [row.element_id for row in completed] == ["work"]


def test_a_page_that_was_open_while_somebody_took_the_task_shows_who_and_keeps_the_input(house, sign_in, task):
    client = sign_in("buyer-handler")
    page = client.get(f"/tasks/{task}")
    with house.sessions() as session:
        tasks.claim(house.engine, session, ACTOR, task)
        session.commit()
    answer = work.send(client, task, page, **GOOD | {"need": "long text"})
    assert (answer.status_code, "Wang has claimed this task." in answer.text) == (409, True)
    assert "Wang claimed “Do work”." in answer.text
    assert ">long text</textarea>" in answer.text


def test_a_page_that_was_open_while_the_task_changed_can_be_sent_again(house, sign_in, task):
    client = sign_in("buyer-handler")
    page = client.get(f"/tasks/{task}")
    with house.sessions() as session:
        tasks.claim(house.engine, session, ACTOR, task)
        tasks.give_back(house.engine, session, ACTOR, task)
        session.commit()
    stale = work.send(client, task, page, **GOOD)
    again = work.send(client, task, stale, **GOOD)
    assert (stale.status_code, "released “Do work”" in stale.text, again.status_code) == (409, True, 303)


@pytest.fixture
def colleague(house, town):
    """A second handler of the same buyer."""
    with house.sessions() as session:
        account = accounts.create(session, SYSTEM, login="li", name="Li")
        grants.grant(session, SYSTEM, account_id=account.id, role="buyer-handler", organisation_id=town.buyer)
        session.commit()
        return account.id


def test_who_took_a_task_on_hands_it_to_a_colleague(house, sign_in, task, colleague):
    client = sign_in("buyer-handler")
    client.submit(f"/tasks/{task}/claim")
    offered = re.findall(r'<option value="(\w+)">', client.get(f"/tasks/{task}").text.partition("/hand-over")[2])
    client.submit(f"/tasks/{task}/hand-over", colleague=colleague)
    assert (offered, in_database(house, OpenTaskRow)[0].claimed_by) == ([colleague], colleague)


def test_a_task_is_not_handed_to_whom_it_is_not_for(house, sign_in, task, colleague, account_of):
    client = sign_in("buyer-handler")
    client.submit(f"/tasks/{task}/claim")
    client.submit(f"/tasks/{task}/hand-over", colleague=account_of("payment-officer").id)
    assert "Choose a colleague." in client.get(f"/tasks/{task}").text
    assert in_database(house, OpenTaskRow)[0].claimed_by == account_of("buyer-handler").id


def test_a_task_is_not_handed_to_whom_separation_of_duties_keeps_from_it(house, sign_in, town, colleague):
    work.deploy(house, work.two_steps(second="buyer-handler", duty="work"), files=work.FORM)
    first, second = sign_in("li"), sign_in("buyer-handler")
    work.send(first, work.start(house)[1][0], title="x", decision="approve")
    [check] = [row.id for row in in_database(house, OpenTaskRow)]
    second.submit(f"/tasks/{check}/claim")
    assert "/hand-over" not in second.get(f"/tasks/{check}").text


def test_a_task_that_nobody_took_on_is_not_handed_over(sign_in, task, colleague):
    assert "/hand-over" not in sign_in("buyer-handler").get(f"/tasks/{task}").text


def test_an_administrator_hands_over_what_somebody_else_holds(house, sign_in, task, colleague):
    sign_in("buyer-handler").submit(f"/tasks/{task}/claim")
    sign_in("administrator").submit(f"/tasks/{task}/hand-over", colleague=colleague)
    assert in_database(house, OpenTaskRow)[0].claimed_by == colleague


def test_a_task_that_somebody_else_did_says_who_and_shows_what_one_had_typed(house, sign_in, task):
    client = sign_in("buyer-handler")
    page = client.get(f"/tasks/{task}")
    with house.sessions() as session:
        tasks.complete(house.engine, session, ACTOR, task, {"title": "x", "decision": "approve"})
        session.commit()
    answer = work.send(client, task, page, **GOOD | {"need": "my long text"})
    assert (answer.status_code, "Wang has completed this task." in answer.text, "my long text" in answer.text) == (
        409,
        True,
        True,
    )


def test_what_was_entered_in_vain_is_told_in_words_and_not_in_codes(house, sign_in, task):
    client = sign_in("buyer-handler")
    page = client.get(f"/tasks/{task}")
    with house.sessions() as session:
        tasks.complete(house.engine, session, ACTOR, task, {"title": "x", "decision": "approve"})
        session.commit()
    values = {"due_on": "2026-05-01", "opens_at": "2026-05-02T09:30", "agreed": "true", "powers": ["draft", "sign"]}
    answer = work.send(client, task, page, **GOOD | values)
    told = [
        item.text_content()
        for item in lxml.html.fromstring(answer.text).xpath("//*[contains(@class, 'tw-status--soon')]//li")
    ]
    assert told[:7] == [
        "Title: 彩超", "Due on: 1 May 2026", "Opens at: 2 May 2026, 09:30 (China time)", "Decision: Approve", "Agreed: yes",
        "Powers: Draft", "Powers: Sign",
    ]  # fmt: skip


def test_only_what_can_be_entered_is_called_optional(sign_in, house, town):
    read = {"name": "bonds", "widget": "table", "rows": "fixed", "columns": [
        {"name": "id", "widget": "hidden"},
        {"name": "amount", "widget": "money", "readonly": True, "label": work.t("Amount")},
    ]}  # fmt: skip
    ui = work.UI | {"fields": [*work.UI["fields"], read | {"label": work.t("Bonds")}]}
    rows = {"type": "array", "items": {"type": "object", "properties": {"id": work.TEXT, "amount": work.NUMBER}}}
    schema = work.SCHEMA | {"properties": work.SCHEMA["properties"] | {"bonds": rows}}
    files = {"work.schema.json": json.dumps(schema).encode(), "work.ui.json": json.dumps(ui).encode()}
    work.deploy(house, work.two_steps(), files=files)
    page = lxml.html.fromstring(sign_in("buyer-handler").get(f"/tasks/{work.start(house)[1][0]}").text)
    captions = {caption.text.strip(): caption.text_content() for caption in page.iter("caption") if caption.text}
    assert ("optional" in captions["Items"], "optional" in captions["Bonds"]) == (True, False)


@pytest.mark.parametrize(
    ("kinds", "is_card"), [(["text"] * 5, False), (["text"] * 6, True), (["text"] * 4 + ["textarea"], True)]
)
def test_rows_with_more_than_fits_beside_each_other_are_cards(sign_in, house, town, kinds, is_card):
    columns = [{"name": f"c{n}", "widget": kind, "label": work.t(f"C{n}")} for n, kind in enumerate(kinds)]
    members = {"name": "members", "widget": "table", "rows": "free", "label": work.t("Members"), "columns": columns}
    rows = {"type": "array", "items": {"type": "object", "properties": {f"c{n}": work.TEXT for n in range(len(kinds))}}}
    ui, schema = work.UI | {"fields": [members]}, {"type": "object", "properties": {"members": rows}}
    files = {"work.schema.json": json.dumps(schema).encode(), "work.ui.json": json.dumps(ui).encode()}
    work.deploy(house, work.two_steps(), files=files)
    page = lxml.html.fromstring(sign_in("buyer-handler").get(f"/tasks/{work.start(house)[1][0]}").text)
    assert ("tw-rows--cards" in page.find(".//table").get("class").split()) is is_card


def test_a_decision_comes_before_what_else_belongs_to_the_case(sign_in, house, town):
    decision = next(field for field in work.UI["fields"] if field["name"] == "decision")
    kind = {name: rule for name, rule in work.SCHEMA["properties"].items() if name == "decision"}
    ui, schema = (
        work.UI | {"fields": [decision | {"label": work.t("Decision")}]},
        {"type": "object", "properties": kind},
    )
    files = {"work.schema.json": json.dumps(schema).encode(), "work.ui.json": json.dumps(ui).encode()}
    work.deploy(house, work.two_steps(), files=files)
    work.declare(house, prepare=lambda _context: {"facts": FACTS})
    page = lxml.html.fromstring(sign_in("buyer-handler").get(f"/tasks/{work.start(house)[1][0]}").text)
    parts = [box.get("class") for box in page.xpath("//main//*[contains(@class, 'tw-task--review')]/*")]
    assert [each.split()[-1] for each in parts] == ["tw-task__main", "tw-task__decision", "tw-task__rest"]


def test_a_link_to_a_task_that_is_done_says_by_whom_and_when(sign_in, task):
    client = sign_in("buyer-handler")
    work.send(client, task, **GOOD)
    page = client.get(f"/tasks/{task}", follow_redirects=True).text
    assert ("You have completed this task." in page, "Monday 2 March 2026, 12:00" in page) == (True, True)


def test_what_came_of_a_task_is_not_told_to_who_has_no_part_in_the_case(sign_in, task):
    work.send(sign_in("buyer-handler"), task, **GOOD)
    assert sign_in("supplier-signer").get(f"/tasks/{task}/done").status_code == 403


# -- claim and give back


def test_a_task_is_claimed_and_given_back(house, sign_in, task):
    client = sign_in("buyer-handler")
    client.submit(f"/tasks/{task}/claim")
    (claimed,) = in_database(house, OpenTaskRow)
    client.submit(f"/tasks/{task}/give-back")
    (given_back,) = in_database(house, OpenTaskRow)
    assert (claimed.claimed_by_name, given_back.claimed_by) == ("Procurement handler", None)


def test_a_claim_goes_back_to_where_it_was_pressed_but_nowhere_else(sign_in, task):
    client = sign_in("buyer-handler")
    assert client.submit(f"/tasks/{task}/claim", back="/inbox?show=group").location == "/inbox?show=group"
    assert client.submit(f"/tasks/{task}/claim", back="https://evil.example/").location == f"/tasks/{task}"


def test_nobody_but_its_holder_gives_a_task_back(sign_in, task):
    sign_in("buyer-handler").submit(f"/tasks/{task}/claim")
    assert sign_in("buyer-reviewer").submit(f"/tasks/{task}/give-back").status_code == 403


# -- files


PDF = b"%PDF-1.7\nhello"


def file(name="plan.pdf", content=PDF):
    return io.BytesIO(content), name


def test_a_file_posts_with_its_form_and_is_opened_to_the_case_when_the_form_is_accepted(house, sign_in, task):
    work.send(sign_in("buyer-handler"), task, **GOOD, attachments=[file(), file("two.pdf", PDF + b"2")])
    kept = in_database(house, Document)
    assert [(each.name, each.access, each.kind) for each in kept] == [
        ("plan.pdf", "case", "work.attachments"),
        ("two.pdf", "case", "work.attachments"),
    ]


def test_a_file_survives_a_form_that_is_refused_and_stays_private_until_it_is_accepted(house, sign_in, task):
    client = sign_in("buyer-handler")
    refused = work.send(client, task, **SCORED, title="", decision="approve", attachments=file())
    (kept,) = in_database(house, Document)
    assert (kept.access, f'name="attachments" value="{kept.id}"' in refused.text) == ("private", True)
    work.send(client, task, refused, **GOOD, attachments=kept.id)
    (handed_in,) = in_database(house, Document)
    (row,) = in_database(house, InstanceRow)
    assert (handed_in.access, handed_in.case_id) == ("case", row.id)


def test_a_file_is_removed_by_its_button(house, sign_in, task):
    client = sign_in("buyer-handler")
    refused = work.send(client, task, title="", attachments=file())
    (kept,) = in_database(house, Document)
    page = work.send(client, task, refused, attachments=kept.id, _drop=f"attachments:{kept.id}").text
    assert kept.id not in page


def test_a_file_sent_by_itself_is_answered_with_its_id_and_hash(house, sign_in, task):
    client = sign_in("buyer-handler")
    data = {"csrf_token": client.token(), "file": file()}
    answer = client.post(f"/documents/upload?task={task}&field=attachments", data=data)
    (kept,) = in_database(house, Document)
    assert answer.json == {
        "id": kept.id,
        "name": "plan.pdf",
        "size": 14,
        "kind": "application/pdf",
        "hash": kept.digest,
    }


def test_nobody_uploads_to_another_persons_task(sign_in, task):
    client = sign_in("payment-officer")
    data = {"csrf_token": client.token(), "file": file()}
    assert client.post(f"/documents/upload?task={task}", data=data).status_code == 403


def test_a_file_over_the_limit_is_refused_in_words(app, sign_in, task):
    config, client = app.extensions["tenderway-config"], sign_in("buyer-handler")
    before, config.upload_limit = config.upload_limit, 1000
    data = {"csrf_token": client.token(), "file": file(content=b"x" * 3 * 1024 * 1024)}
    answer = client.post(f"/documents/upload?task={task}", data=data, headers={"Accept": "application/json"})
    config.upload_limit = before
    assert (answer.status_code, "are too large" in answer.json["message"]) == (413, True)


def test_another_persons_private_file_can_not_be_handed_in(house, sign_in, town, task):
    with house.sessions() as session:
        theirs = documents.add(session, ACTOR, name="secret.pdf", source=PDF, case=None, kind="x", access="private")
        session.commit()
    answer = work.send(sign_in("buyer-handler"), task, **GOOD, attachments=theirs.id)
    (still,) = in_database(house, Document)
    assert (answer.status_code, still.access) == (422, "private")


def test_a_file_is_served_as_an_attachment_that_no_browser_opens_by_itself(house, sign_in, task):
    client = sign_in("buyer-handler")
    work.send(client, task, **GOOD, attachments=file("方案.txt", b"<script>alert(1)</script>"))
    (kept,) = in_database(house, Document)
    answer = client.get(f"/documents/{kept.id}")
    assert answer.data == b"<script>alert(1)</script>"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%E6%96%B9%E6%A1%88.txt"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_late_task_says_so_in_working_days(virtual_clock, sign_in, task):
    client = sign_in("buyer-handler")
    assert "in 2 working days" in client.get(f"/tasks/{task}").text or "in 2 days" in client.get(f"/tasks/{task}").text
    virtual_clock.turn(timedelta(days=9))
    assert "tw-due--late" in sign_in("buyer-handler").get(f"/tasks/{task}").text


def test_after_an_act_a_stuck_case_is_not_said_to_go_on(house, sign_in, town):
    gate = toys.catch_timer("b", "=why")
    work.deploy(house, toys.START + toys.user("a") + gate + toys.END + toys.flows("start", "a", "b", "end"))
    _instance, (first,) = work.start(house, why="no duration")
    client = sign_in("buyer-handler")
    page = client.get(work.send(client, first).location).text
    assert ("continues automatically" in page, "until an administrator resolves it" in page) == (False, True)
