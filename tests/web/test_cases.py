"""A case's page: the same for all, showing each what they may see."""

import gzip
import re
from datetime import timedelta

import pytest

from app.engine import charts, tasks
from app.engine.records import InstanceRow, OpenTaskRow
from app.foundation import clock, documents
from app.foundation.actor import SYSTEM, Actor
from app.identity import accounts
from app.procurement.experts import Committee, Member, MemberState
from app.procurement.projects import Lot
from tests.engine import toys
from tests.web import work

EXPERT_STEP = toys.START + toys.user("work", group="agency-officer") + toys.user("score", group="expert") + toys.END
STAGED = "".join(
    toys.user(name, group=group).replace(
        "</zeebe:properties>", f'<zeebe:property name="stage" value="{stage}" /></zeebe:properties>'
    )
    for name, group, stage in (
        ("apply", "buyer-handler", "application"),
        ("review", "buyer-reviewer", "approval"),
        ("plan", "buyer-handler", "planning"),
    )
)


@pytest.fixture
def house(app, town):
    made = app.extensions["tenderway"]
    work.deploy(made, toys.START + STAGED + toys.END + toys.flows("start", "apply", "review", "plan", "end"))
    work.deploy(made, EXPERT_STEP + toys.flows("start", "work", "score", "end"), "scored")
    return made


@pytest.fixture
def case(house, town):
    """A case of the town's project: its buyer's handler, its agency and its finance bureau have their part in it."""
    work.project(house, town)
    return work.start(house, key="JC-2026-0001")[0]


def complete(house, login, element):
    """Let a person of the town complete the open task at an element."""
    with house.sessions() as session:
        account = accounts.by_login(session, login)
        task = session.query(OpenTaskRow).filter_by(element_id=element).one()
        actor = Actor(account.id, account.name, groups=frozenset({task.candidate_groups[0]}))
        tasks.complete(house.engine, session, actor, task.id, {})
        session.commit()


def keep(house, case, town, **given):
    """A document of a case, brought by the agency."""
    with house.sessions() as session:
        actor = Actor("someone", "Someone", town.agency)
        kept = documents.add(
            session, actor, **{"name": "paper.pdf", "source": b"%PDF-1.7", "case": case, "kind": "contract"} | given
        )
        session.commit()
        return kept.id


def stages(page):
    return re.findall(
        r'tw-stages__stage(?: tw-stages__stage--(\w+))?"[^>]*><span class="tw-stages__name">([^<]+)', page.text
    )


# -- who sees it


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("buyer-handler", 200),
        ("payment-officer", 200),
        ("agency-officer", 200),
        ("finance-officer", 200),
        ("auditor", 200),
        ("administrator", 200),
        ("supplier-signer", 403),
        ("expert", 403),
        ("newcomer", 403),
        ("analyst", 403),
    ],
)
def test_a_case_is_seen_by_the_parties_of_its_project_and_who_watches_over_all(sign_in, case, login, status):
    assert sign_in(login).get(f"/cases/{case}").status_code == status
    assert sign_in(login).get(f"/cases/{case}/state").status_code == status
    assert (f"/cases/{case}" in sign_in(login).get("/cases").text) == (status == 200)


def test_a_file_that_a_later_one_of_its_name_stands_for_is_folded(house, sign_in, case, town):
    for source in (b"%PDF-1.7 unsigned", b"%PDF-1.7 signed"):
        keep(house, case, town, source=source)
    page = sign_in("buyer-handler").get(f"/cases/{case}?part=documents").text
    shown, _, folded = page.partition("1 earlier file of the same name")
    assert (shown.count("paper.pdf"), folded.count("paper.pdf")) == (1, 1)


def test_a_case_of_another_buyer_is_not_seen(house, sign_in, town):
    work.project(house, town)
    case = work.start(house, key="JC-2026-0001")[0]
    with house.sessions() as session:
        session.query(work.Project).update({"buyer_id": town.platform})
        session.commit()
    assert sign_in("payment-officer").get(f"/cases/{case}").status_code == 403


def test_a_case_without_a_project_is_seen_by_the_staff_who_act_in_it(house, sign_in, town):
    case = work.start(house)[0]
    assert sign_in("buyer-handler").get(f"/cases/{case}").status_code == 200
    assert sign_in("payment-officer").get(f"/cases/{case}").status_code == 403


