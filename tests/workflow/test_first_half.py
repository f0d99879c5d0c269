"""A project goes from its application to its notice, each step by its person, through the engine."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.demonstration import cases, lives, settling, town, turning
from app.engine import definitions, forms, tasks
from app.engine.forms import FormInvalid
from app.foundation import documents, workdays
from app.foundation.actor import SYSTEM, Actor
from app.foundation.clock import PLACE
from app.foundation.errors import Several
from app.foundation.outbox import Outgoing
from app.foundation.text import Text
from app.identity import organisations
from app.identity.accounts import Account
from app.procurement import agreements, projects, rules, tenders
from app.procurement.projects import intentions
from app.procurement.projects.applications import OverBudget
from app.procurement.rules import catalogues
from app.web import visibility
from app.workflow import starts
from app.workflow.intake.tenders import preview_documents
from config import Config
from tests import memory


def facts_of(play, login, element_id):
    """What stands beside a person's form, as English words by name."""
    with play.looking() as session:
        shown = shown_to(play, session, login, element_id)
        return {name.en: words.en for name, words, *_ in shown.facts}


def notes_of(play, login, element_id):
    """What must be known before a person's form is begun, as English words by name."""
    with play.looking() as session:
        shown = shown_to(play, session, login, element_id)
        return {name.en: words.en for name, words, *_ in shown.notes}


def shown_to(play, session, login, element_id):
    [task] = [
        task
        for task in tasks.inbox(session, town.actor(session, login), tasks.Filters(element_id=element_id)).rows
        if task.instance_id == play.instance_id
    ]
    return tasks.show(play.house.engine, session, town.actor(session, login), task.id)


def project_of(play, session):
    return session.scalars(select(projects.Project).where(projects.Project.number == lives.number_of(play))).one()


def test_a_project_reaches_its_notice(play, case):
    memory.played(play, case, lives.FIRST_HALF)
    assert play.open() == []
    assert {"application", "approval", "planning", "agreement", "documents", "notice"} <= play.stages


def test_notice_and_documents_are_drawn_in_both_languages_for_everybody(play, case):
    memory.played(play, case, lives.FIRST_HALF)
    with play.looking() as session:
        tender = tenders.get(session, lives.tender_of(play)[0])
        drawn = [tender.versions[-1], tender.notices[-1]]
        kept = [documents.get(session, id) for row in drawn for id in (row.document_zh_id, row.document_en_id)]
        assert [(document.access, document.media_type) for document in kept] == [("public", "application/pdf")] * 4


# -- application and approval


def test_an_application_over_the_budget_is_refused_and_leaves_its_task_open(play, case):
    play.begin("chen")
    wanted = case.applied(lives.line_of(play, case))
    with pytest.raises(OverBudget):
        play.do("chen", "apply", wanted | {"items": [wanted["items"][0] | {"unit_price": Decimal(90_000_000)}]})
    assert play.open() == ["apply"]


def test_a_returned_application_comes_back_with_the_reasons_and_what_was_entered(play, case):
    lives.apply(play, case)
    play.do("zhou", "review_application", {"decision": "return", "reasons": "请补充设备清单"})
    assert "周敏 Zhou Min: 请补充设备清单" in notes_of(play, "chen", "apply").values()
    play.do("chen", "apply", {"need": "补充设备清单：CT一台，超声四台。"})
    play.do("zhou", "review_application", {"decision": "approve"})
    play.do("liu", "file_application", {"decision": "return", "reasons": "资金来源须说明"})
    play.do("chen", "apply", {"need": "资金来源为年初预算。"})
    assert play.open() == ["review_application"]
    with play.looking() as session:
        assert [review.decision for review in project_of(play, session).reviews] == ["return", "approve", "return"]


def test_a_return_needs_its_reasons(play, case):
    lives.apply(play, case)
    with pytest.raises(FormInvalid):
        play.do("zhou", "review_application", {"decision": "return"})


def test_only_the_variables_that_the_diagrams_read_enter_the_process(play, case):
    memory.played(play, case, lives.FIRST_HALF[:3])
    with play.looking() as session:
        seen = set(shown_to(play, session, "chen", "choose_agency").variables)
    assert seen == {
        *("project_id", "project_number", "buyer_id", "finance_id", "review_decision", "filing_decision", "object"),
        *("budget", "grounds", "open_tender_threshold", "procurement_limit", "in_catalogue"),
        *("method_proposal", "method", "timetable_certain"),
    }


