"""The inbox: what is late or due first, for each person their own, fast however much there is."""

import re
import time
from datetime import timedelta

import pytest
from sqlalchemy import insert

from app.engine.records import SOMEDAY, Offer, OpenTaskRow, table_of
from app.foundation.actor import SYSTEM
from app.foundation.database import new_id
from app.identity import accounts, grants
from tests.counting import counted
from tests.engine import toys
from tests.web import work


@pytest.fixture
def house(app, town):
    made = app.extensions["tenderway"]
    work.deploy(made, work.two_steps(), files=work.FORM)
    return made


def body(page):
    found = re.search(r"<tbody>.*</tbody>", page.text, re.DOTALL)
    return found.group(0) if found else ""


def rows(page):
    return re.findall(r'data-open href="/tasks/([0-9a-f]+)"', page.text)


def filters(page):
    return dict(re.findall(r'<a href="[^"]*"[^>]*>([^<]+?) <span class="tw-count[^"]*">(\d+)</span>', page.text))


def test_a_row_says_what_to_do_on_which_case_since_when_until_when_and_who_could(house, sign_in, town):
    work.project(house, town)
    work.start(house, key="JC-2026-0001")
    row = body(sign_in("buyer-handler").get("/inbox"))
    for said in (
        "Do work",
        "Planning",
        "Road lamps",
        "JC-2026-0001",
        "just now",
        "in 2 ",
        "Wednesday 17:00",
        "not claimed yet",
    ):
        assert said in row
    assert "can be done by: Procurement handler" in row


def test_an_inbox_in_chinese_is_chinese(house, sign_in, town):
    work.project(house, town)
    work.start(house, key="JC-2026-0001")
    row = body(sign_in("buyer-handler").get("/inbox?lang=zh"))
    assert [said in row for said in ("办理 work", "计划", "路灯", "刚刚", "尚无人领取", "Road lamps", "nobody")] == [
        True, True, True, True, True, False, False,
    ]  # fmt: skip


def test_what_is_late_or_due_first_stands_first(house, sign_in):
    work.deploy(
        house,
        toys.START + toys.user("later", group="buyer-handler") + toys.END + toys.flows("start", "later", "end"),
        "other",
    )
    without_date = work.start(house, "other")[1][0]
    due = work.start(house)[1][0]
    assert rows(sign_in("buyer-handler").get("/inbox")) == [due, without_date]
    assert rows(sign_in("buyer-handler").get("/inbox?sort=since")) == [without_date, due]


def test_the_filters_are_links_with_their_counts(house, sign_in, virtual_clock):
    tasks = [work.start(house)[1][0] for _ in range(3)]
    sign_in("buyer-handler").submit(f"/tasks/{tasks[0]}/claim")
    page = sign_in("buyer-handler").get("/inbox")
    assert {name: filters(page)[name] for name in ("All", "Mine", "For my group", "Late")} == {
        "All": "3", "Mine": "1", "For my group": "2", "Late": "0",
    }  # fmt: skip
    virtual_clock.turn(timedelta(days=7))
    late = sign_in("buyer-handler").get("/inbox?show=late")
    assert (filters(late)["Late"], len(rows(late))) == ("3", 3)


def test_mine_and_my_groups_are_told_apart(house, sign_in):
    mine, free = (work.start(house)[1][0] for _ in range(2))
    sign_in("buyer-handler").submit(f"/tasks/{mine}/claim")
    assert rows(sign_in("buyer-handler").get("/inbox?show=mine")) == [mine]
    assert rows(sign_in("buyer-handler").get("/inbox?show=group")) == [free]


def test_tasks_are_filtered_by_procedure_and_stage(house, sign_in):
    work.deploy(
        house,
        toys.START + toys.user("later", group="buyer-handler") + toys.END + toys.flows("start", "later", "end"),
        "other",
    )
    other, planning = work.start(house, "other")[1][0], work.start(house)[1][0]
    client = sign_in("buyer-handler")
    assert rows(client.get("/inbox?process=other")) == [other]
    assert rows(client.get("/inbox?stage=planning")) == [planning]
    assert set(re.findall(r"process=(\w+)", client.get("/inbox").text)) == {"other", "toy"}


@pytest.mark.parametrize("words", ["road", "路灯", "2026-0001", "do wo", "办理"])
def test_a_task_is_found_by_its_name_its_number_and_its_cases_title(house, sign_in, town, words):
    work.project(house, town)
    found = work.start(house, key="JC-2026-0001")[1][0]
    assert rows(sign_in("buyer-handler").get("/inbox", query_string={"q": words})) == [found]


def test_a_search_that_finds_nothing_says_so(house, sign_in):
    work.start(house)
    assert "No results" in sign_in("buyer-handler").get("/inbox?q=nowhere").text


def test_an_empty_inbox_says_what_would_be_here(house, sign_in):
    assert "Tasks for you or your group will appear here" in sign_in("agency-officer").get("/inbox").text