def test_a_supplier_sees_no_more_than_their_own_part(house, sign_in, town):
    work.project(house, town)
    work.deploy(
        house,
        toys.START + toys.user("work", group="buyer-handler") + toys.user("explain", group="supplier-signer") + toys.END
        + toys.flows("start", "work", "explain", "end"),
        "asked",
    )  # fmt: skip
    case = work.start(house, "asked", key="JC-2026-0001")[0]
    complete(house, "buyer-handler", "work")
    page = sign_in("supplier-signer").get(f"/cases/{case}")
    assert page.status_code == 200
    assert ("Do explain" in page.text, "Do work" in page.text, "data-state-url" in page.text) == (True, False, False)
    assert sign_in("supplier-signer").get(f"/cases/{case}/state").status_code == 403
    assert sign_in("supplier-signer").get(f"/cases/{case}/diagram").status_code == 403


def called_expert(session, lot_id):
    """The id of the member that the town's expert is of a lot's committee, called and not yet answered."""
    now = clock.now(session)
    committee = Committee(lot_id=lot_id, seed="", seed_commitment="", appointed_by="system", appointed_at=now)
    session.add(committee)
    session.flush()
    expert = accounts.by_login(session, "expert")
    member = Member(committee_id=committee.id, account_id=expert.id, name=expert.name, position=1, called_at=now)
    session.add(member)
    session.flush()
    return member.id


def test_experts_stay_unnamed_until_the_award_is_published(house, sign_in, town):
    project = work.project(house, town)
    case = work.start(house, "scored", key="JC-2026-0001")[0]
    complete(house, "agency-officer", "work")
    complete(house, "expert", "score")

    def named():
        return [
            "Review expert completed" in sign_in(login).get(f"/cases/{case}").text
            for login in ("buyer-handler", "agency-officer")
        ]

    with house.sessions() as session:
        lot = Lot(project_id=project, number=1, name_zh="一包", budget=1, state="evaluating")
        session.add(lot)
        session.flush()
        member = called_expert(session, lot.id)
        session.commit()
    assert named() == [False, False]
    with house.sessions() as session:
        session.get(Member, member).state = MemberState.ACCEPTED
        session.commit()
    assert named() == [False, True]
    with house.sessions() as session:
        session.get(Lot, lot.id).state = "notified"
        session.commit()
    assert "Review expert completed" in sign_in("buyer-handler").get(f"/cases/{case}").text


# -- what it shows


def test_the_line_of_stages_says_what_is_done_now_and_to_come(house, sign_in, case):
    complete(house, "buyer-handler", "apply")
    page = sign_in("buyer-handler").get(f"/cases/{case}")
    assert stages(page) == [("done", "Application"), ("now", "Approval"), ("", "Planning")]


def test_a_stage_that_a_case_was_sent_back_from_is_to_come_again(house, sign_in, town, virtual_clock):
    body = STAGED.replace(
        '<bpmn:userTask id="plan"', '<bpmn:exclusiveGateway id="ok" default="ok_to_plan" /><bpmn:userTask id="plan"'
    )
    back = (
        '<bpmn:sequenceFlow id="ok_to_apply" sourceRef="ok" targetRef="apply">'
        '<bpmn:conditionExpression>=sent = "back"</bpmn:conditionExpression></bpmn:sequenceFlow>'
    )
    work.deploy(
        house,
        toys.START + body + toys.END + toys.flows("start", "apply", "review", "ok", "plan", "end") + back,
        "again",
    )
    case = work.start(house, "again", sent="back")[0]
    complete(house, "buyer-handler", "apply")
    virtual_clock.turn(timedelta(hours=1))
    complete(house, "buyer-reviewer", "review")
    assert stages(sign_in("buyer-handler").get(f"/cases/{case}")) == [
        ("now", "Application"),
        ("", "Approval"),
        ("", "Planning"),
    ]