# -- planning


def test_the_plan_proposes_lots_from_the_items_and_tells_the_limits_of_the_law(play, case):
    memory.played(play, case, lives.FIRST_HALF[:2])
    with play.looking() as session:
        values = shown_to(play, session, "chen", "plan").values
    assert [(row["number"], row["budget"]) for row in values["lots"]] == [(1, Decimal(620_000))]
    assert "¥2,000,000.00" in facts_of(play, "chen", "plan")["Open tender from"]


def test_a_plan_over_the_projects_budget_is_refused(play, case):
    memory.played(play, case, lives.FIRST_HALF[:2])
    with pytest.raises(projects.plans.LotsOverBudget):
        play.do(
            "chen",
            "plan",
            lambda shown: (
                case.planned(shown.values)
                | {"lots": [case.planned(shown.values)["lots"][0] | {"budget": Decimal(620_001), "ceiling": None}]}
            ),
        )


IN_CATALOGUE = {"catalogue": "inside"}


def test_the_decision_table_proposes_the_method_with_its_ground(play, case):
    memory.played(play, case, lives.FIRST_HALF[:2])
    play.do("chen", "plan", lambda shown: {**case.planned(shown.values), **IN_CATALOGUE})
    facts = facts_of(play, "chen", "confirm_method")
    ground = "Government Procurement Law, article 26"
    assert (facts["Proposed by the decision table"], facts["Legal ground"]) == ("Open tender", ground)


def test_where_the_region_s_limit_is_not_known_a_person_decides(play, case):
    memory.played(play, case, lives.FIRST_HALF[:2])
    play.do("chen", "plan", lambda shown: case.planned(shown.values))
    with play.looking() as session:
        shown = shown_to(play, session, "chen", "confirm_method")
    assert "method" not in shown.values
    assert facts_of(play, "chen", "confirm_method")["Proposed by the decision table"].startswith("nothing")
    with pytest.raises(projects.ReasonsMissing):
        play.do("chen", "confirm_method", {"method": "outside"})
    play.do("chen", "confirm_method", {"method": "outside", "reasons": "本地区限额标准为100万元，且不在目录内"})
    assert play.state == "completed"


def test_gpl_2_what_is_in_the_catalogue_is_government_procurement_at_any_amount(play, case):
    memory.played(play, case, lives.FIRST_HALF[:2])
    play.do("chen", "plan", lambda shown: {**case.planned(shown.values), **IN_CATALOGUE})
    with pytest.raises(projects.LawApplies):
        play.do("chen", "confirm_method", {"method": "outside", "reasons": "金额小"})


@pytest.fixture
def catalogued(play, case):
    """What the case buys is in the catalogue of its region and level, whose central procurement body is another agency."""
    memory.played(play, case, lives.FIRST_HALF[:2])
    with play.looking() as session:
        project = project_of(play, session)
        project.buyer.region = "CN-SC"
        organisations.get(session, project.finance_id).budget_level = "city"
        time = {"valid_from": date(2026, 1, 1), "counts_from": date(2026, 1, 1), "source": "川办发〔2025〕1号"}
        place = {"jurisdiction": "CN-SC", "level": ""}
        body = organisations.register(
            session, SYSTEM, kind="agency", uscc="91510700000000077A", name=Text("Sichuan Centre", "四川省政府采购中心")
        )
        item = {"code": project.items[0].code, "name_zh": "设备", "name_en": "Devices", "carried_out_by": "body"}
        session.add(catalogues.CatalogueItem(**item, **place, **time))
        session.add(catalogues.CentralBody(organisation_id=body.id, **place, **time))
        session.commit()
        return body.id


def test_the_plan_starts_from_what_the_catalogue_proposes_and_names_the_row(play, case, catalogued):
    with play.looking() as session:
        values = shown_to(play, session, "chen", "plan").values
    facts = facts_of(play, "chen", "plan")
    assert values["catalogue"] == "inside"
    assert "川办发〔2025〕1号" in facts["Item 1"]


