"""Operations of bid bonds: the winner's goes back once the contract is signed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.acts import Context
from app.foundation import clock
from app.foundation.actor import SYSTEM
from app.foundation.text import Text
from app.foundation.workdays import last_second_of, local_day
from app.procurement import bonds, contracts
from app.workflow import sealing
from app.workflow.declaring import ACTS, partners
from app.workflow.values import CONTRACT, LOT


def bonds_due(context: Context, lot_id: str) -> str | None:
    """The value of ``BONDS_DUE_AT``."""
    days = [bond.return_due_on for bond in bonds.due_back(context.session, lot_id) if bond.return_due_on]
    return last_second_of(min(days)).astimezone(clock.PLACE).isoformat() if days else None


@ACTS.act(
    "bonds.return_winner",
    name=Text("Return the winning bidder's bid bond", "退还中标人投标保证金"),
    hint=Text(
        "Due 5 working days after signing. Creates the payment file for the bank. A letter of guarantee expires.",
        "自合同签订之日起5个工作日内退还，生成银行付款文件；保函到期失效。",
    ),
    needs=[LOT, CONTRACT],
)
def return_winner(context: Context, *, lot_id: str, contract_id: str) -> Mapping[str, Any]:
    contract = contracts.get(context.session, contract_id)
    assert contract.signed_at is not None, "a contract that is performed was signed"
    waiting = bonds.schedule_winner(
        context.session,
        context.actor,
        lot_id=lot_id,
        winner_id=contract.supplier_id,
        from_on=local_day(contract.signed_at),
    )
    due = [bond.id for bond in waiting if bond.state == bonds.BondState.DUE_BACK]
    if due:
        bonds.send_back(context.session, SYSTEM, bond_ids=due)
        sealing.bond_list(context.session, SYSTEM, partners(context).authority, lot_id)
    return {}
