"""Organisations: buyers, agencies, suppliers, finance departments and the platform's office.

Each is known by its unified social credit code (GB 32100-2015), whose last character checks the rest.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import String, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from stdnum.cn import ric as personal_number
from stdnum.cn import uscc as social_credit_code
from stdnum.exceptions import InvalidChecksum, ValidationError

from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.database import Base, UtcDateTime, new_id, one_of
from app.foundation.errors import Conflict, Invalid, NotFound
from app.foundation.text import Text
from app.identity import roles
from app.identity.roles import OrganisationKind

KINDS: dict[str, Text] = {
    OrganisationKind.BUYER: Text("Buyer", "采购人"),
    OrganisationKind.AGENCY: Text("Procurement agency", "采购代理机构"),
    OrganisationKind.SUPPLIER: Text("Supplier", "供应商"),
    OrganisationKind.FINANCE: Text("Finance department", "财政部门"),
    OrganisationKind.PLATFORM: Text("Platform office", "平台管理机构"),
}
"""The kinds of organisations and their names."""
LEVELS = {
    "central": Text("Central", "中央级"),
    "province": Text("Province", "省级"),
    "city": Text("City", "设区的市级"),
    "county": Text("County", "县级"),
}
"""The levels of budgets (GPL 7, IR 5)."""


class Organisation(Base):
    """An organisation. ``uscc`` is unique; ``supervisor_id`` is the finance department a buyer answers to (GPL 13).

    ``region`` is the jurisdiction whose rules apply (``CN-SC``); ``short_code`` begins the numbers it gives out;
    ``budget_level``: of a finance department, whose budget it looks after (``LEVELS``; empty while nobody said so).
    """

    __tablename__ = "organisation"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    kind: Mapped[OrganisationKind] = mapped_column(one_of(OrganisationKind, 20, "kind"), index=True)
    uscc: Mapped[str] = mapped_column(String(18), unique=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    region: Mapped[str] = mapped_column(String(12), default="CN")
    short_code: Mapped[str] = mapped_column(String(10), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    contact_name: Mapped[str] = mapped_column(String(100), default="")
    contact_phone: Mapped[str] = mapped_column(String(50), default="")
    supervisor_id: Mapped[str | None] = mapped_column(String(32), default=None)
    budget_level: Mapped[str] = mapped_column(String(12), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def name(self) -> Text:
        """The organisation's name in both languages."""
        return Text(self.name_en, self.name_zh)


class SocialCreditCodeInvalid(Invalid):
    """Not a unified social credit code, or its check character is wrong."""

    code = "uscc-invalid"
    text = Text(
        "“%(uscc)s” is not a unified social credit code. It must have 18 characters, the last of which is a check character.",
        "“%(uscc)s”不是有效的统一社会信用代码：应为18位，且末位校验码须正确。",
    )
    statute = "GB 32100-2015"


class CheckCharacterWrong(SocialCreditCodeInvalid):
    """Formed as a code, but its last character doesn't check the others: mistyped, or given out so."""

    code = "uscc-check-character"
    text = Text(
        "“%(uscc)s” is not a unified social credit code: its check character is wrong. Check each character.",
        "“%(uscc)s”的末位校验码与其他各位不符，请逐位核对。",
    )


class PersonalNumberGiven(SocialCreditCodeInvalid):
    """A citizen's identity number, which has 18 characters too; it isn't said again."""

    text = Text(
        "This is a citizen's identity number. Enter the organisation's unified social credit code.",
        "所填为公民身份号码，请填写单位的统一社会信用代码。",
    )
    statute = "GB 11643-1999"


class OrganisationExists(Conflict):
    """An organisation with this code is already there."""

    text = Text("An organisation with the code %(uscc)s is already registered.", "统一社会信用代码%(uscc)s已注册。")


class OrganisationNameMissing(Invalid):
    """An organisation is known by its Chinese name at least."""

    text = Text("Enter the organisation's Chinese name.", "请填写单位名称。")


class SupervisorUnfit(Invalid):
    """A buyer answers to a finance department (GPL 13)."""

    text = Text("Choose the finance department that supervises this buyer.", "请选择该采购人的财政监管部门。")
    statute = "GPL 13"


class LevelUnfit(Invalid):
    """Only a finance department has a budget level of its own; a buyer has its finance department's."""

    text = Text("Only a finance department has a budget level.", "仅财政部门填写预算级次。")


class OrganisationUnknown(NotFound):
    """There is no organisation of this id, or not of the kind that was asked for."""

    text = Text("There is no such organisation.", "没有该单位。")


def checked_code(uscc: str, *, field: str = "uscc", is_confirmed: bool = False) -> str:
    """The unified social credit code in its compact form, full-width characters made plain ones.

    ``is_confirmed``: who holds the licence says that its check character stands there as typed (some were given out so).

    :raises PersonalNumberGiven:
    :raises CheckCharacterWrong:
    :raises SocialCreditCodeInvalid:
    """
    plain = social_credit_code.compact("".join(unicodedata.normalize("NFKC", uscc).split()))
    if personal_number.is_valid(plain):
        raise PersonalNumberGiven(field=field)
    try:
        return social_credit_code.validate(plain)
    except InvalidChecksum as error:
        if is_confirmed:
            return plain
        raise CheckCharacterWrong(field=field, uscc=uscc) from error
    except ValidationError as error:
        raise SocialCreditCodeInvalid(field=field, uscc=uscc) from error


def has_wrong_check(code: str) -> bool:
    """Whether a compact code fails its own check, so that only a paper can tell whether it is right."""
    return not social_credit_code.is_valid(code)


