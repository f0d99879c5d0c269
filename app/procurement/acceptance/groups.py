"""The acceptance group (验收小组): who judged a delivery, with which opinion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.foundation.errors import Invalid
from app.foundation.text import Text
from app.procurement.acceptance.records import (
    GROUP_ROLES,
    OPINIONS,
    Acceptance,
    AcceptanceMember,
)
from app.procurement.contracts import Contract

LEADER = "leader"


class GroupInvalid(Invalid):
    """A group has one head, each member once with its reasons to dissent, and nobody of the supplier."""

    code = "acceptance-group-invalid"
    text = Text("%(why)s", "%(why)s")
    statute = "IR 45"


class SignedSheetMissing(Invalid):
    """What a group judged bears the signature of each of its members."""

    text = Text(
        "Attach the sheet that every member of the acceptance group signed.", "请上传验收小组全体成员签字的签字页。"
    )
    statute = "IR 45"


@dataclass(frozen=True)
class NewMember:
    """A member as it is entered; ``role`` is a key of GROUP_ROLES, ``opinion`` of OPINIONS."""

    name: str
    organisation: str
    role: str
    opinion: str
    reasons: str = ""


def check(contract: Contract, members: Sequence[NewMember], signed_sheets: Sequence[str]) -> None:
    """Go on only with a whole group, or none.

    :raises GroupInvalid:
    :raises SignedSheetMissing:
    """
    if not members:
        return
    why = _wrong(contract, members)
    if why is not None:
        raise GroupInvalid(field="members", why=why)
    if not signed_sheets:
        raise SignedSheetMissing(field="signed_sheets")


def _wrong(contract: Contract, members: Sequence[NewMember]) -> Text | None:
    if any(member.role not in GROUP_ROLES or member.opinion not in OPINIONS for member in members):
        raise ValueError("unknown role or opinion")
    people = [(member.name.strip(), member.organisation.strip()) for member in members]
    twice = next((name for name, organisation in people if people.count((name, organisation)) > 1), None)
    if twice is not None:
        return Text(f"{twice} is entered twice.", f"{twice}重复填写。")
    if sum(member.role == LEADER for member in members) != 1:
        return Text("Enter one head of the group.", "验收小组应当有且仅有一名组长。")
    supplier = contract.supplier.name
    own = next((name for name, organisation in people if organisation in (supplier.zh, supplier.en)), None)
    if own is not None:
        return Text(
            f"{own} works for the supplier, which signs for itself.", f"{own}为供应商人员，不得作为验收小组成员。"
        )
    silent = next((m.name for m in members if m.opinion == "dissent" and not m.reasons.strip()), None)
    if silent is not None:
        return Text(f"Give the reasons why {silent} does not agree.", f"{silent}不同意验收结论的，请填写理由。")
    return None


def enter(session: Session, acceptance: Acceptance, members: Sequence[NewMember]) -> None:
    """Keep a group that was checked, in its order."""
    session.add_all(
        AcceptanceMember(
            delivery_id=acceptance.delivery_id,
            position=position,
            name=member.name.strip(),
            organisation=member.organisation.strip(),
            role=member.role,
            opinion=member.opinion,
            reasons=member.reasons.strip() if member.opinion == "dissent" else "",
        )
        for position, member in enumerate(members, 1)
    )
    session.flush()
    session.expire(acceptance, ["members"])
