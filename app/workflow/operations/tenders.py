"""Operations of a tender: its timetable, the check of its documents, the notice, the failure of a lot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.acts import Context, Value
from app.foundation import clock, doubts
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.procurement import bids, bonds, tenders
from app.procurement.projects import LotState, ProjectState
from app.procurement.rules import methods
from app.procurement.tenders import TenderState
from app.procurement.tenders.checks import ERROR
from app.workflow import disclosing, drawing, sealing, standings
from app.workflow.declaring import ACTS, partners
from app.workflow.operations.bonds import bonds_due
from app.workflow.values import BONDS_DUE_AT, LOT, LOTS, PROJECT, TENDER


@ACTS.act(
    "tenders.draw_timetable",
    name=Text("Draw up the timetable", "拟定时间安排"),
    hint=Text(
        "Calculates every date from the day of the notice. Dates are uncertain where the holidays have not been published.",
        "自公告日起推算各项日期；放假安排未公布的，标明待定。",
    ),
    needs=[PROJECT],
    gives=[Value("timetable_certain", "boolean", label=Text("All dates are certain", "日期均已确定"))],
)
def draw_timetable(context: Context, *, project_id: str) -> Mapping[str, Any]:
    rows = tenders.draw_timetable(context.session, context.actor, project_id=project_id)
    return {"timetable_certain": all(row.on is not None for row in rows)}


@ACTS.act(
    "tenders.check_documents",
    name=Text("Check the tender documents", "检查招标文件"),
    hint=Text("Checks the tender documents against the statutory data.", "对照法定数据检查招标文件。"),
    needs=[PROJECT],
    gives=[Value("document_errors", "integer", label=Text("Errors found", "错误数"))],
    states=[
        standings.tender(
            TenderState.DRAFTING,
            TenderState.CHECKED,
            TenderState.CONFIRMED,
            leaves=[TenderState.DRAFTING, TenderState.CHECKED, TenderState.CONFIRMED],
        )
    ],
)
def check_documents(context: Context, *, project_id: str) -> Mapping[str, Any]:
    found = tenders.check(context.session, context.actor, project_id=project_id)
    errors = sum(finding.severity == ERROR for finding in found)
    tender = tenders.of_project(context.session, project_id)
    if tender.state == TenderState.CHECKED:
        drawing.draft(context.session, context.actor, tender)
    return {"document_errors": errors}


@ACTS.act(
    "tenders.publish",
    name=Text("Publish the tender notice", "发布招标公告"),
    hint=Text(
        "Publishes the tender notice and tender documents and creates the keys of the lots.",
        "发布招标公告与招标文件，生成各采购包密钥。",
    ),
    needs=[PROJECT],
    gives=[
        TENDER,
        Value("bid_deadline_at", "datetime", label=Text("Bid deadline", "投标截止时间")),
        LOTS,
    ],
    states=[
        standings.project(ProjectState.ENTRUSTED, leaves=[ProjectState.PUBLISHED]),
        standings.tender(TenderState.CONFIRMED, leaves=[TenderState.PUBLISHED]),
        standings.lot(leaves=[LotState.BIDDING]),
    ],
)
def publish(context: Context, *, project_id: str) -> Mapping[str, Any]:
    tender = tenders.publish(context.session, context.actor, project_id=project_id, keeper=partners(context).keeper)
    assert tender.bid_deadline_at is not None, "a published tender has a deadline"
    drawing.version(context.session, context.actor, tender)
    drawing.notice(context.session, context.actor, tender.notices[-1], tender)
    sealing.notice(context.session, context.actor, partners(context).authority, tender.notices[-1])
    disclosing.published(context.session, disclosing.Kind.TENDER, project_id=project_id)
    return {
        "tender_id": tender.id,
        "bid_deadline_at": tender.bid_deadline_at.astimezone(clock.PLACE).isoformat(),
        "lot_ids": [lot.id for lot in tender.project.lots],
    }


@ACTS.act(
    "tenders.fail_lot",
    name=Text("Publish the failed-tender notice", "发布废标公告"),
    hint=Text(
        "Publishes why the lot failed. All bid bonds are scheduled for return.",
        "公告废标理由，投标保证金进入退还程序。",
    ),
    needs=[
        LOT,
        Value("reason", label=Text("Reason", "废标理由"), choices=tuple(methods.failures().items())),
    ],
    gives=[BONDS_DUE_AT],
    states=[
        standings.lot(
            LotState.BIDDING,
            LotState.OPENED,
            LotState.EVALUATING,
            LotState.DECIDED,
            LotState.NOTIFIED,
            LotState.FAILED,
            leaves=[LotState.FAILED],
        )
    ],
)
def fail_lot(context: Context, *, lot_id: str, reason: str) -> Mapping[str, Any]:
    doubts.require_none(context.session)
    partners(context).keeper.allow(lot_id)
    lot = tenders.fail(context.session, context.actor, lot_id=lot_id, reason=reason)
    if lot.failure_reason in bids.REASONS:
        bids.leave_unopened(context.session, context.actor, lot_id=lot_id, reason=lot.failure_reason)
    bids.tell_of_failure(context.session, lot_id=lot_id)
    bonds.schedule_all(context.session, context.actor, lot_id=lot_id, cause="failed", from_on=local_day(context.now))
    tender = tenders.of_lot(context.session, lot_id)
    drawing.notice(context.session, context.actor, tender.notices[-1], tender)
    sealing.notice(context.session, context.actor, partners(context).authority, tender.notices[-1])
    disclosing.published(context.session, disclosing.Kind.FAILURE, project_id=lot.project_id)
    return {BONDS_DUE_AT.name: bonds_due(context, lot_id)}