def test_gpl_18_the_central_procurement_body_is_proposed_and_no_other_is_entrusted(play, case, catalogued):
    play.do("chen", "plan", lambda shown: case.planned(shown.values))
    play.do("chen", "confirm_method", {"method": "open_tender"})
    with play.looking() as session:
        shown = shown_to(play, session, "chen", "choose_agency")
        stranger = next(one.id for one in organisations.of_kind(session, "agency") if one.id != catalogued)
    assert shown.values["agency"] == catalogued
    assert "Sichuan Centre" in notes_of(play, "chen", "choose_agency")["Central procurement body"]
    with pytest.raises(agreements.CentralBodyOnly):
        play.do("chen", "choose_agency", {"agency": stranger})


def test_a_plan_that_says_otherwise_than_the_catalogue_says_why_where_the_method_is_settled(play, case, catalogued):
    otherwise = {"catalogue": "outside", "catalogue_reasons": "经省政府批准自行采购"}
    with pytest.raises(projects.ReasonsMissing):
        play.do("chen", "plan", lambda shown: {**case.planned(shown.values), "catalogue": "outside"})
    play.do("chen", "plan", lambda shown: {**case.planned(shown.values), **otherwise})
    assert "经省政府批准自行采购" in facts_of(play, "chen", "confirm_method")["Otherwise than the catalogue"]


def test_another_method_needs_reasons_and_closes_the_case_for_its_own_procedure(play, case):
    memory.played(play, case, lives.FIRST_HALF[:2])
    play.do("chen", "plan", lambda shown: {**case.planned(shown.values), **IN_CATALOGUE})
    with pytest.raises(projects.ReasonsMissing):
        play.do("chen", "confirm_method", {"method": "consultation"})
    play.do("chen", "confirm_method", {"method": "consultation", "reasons": "服务内容须磋商确定"})
    assert play.state == "completed"
    with play.looking() as session:
        project = project_of(play, session)
        assert (project.outcome, projects.committed(session, project.budget_line_id)) == ("another_procedure", 0)


def test_gpl_4_works_go_on_under_their_own_law(play):
    works = cases.Case(
        title=cases.CLEANING.title,
        object="works",
        line="0104",
        need="病房改造",
        wanted=(cases.Wanted("B01010000", "病房改造工程", 1, "项", 500_000),),
        lots=cases.CLEANING.lots,
    )
    memory.played(play, works, lives.FIRST_HALF[:2])
    play.do("chen", "plan", lambda shown: {**works.planned(shown.values), **IN_CATALOGUE})
    play.do("chen", "confirm_method")
    assert play.state == "completed"


def test_a_year_without_an_official_calendar_asks_a_person(play, case, virtual_clock):
    virtual_clock.turn_to(datetime(2026, 12, 15, 1, tzinfo=UTC))
    memory.played(play, case, lives.FIRST_HALF[:2])
    play.do("chen", "plan", lambda shown: case.planned(shown.values))
    play.do("chen", "confirm_method", {"method": "open_tender"})
    assert play.open() == ["confirm_timetable"]
    assert "uncertain: between" in facts_of(play, "chen", "confirm_timetable")["Bid deadline and opening, earliest"]
    play.do("chen", "confirm_timetable", {"source": "国务院办公厅通知"})
    assert play.open() == ["choose_agency"]


INTENTION = {"intention": "published", "intention_on": "2026-01-05", "intention_address": "https://www.ccgp.gov.cn/1"}


def test_when_the_intention_was_published_is_part_of_the_plan(play, case):
    memory.played(play, case, lives.FIRST_HALF[:2])
    play.do("chen", "plan", lambda shown: {**case.planned(shown.values), "notice_on": "2026-07-01", **INTENTION})
    assert "5 January 2026" in facts_of(play, "chen", "confirm_method")["Procurement intention"]


@pytest.mark.parametrize(
    "said", [{"intention": "published"}, {"intention": "urgent"}, {**INTENTION, "intention_address": None}]
)
def test_an_intention_is_told_in_full(play, case, said):
    memory.played(play, case, lives.FIRST_HALF[:2])
    with pytest.raises(FormInvalid):
        play.do("chen", "plan", lambda shown: {**case.planned(shown.values), **said})


# -- the documents before they are checked


