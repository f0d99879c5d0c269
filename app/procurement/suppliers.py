"""Suppliers: open registration by unified social credit code, declarations first, the registrar's review, a certificate.

A declaration suffices; nothing that the office can query itself is asked for (Notice 38/2019, part 3; GPL 22).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.database import Base, UtcDateTime, new_id
from app.foundation.errors import Conflict, NotAllowed, NotFound, RuleBroken
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import organisations, roles
from app.identity.organisations import Organisation
from app.procurement import projects, rules
from app.procurement.projects import ReasonsMissing


class RegistrationState(StrEnum):
    """Declared → active → restricted (while an exclusion is valid) → expired; returned asks for a correction."""

    DECLARED = "declared"
    RETURNED = "returned"
    ACTIVE = "active"
    RESTRICTED = "restricted"
    EXPIRED = "expired"


class Registration(Base):
    """A supplier's registration. ``scale`` is large, medium, small or micro, as the supplier declares it (N46)."""

    __tablename__ = "supplier_registration"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    organisation_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"), unique=True)
    legal_representative: Mapped[str] = mapped_column(String(100))
    scale: Mapped[str] = mapped_column(String(10))
    welfare: Mapped[str] = mapped_column(String(10), default="none")
    bank_name: Mapped[str] = mapped_column(String(200), default="")
    bank_account: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[str] = mapped_column(String(20), default=RegistrationState.DECLARED)
    declared_by: Mapped[str] = mapped_column(String(64))
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reviewed_by: Mapped[str | None] = mapped_column(String(64), default=None)
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    review_reasons: Mapped[str] = mapped_column(LongText, default="")
    certificate_number: Mapped[str | None] = mapped_column(String(40), unique=True, default=None)
    certificate_zh_id: Mapped[str | None] = mapped_column(String(32), default=None)
    certificate_en_id: Mapped[str | None] = mapped_column(String(32), default=None)
    valid_until: Mapped[date | None] = mapped_column(default=None)

    organisation: Mapped[Organisation] = relationship()
    declarations: Mapped[list[Declaration]] = relationship(order_by="Declaration.condition")


