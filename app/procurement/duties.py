"""Separation of duties: who had one part in a procurement may not do another, in whatever diagram it runs (GPL 61, IR 45).

Roles keep duties apart beforehand (``identity.roles.KEPT_APART``); people change roles, so each act also asks who did what
in this very case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.actor import Actor
from app.foundation.errors import NotAllowed
from app.foundation.text import Text
from app.procurement import tenders
from app.procurement.experts.records import Committee, Member, MemberState


class Part(StrEnum):
    """What a person may have done in a case."""

    APPLIED = "applied"
    PLANNED = "planned"
    CONFIRMED = "confirmed"
    EVALUATED = "evaluated"
    CHECKED = "checked"
    APPROVED = "approved"


HANDLED = (Part.APPLIED, Part.PLANNED, Part.CONFIRMED)
"""The parts of handling the procurement for the buyer (经办采购)."""

INCOMPATIBLE: dict[str, tuple[Part, ...]] = {
    "contracts.sign": (*HANDLED, Part.EVALUATED),
    "contracts.publish": (*HANDLED, Part.EVALUATED),
    "acceptance.accept": (*HANDLED, Part.EVALUATED),
    "payments.approve": (Part.CHECKED,),
    "payments.pay": (Part.CHECKED, Part.APPROVED),
}
"""For each act, the parts whose doers may not do it: GPL 61 (handling apart from contract and acceptance), IR 45."""

NAMES: dict[Part, Text] = {
    Part.APPLIED: Text("applied for this procurement", "提出了本项目采购申请"),
    Part.PLANNED: Text("planned this procurement", "编制了本项目采购实施计划"),
    Part.CONFIRMED: Text("confirmed the tender documents", "确认了本项目招标文件"),
    Part.EVALUATED: Text("were a member of the evaluation committee", "担任本项目评标委员会成员"),
    Part.CHECKED: Text("checked this payment application", "审核了该资金支付申请"),
    Part.APPROVED: Text("approved this payment", "批准了该笔支付"),
}
"""What a refusal tells a person that they did."""


class DutiesApart(NotAllowed):
    """The person had a part in the case that keeps them from this act (GPL 61)."""

    text = Text("You %(part)s. Someone else must do this.", "您%(part)s，此事项须由其他人员办理。")
    statute = "GPL 61"


def _committee(session: Session, lot_id: str) -> Iterable[str | None]:
    members = select(Member.account_id).join(Committee, Committee.id == Member.committee_id)
    return session.scalars(members.where(Committee.lot_id == lot_id, Member.state == MemberState.ACCEPTED))


DOERS: dict[Part, Callable[[Session, str], Iterable[str | None]]] = {
    Part.APPLIED: lambda session, lot_id: [tenders.of_lot(session, lot_id).project.applicant_id],
    Part.PLANNED: lambda session, lot_id: [tenders.of_lot(session, lot_id).project.planner_id],
    Part.CONFIRMED: lambda session, lot_id: [tenders.of_lot(session, lot_id).confirmed_by],
    Part.EVALUATED: _committee,
}
"""Who had a part in a lot's case; the parts of a payment are kept with it and given by its acts."""


def require_apart(session: Session, actor: Actor, act: str, lot_id: str, **did: str | None) -> None:
    """Go on only if the person had no part that ``act`` must be kept apart from.

    ``did``: the doer of each part that isn't in DOERS, by the part's name.

    :raises DutiesApart:
    """
    for part in INCOMPATIBLE[act]:
        doers = DOERS[part](session, lot_id) if part in DOERS else [did[part]]
        if actor.id in doers:
            raise DutiesApart(part=NAMES[part])