def test_what_a_call_brings_to_its_end_does_not_date_the_stage_of_its_caller(house, town, virtual_clock):
    call = (
        '<bpmn:callActivity id="lots"><bpmn:extensionElements><zeebe:calledElement processId="toy" /><zeebe:properties>'
        '<zeebe:property name="stage" value="notice" /></zeebe:properties></bpmn:extensionElements></bpmn:callActivity>'
    )
    work.deploy(house, toys.START + call + toys.END + toys.flows("start", "lots", "end"), "whole")
    began, case = house.engine.clock.instant, work.start(house, "whole")[0]
    for login, element in (("buyer-handler", "apply"), ("buyer-reviewer", "review"), ("buyer-handler", "plan")):
        virtual_clock.turn(timedelta(days=10))
        complete(house, login, element)
    with house.sessions() as session:
        row = session.get(InstanceRow, case)
        chart, standing = charts.of_instance(house.engine, session, row), charts.tokens(house.engine, session, row)
        told = {one.id: one.to_at for one in charts.stages(chart, row, standing, charts.passages(session, case))}
    assert (told["notice"], told["planning"]) == (began, began + timedelta(days=30))


def test_a_case_that_has_ended_has_nothing_to_come(house, sign_in, case):
    for login, element in (("buyer-handler", "apply"), ("buyer-reviewer", "review"), ("buyer-handler", "plan")):
        complete(house, login, element)
    page = sign_in("buyer-handler").get(f"/cases/{case}")
    assert [state for state, _ in stages(page)] == ["done", "done", "done"]
    assert "The case ended." in page.text


def test_the_open_tasks_say_who_has_them_and_open_only_to_who_may(sign_in, case):
    ours, others = (sign_in(login).get(f"/cases/{case}").text for login in ("buyer-handler", "payment-officer"))
    assert ("for Procurement handler" in ours, 'href="/tasks/' in ours, 'href="/tasks/' in others) == (
        True,
        True,
        False,
    )


def test_the_history_tells_in_plain_words_who_did_what(house, sign_in, case):
    complete(house, "buyer-handler", "apply")
    page = sign_in("buyer-handler").get(f"/cases/{case}").text
    assert "Procurement handler completed “Do apply”." in page
    assert (
        '<span lang="en">Procurement handler</span>完成了“办理 apply”。'
        in sign_in("buyer-handler").get(f"/cases/{case}?lang=zh").text
    )


def test_the_history_tells_what_was_done_not_how_the_diagram_went_on(house, sign_in, case):
    complete(house, "buyer-handler", "apply")
    page = sign_in("buyer-handler").get(f"/cases/{case}?part=history&detail=1").text
    story = page.partition('<ol class="tw-story">')[2].partition("</ol>")[0]
    lines = re.findall(r'<li class="([^"]*)">', story)
    assert ["tw-story__turn" in shown for shown in lines] == [True, False]  # this case began by itself
    assert ("became due" in page, "technical steps" in page) == (False, False)


def test_who_looks_after_all_cases_may_unfold_how_the_diagram_went_on(house, sign_in, case):
    complete(house, "buyer-handler", "apply")
    auditor = sign_in("auditor")
    page, detailed = (auditor.get(f"/cases/{case}?part=history{detail}").text for detail in ("", "&detail=1"))
    assert ("Show technical steps" in page, "became due" in page) == (True, False)
    assert "“Do review” became due." in detailed
    assert "became due" not in re.sub(r"<details.*?</details>", "", detailed, flags=re.DOTALL)


def test_what_is_to_be_done_stands_on_top_with_who_and_until_when(house, sign_in, case):
    page = sign_in("buyer-handler").get(f"/cases/{case}").text
    now = page[page.index('class="tw-now"') : page.index("</section>", page.index('class="tw-now"'))]
    assert re.findall(r"<h2>([^<]+)", now) == ["Do apply"]
    assert "Open the task" in now
    assert "Open the task" not in sign_in("auditor").get(f"/cases/{case}").text


def test_a_paper_drawn_in_both_languages_is_listed_once_with_the_other_as_a_link(house, sign_in, case, town):
    for name in ("合同.pdf", "Contract.pdf"):
        keep(house, case, town, name=name, source=name.encode())
    lists = [
        re.findall(
            r'tw-files__(name|other)" href[^>]*>([^<]+)', client.get(f"/cases/{case}?part=documents{spoken}").text
        )
        for client in [sign_in("buyer-handler")]
        for spoken in ("", "&lang=zh")
    ]
    assert lists == [[("name", "Contract.pdf"), ("other", "中文")], [("name", "合同.pdf"), ("other", "English")]]


@pytest.mark.parametrize("part", ["", "diagram", "documents", "history", "nonsense"])
def test_each_part_of_a_case_is_a_page_of_its_own(sign_in, case, part):
    page = sign_in("buyer-handler").get(f"/cases/{case}?part={part}")
    assert page.status_code == 200
    assert page.text.count('aria-current="page"') >= 1


