"""Operations of the award: the winner by silence, the publication, and what queries mean for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.acts import Context, Value
from app.foundation import clock
from app.foundation.text import Text
from app.foundation.workdays import last_second_of
from app.procurement import awards, evaluation, projects, queries, tenders
from app.procurement.projects import LotState
from app.workflow import disclosing, drawing, sealing, standings
from app.workflow.declaring import ACTS, partners
from app.workflow.operations.bonds import bonds_due
from app.workflow.values import AWARD, BONDS_DUE_AT, DECISION_DUE_AT, FAILURE_REASON, LOT

OUTCOMES = (
    ("wait", Text("A challenge is open", "尚有未答复的质疑")),
    ("conclude", Text("The result is upheld", "维持中标结果")),
    ("decide", Text("The buyer decides again", "另行确定中标人")),
    ("fail", Text("The procurement starts again", "重新开展采购活动")),
)


def _draw(context: Context, award: awards.Award) -> None:
    """The notice as a paper and the agency's seal on it and on the letters, once."""
    tender = tenders.of_lot(context.session, award.lot_id)
    notice = next(notice for notice in tender.notices if notice.id == award.notice_id)
    if notice.document_zh_id is None:
        drawing.notice(context.session, context.actor, notice, tender)
        sealing.notice(context.session, context.actor, partners(context).authority, notice)
        sealing.letters(context.session, context.actor, partners(context).authority, award)


@ACTS.act(
    "awards.confirm_by_default",
    name=Text("First candidate wins", "确定第一中标候选人为中标人"),
    hint=Text(
        "The buyer did not decide in time, so the first candidate wins.",
        "采购人逾期未确定的，第一中标候选人为中标人。",
    ),
    needs=[LOT],
    states=[standings.lot(LotState.EVALUATING, LotState.DECIDED, LotState.NOTIFIED, leaves=[LotState.DECIDED])],
)
def confirm_by_default(context: Context, *, lot_id: str) -> Mapping[str, Any]:
    awards.confirm_by_default(context.session, context.actor, lot_id=lot_id)
    return {}


@ACTS.act(
    "awards.publish",
    name=Text("Publish the award notice", "发布中标公告"),
    hint=Text(
        "Publishes the award notice, writes to every bidder and schedules unsuccessful bidders' bid bonds for return.",
        "公告中标结果、通知全体投标人，未中标人投标保证金进入退还程序。",
    ),
    needs=[LOT],
    gives=[
        AWARD,
        Value("supplier_id", label=Text("Winning bidder", "中标人")),
        Value("query_window_ends_at", "datetime", label=Text("Challenge period ends", "质疑期届满时间")),
        BONDS_DUE_AT,
    ],
    states=[standings.lot(LotState.DECIDED, LotState.NOTIFIED, leaves=[LotState.NOTIFIED])],
)
def publish(context: Context, *, lot_id: str) -> Mapping[str, Any]:
    award = awards.publish(context.session, context.actor, lot_id=lot_id)
    assert award.query_until_on is not None, "a published award has its query window"
    _draw(context, award)
    disclosing.published(
        context.session, disclosing.Kind.AWARD, project_id=projects.lot(context.session, lot_id).project_id
    )
    ends_at = last_second_of(award.query_until_on).astimezone(clock.PLACE)
    return {
        "award_id": award.id,
        "supplier_id": award.supplier_id,
        "query_window_ends_at": ends_at.isoformat(),
        BONDS_DUE_AT.name: bonds_due(context, lot_id),
    }


@ACTS.act(
    "queries.check_documents",
    name=Text("Look for faults of the documents", "核实对招标文件的质疑"),
    hint=Text(
        "Says whether a challenge of the documents was upheld and is not cured: then no bid is opened.",
        "核实对招标文件的质疑是否成立且尚未更正处理；是的，不得开标。",
    ),
    needs=[LOT],
    gives=[Value("at_fault", "boolean", label=Text("The documents are at fault", "招标文件存在未处理的缺陷"))],
)
def check_documents(context: Context, *, lot_id: str) -> Mapping[str, Any]:
    return {"at_fault": bool(queries.uncured(context.session, lot_id))}


@ACTS.act(
    "queries.settle",
    name=Text("Check the challenges", "核实质疑处理情况"),
    hint=Text(
        "Decides what the challenges to the lot lead to: wait, sign the contract, decide again or start again.",
        "根据质疑处理情况确定：等待、维持结果、另行确定或者重新采购。",
    ),
    needs=[LOT],
    gives=[
        Value("outcome", label=Text("What follows", "后续处理"), choices=OUTCOMES),
        DECISION_DUE_AT.optional(),
        FAILURE_REASON,
    ],
    states=[
        standings.lot(
            LotState.NOTIFIED,
            LotState.EVALUATING,
            LotState.DECIDED,
            leaves=[LotState.NOTIFIED, LotState.EVALUATING, LotState.DECIDED],
        )
    ],
)
def settle(context: Context, *, lot_id: str) -> Mapping[str, Any]:
    outcome = queries.settle(context.session, context.actor, lot_id=lot_id)
    due_at = evaluation.report(context.session, lot_id).decision_due_at
    lot = projects.lot(context.session, lot_id)
    return {
        "outcome": outcome,
        "decision_due_at": due_at.astimezone(clock.PLACE).isoformat() if due_at else None,
        "failure_reason": lot.failure_reason or None,
    }