def test_the_documents_are_previewed_as_they_are_typed_and_nothing_is_kept(play, case):
    memory.played(play, case, lives.FIRST_HALF[:4])
    with play.acting("sun") as (session, actor):
        shown = shown_to(play, session, "sun", "prepare_documents")
        values = forms.take(shown.form, {**shown.values, **lives.documents_of(case)})
        project_id = shown.variables["project_id"]
        drawn = preview_documents(session, actor, project_id, values, "zh")
        session.rollback()
        assert drawn.startswith(b"%PDF-")
        with pytest.raises(tenders.TenderUnknown):
            tenders.of_project(session, project_id)


def attach(play, login, name="图纸.pdf", content=b"%PDF-1.7 plan"):
    """A person's upload, private until its form is accepted."""
    with play.acting(login) as (session, actor):
        kind = "prepare_documents.attachments-0-file"
        kept = documents.add(session, actor, name=name, source=content, case=None, kind=kind, access="private")
        return kept.id


def with_plan(play, case):
    """Documents with a drawing for lot 1, drafted and checked; gives the drawing's id."""
    memory.played(play, case, lives.FIRST_HALF[:4])
    plan = attach(play, "sun")
    row = {"lot": 1, "kind": "drawing", "title_zh": "机房平面图", "title_en": "Floor plan", "file": plan}
    play.do("sun", "prepare_documents", lives.documents_of(case) | {"attachments": [row]})
    return plan


def test_who_confirms_the_documents_sees_and_opens_what_is_attached(play, case):
    plan = with_plan(play, case)
    with play.looking() as session:
        shown = shown_to(play, session, "chen", "confirm_documents")
        said = {name.en: words.en for name, words, *_ in shown.facts}
        kept = documents.get(session, plan)
        assert plan in shown.documents
        assert said["Attachment 1"] == f"Floor plan (drawing, lot 1): 图纸.pdf, SHA-256 {kept.digest}"
        assert visibility.sees(session, town.actor(session, "chen"), kept)


def test_what_is_attached_stays_out_of_the_publics_sight_until_the_documents_are_published(play, case):
    plan = with_plan(play, case)

    def sees(login):
        with play.looking() as session:
            actor = town.actor(session, login) if login else Actor("", "", None, frozenset())
            return visibility.sees(session, actor, documents.get(session, plan))

    before = [sees(login) for login in ("dong", "ming", None)]
    lives.publish(play, case)
    assert (before, [sees(login) for login in ("dong", "ming", None)]) == ([False] * 3, [True] * 3)


def test_what_is_attached_comes_back_into_the_form_with_its_number(play, case):
    plan = with_plan(play, case)
    play.do("chen", "confirm_documents", {"decision": "return", "reasons": "请补充清单"})
    with play.looking() as session:
        [row] = shown_to(play, session, "sun", "prepare_documents").values["attachments"]
        assert (row["number"], row["lot"], row["file"]) == (1, 1, plan)


# -- the agreement


def test_a_declined_agreement_goes_back_with_the_reasons(play, case):
    memory.played(play, case, lives.FIRST_HALF[:3])
    play.do("chen", "choose_agency", {"agency": place(play, "other-agency"), "fee": 1, "fee_payer": "buyer"})
    play.do("dong", "sign_agreement_agency", {"decision": "decline", "reasons": "近期业务饱和"})
    assert notes_of(play, "chen", "choose_agency")["Declined by the agency"] == "近期业务饱和"
    lives.entrust(play, case)
    assert play.open() == ["prepare_documents"]


def place(play, key):
    with play.looking() as session:
        return town.place(session, key).id


def test_an_agency_that_was_not_chosen_sees_no_task(play, case):
    memory.played(play, case, lives.FIRST_HALF[:3])
    play.do("chen", "choose_agency", {"agency": place(play, "agency"), "fee": 1, "fee_payer": "buyer"})
    assert play.has("sun", "sign_agreement_agency")
    assert not play.has("dong", "sign_agreement_agency")


def test_the_signers_read_the_drawn_agreement(play, case):
    memory.played(play, case, lives.FIRST_HALF[:3])
    play.do("chen", "choose_agency", {"agency": place(play, "agency"), "fee": 1, "fee_payer": "buyer"})
    with play.looking() as session:
        kept = [documents.get(session, id) for id in shown_to(play, session, "sun", "sign_agreement_agency").documents]
    assert [(document.kind, document.access) for document in kept] == [("agreement", "case")] * 2


# -- the documents


