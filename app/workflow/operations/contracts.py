"""Operations of a contract: its draft from the award."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.engine.operations import Context, Parameter, Registry
from app.foundation.text import Text
from app.procurement import contracts
from app.workflow.facts import due_at

if TYPE_CHECKING:
    from app.workflow.operations import Partners

LOT = Parameter("lot_id", required=True, label=Text("Lot", "采购包"))
CONTRACT = Parameter("contract_id", required=True, label=Text("Contract", "合同"))
SIGN_BY = Parameter("sign_due_at", label=Text("To be signed by", "签订期限"))


def register(registry: Registry, partners: Partners) -> None:
    """Add them to the registry."""

    @registry.operation(
        "contracts.draft",
        name=Text("Draft the contract", "生成合同文本"),
        hint=Text(
            "Creates the contract from the tender documents, the winning bid and the award.",
            "依据招标文件、中标人投标文件和中标结果生成合同。",
        ),
        parameters=[LOT],
        results=[CONTRACT, SIGN_BY],
    )
    def draft(context: Context, *, lot_id: str) -> Mapping[str, Any]:
        contract = contracts.draft(context.session, context.actor, lot_id=lot_id)
        return {"contract_id": contract.id, "sign_due_at": due_at(contract.sign_by_on)}
