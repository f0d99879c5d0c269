"""Operations of bids: the opening."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.acts import Context, Value
from app.foundation.text import Text
from app.procurement import bids, projects
from app.procurement.projects import LotState
from app.workflow import disclosing, standings
from app.workflow.declaring import ACTS, partners
from app.workflow.values import LOT


@ACTS.act(
    "bids.open",
    name=Text("Open the bids", "开标"),
    hint=Text(
        "Gets the key of the lot and opens the bids. With fewer than three bidders no bid is opened.",
        "取得采购包密钥并开启投标文件；不足三家的，不开标。",
    ),
    needs=[LOT],
    gives=[
        Value("bid_count", "integer", label=Text("Bids received", "收到的投标数")),
        Value("enough", "boolean", label=Text("At least three bidders", "投标人是否满三家")),
    ],
    states=[standings.lot(LotState.BIDDING, LotState.OPENED, leaves=[LotState.BIDDING, LotState.OPENED])],
)
def open_bids(context: Context, *, lot_id: str) -> Mapping[str, Any]:
    opening = bids.open_all(context.session, context.actor, lot_id=lot_id, keeper=partners(context).keeper)
    disclosing.published(
        context.session, disclosing.Kind.OPENING, project_id=projects.lot(context.session, lot_id).project_id
    )
    return {"bid_count": opening.bid_count, "enough": opening.enough}