def test_documents_with_errors_come_back_with_rule_article_place_and_remedy(play, case):
    memory.played(play, case, lives.FIRST_HALF[:4])
    play.do("sun", "prepare_documents", lives.documents_of(case) | {"bond_percent": 3})
    assert play.open() == ["prepare_documents"]
    assert notes_of(play, "sun", "prepare_documents")["Error: Bid bond"] == (
        "A bid bond of 3% is above 2% of the budget. Enter 2% or less. "
        "(Implementing Regulations of the Government Procurement Law, article 33)"
    )


def test_the_next_try_starts_from_what_was_entered(play, case):
    memory.played(play, case, lives.FIRST_HALF[:4])
    play.do("sun", "prepare_documents", lives.documents_of(case) | {"bond_percent": 3, "delivery_place": "门诊楼"})
    play.do("sun", "prepare_documents", {"bond_percent": 2})
    with play.looking() as session:
        tender = tenders.of_project(session, project_of(play, session).id)
        assert (tender.bond_percent, tender.terms["delivery_place"]) == (2, "门诊楼")


def test_the_buyer_sees_the_check_and_the_drawn_documents_and_may_return_them(play, case):
    memory.played(play, case, lives.FIRST_HALF[:5])
    with play.looking() as session:
        shown = shown_to(play, session, "chen", "confirm_documents")
        assert len(shown.documents) == 2
    play.do("chen", "confirm_documents", {"decision": "return", "reasons": "请写明备机数量"})
    assert notes_of(play, "sun", "prepare_documents")["Returned by the buyer"] == "请写明备机数量"


@pytest.mark.parametrize(("days", "said"), [(-3, "which has passed"), (3, "is published automatically"), (0, None)])
def test_who_confirms_the_documents_is_reminded_of_the_day_that_was_wanted(play, case, days, said):
    memory.played(play, case, lives.FIRST_HALF[:5])
    with play.house.sessions() as session:
        project_of(play, session).notice_on = town.today(session) + timedelta(days=days)
        session.commit()
    note = notes_of(play, "chen", "confirm_documents").get("Day of the notice")
    assert (said in note) if said else note is None


# -- a notice that waits for its day


def confirmed_for_later(play, case, days=2):
    """Documents whose notice the plan wants in so many days, confirmed today; gives the instant of the notice."""
    memory.played(play, case, lives.FIRST_HALF[:5])
    with play.house.sessions() as session:
        project = project_of(play, session)
        project.notice_on = town.today(session) + timedelta(days=days)
        at = datetime.combine(project.notice_on, time(9), PLACE)
        session.commit()
    play.do("chen", "confirm_documents", {"decision": "confirm"})
    return at


def tender_now(play, session):
    return tenders.of_project(session, project_of(play, session).id)


def test_a_notice_waits_for_its_day_and_is_published_as_its_work_begins(play, case):
    at = confirmed_for_later(play, case)
    assert play.open() == ["await_notice"]
    play.turn_to(at - timedelta(minutes=1))
    with play.looking() as session:
        assert (tender_now(play, session).state, tender_now(play, session).published_at) == ("confirmed", None)
    play.turn_to(at)
    assert play.open() == []
    with play.looking() as session:
        tender = tender_now(play, session)
        assert (tender.state, tender.published_at) == ("published", at)


def test_every_period_counts_from_the_real_publication(play, case):
    at = confirmed_for_later(play, case)
    play.turn_to(at)
    with play.looking() as session:
        tender = tender_now(play, session)
        rule = rules.law(session, tender.project, on=at.date()).rule("notice_period")
        assert tender.notice_ends_on == rule.last_day(workdays.load(session), at.date())


def test_who_waits_is_told_when_and_may_publish_at_once(play, case):
    confirmed_for_later(play, case)
    assert facts_of(play, "chen", "await_notice")["Day of the notice"].startswith("will be published on ")
    play.do("chen", "await_notice", {"decision": "publish"})
    with play.looking() as session:
        assert tender_now(play, session).state == "published"