def code_doubts(code: str) -> list[Text]:
    """What speaks against a compact code; a person holds it against the licence."""
    doubts = []
    if has_wrong_check(code):
        doubts.append(
            Text(
                "The check character of the code is wrong (GB 32100-2015).",
                "统一社会信用代码的校验码有误（GB 32100-2015）。",
            )
        )
    if code[16] != _check_character(code[8:16]):
        inside = f"{code[8:16]}-{code[16]}"
        doubts.append(
            Text(
                f"The organisation code in it, {inside}, fails its own check (GB 11714-1997).",
                f"其中的组织机构代码{inside}校验码有误（GB 11714-1997）。",
            )
        )
    return doubts


def _check_character(body: str) -> str:
    """The check character of an organisation code's eight characters (GB 11714-1997, 3.2)."""
    values = ("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(sign) for sign in body)
    check = 11 - sum(value * weight for value, weight in zip(values, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def register(
    session: Session,
    actor: Actor,
    *,
    kind: str,
    uscc: str,
    name: Text,
    region: str = "CN",
    short_code: str = "",
    address: str = "",
    contact_name: str = "",
    contact_phone: str = "",
    supervisor_id: str | None = None,
    budget_level: str = "",
    code_is_confirmed: bool = False,
) -> Organisation:
    """Enter an organisation: suppliers declare themselves, all others are entered by an administrator.

    :raises roles.RoleMissing: :raises SocialCreditCodeInvalid: :raises OrganisationExists:
    :raises OrganisationNameMissing: :raises SupervisorUnfit: :raises LevelUnfit:
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind of organisation: {kind}")
    if kind != OrganisationKind.SUPPLIER:
        roles.require_one(actor, "system", "administrator")
    if not name.zh.strip():
        raise OrganisationNameMissing(field="name_zh")
    if supervisor_id is not None and get(session, supervisor_id).kind != OrganisationKind.FINANCE:
        raise SupervisorUnfit(field="supervisor")
    _require_level(kind, budget_level)
    code = checked_code(uscc, is_confirmed=code_is_confirmed)
    if by_code(session, code) is not None:
        raise OrganisationExists(field="uscc", uscc=code)
    organisation = Organisation(
        kind=OrganisationKind(kind),
        uscc=code,
        name_zh=name.zh,
        name_en=name.en,
        region=region,
        short_code=short_code,
        address=address,
        contact_name=contact_name,
        contact_phone=contact_phone,
        supervisor_id=supervisor_id,
        budget_level=budget_level,
        created_at=clock.now(session),
    )
    session.add(organisation)
    session.flush()
    journal.write(
        session,
        actor,
        case=f"organisation:{organisation.id}",
        act="organisations.register",
        facts={"kind": kind, "uscc": code, "name": name.as_json()},
    )
    return organisation


def settle(session: Session, actor: Actor, *, organisation_id: str, region: str, budget_level: str) -> Organisation:
    """Say whose rules apply to an organisation, and whose budget a finance department looks after.

    :raises roles.RoleMissing: :raises LevelUnfit:
    """
    roles.require_one(actor, "system", "administrator")
    organisation = get(session, organisation_id)
    _require_level(organisation.kind, budget_level)
    facts = {"region": [organisation.region, region], "budget_level": [organisation.budget_level, budget_level]}
    organisation.region, organisation.budget_level = region, budget_level
    session.flush()
    journal.write(session, actor, case=f"organisation:{organisation.id}", act="organisations.settle", facts=facts)
    return organisation


def _require_level(kind: str, level: str) -> None:
    if level and (kind != OrganisationKind.FINANCE or level not in LEVELS):
        raise LevelUnfit(field="budget_level")


def get(session: Session, organisation_id: str, *, kind: str | None = None) -> Organisation:
    """An organisation (of ``kind``, when given).

    :raises OrganisationUnknown:
    """
    organisation = session.get(Organisation, organisation_id)
    if organisation is None or (kind is not None and organisation.kind != kind):
        raise OrganisationUnknown
    return organisation


def by_code(session: Session, uscc: str) -> Organisation | None:
    """The organisation with this unified social credit code."""
    return session.scalars(select(Organisation).where(Organisation.uscc == uscc)).one_or_none()


def by_ids(session: Session, ids: Collection[str]) -> list[Organisation]:
    """The organisations of these ids."""
    return list(session.scalars(select(Organisation).where(Organisation.id.in_(list(ids))))) if ids else []


def of_kind(session: Session, kind: str) -> list[Organisation]:
    """All organisations of a kind, by their Chinese names."""
    return list(session.scalars(select(Organisation).where(Organisation.kind == kind).order_by(Organisation.name_zh)))


def find(
    session: Session, *, search: str = "", kind: str = "", sort: str = "name", limit: int = 25, offset: int = 0
) -> tuple[list[Organisation], int]:
    """A page of organisations whose names or code contain ``search``, and how many there are.

    ``sort``: name, uscc or since, with ``-`` before it descending.
    """
    statement = select(Organisation)
    if search.strip():
        columns = (Organisation.name_zh, Organisation.name_en, Organisation.uscc)
        statement = statement.where(or_(*(column.icontains(search.strip(), autoescape=True) for column in columns)))
    if kind:
        statement = statement.where(Organisation.kind == kind)
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    columns_by_name = {"name": Organisation.name_zh, "uscc": Organisation.uscc, "since": Organisation.created_at}
    column = columns_by_name[sort.removeprefix("-")]
    ordered = statement.order_by(column.desc() if sort.startswith("-") else column, Organisation.id)
    return list(session.scalars(ordered.limit(limit).offset(offset))), total


def count_by_kind(session: Session) -> dict[str, int]:
    """How many organisations there are of each kind."""
    return dict(iter(session.execute(select(Organisation.kind, func.count()).group_by(Organisation.kind))))
