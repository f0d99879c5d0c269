"""While bids are taken: questions, changes and the end of a tender, and how the procedure follows them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.demonstration import lives, town
from app.engine import messages, tasks, timers
from app.engine.records import HistoryRow
from app.foundation import journal, outbox
from app.foundation.clock import PLACE
from app.foundation.outbox import Outgoing
from app.foundation.text import Text
from app.identity import organisations
from app.identity.roles import RoleMissing
from app.procurement import bids, bonds, projects, tenders
from app.workflow import changes, questions
from tests import memory, seals


@pytest.fixture
def tender_id(play, case):
    """A tender whose notice is published, taken by two suppliers."""
    memory.played(play, case, lives.FIRST_HALF)
    found = lives.tender_of(play)[0]
    for login in ("ming", "kang"):
        with play.acting(login) as (session, actor):
            tenders.take_documents(session, actor, tender_id=found)
    return found


@pytest.fixture
def ask(play, tender_id):
    def act(login="ming", text="备件是否可以由制造商直接供应？"):
        with play.acting(login) as (session, actor):
            return questions.ask(play.house.engine, session, actor, tender_id=tender_id, text=text)

    return act


@pytest.fixture
def change(play, tender_id, case):
    """Rewords requirement T3; everything else stays as it was."""

    def act(**options):
        reworded = [
            replace(r, text=Text("Spare parts in the house.", "备件存放于本院库房。")) if r.code == "T3" else r
            for r in case.requirements
        ]
        with play.acting("sun") as (session, actor):
            tender = tenders.get(session, tender_id)
            values = {"requirements": reworded, "factors": case.factors, "terms": terms_of(tender), **options}
            return changes.change(
                play.house.engine,
                session,
                actor,
                tender_id=tender_id,
                reasons="应供应商询问",
                keeper=play.house.keeper,
                signer=play.house.authority,
                **values,
            )

    return act


def terms_of(tender, **changed):
    names = [name for name in tenders.Terms.__dataclass_fields__ if name != "more"]
    return tenders.Terms(**{name: getattr(tender, name) for name in names} | {"more": tender.terms} | changed)


def deadline_timer(play):
    with play.looking() as session:
        return [timer.due_at for timer in timers.upcoming(session) if timer.element_id == "bid_deadline"]


# -- questions


def test_a_question_becomes_a_task_of_the_agency_with_its_due_day(play, ask):
    ask()
    with play.looking() as session:
        [task] = tasks.inbox(session, town.actor(session, "sun"), tasks.Filters(element_id="answer_question")).rows
        assert task.due_at == datetime(2026, 3, 12, 23, 59, 59, tzinfo=PLACE)


def test_every_question_has_its_own_task(play, ask):
    ask(), ask("kang", "服务期从何时起算？")
    play.do(
        "sun",
        "answer_question",
        {"answer": "自签订之日起", "effect": "explains"},
        where=lambda seen: "服务期" in said(play, seen),
    )
    assert play.open() == ["answer_question"]


def test_ir_52_an_unanswered_question_outlives_the_deadline_and_holds_the_closing(play, ask, tender_id):
    ask()
    play.turn_to(datetime(2026, 4, 30, tzinfo=PLACE))
    assert (play.open(), "opening" in play.stages) == (["answer_question"], False)
    play.do("sun", "answer_question", {"answer": "可以。", "effect": "explains"})
    assert "opening" in play.stages


def said(play, seen):
    with play.looking() as session:
        return tenders.question(session, seen["question_id"]).text


def test_o87_28_nothing_tells_who_asked(play, ask):
    ask()
    with play.looking() as session:
        project = session.scalars(select(projects.Project)).one()
        asker = town.actor(session, "ming")
        acts = [*journal.of_case(session, project.id), *journal.of_case(session, play.instance_id)]
        assert asker.id not in {entry.actor_id for entry in acts}
        assert asker.id not in set(session.scalars(select(HistoryRow.actor_id)))


def test_an_answer_goes_to_all_without_the_asker(play, ask, tender_id):
    ask()
    play.do("sun", "answer_question", {"answer": "可以。", "effect": "explains"})
    with play.looking() as session:
        notice = tenders.get(session, tender_id).notices[-1]
        assert (notice.kind, notice.content["answer"]) == ("clarification", "可以。")
        assert notice.document_zh_id is not None
        assert "明和" not in str(notice.content)


def test_after_the_deadline_nobody_asks(play, ask, virtual_clock):
    virtual_clock.turn_to(datetime(2026, 4, 30, tzinfo=UTC))
    with pytest.raises(tenders.DeadlinePassed):
        ask()


# -- changes


def test_an_early_change_leaves_the_deadline_and_its_timer(play, change):
    before = deadline_timer(play)
    change()
    assert deadline_timer(play) == before == [datetime(2026, 3, 31, 9, 30, tzinfo=PLACE)]


def test_ir_31_a_change_in_the_last_fifteen_days_moves_the_deadline_and_the_timer(play, change, virtual_clock):
    virtual_clock.turn_to(datetime(2026, 3, 20, 2, tzinfo=UTC))
    made = change()
    assert deadline_timer(play) == [made.new_deadline_at] == [datetime(2026, 4, 7, 9, 30, tzinfo=PLACE)]


def test_at_the_old_deadline_nothing_happens(play, change, virtual_clock):
    virtual_clock.turn_to(datetime(2026, 3, 20, 2, tzinfo=UTC))
    change()
    play.turn_to(datetime(2026, 4, 1, tzinfo=UTC))
    assert "opening" not in play.stages
    assert len(deadline_timer(play)) == 1


def test_a_changed_deadline_alone_moves_the_timer(play, change, case, tender_id):
    later = datetime(2026, 4, 10, 10, 0, tzinfo=PLACE)
    with play.looking() as session:
        moved = terms_of(tenders.get(session, tender_id), bid_deadline_at=later)
    change(requirements=case.requirements, terms=moved)
    assert deadline_timer(play) == [later]


def test_every_supplier_that_took_the_documents_gets_a_mail_of_its_own(play, change):
    made = change()
    with play.looking() as session:
        mails = session.scalars(select(outbox.Outgoing).where(outbox.Outgoing.key.startswith("change:"))).all()
        assert sorted(mail.content["to"] for mail in mails) == [
            ["kang@jiangcheng.example"],
            ["ming@jiangcheng.example"],
        ]
        assert "应供应商询问" in mails[0].content["body"]
        assert made.affects_bids
        assert "须重新确认" in mails[0].content["body"]


def test_a_change_is_published_as_a_version_with_its_papers(play, change, tender_id):
    change()
    with play.looking() as session:
        tender = tenders.get(session, tender_id)
        newest = tender.versions[-1]
        assert (newest.number, [d["place"] for d in newest.differences]) == (
            2,
            ["lots/1/requirements/T3/text/en", "lots/1/requirements/T3/text/zh"],
        )
        assert newest.document_en_id is not None
        assert tender.notices[-1].kind == "change"


def test_a_refused_change_moves_nothing(play, change, case, virtual_clock):
    virtual_clock.turn_to(datetime(2026, 3, 20, 2, tzinfo=UTC))
    before = deadline_timer(play)
    with pytest.raises(tenders.ObjectChanged):
        change(requirements=[r for r in case.requirements if r.code != "Q2"])
    assert deadline_timer(play) == before


# -- termination


def test_o87_29_a_termination_ends_the_case_and_frees_the_budget(play, tender_id):
    with play.acting("zhou") as (session, actor):
        changes.terminate(
            play.house.engine,
            session,
            actor,
            tender_id=tender_id,
            reasons="因规划调整，采购任务取消",
            signer=play.house.authority,
        )
    assert (play.state, play.open(), deadline_timer(play)) == ("cancelled", [], [])
    with play.looking() as session:
        project = session.scalars(select(projects.Project)).one()
        assert (project.state, project.outcome) == ("closed", "terminated")
        assert projects.committed(session, project.budget_line_id) == 0


def test_who_gives_the_notice_of_a_correction_or_of_a_termination_seals_it(play, tender_id, change):
    change()
    with play.acting("zhou") as (session, actor):
        changes.terminate(
            play.house.engine, session, actor, tender_id=tender_id, reasons="任务取消", signer=play.house.authority
        )
    with play.looking() as session:
        tender = tenders.get(session, tender_id)
        corrected, ended = tender.notices[-2:]
        agency, buyer = (organisations.get(session, place).name.zh for place in (tender.agency_id, tender.buyer_id))
        assert (corrected.kind, ended.kind) == ("change", "termination")
        assert seals.of_document(session, corrected.document_zh_id) == [agency]
        assert seals.of_document(session, ended.document_zh_id) == [buyer]


def test_o87_29_the_agency_returns_the_bonds_of_a_terminated_tender_with_their_interest(play, lot_id, submit):
    submit("ming", 445_000)
    with play.acting("zhou") as (session, actor):
        changes.terminate(
            play.house.engine,
            session,
            actor,
            tender_id=lives.tender_of(play)[0],
            reasons="任务取消",
            signer=play.house.authority,
        )
    with play.looking() as session:
        assert {bid.state for bid in bids.of_lot(session, lot_id)} == {"unopened"}
        reports = session.query(Outgoing).filter(Outgoing.key.startswith("termination-report:")).all()
        assert all("任务取消" in report.content["body"] for report in reports)
        assert reports
    with play.acting("sun") as (session, actor):
        [task] = tasks.inbox(session, actor, tasks.Filters(element_id="return_terminated_bonds")).rows
        shown = tasks.show(play.house.engine, session, actor, task.id)
        assert task.due_at is not None
        rows = [{**row, "earned": Decimal("1.23")} for row in shown.values["rows"]]
        values = {"rows": rows, "agreed": True}
        tasks.complete(play.house.engine, session, actor, task.id, values, seen_version=task.version)
    with play.looking() as session:
        (bond,) = bonds.of_lot(session, lot_id)
        assert (bond.state, bond.interest) == (bonds.BondState.RETURNED, Decimal("1.23"))


def test_o87_29_an_agency_alone_terminates_nothing(play, tender_id):
    with pytest.raises(RoleMissing), play.acting("sun") as (session, actor):
        changes.terminate(
            play.house.engine, session, actor, tender_id=tender_id, reasons="任务取消", signer=play.house.authority
        )


def test_a_terminated_tender_takes_no_messages(play, tender_id):
    with play.acting("zhou") as (session, actor):
        changes.terminate(
            play.house.engine, session, actor, tender_id=tender_id, reasons="任务取消", signer=play.house.authority
        )
    with play.looking() as session, pytest.raises(messages.NobodyWaits):
        messages.send(play.house.engine, session, town.actor(session, "sun"), changes.MOVED, tender_id, {})


def test_the_timer_fires_at_the_deadline_and_not_before(play, tender_id):
    play.turn_to(datetime(2026, 3, 31, 9, 30, tzinfo=PLACE) - timedelta(seconds=1))
    assert deadline_timer(play)
    play.turn_to(datetime(2026, 3, 31, 9, 30, tzinfo=PLACE))
    assert deadline_timer(play) == []
