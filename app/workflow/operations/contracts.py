"""Operations of a contract: its draft from the award, and the winner's bid bond going back once it is signed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.engine.operations import Context, Parameter, Registry
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.procurement import bonds, contracts

if TYPE_CHECKING:
    from app.workflow.operations import Partners

LOT = Parameter("lot_id", required=True, label=Text("Lot", "采购包"))
CONTRACT = Parameter("contract_id", required=True, label=Text("Contract", "合同"))


def register(registry: Registry, partners: Partners) -> None:
    """Add them to the registry."""

    @registry.operation(
        "contracts.draft",
        name=Text("Draft the contract", "生成合同文本"),
        hint=Text(
            "Generates the contract from the documents, the winner's bid and the award.",
            "依据采购文件、中标人投标文件和中标结果生成合同。",
        ),
        parameters=[LOT],
        results=[CONTRACT],
    )
    def draft(context: Context, *, lot_id: str) -> Mapping[str, Any]:
        return {"contract_id": contracts.draft(context.session, context.actor, lot_id=lot_id).id}

    @registry.operation(
        "bonds.return_winner",
        name=Text("Return the winner's bid bond", "退还中标人保证金"),
        hint=Text("Sends it back within five working days of the contract.", "合同签订后5个工作日内退还。"),
        parameters=[LOT, CONTRACT],
    )
    def return_winner(context: Context, *, lot_id: str, contract_id: str) -> Mapping[str, Any]:
        session, contract = context.session, contracts.get(context.session, contract_id)
        signed_on = local_day(contract.signed_at or context.now)
        bonds.schedule_winner(session, context.actor, lot_id=lot_id, winner_id=contract.supplier_id, from_on=signed_on)
        due = [bond.id for bond in bonds.due_back(session, lot_id) if bond.supplier_id == contract.supplier_id]
        if due:
            bonds.send_back(session, context.actor, bond_ids=due)
        return {}
