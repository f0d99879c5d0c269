"""Registering: open to anybody, by unified social credit code, declarations first; the registrar's review; who may bid.

A declaration suffices; nothing that the office can query itself is asked for (Notice 38/2019, part 3; GPL 22).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from datetime import date

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from app.foundation import clock, dates, journal
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, NotAllowed, NotFound, RuleBroken
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import organisations, roles
from app.identity.organisations import Organisation
from app.procurement import mails, papers, projects, rules
from app.procurement.projects import ReasonsMissing
from app.procurement.suppliers.records import (
    CONDITIONS,
    SCALES,
    WELFARE,
    Declaration,
    Exclusion,
    Registration,
    RegistrationState,
)
from app.procurement.suppliers.records import conditions as worded


class DeclarationMissing(RuleBroken):
    """A condition of GPL 22 isn't declared to be met."""

    text = Text("A supplier must declare that it is %(condition)s.", "供应商应当声明符合条件：%(condition)s。")
    statute = "GPL 22"


class RegistrationUnknown(NotFound):
    """There is no such registration."""

    text = Text("There is no such registration.", "没有该注册信息。")


class RegistrationNotOpen(Conflict):
    """The registration isn't waiting for this."""

    text = Text("This registration has already been decided.", "该注册申请已处理。")


class NotASupplier(Conflict):
    """The code belongs to an organisation of another kind."""

    text = Text(
        "This code belongs to an organisation that is not a supplier.", "该统一社会信用代码对应的单位不是供应商。"
    )


class NotRegistered(NotAllowed):
    """Only a supplier with a valid registration takes part."""

    text = Text("Your organisation has no valid registration.", "贵单位没有有效的供应商注册。")


class SupplierExcluded(NotAllowed):
    """The supplier is excluded from government procurement for a time (GPL 77, IR 73)."""

    text = Text(
        "Your organisation is excluded from government procurement until %(until)s.",
        "贵单位在%(until)s前被禁止参加政府采购活动。",
    )
    statute = "GPL 77"


class PaperMissing(RuleBroken):
    """A code that fails its own check is accepted by the licence only."""

    code = "registration-paper-missing"
    text = Text(
        "The code fails its own check. It can be accepted once the supplier has attached a copy of its licence.",
        "统一社会信用代码未通过校验，供应商上传证照副本后方可审核通过。",
    )
    statute = "GB 32100-2015"


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
    code_is_confirmed: bool = False,
) -> Registration:
    """Declare a new supplier, which anybody may; after a return or expiry its administrator declares it again.

    ``code_is_confirmed``: the code stands on the licence as it was typed, though it fails its check.

    :raises SocialCreditCodeInvalid:
    :raises DeclarationMissing:
    :raises NotASupplier:
    :raises RegistrationNotOpen:
    :raises RoleMissing:
    """
    missing = sorted(set(CONDITIONS) - set(conditions))
    if missing:
        words = worded(local_day(clock.now(session)))
        raise DeclarationMissing(field="conditions", condition=words[missing[0]])
    if scale not in SCALES or welfare not in WELFARE:
        raise ValueError(f"unknown scale or welfare: {scale}, {welfare}")
    organisation = _supplier_of(session, actor, uscc, name, code_is_confirmed)
    registration = _open_registration(session, actor, organisation)
    organisation.address, organisation.contact_name = address, contact_name
    organisation.contact_phone = contact_phone
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


def _supplier_of(session: Session, actor: Actor, uscc: str, name: Text, is_confirmed: bool) -> Organisation:
    known = organisations.by_code(session, organisations.checked_code(uscc, is_confirmed=True))
    if known is None:
        return organisations.register(
            session, actor, kind="supplier", uscc=uscc, name=name, code_is_confirmed=is_confirmed
        )
    if known.kind != "supplier":
        raise NotASupplier(field="uscc")
    return known


def _open_registration(session: Session, actor: Actor, organisation: Organisation) -> Registration:
    registration = of_organisation(session, organisation.id, lock=True)
    if registration is None:
        registration = Registration(organisation_id=organisation.id)
        session.add(registration)
        return registration
    roles.require(actor, "supplier-admin", organisation.id)
    today = local_day(clock.now(session))
    reopened = (RegistrationState.RETURNED, RegistrationState.EXPIRED)
    if state_on(session, registration, today) not in reopened:
        raise RegistrationNotOpen(field="uscc")
    return registration