def test_a_task_is_claimed_from_the_list(house, sign_in):
    task = work.start(house)[1][0]
    client = sign_in("buyer-handler")
    form = re.search(
        r'<form method="post" action="(/tasks/[^"]+/claim)">.*?name="back" value="([^"]+)"',
        body(client.get("/inbox")),
        re.DOTALL,
    )
    answer = client.submit(form.group(1), back=form.group(2))
    assert answer.location == "/inbox"
    with house.sessions() as session:
        assert session.get(OpenTaskRow, task).claimed_by_name == "Procurement handler"


def test_the_list_is_exported_whole_with_its_filters(house, sign_in, town):
    work.project(house, town)
    for _ in range(30):
        work.start(house, key="JC-2026-0001")
    answer = sign_in("buyer-handler").get("/inbox?format=csv")
    lines = answer.text.strip().splitlines()
    assert (answer.mimetype, len(lines)) == ("text/csv", 31)
    assert lines[1].startswith("Do work,JC-2026-0001,Road lamps,Planning,2026-03-02 12:00,2026-03-04 17:00")


def test_the_inbox_has_pages_of_the_size_one_asks_for(house, sign_in):
    for _ in range(27):
        work.start(house)
    client = sign_in("buyer-handler")
    assert [len(rows(client.get(address))) for address in ("/inbox", "/inbox?page=2", "/inbox?size=50")] == [25, 2, 27]


def fill(house, count):
    """Many open tasks of one instance, offered to the buyer's handlers, written straight into the tables."""
    instance = work.start(house)[0]
    with house.sessions() as session:
        one = session.query(OpenTaskRow).filter_by(instance_id=instance).one()
        like = {column.name: getattr(one, column.name) for column in table_of(OpenTaskRow).columns}
        tasks = [like | {"id": new_id(), "token_id": f"t{number}"} for number in range(count)]
        offers = [
            {"task_id": task["id"], "kind": "group", "name": "buyer-handler", "free": True,
             "due_at": task["due_at"] or SOMEDAY, "urgency": -50}
            for task in tasks
        ]  # fmt: skip
        session.execute(insert(table_of(OpenTaskRow)), tasks)
        session.execute(insert(table_of(Offer)), offers)
        session.commit()


def quickest(client, address="/inbox"):
    """The quickest of several looks, in seconds: what the work costs when nothing else disturbs it."""
    taken = []
    for _ in range(20):
        begun = time.perf_counter()
        assert client.get(address).status_code == 200
        taken.append(time.perf_counter() - begun)
    return min(taken)


def test_ten_thousand_tasks_take_at_most_three_times_as_long_as_ten(house, sign_in):
    client = sign_in("buyer-handler")
    fill(house, 9)
    few = quickest(client)
    fill(house, 10_000)
    many = quickest(client)
    assert many <= 3 * few, f"{many * 1000:.0f} ms for ten thousand, {few * 1000:.0f} ms for ten"


def test_a_longer_list_needs_no_more_queries(house, sign_in, town):
    work.project(house, town)
    client = sign_in("buyer-handler")

    def queries():
        with counted(house.database) as said:
            client.get("/inbox")
        return len(said)

    work.start(house, key="JC-2026-0001")
    queries()  # the first look reads the deployment's files, which are kept
    few = queries()
    for _ in range(20):
        work.start(house, key="JC-2026-0001")
    assert queries() == few


def test_a_task_is_not_offered_to_whom_separation_of_duties_keeps_from_it(house, sign_in, town):
    work.deploy(house, work.two_steps(second="buyer-handler", duty="work"), files=work.FORM)
    _instance, (first,) = work.start(house)
    work.send(sign_in("buyer-handler"), first, **work.GOOD)
    with house.sessions() as session:
        account = accounts.create(session, SYSTEM, login="li", name="Li")
        grants.grant(session, SYSTEM, account_id=account.id, role="buyer-handler", organisation_id=town.buyer)
        session.commit()
    offered = {login: sign_in(login).get("/inbox").text for login in ("buyer-handler", "li")}
    assert {login: "Do check" in page for login, page in offered.items()} == {"buyer-handler": False, "li": True}
    assert re.search(r"All\s*<span[^>]*>0</span>", offered["buyer-handler"])


def test_urgency_and_follow_up_are_shown(house, sign_in, town):
    said = '<zeebe:taskSchedule followUpDate="2026-03-04T17:00:00+08:00" /><zeebe:priorityDefinition priority="80" />'
    work.deploy(house, toys.START + toys.user("a", extra=said) + toys.END + toys.flows("start", "a", "end"))
    _instance, (task,) = work.start(house)
    for address in ("/inbox", f"/tasks/{task}"):
        page = sign_in("buyer-handler").get(address).text
        assert ("priority 80" in page, re.search("follow up [^<]*4 Mar[^<]*17:00", page) is not None) == (True, True), (
            address
        )


def test_new_cases_of_one_procedure_can_be_told_apart_and_found(house, sign_in, town):
    work.deploy(house, work.two_steps(), files=work.FORM)
    cases = [work.start(house)[0] for _ in range(2)]
    page = sign_in("administrator").get("/operations").text
    assert [f"no number yet ({case[-8:]})" in page for case in cases] == [True, True]
    found = sign_in("administrator").get(f"/operations?q={cases[0][-8:]}").text
    assert [f"/operations/cases/{case}" in found for case in cases] == [True, False]
