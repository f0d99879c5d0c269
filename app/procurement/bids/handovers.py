"""Handing a bid on: who wrote it asks the company's signers to read and seal it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.foundation.actor import Actor
from app.foundation.errors import Conflict
from app.foundation.text import Text
from app.identity import grants
from app.identity.accounts import Account
from app.procurement import mails
from app.procurement.bids.completeness import whole_or_refused
from app.procurement.bids.drafts import SIGNER, DraftMissing, bidding_for, draft_of


class NobodySigns(Conflict):
    """The company has nobody who may seal a bid."""

    text = Text(
        "Nobody at your company may seal a bid. Ask your administrator to give a person the role “Supplier signer”.",
        "贵单位尚无供应商签署人，不能密封投标文件。请联系单位管理员指定供应商签署人。",
    )


def signers_of(session: Session, supplier_id: str) -> list[Account]:
    """Who may seal, confirm and withdraw a supplier's bids."""
    return grants.holders(session, SIGNER, supplier_id)


def hand_on(session: Session, actor: Actor, *, lot_id: str, arrived_at: datetime | None = None) -> list[Account]:
    """Mail the signers that a draft is ready to be sealed, once for each state of it; gives the signers.

    The mail names no project: one that can't be sent is read by others (O87 28). Raises BidIncomplete, DraftMissing,
    NobodySigns, DeadlinePassed, NotRegistered, SupplierExcluded or RoleMissing.
    """
    _, supplier_id = bidding_for(session, actor, lot_id, arrived_at=arrived_at)
    draft = draft_of(session, lot_id, supplier_id)
    if draft is None:
        raise DraftMissing
    whole_or_refused(session, lot_id, supplier_id, draft)
    signers = signers_of(session, supplier_id)
    if not signers:
        raise NobodySigns
    mails.tell(
        session,
        organisation_id=supplier_id,
        roles=[SIGNER],
        key=f"draft:{draft.id}:ready:{draft.saved_at.isoformat()}",
        subject=Text("A bid is ready to be sealed", "投标文件待签署人密封"),
        body=Text(
            f"{actor.name} has finished a bid of your company. Check it and seal it before the bid deadline: "
            "you find it under “My bids”.",
            f"{actor.name}已完成贵单位的一份投标文件。请在投标截止时间前登录“我的投标”，核对后密封递交。",
        ),
        page="/supplier",
    )
    return signers
