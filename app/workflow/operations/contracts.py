"""Operations of a contract: its draft from the award."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.acts import Context, Value
from app.foundation.text import Text
from app.procurement import contracts
from app.procurement.contracts import ContractState
from app.procurement.projects import LotState
from app.workflow import standings
from app.workflow.declaring import ACTS
from app.workflow.facts import due_at
from app.workflow.values import CONTRACT, LOT

SIGN_BY = Value("sign_due_at", "datetime", label=Text("To be signed by", "签订期限"))


@ACTS.act(
    "contracts.draft",
    name=Text("Draft the contract", "生成合同文本"),
    hint=Text(
        "Creates the contract from the tender documents, the winning bid and the award.",
        "依据招标文件、中标人投标文件和中标结果生成合同。",
    ),
    needs=[LOT],
    gives=[CONTRACT, SIGN_BY],
    states=[
        standings.lot(LotState.NOTIFIED, LotState.CONTRACTED, LotState.PERFORMING, LotState.ACCEPTED, LotState.PAID),
        standings.contract(
            leaves=[ContractState.DRAFTED, ContractState.SUPPLIER_SIGNED, ContractState.ACTIVE, ContractState.COMPLETED]
        ),
    ],
)
def draft(context: Context, *, lot_id: str) -> Mapping[str, Any]:
    contract = contracts.draft(context.session, context.actor, lot_id=lot_id)
    return {"contract_id": contract.id, "sign_due_at": due_at(contract.sign_by_on)}