class Declaration(Base):
    """One condition of GPL 22 a supplier declares to meet. ``condition`` is its number there, 1 to 6."""

    __tablename__ = "supplier_declaration"
    __table_args__ = (UniqueConstraint("registration_id", "condition"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    registration_id: Mapped[str] = mapped_column(String(32), ForeignKey("supplier_registration.id"))
    condition: Mapped[int]
    declared: Mapped[bool]


class Exclusion(Base):
    """A time in which a supplier may not take part in government procurement; decided upstairs, in breaches."""

    __tablename__ = "supplier_exclusion"
    __table_args__ = (Index(None, "organisation_id", "valid_until"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    organisation_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"))
    basis: Mapped[str] = mapped_column(String(100))
    reasons: Mapped[str] = mapped_column(LongText)
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    decided_by: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


CONDITIONS: dict[int, Text] = {
    1: Text("able to bear civil liability independently", "具有独立承担民事责任的能力"),
    2: Text("of good business reputation, with a sound accounting system", "具有良好的商业信誉和健全的财务会计制度"),
    3: Text(
        "with the equipment and professional skill that performing the contract needs",
        "具有履行合同所必需的设备和专业技术能力",
    ),
    4: Text(
        "with a good record of paying taxes and social security contributions", "有依法缴纳税收和社会保障资金的良好记录"
    ),
    5: Text(
        "without a major violation in its business in the three years before",
        "参加政府采购活动前三年内，在经营活动中没有重大违法记录",
    ),
    6: Text("meeting the other conditions of laws and regulations", "法律、行政法规规定的其他条件"),
}
"""The six conditions of GPL 22 a supplier declares to meet."""

SCALES: dict[str, Text] = {
    "large": Text("large", "大型企业"),
    "medium": Text("medium", "中型企业"),
    "small": Text("small", "小型企业"),
    "micro": Text("micro", "微型企业"),
}
"""The sizes of enterprises (N46); a supplier declares its own."""

WELFARE: dict[str, Text] = {
    "none": Text("none", "无"),
    "prison": Text("prison enterprise", "监狱企业"),
    "disabled": Text("welfare unit for people with disabilities", "残疾人福利性单位"),
}
"""Those treated like small and micro enterprises (Notices 68/2014 and 141/2017)."""


class DeclarationMissing(RuleBroken):
    """A condition of GPL 22 isn't declared to be met."""

    code = "declaration-missing"
    text = Text("A supplier must declare to be %(condition)s.", "供应商应当声明符合条件：%(condition)s。")
    statute = "GPL 22"


class RegistrationUnknown(NotFound):
    """There is no such registration."""

    code = "registration-unknown"
    text = Text("There is no such registration.", "没有该注册信息。")


class RegistrationNotOpen(Conflict):
    """The registration isn't waiting for this."""

    code = "registration-not-open"
    text = Text("This registration was already dealt with.", "该注册申请已处理。")


class NotASupplier(Conflict):
    """The code belongs to an organisation of another kind."""

    code = "not-a-supplier"
    text = Text(
        "This code belongs to an organisation that isn't a supplier.", "该统一社会信用代码对应的单位不是供应商。"
    )


class NotRegistered(NotAllowed):
    """Only a supplier with a valid registration takes part."""

    code = "not-registered"
    text = Text("Your organisation has no valid registration.", "贵单位没有有效的供应商注册。")


class SupplierExcluded(NotAllowed):
    """The supplier is excluded from government procurement for a time (GPL 77, IR 73)."""

    code = "supplier-excluded"
    text = Text(
        "Your organisation is excluded from government procurement until %(until)s.",
        "贵单位在%(until)s前被禁止参加政府采购活动。",
    )
    statute = "GPL 77"


def declare(
    session: Session,
    actor: Actor,
    *,
    uscc: str,
    name: Text,
    legal_representative: str,
    scale: str,
    conditions: Collection[int],
    address: str = "",
    contact_name: str = "",
    contact_phone: str = "",
    bank_name: str = "",
    bank_account: str = "",
    welfare: str = "none",
) -> Registration:
    """Declare a supplier, or declare again after a return or expiry. Anybody may; nothing is asked that can be queried.

    Raises SocialCreditCodeInvalid, DeclarationMissing, NotASupplier or RegistrationNotOpen.
    """
    missing = sorted(set(CONDITIONS) - set(conditions))
    if missing:
        raise DeclarationMissing(field="conditions", condition=CONDITIONS[missing[0]])
    if scale not in SCALES or welfare not in WELFARE:
        raise ValueError(f"unknown scale or welfare: {scale}, {welfare}")
    organisation = _supplier_of(session, actor, uscc, name)
    organisation.address, organisation.contact_name = address, contact_name
    organisation.contact_phone = contact_phone
    registration = _open_registration(session, organisation)
    registration.legal_representative, registration.scale, registration.welfare = legal_representative, scale, welfare
    registration.bank_name, registration.bank_account = bank_name, bank_account
    registration.state, registration.declared_by = RegistrationState.DECLARED, actor.id
    registration.declared_at = clock.now(session)
    session.flush()
    if not registration.declarations:
        session.add_all(Declaration(registration_id=registration.id, condition=n, declared=True) for n in CONDITIONS)
        session.flush()
        session.expire(registration, ["declarations"])
    facts = {"uscc": organisation.uscc, "scale": scale, "conditions": sorted(CONDITIONS)}
    journal.write(session, actor, case=case_of(registration), act="suppliers.declare", facts=facts)
    return registration


def _supplier_of(session: Session, actor: Actor, uscc: str, name: Text) -> Organisation:
    known = organisations.by_code(session, organisations.checked_code(uscc))
    if known is None:
        return organisations.register(session, actor, kind="supplier", uscc=uscc, name=name)
    if known.kind != "supplier":
        raise NotASupplier(field="uscc")
    return known


def _open_registration(session: Session, organisation: Organisation) -> Registration:
    registration = of_organisation(session, organisation.id, lock=True)
    if registration is None:
        registration = Registration(organisation_id=organisation.id)
        session.add(registration)
        return registration
    today = local_day(clock.now(session))
    reopened = (RegistrationState.RETURNED, RegistrationState.EXPIRED)
    if state_on(session, registration, today) not in reopened:
        raise RegistrationNotOpen(field="uscc")
    return registration


def review(session: Session, actor: Actor, *, registration_id: str, decision: str, reasons: str = "") -> Registration:
    """The registrar accepts a declaration (``approve``: the supplier is active) or returns it with reasons."""
    roles.require(actor, "registrar")
    registration = session.get(Registration, registration_id, with_for_update=True, populate_existing=True)
    if registration is None:
        raise RegistrationUnknown()
    if registration.state != RegistrationState.DECLARED:
        raise RegistrationNotOpen()
    if decision not in ("approve", "return"):
        raise ValueError(f"unknown decision: {decision}")
    if decision == "return" and not reasons.strip():
        raise ReasonsMissing(field="reasons")
    registration.reviewed_by, registration.reviewed_at = actor.id, clock.now(session)
    registration.review_reasons = reasons
    if decision == "approve":
        _activate(session, registration)
    else:
        registration.state = RegistrationState.RETURNED
    facts = {"decision": decision, "reasons": reasons, "certificate": registration.certificate_number}
    journal.write(session, actor, case=case_of(registration), act="suppliers.review", facts=facts)
    return registration


def _activate(session: Session, registration: Registration) -> None:
    today = local_day(clock.now(session))
    years = rules.find("registration_validity", on=today).count
    registration.state = RegistrationState.ACTIVE
    registration.valid_until = years_after(today, years)
    if registration.certificate_number is None:
        registration.certificate_number = projects.next_number(session, "S", width=5)


def years_after(day: date, years: int) -> date:
    """The same day ``years`` later; after 29 February the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def case_of(registration: Registration) -> str:
    """The journal's case of a registration: the organisation's."""
    return f"organisation:{registration.organisation_id}"


def of_organisation(session: Session, organisation_id: str, *, lock: bool = False) -> Registration | None:
    """An organisation's registration, if it has one."""
    query = select(Registration).where(Registration.organisation_id == organisation_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def exclusion_on(session: Session, organisation_id: str, day: date) -> Exclusion | None:
    """The exclusion that is in force for a supplier on a day, the one that lasts longest."""
    query = (
        select(Exclusion)
        .where(
            Exclusion.organisation_id == organisation_id,
            Exclusion.revoked_at.is_(None),
            Exclusion.valid_from <= day,
            Exclusion.valid_until >= day,
        )
        .order_by(Exclusion.valid_until.desc())
    )
    return session.scalars(query).first()


def state_on(session: Session, registration: Registration, day: date) -> RegistrationState:
    """The state of a registration on a day: restricted while an exclusion is in force, expired after its end."""
    if registration.state != RegistrationState.ACTIVE:
        return RegistrationState(registration.state)
    if exclusion_on(session, registration.organisation_id, day):
        return RegistrationState.RESTRICTED
    if registration.valid_until is not None and day > registration.valid_until:
        return RegistrationState.EXPIRED
    return RegistrationState.ACTIVE


def require_active(session: Session, organisation_id: str | None) -> Registration:
    """Go on only for a supplier that may take part today; raises SupplierExcluded or NotRegistered."""
    today = local_day(clock.now(session))
    registration = of_organisation(session, organisation_id) if organisation_id else None
    if registration is None:
        raise NotRegistered()
    exclusion = exclusion_on(session, registration.organisation_id, today)
    if exclusion is not None:
        raise SupplierExcluded(until=exclusion.valid_until)
    if state_on(session, registration, today) != RegistrationState.ACTIVE:
        raise NotRegistered()
    return registration


def waiting(session: Session) -> list[Registration]:
    """The declarations that wait for the registrar, the oldest first."""
    query = select(Registration).where(Registration.state == RegistrationState.DECLARED)
    return list(session.scalars(query.order_by(Registration.declared_at)))


def visible_to(actor: Actor, registration: Registration) -> bool:
    """Who may see a registration's details: the supplier itself, registrars and auditors."""
    return (
        actor.organisation_id == registration.organisation_id
        or actor.has_role("registrar")
        or actor.has_role("auditor")
    )