def attach_paper(session: Session, actor: Actor, *, document_id: str) -> Registration:
    """The supplier hands in the copy of its licence, until its registration is decided.

    :raises RegistrationNotOpen:
    """
    roles.require(actor, "supplier-admin", actor.organisation_id)
    registration = of_organisation(session, actor.organisation_id or "", lock=True)
    if registration is None:
        raise RegistrationUnknown
    if registration.state not in (RegistrationState.DECLARED, RegistrationState.RETURNED):
        raise RegistrationNotOpen
    registration.paper_id = document_id
    session.flush()
    facts = {"document": document_id}
    journal.write(session, actor, case=case_of(registration), act="suppliers.attach_paper", facts=facts)
    return registration


def needs_paper(registration: Registration) -> bool:
    """Whether a registration can be accepted by the licence only."""
    return organisations.has_wrong_check(registration.organisation.uscc)


def review(session: Session, actor: Actor, *, registration_id: str, decision: str, reasons: str = "") -> Registration:
    """The registrar accepts a declaration (``approve``: the supplier is active) or returns it with reasons.

    :raises PaperMissing:
    :raises ReasonsMissing:
    :raises RegistrationNotOpen:
    :raises RegistrationUnknown:
    :raises RoleMissing:
    """
    roles.require(actor, "registrar")
    registration = session.get(Registration, registration_id, with_for_update=True, populate_existing=True)
    if registration is None:
        raise RegistrationUnknown
    if registration.state != RegistrationState.DECLARED:
        raise RegistrationNotOpen
    if decision not in ("approve", "return"):
        raise ValueError(f"unknown decision: {decision}")
    if decision == "return" and not reasons.strip():
        raise ReasonsMissing(field="reasons")
    if decision == "approve" and needs_paper(registration) and registration.paper_id is None:
        raise PaperMissing(field="decision")
    registration.reviewed_by, registration.reviewed_at = actor.id, clock.now(session)
    registration.review_reasons = reasons
    if decision == "approve":
        _activate(session, registration)
    else:
        registration.state = RegistrationState.RETURNED
    session.flush()
    if decision == "approve":
        _keep_certificate(session, actor, registration)
    facts = {"decision": decision, "reasons": reasons, "certificate": registration.certificate_number}
    journal.write(session, actor, case=case_of(registration), act="suppliers.review", facts=facts)
    _tell(session, registration)
    return registration


def _activate(session: Session, registration: Registration) -> None:
    today = local_day(clock.now(session))
    years = rules.common(today).count("registration_validity")
    registration.state = RegistrationState.ACTIVE
    registration.valid_until = years_after(today, years)
    if registration.certificate_number is None:
        registration.certificate_number = projects.next_number(session, "S", width=5)


def _keep_certificate(session: Session, actor: Actor, registration: Registration) -> None:
    """Draw the certificate for the supplier; anybody who is shown it checks its number with the registrar."""
    supplier = registration.organisation
    office = organisations.get(session, actor.organisation_id) if actor.organisation_id else None
    content = {
        "number": registration.certificate_number,
        "supplier": supplier.name,
        "uscc": supplier.uscc,
        "legal_representative": registration.legal_representative,
        "scale": SCALES[registration.scale],
        "valid_until": registration.valid_until,
        "issuer": office.name if office is not None else Text("Registration authority", "注册审核机构"),
    }
    title = Text(f"Certificate {registration.certificate_number}", f"供应商注册证书{registration.certificate_number}")
    theirs = Actor(id=actor.id, name=actor.name, organisation_id=supplier.id)
    kept = papers.keep(
        session,
        theirs,
        "registration_certificate",
        content,
        case=case_of(registration),
        title=title,
        kind="registration_certificate",
        access="private",
    )
    registration.certificate_zh_id, registration.certificate_en_id = (document.id for document in kept)
    session.flush()


_APPROVED = Text(
    "%(name)s is registered. The certificate number is %(number)s, valid until the end of %(until)s. You can now bid.",
    "%(name)s注册审核通过，证书编号%(number)s，有效期至%(until)s（含当日）。即日起可参加政府采购活动。",
)
_RETURNED = Text(
    "The registration of %(name)s was returned: %(reasons)s Correct it in “My company” and send it again.",
    "%(name)s的注册申请已退回：%(reasons)s请在“我的单位”中更正后重新提交。",
)