def test_the_journal_of_a_case_is_checked_before_ones_eyes(house, sign_in, case):
    from app.foundation.journal import JournalEntry

    assert "The journal is intact" in sign_in("auditor").get(f"/cases/{case}").text
    with house.sessions() as session:
        session.query(JournalEntry).filter_by(case_id=case).update({"actor_name": "Somebody Else"})
        session.commit()
    assert "The journal is broken" in sign_in("auditor").get(f"/cases/{case}").text


def test_variables_are_not_shown(house, sign_in, town):
    case = work.start(house, secret="do not show")[0]
    assert "do not show" not in sign_in("buyer-handler").get(f"/cases/{case}").text


def test_the_diagram_comes_as_it_was_deployed(house, sign_in, case):
    answer = sign_in("buyer-handler").get(f"/cases/{case}/diagram")
    assert (answer.mimetype, b'<bpmn:process id="toy"' in answer.data) == ("application/xml", True)


def test_a_diagram_is_compressed_for_who_is_signed_in(sign_in, case):
    """It repeats nothing of its request, so that its length tells nothing (decision 17)."""
    handler = sign_in("buyer-handler")
    plain = handler.get(f"/cases/{case}/diagram")
    packed = handler.get(f"/cases/{case}/diagram", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert "public" not in packed.headers["Cache-Control"]


def test_the_state_says_where_the_case_stands_what_is_done_and_who_is_asked(house, sign_in, case):
    complete(house, "buyer-handler", "apply")
    state = sign_in("buyer-reviewer").get(f"/cases/{case}/state").json
    assert state["tokens"] == [{"element": "review", "kind": "task"}]
    assert "apply" in state["completed"]
    assert "start_to_apply" in state["flows"]
    assert ["Who", "Many Hats, Procurement reviewer"] in state["facts"]["review"]
    assert state["links"]["review"].startswith("/tasks/")
    assert list(state["stages"]) == ["application", "approval", "planning"]


def steps(page):
    """Each step of a diagram in words: its name, its state, and where it leads."""
    rows = re.findall(r'<tr id="step-.*?</tr>', page, re.DOTALL)
    return [
        (
            re.search(r'tw-list__main"[^>]*>([^<]+)', row)[1],
            re.search(r'tw-tag--\w+">([^<]+)', row)[1],
            re.findall(r'sub">([^<]+)', row.rpartition('data-label="Leads to"')[2]),
        )
        for row in rows
    ]


def test_the_diagram_in_words_has_every_step_with_its_state_and_where_it_leads(house, sign_in, case):
    complete(house, "buyer-handler", "apply")
    client = sign_in("buyer-handler")
    assert f"/cases/{case}/steps" in client.get(f"/cases/{case}").text
    page = client.get(f"/cases/{case}/steps").text
    assert steps(page) == [
        ("start", "done", ["Do apply"]),
        ("Do apply", "done", ["Do review"]),
        ("Do review", "waiting for a person", ["Do plan"]),
        ("Do plan", "not reached", ["end"]),
        ("end", "not reached", []),
    ]


@pytest.mark.parametrize(("login", "status"), [("auditor", 200), ("supplier-signer", 403), ("expert", 403)])
def test_the_diagram_in_words_is_for_who_sees_the_case_whole(sign_in, case, login, status):
    assert sign_in(login).get(f"/cases/{case}/steps").status_code == status


def test_a_called_process_is_one_click_away(house, sign_in, town):
    call = (
        '<bpmn:callActivity id="lots" name="Lots"><bpmn:extensionElements><zeebe:calledElement processId="toy" />'
        "</bpmn:extensionElements></bpmn:callActivity>"
    )
    work.deploy(house, toys.START + call + toys.END + toys.flows("start", "lots", "end"), "whole")
    case = work.start(house, "whole")[0]
    client = sign_in("administrator")
    assert client.get(f"/cases/{case}/state").json["called"] == {"lots": f"/cases/{case}?process=toy#diagram"}
    assert client.get(f"/cases/{case}/state?process=toy").json["tokens"] == [{"element": "apply", "kind": "task"}]
    assert [name for _, name in stages(client.get(f"/cases/{case}"))] == ["Application", "Approval", "Planning"]
    assert "state?process=toy" in client.get(f"/cases/{case}?part=diagram").text  # where its task stands is shown first
    assert "state?process=whole" in client.get(f"/cases/{case}?part=diagram&process=whole").text


# -- documents


@pytest.mark.parametrize(
    ("login", "access", "status"),
    [
        ("buyer-handler", "case", 200),
        ("finance-officer", "case", 200),
        ("auditor", "case", 200),
        ("supplier-signer", "case", 403),
        ("expert", "case", 403),
        ("supplier-signer", "public", 200),
        ("agency-officer", "private", 200),
        ("buyer-handler", "private", 403),
        ("auditor", "private", 403),
    ],
)
def test_a_document_goes_only_to_who_may_see_it(house, sign_in, town, case, login, access, status):
    document = keep(house, case, town, access=access)
    assert sign_in(login).get(f"/documents/{document}").status_code == status


def test_a_public_document_needs_no_sign_in_and_another_one_does(house, client, town, case):
    public, other = keep(house, case, town, access="public"), keep(house, case, town)
    assert client.get(f"/documents/{public}").data == b"%PDF-1.7"
    assert client.get(f"/documents/{other}").status_code == 403


def test_what_bids_contain_is_opened_to_the_agency_at_the_opening_and_to_the_buyer_after_the_award(
    house, sign_in, town, case
):
    with house.sessions() as session:
        project = session.query(work.Project).one()
        session.add(Lot(project_id=project.id, number=1, name_zh="一包", budget=1, state="bidding"))
        bid = documents.add(
            session, Actor("s", "S", town.supplier), name="b", source=b"bid", case=project.id, kind="bid"
        ).id
        session.commit()
    seen = {}
    for state in ("bidding", "opened", "notified"):
        with house.sessions() as session:
            session.query(Lot).update({"state": state})
            session.commit()
        seen[state] = [
            sign_in(login).get(f"/documents/{bid}").status_code for login in ("agency-officer", "buyer-handler")
        ]
    assert seen == {"bidding": [403, 403], "opened": [200, 403], "notified": [200, 200]}


def test_a_large_document_comes_whole(house, sign_in, town, case):
    content = b"%PDF" + bytes(3 * documents.CHUNK)
    document = keep(house, case, town, source=content)
    answer = sign_in("buyer-handler").get(f"/documents/{document}")
    assert (answer.data == content, answer.headers["Content-Length"]) == (True, str(len(content)))


def test_a_document_that_a_browser_has_is_not_sent_again(house, sign_in, town, case):
    document = keep(house, case, town)
    client = sign_in("buyer-handler")
    etag = client.get(f"/documents/{document}").headers["ETag"]
    assert client.get(f"/documents/{document}", headers={"If-None-Match": etag}).status_code == 304


# -- the list


def test_cases_are_found_by_number_title_state_procedure_and_stage(house, sign_in, town, case):
    other = work.start(house, "scored")[0]
    client = sign_in("administrator")

    def found(**query):
        return set(re.findall(r'data-open href="/cases/([0-9a-f]+)"', client.get("/cases", query_string=query).text))

    assert found() == {case, other}
    assert found(q="2026-0001") == found(q="路灯") == found(stage="application") == found(process="toy") == {case}
    assert found(state="completed") == set()
    assert found(state="active") == {case, other}


def test_the_list_of_cases_is_exported(sign_in, case):
    lines = sign_in("buyer-handler").get("/cases?format=csv").text.strip().splitlines()
    assert lines[1].startswith("JC-2026-0001,Road lamps,Toy,Under way,Application,1,2026-03-02 12:00")


def test_an_empty_list_says_what_would_be_here(sign_in, town):
    assert "take part in will appear here" in sign_in("buyer-handler").get("/cases").text


def test_a_suspended_case_says_so(house, sign_in, case):
    from app.engine import instances

    with house.sessions() as session:
        instances.suspend(house.engine, session, SYSTEM, case, "a complaint")
        session.commit()
    assert "This case is suspended." in sign_in("buyer-handler").get(f"/cases/{case}").text


def test_every_stage_of_the_shipped_procedures_has_a_name(app):
    from app.workflow import stages as names

    folder = app.extensions["tenderway-config"].processes_folder
    used = {
        stage
        for file in folder.glob("*.bpmn")
        for stage in re.findall(r'name="stage" value="([^"]+)"', file.read_text())
    }
    assert used - names.NAMES.keys() == set()