def test_a_notice_waits_until_its_intention_s_period_is_over_and_is_not_published_before(play, case):
    memory.played(play, case, lives.FIRST_HALF[:5])
    with play.house.sessions() as session:
        project, today = project_of(play, session), town.today(session)
        project.notice_on, project.intention_on = today, today - timedelta(days=28)
        earliest = intentions.earliest_notice(session, project)
        session.commit()
    play.do("chen", "confirm_documents", {"decision": "confirm"})
    assert "Earliest day of the notice" in facts_of(play, "chen", "await_notice")
    with pytest.raises(projects.NoticeBeforeIntentionEnds):
        play.do("chen", "await_notice", {"decision": "publish"})
    play.turn_to(datetime.combine(earliest, time(9), PLACE))
    with play.looking() as session:
        assert tender_now(play, session).published_at == datetime.combine(earliest, time(9), PLACE)


def test_documents_that_wait_are_taken_back_and_corrected(play, case):
    at = confirmed_for_later(play, case)
    play.do("chen", "await_notice", {"decision": "return", "reasons": "请更正交货地点"})
    assert play.open() == ["prepare_documents"]
    assert notes_of(play, "sun", "prepare_documents")["Returned by the buyer"] == "请更正交货地点"
    play.turn_to(at)
    with play.looking() as session:
        assert tender_now(play, session).published_at is None


def test_taking_back_needs_its_reasons(play, case):
    confirmed_for_later(play, case)
    with pytest.raises(FormInvalid):
        play.do("chen", "await_notice", {"decision": "return"})
    assert play.open() == ["await_notice"]


def test_what_waits_is_nobody_elses(play, case):
    confirmed_for_later(play, case)
    assert [play.has(login, "await_notice") for login in ("chen", "sun", "zhou", "liu", "ming")] == [True, *[False] * 4]


def test_a_notice_whose_bid_period_became_too_short_is_not_published_but_corrected(play, case):
    at = confirmed_for_later(play, case)
    play.clock.turn_to(at + timedelta(days=14))  # nothing ran meanwhile
    play.fire()
    assert play.open() == ["prepare_documents"]
    assert any(name.startswith("Error: ") for name in notes_of(play, "sun", "prepare_documents"))
    with play.looking() as session:
        assert (tender_now(play, session).state, tender_now(play, session).published_at) == ("drafting", None)
        mails = session.scalars(select(Outgoing).where(Outgoing.key.like("notice-stopped:%"))).all()
        told = {
            account.login
            for account in session.scalars(select(Account))
            if account.id in {m.recipient_id for m in mails}
        }
        assert told == {"chen", "sun", "luo"}


def test_the_clock_bar_names_the_day_of_the_notice(play, case):
    at = confirmed_for_later(play, case)
    with play.looking() as session:
        waited = turning.waited_for(play.house.engine, session, play.clock.instant)
        assert (waited.name.en, waited.at) == ("Day of the notice", at)


def test_a_draft_that_lay_too_long_is_not_confirmed_with_a_deadline_too_near(play, case, virtual_clock):
    memory.played(play, case, lives.FIRST_HALF[:5])
    virtual_clock.turn(timedelta(days=10))
    assert any(name.startswith("Error: ") for name in notes_of(play, "chen", "confirm_documents"))
    with pytest.raises(tenders.FindingsOpen):
        lives.publish(play, case)
    assert play.open() == ["confirm_documents"]


def test_a_wrong_choice_and_a_missing_field_are_named_each(play, case):
    memory.played(play, case, lives.FIRST_HALF[:3])
    with pytest.raises(Several) as refused:
        play.do("chen", "choose_agency", {"agency": "nobody", "fee": 1, "scope": "", "fee_payer": "buyer"})
    assert {part.field for part in refused.value.parts} == {"agency", "scope"}


# -- starting


@pytest.mark.parametrize(("login", "may"), [("chen", ["project"]), ("zhou", []), ("sun", []), ("ming", [])])
def test_a_procedure_is_started_by_who_holds_the_role_it_begins_with(play, login, may):
    with play.looking() as session:
        offered = starts.offered(play.house.engine, session, town.actor(session, login))
    assert [definition.key for definition in offered] == may


def test_a_procedure_that_another_one_calls_is_not_started_by_hand(play):
    with play.looking() as session, pytest.raises(starts.MayNotStart):
        starts.start(play.house.engine, session, town.actor(session, "sun"), "tender_lot")


def test_the_town_is_made_once(house):
    settling.found(house, Config().processes_folder)
    with house.sessions() as session:
        assert definitions.latest(session, "open_tender").version == 1
