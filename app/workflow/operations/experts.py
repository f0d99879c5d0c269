"""Operations of the committee: calling experts and seating those who came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.acts import Context, Value
from app.engine.spiff import BpmnError
from app.foundation import clock
from app.foundation.text import Text
from app.procurement import experts
from app.procurement.projects import LotState
from app.workflow import standings
from app.workflow.declaring import ACTS
from app.workflow.values import LOT

POOL_EXHAUSTED = "POOL_EXHAUSTED"
"""The business error of a draw that finds too few experts."""


@ACTS.act(
    "experts.draw",
    name=Text("Draw the experts", "随机抽取专家"),
    hint=Text(
        "Invites the next experts drawn for the empty places. Throws POOL_EXHAUSTED when there are too few.",
        "按已承诺的随机顺序通知专家递补；人数不足时抛出POOL_EXHAUSTED。",
    ),
    needs=[LOT],
    gives=[
        Value("called_ids", "list", label=Text("Accounts invited", "被通知人员")),
        Value("answer_due_at", "datetime", label=Text("Answer by", "答复截止时间")),
    ],
)
def draw(context: Context, *, lot_id: str) -> Mapping[str, Any]:
    try:
        called = experts.draw(context.session, context.actor, lot_id=lot_id)
    except experts.PoolExhausted as exhausted:
        raise BpmnError(POOL_EXHAUSTED, exhausted.sentence.en) from exhausted
    due_at = experts.answer_due_at(context.session, lot_id).astimezone(clock.PLACE)
    return {"called_ids": [member.account_id for member in called], "answer_due_at": due_at.isoformat()}


@ACTS.act(
    "experts.seat",
    name=Text("Form the committee", "组成评标委员会"),
    hint=Text(
        "Counts who accepted. Experts who have not answered count as not taking part.",
        "统计接受通知的人员；未答复的视为不参加。",
    ),
    needs=[LOT],
    gives=[
        Value("missing", "integer", label=Text("Members still missing", "尚缺成员数")),
        Value("committee_ids", "list", label=Text("Members", "评标委员会成员")),
        Value("leader_id", label=Text("Chair", "评标委员会组长")).optional(),
    ],
    states=[standings.lot(LotState.OPENED, LotState.EVALUATING, leaves=[LotState.OPENED, LotState.EVALUATING])],
)
def seat(context: Context, *, lot_id: str) -> Mapping[str, Any]:
    missing = experts.seat(context.session, context.actor, lot_id=lot_id)
    committee = experts.of_lot(context.session, lot_id)
    members = [member.account_id for member in experts.serving(committee)] if missing == 0 else []
    return {"missing": missing, "committee_ids": members, "leader_id": committee.leader_id}