def _tell(session: Session, registration: Registration) -> None:
    approved = registration.state == RegistrationState.ACTIVE
    words = (_APPROVED if approved else _RETURNED).filled(
        name=registration.organisation.name,
        number=registration.certificate_number or "",
        until=dates.day(registration.valid_until),
        reasons=registration.review_reasons,
    )
    assert registration.reviewed_at is not None, "it was just reviewed"
    mails.tell(
        session,
        organisation_id=registration.organisation_id,
        roles=["supplier-admin"],
        key=f"registration:{registration.id}:{registration.reviewed_at.isoformat()}",
        page="/supplier/company",
        subject=Text("Result of your registration", "供应商注册审核结果"),
        body=words,
    )


def years_after(day: date, years: int) -> date:
    """The same day ``years`` later; after 29 February the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def years_before(day: date, years: int) -> date:
    """The first day that ``years_after`` doesn't bring before ``day``; before 29 February 1 March where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, month=3, day=1)


def case_of(registration: Registration) -> str:
    """The journal's case of a registration: the organisation's."""
    return f"organisation:{registration.organisation_id}"


def of_organisation(session: Session, organisation_id: str, *, lock: bool = False) -> Registration | None:
    """An organisation's registration, if it has one."""
    statement = select(Registration).where(Registration.organisation_id == organisation_id)
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def by_names(session: Session, names: Collection[str]) -> list[Registration]:
    """The registrations of suppliers with one of these names, however brackets, width and case were typed."""
    typed = {unicodedata.normalize("NFKC", name).casefold() for name in names}
    known = {*typed, *(name.replace("(", "（").replace(")", "）") for name in typed)}
    statement = select(Registration).join(Registration.organisation)
    columns = (Organisation.name_zh, Organisation.name_en)
    return list(session.scalars(statement.where(or_(*(func.lower(column).in_(known) for column in columns)))))


def exclusion_on(session: Session, organisation_id: str, day: date) -> Exclusion | None:
    """The exclusion that is in force for a supplier on a day, the one that lasts longest."""
    statement = (
        select(Exclusion)
        .where(
            Exclusion.organisation_id == organisation_id,
            Exclusion.revoked_at.is_(None),
            Exclusion.valid_from <= day,
            Exclusion.valid_until >= day,
        )
        .order_by(Exclusion.valid_until.desc())
    )
    return session.scalars(statement).first()


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
    """Go on only for a supplier that may take part today.

    :raises SupplierExcluded:
    :raises NotRegistered:
    """
    today = local_day(clock.now(session))
    registration = of_organisation(session, organisation_id) if organisation_id else None
    if registration is None:
        raise NotRegistered
    exclusion = exclusion_on(session, registration.organisation_id, today)
    if exclusion is not None:
        raise SupplierExcluded(until=exclusion.valid_until)
    if state_on(session, registration, today) != RegistrationState.ACTIVE:
        raise NotRegistered
    return registration


def get(session: Session, registration_id: str) -> Registration:
    """A registration.

    :raises RegistrationUnknown:
    """
    found = session.get(Registration, registration_id)
    if found is None:
        raise RegistrationUnknown
    return found


def find(
    session: Session, *, state: str = "", search: str = "", offset: int = 0, limit: int = 25
) -> tuple[list[Registration], int]:
    """One page of the registrations in a stored state ("": all) whose supplier's name or code has these words.

    Those that wait the longest come first; and how many there are in all.
    """
    statement = select(Registration).join(Organisation, Organisation.id == Registration.organisation_id)
    if state:
        statement = statement.where(Registration.state == state)
    if search:
        statement = statement.where(
            Organisation.name_zh.contains(search, autoescape=True)
            | Organisation.name_en.icontains(search, autoescape=True)
            | Organisation.uscc.icontains(search, autoescape=True)
        )
    total = (
        session.scalar(select(func.count()).select_from(statement.with_only_columns(Registration.id).subquery())) or 0
    )
    first = case((Registration.state == RegistrationState.DECLARED, 0), else_=1)
    ordered = statement.order_by(first, Registration.declared_at, Registration.id)
    return list(session.scalars(ordered.offset(offset).limit(limit))), total


def waiting(session: Session) -> list[Registration]:
    """The declarations that wait for the registrar, the oldest first."""
    statement = select(Registration).where(Registration.state == RegistrationState.DECLARED)
    return list(session.scalars(statement.order_by(Registration.declared_at)))


def visible_to(actor: Actor, registration: Registration) -> bool:
    """Who may see a registration's details: the supplier itself, registrars and auditors."""
    return (
        actor.organisation_id == registration.organisation_id
        or actor.has_role("registrar")
        or actor.has_role("auditor")
    )
