"""A lot from the opening to the award, through the doors: the real diagram, forms, operations and acts."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.demonstration import lives, town
from app.engine import tasks
from app.engine.records import InstanceRow, OpenTaskRow
from app.foundation import documents
from app.foundation.clock import PLACE
from app.identity import certificates, grants
from app.identity.accounts import Account
from app.procurement import awards, bids, evaluation, experts, projects, queries, tenders
from app.procurement.bids import BidFile, BidState
from app.procurement.projects import LotState
from app.procurement.queries import Point
from app.workflow import changes
from app.workflow import queries as raising
from app.workflow.documents_form import documents_as_values, read_documents
from tests import memory

PRICES = {"ming": 445_000, "kang": 512_800, "shuang": 566_000, "an": 616_000}
PROFESSIONS = ["A0232", "C04"]


@pytest.fixture
def reached(play, lot_id, submit):
    """Brings a lot with bids of these prices (the published case's, unless told otherwise) to a step, and gives it.

    The host has signed the record of the opening (``opened``), the committee sits (``seat``), has let all bids pass
    (``review``), has given full points and signed its report (``evaluate``), its first candidate won (``award``).
    """

    def opened(play, prices):
        for login, price in prices.items():
            submit(login, *(price if isinstance(price, tuple) else (price,)))
        play.turn_to(lives.tender_of(play)[1])
        play.do("he", "sign_opening_record", {"agreed": True, "objections": ""})

    def act(step, prices=PRICES):
        steps = (opened, seat, review, evaluate, award)
        memory.played(play, prices, steps[: [each.__name__ for each in steps].index(step) + 1])
        return lot_id

    return act


def logins(play, element_id):
    """The sign-in names of those an element's tasks are assigned to."""
    with play.looking() as session:
        names = {account.id: account.login for account in session.scalars(select(Account))}
    return [names[holder] for holder in play.holders(element_id)]


def conforming(session, lot_id):
    """The bids of a lot that met every requirement."""
    return evaluation.bids_in(session, lot_id, BidState.CONFORMING)


def each(play, element_id, values):
    """Everybody an element's tasks are assigned to does theirs."""
    for login in logins(play, element_id):
        play.do(login, element_id, values)


def seat(play, prices):
    play.do("zhou", "appoint_representative", {"none": True})
    play.do("sun", "set_draw_criteria", {"seats": 5, "specialities": PROFESSIONS})
    each(play, "answer_call", {"decision": "accept", "agreed": True})


def passing(shown, **said):
    return {"rows": [row | {"result": "met"} | said for row in shown.values["rows"]]}


def review(play, prices):
    play.do("sun", "review_qualification", passing)
    each(play, "review_conformity", passing)


def full_points(shown):
    return {"rows": [row | {"points": Decimal(row["range"].partition("–")[2])} for row in shown.values["rows"]]}


def evaluate(play, prices):
    each(play, "score_bids", full_points)
    each(play, "sign_report", {"decision": "agree"})


def award(play, prices):
    play.do("zhou", "confirm_winner")


def lot_of(session, lot_id):
    return projects.lot(session, lot_id)


def test_a_lot_goes_from_the_opening_to_the_award(play, reached):
    lot_id = reached("award")
    with play.looking() as session:
        award = awards.get(session, lot_id)
        assert (award.price, award.supplier_id) == (Decimal(445_000), town.place(session, "s1").id)
        assert lot_of(session, lot_id).state == LotState.NOTIFIED
        report = evaluation.report(session, lot_id)
        assert documents.read(session, report.document_zh_id).startswith(b"%PDF")
    assert "return_bonds" in play.open()


def test_g1_g2_the_price_scores_are_those_of_the_published_case(play, reached):
    lot_id = reached("evaluate")
    with play.looking() as session:
        scores = [result.price_points for result in evaluation.results(session, lot_id)]
    assert scores == [Decimal("20.00"), Decimal("17.36"), Decimal("15.72"), Decimal("14.45")]


def test_o87_68_a_silent_buyer_has_the_first_candidate(play, reached):
    lot_id = reached("evaluate")
    with play.looking() as session:
        due_at = evaluation.report(session, lot_id).decision_due_at
    play.turn_to(due_at - timedelta(seconds=1))
    assert "confirm_winner" in play.open()
    play.turn_to(due_at)
    with play.looking() as session:
        assert awards.get(session, lot_id).by_default


def test_too_few_experts_send_the_agency_back_to_the_criteria(play, reached):
    reached("opened")
    play.do("zhou", "appoint_representative", {"none": True})
    play.do("sun", "set_draw_criteria", {"seats": 5, "specialities": ["law"]})
    assert play.open() == ["set_draw_criteria"]
    play.do("sun", "set_draw_criteria", {"seats": 5, "specialities": PROFESSIONS})
    assert play.open() == ["answer_call"] * 5


def test_who_declines_is_replaced_by_the_next_of_the_draw(play, reached):
    lot_id = reached("opened")
    play.do("zhou", "appoint_representative", {"none": True})
    play.do("sun", "set_draw_criteria", {"seats": 5, "specialities": PROFESSIONS})
    first, *others = logins(play, "answer_call")
    play.do(first, "answer_call", {"decision": "recuse", "reasons": "曾参与本项目论证", "agreed": True})
    for login in others:
        play.do(login, "answer_call", {"decision": "accept", "agreed": True})
    each(play, "answer_call", {"decision": "accept", "agreed": True})
    assert play.open() == ["review_qualification"]
    with play.looking() as session:
        assert len(experts.serving(experts.of_lot(session, lot_id))) == 5


def test_a_call_that_nobody_answers_expires(play, reached):
    reached("opened")
    play.do("zhou", "appoint_representative", {"none": True})
    play.do("sun", "set_draw_criteria", {"seats": 5, "specialities": PROFESSIONS})
    silent, *others = logins(play, "answer_call")
    for login in others:
        play.do(login, "answer_call", {"decision": "accept", "agreed": True})
    play.turn_to(play.clock.instant + timedelta(hours=1))
    assert len(play.open()) == 1
    assert logins(play, "answer_call") != [silent]


def test_ir_9_whoever_worked_for_a_bidder_is_never_called(play, reached):
    lot_id = reached("seat")
    with play.looking() as session:
        drawn = experts.of_lot(session, lot_id).draws[-1]
        hou = experts.of_account(session, town.actor(session, "hou").id)
    assert drawn.excluded[hou.id] == "employee"


def test_gpl_36_too_few_conforming_bids_fail_the_lot(play, reached):
    lot_id = reached("seat")
    play.do("sun", "review_qualification", passing)

    def objecting(shown):
        known = list(dict.fromkeys(row["bid_id"] for row in shown.values["rows"]))
        return {
            "rows": [
                row | ({"result": "met"} if row["bid_id"] in known[2:] else {"result": "not_met", "reason": "不满足"})
                for row in shown.values["rows"]
            ]
        }

    each(play, "review_conformity", objecting)
    with play.looking() as session:
        assert lot_of(session, lot_id).failure_reason == "few_conforming"


def test_o87_44_too_few_qualified_bidders_fail_the_lot(play, reached):
    lot_id = reached("seat")

    def refusing(shown):
        kept = list(dict.fromkeys(row["bid_id"] for row in shown.values["rows"]))[:2]
        return {
            "rows": [
                row | ({"result": "met"} if row["bid_id"] in kept else {"result": "not_met", "reason": "无证明"})
                for row in shown.values["rows"]
            ]
        }

    play.do("sun", "review_qualification", refusing)
    with play.looking() as session:
        assert lot_of(session, lot_id).failure_reason == "few_qualified"


LOW = PRICES | {"ming": 200_000}


DIFFERENT = {**PRICES, "ming": (445_000, 440_000)}
"""A total that isn't what its unit prices make."""


def test_o87_59_a_corrected_price_is_confirmed_under_the_bidders_seal_and_counts(play, reached):
    lot_id = reached("review", DIFFERENT)
    assert play.open() == ["confirm_price"]
    play.do(signer_of(play, "ming"), "confirm_price", {"decision": "confirm"})
    assert play.open() == ["score_bids"] * 5
    with play.looking() as session:
        (bid,) = [each for each in conforming(session, lot_id) if each.opened.correction]
        sealed = documents.read(session, bid.opened.correction.document_zh_id)
        assert bid.opened.binding_price == Decimal(445_000)
        assert [check.holds for check in certificates.verify_pdf(session, sealed)] == [True]


def test_o87_59_a_corrected_price_that_nobody_confirms_in_time_is_out(play, reached):
    lot_id = reached("review", DIFFERENT)
    play.turn_to(play.clock.instant + timedelta(minutes=30))
    assert play.open() == ["score_bids"] * 5
    with play.looking() as session:
        assert len(conforming(session, lot_id)) == 3


def signer_of(play, login):
    """The sign-in name of who signs for the organisation of a supplier's bidder."""
    with play.looking() as session:
        supplier_id = town.actor(session, login).organisation_id
        return grants.holders(session, "supplier-signer", supplier_id)[0].login


def test_a_suspect_price_is_explained_and_accepted(play, reached):
    lot_id = reached("review", LOW)
    play.do("ming", "explain_price", {"explanation": "设备与备件自有，附成本明细。"})
    leader = logins(play, "decide_low_price")
    play.do(
        *leader,
        "decide_low_price",
        lambda shown: {"rows": [r | {"result": "accepted", "reason": "成本可信"} for r in shown.values["rows"]]},
    )
    assert play.open() == ["score_bids"] * 5
    with play.looking() as session:
        assert len(conforming(session, lot_id)) == 4


def test_o87_60_a_price_nobody_explains_in_half_an_hour_is_invalid(play, reached):
    lot_id = reached("review", LOW)
    play.turn_to(play.clock.instant + timedelta(minutes=30))
    assert play.open() == ["decide_low_price"]
    play.do(
        *logins(play, "decide_low_price"),
        "decide_low_price",
        lambda shown: {"rows": [r | {"result": "rejected", "reason": "未说明"} for r in shown.values["rows"]]},
    )
    with play.looking() as session:
        assert len(conforming(session, lot_id)) == 3


def test_o87_64_an_objective_disagreement_comes_back_before_anybody_signs(play, reached):
    reached("review")
    odd, *others = logins(play, "score_bids")

    def fewer(shown):
        rows = full_points(shown)["rows"]
        return {"rows": [rows[0] | {"points": Decimal(0)}, *rows[1:]]}

    play.do(odd, "score_bids", fewer)
    for login in others:
        play.do(login, "score_bids", full_points)
    assert play.open() == ["correct_scores"] * 5

    def agreeing(shown):
        return {
            "rows": [
                row | {"points": Decimal(row["range"].partition("–")[2]), "reason": "已复核"}
                for row in shown.values["rows"]
            ]
        }

    each(play, "correct_scores", agreeing)
    assert play.open() == ["sign_report"] * 5


def test_the_standard_of_each_factor_stands_in_its_row(play, reached):
    reached("review")
    rows = shown_to(play, logins(play, "score_bids")[0], "score_bids").values["rows"]
    assert rows
    assert all(row["standard"].zh.partition("\n")[2] for row in rows)


def test_a_bid_s_file_for_a_factor_stands_beside_its_score(play, reached):
    lot_id = reached("review")
    with play.house.sessions() as session:
        first, *_ = conforming(session, lot_id)
        factor, *_ = evaluation.scored_factors(session, lot_id)
        code, key = factor.requirement_codes[0], (first.id, factor.id)
        for number, wanted in enumerate([code, "", "another"]):
            session.add(BidFile(bid_id=first.id, name="x", requirement_code=wanted, document_id=f"file-{number}"))
        session.commit()
    rows = shown_to(play, logins(play, "score_bids")[0], "score_bids").values["rows"]
    shown = {(row["bid_id"], row["factor_id"]): row["evidence"] for row in rows if row["evidence"]}
    assert shown == {key: ["file-0"]}


def test_points_of_a_factor_in_steps_are_offered_as_these_steps(play, reached):
    lot_id = reached("review")
    with play.house.sessions() as session:
        factor = evaluation.scored_factors(session, lot_id)[0]
        factor.bands = [{"from": "98", "to": "", "points": "20"}, {"from": "97", "to": "98", "points": "14.50"}]
        factor_id = factor.id
        session.commit()
    offered = shown_to(play, logins(play, "score_bids")[0], "score_bids").options
    assert {key: [option.value for option in found] for key, found in offered.items()} == {
        factor_id: ["0", "14.5", "20"]
    }


def test_the_report_is_signed_with_its_tables_in_sight(play, reached):
    reached("review")
    each(play, "score_bids", full_points)
    shown = shown_to(play, logins(play, "sign_report")[0], "sign_report")
    order, *by_member = shown.tables
    assert all(len(row) == len(order["head"]) for row in order["rows"])
    assert len(by_member) == len(order["rows"])
    assert all(len(table["head"]) == 2 for table in by_member)  # a member's own points, until all have signed (O87 62)


def shown_to(play, login, element_id):
    """A person's task at an element as its page shows it."""
    with play.looking() as session:
        actor = town.actor(session, login)
        task = session.query(OpenTaskRow).filter_by(element_id=element_id, assignee_id=actor.id).one()
        return tasks.show(play.house.engine, session, actor, task.id)


def test_a_member_s_form_holds_nothing_of_the_others(play, reached):
    reached("review")
    first, second, *_ = logins(play, "score_bids")
    play.do(first, "score_bids", full_points)
    with play.looking() as session:
        actor = town.actor(session, second)
        [task] = tasks.inbox(session, actor, tasks.Filters(element_id="score_bids")).rows
        shown = tasks.show(play.house.engine, session, actor, task.id)
    assert not any("points" in row for row in shown.values["rows"])


def ask(play, lot_id, login="kang", scope="result"):
    with play.acting(login) as (session, actor):
        return raising.raise_query(
            play.house.engine,
            session,
            actor,
            lot_id=lot_id,
            scope=scope,
            points=[Point("评审不公", "中标人服务方案未满足C2", "重新评审")],
        ).id


def end_of_window(play, lot_id):
    with play.looking() as session:
        until = awards.get(session, lot_id).query_until_on
    play.turn_to(
        play.clock.instant.astimezone(PLACE).replace(
            year=until.year, month=until.month, day=until.day, hour=23, minute=59, second=59
        )
    )


def in_performance(play):
    with play.looking() as session:
        return "contract_performance" in {row.process_id for row in session.scalars(select(InstanceRow))} or any(
            element in play.open() for element in ("sign_contract_supplier", "sign_contract_buyer")
        )


def test_a_query_becomes_a_task_of_the_agency(play, reached):
    lot_id = reached("award")
    query_id = ask(play, lot_id)
    assert "answer_query" in play.open()
    play.do("sun", "answer_query", {"outcome": "dismissed", "answer": "经核实，服务方案符合要求。"})
    with play.looking() as session:
        assert queries.get(session, query_id).outcome == "dismissed"
    assert "answer_query" not in play.open()


def test_without_a_query_the_contract_begins_when_the_window_ends(play, reached):
    lot_id = reached("award")
    play.do("sun", "return_bonds", {"agreed": True})
    end_of_window(play, lot_id)
    assert in_performance(play)


def test_ir_54_an_open_query_keeps_the_contract_waiting_until_it_is_answered(play, reached):
    lot_id = reached("award")
    play.do("sun", "return_bonds", {"agreed": True})
    ask(play, lot_id)
    end_of_window(play, lot_id)
    assert not in_performance(play)
    play.do("sun", "answer_query", {"outcome": "dismissed", "answer": "质疑不成立。"})
    assert in_performance(play)


def test_o94_16_an_upheld_query_gives_the_decision_back_to_the_buyer(play, reached):
    lot_id = reached("award")
    play.do("sun", "return_bonds", {"agreed": True})
    ask(play, lot_id)
    play.do("sun", "answer_query", {"outcome": "upheld", "answer": "中标人资料不实。"})
    end_of_window(play, lot_id)
    assert play.open() == ["confirm_winner"]
    play.do("zhou", "confirm_winner")
    with play.looking() as session:
        assert awards.get(session, lot_id).supplier_id == town.place(session, "s2").id


def test_a_query_before_the_opening_has_a_case_of_its_own(play, lot_id):
    with play.acting("kang") as (session, actor):
        tenders.take_documents(session, actor, tender_id=lives.tender_of(play)[0])
    ask(play, lot_id, scope="documents")
    with play.looking() as session:
        actor = town.actor(session, "sun")
        [task] = tasks.inbox(session, actor, tasks.Filters(element_id="answer_query")).rows
        assert task.instance_id != play.instance_id
        assert session.get_one(InstanceRow, task.instance_id).started_by == "system"


@pytest.fixture
def at_fault(play, lot_id, submit):
    """Bids are in, and a challenge of the documents was upheld: the lot and the challenge."""
    for login, price in PRICES.items():
        submit(login, price)
    with play.acting("kang") as (session, actor):
        tenders.take_documents(session, actor, tender_id=lives.tender_of(play)[0])
    query_id = ask(play, lot_id, scope="documents")
    with play.acting("sun") as (session, actor):
        [task] = tasks.inbox(session, actor, tasks.Filters(element_id="answer_query")).rows
        values = {"outcome": "upheld", "answer": "C2限制竞争。"}
        tasks.complete(play.house.engine, session, actor, task.id, values, seen_version=task.version)
    return lot_id, query_id


def test_o94_16_at_the_deadline_documents_at_fault_wait_for_a_decision_and_may_fail_unopened(play, at_fault):
    lot_id, _ = at_fault
    play.turn_to(lives.tender_of(play)[1])
    assert play.open() == ["decide_documents"]
    play.do("sun", "decide_documents", {"decision": "start_over", "reasons": "须修改文件后重新招标。"})
    with play.looking() as session:
        lot = projects.lot(session, lot_id)
        assert (lot.state, lot.failure_reason) == (LotState.FAILED, "documents_flawed")
        assert {bid.state for bid in bids.of_lot(session, lot_id)} == {"unopened"}


def test_o94_16_a_change_that_cures_lets_the_bids_be_opened(play, at_fault):
    _, query_id = at_fault
    tender_id, deadline = lives.tender_of(play)
    with play.acting("sun") as (session, actor):
        wanted = read_documents(documents_as_values(tenders.get(session, tender_id)))
        later = {**wanted, "terms": replace(wanted["terms"], bid_deadline_at=deadline + timedelta(days=1))}
        changes.change(
            play.house.engine,
            session,
            actor,
            tender_id=tender_id,
            reasons="删除C2。",
            keeper=play.house.keeper,
            signer=play.house.authority,
            cures=[query_id],
            **later,
        )
    play.turn_to(deadline + timedelta(days=1))
    assert play.open() == ["sign_opening_record"]


def test_who_must_stay_away_is_named_without_learning_who_is_in_the_pool(play, reached):
    lot_id = reached("opened")
    play.do("zhou", "appoint_representative", {"none": True})
    values = {"recusals": "秦岚\n无此人", "recusal_reasons": "投标人申请回避"}
    play.do("sun", "set_draw_criteria", {"seats": 5, "specialities": PROFESSIONS, **values})
    with play.looking() as session:
        drawn = experts.of_lot(session, lot_id).draws[-1]
        assert drawn.excluded[experts.of_account(session, town.actor(session, "qin").id).id] == "recused"
