"""Entrusting agreements between a buyer and the agency it chose freely, or the central body that it must entrust (GPL 18-20, IR 16)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import rfc8785
from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.database import Base, Exact, Json, UtcDateTime, new_id, one_of
from app.foundation.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import organisations, roles
from app.procurement import projects
from app.procurement.projects import ProjectState, ReasonsMissing, SamePerson


class AgreementState(StrEnum):
    """A proposal is signed by the agency, then by the buyer, or declined."""

    PROPOSED = "proposed"  #: the buyer has written it down; nobody has signed
    AGENCY_SIGNED = "agency_signed"  #: the agency has signed, the buyer has not
    SIGNED = "signed"  #: both have signed: the agency may act for the buyer
    DECLINED = "declined"  #: one of the two refused it; another one may be proposed


class Agreement(Base):
    """An agency agreement (委托代理协议): scope, powers, term and fee."""

    __tablename__ = "agreement"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(String(32), ForeignKey("project.id"), index=True)
    buyer_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"))
    agency_id: Mapped[str] = mapped_column(String(32), ForeignKey("organisation.id"), index=True)
    scope: Mapped[str] = mapped_column(LongText)
    powers: Mapped[list[str]] = mapped_column(Json)
    term_until: Mapped[date]
    fee: Mapped[Decimal] = mapped_column(Exact(2))
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    fee_payer: Mapped[str] = mapped_column(String(10))
    state: Mapped[AgreementState] = mapped_column(one_of(AgreementState, 20, "state"), default=AgreementState.PROPOSED)
    proposed_by: Mapped[str] = mapped_column(String(64))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    declined_by: Mapped[str] = mapped_column(String(10), default="")
    decline_reasons: Mapped[str] = mapped_column(LongText, default="")
    document_zh_id: Mapped[str | None] = mapped_column(String(32), default=None)
    document_en_id: Mapped[str | None] = mapped_column(String(32), default=None)

    signatures: Mapped[list[AgreementSignature]] = relationship(order_by="AgreementSignature.id")


class AgreementSignature(Base):
    """One party's signature: who signed what text (``digest``, SHA-256 of the canonical agreement), when."""

    __tablename__ = "agreement_signature"
    __table_args__ = (UniqueConstraint("agreement_id", "party"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    agreement_id: Mapped[str] = mapped_column(String(32), ForeignKey("agreement.id"))
    party: Mapped[str] = mapped_column(String(10))
    account_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)


POWERS: dict[str, Text] = {
    "prepare_documents": Text("prepare the tender documents", "编制招标文件"),
    "publish": Text("publish notices", "发布公告"),
    "answer": Text("answer enquiries", "答复询问"),
    "open_bids": Text("open the bids", "组织开标"),
    "organise_evaluation": Text("organise the evaluation", "组织评标"),
    "publish_result": Text("publish the result", "发布中标结果"),
}
"""The powers a buyer can give an agency (IR 16)."""


class AgreementUnknown(NotFound):
    """There is no agreement here."""

    text = Text("This project has no agency agreement.", "该项目没有委托代理协议。")


class AgreementNotOpen(Conflict):
    """The agreement isn't waiting for this party's signature."""

    text = Text("This agreement is not waiting for your signature.", "该协议当前无需您签署。")


class CentralBodyOnly(RuleBroken):
    """What is in the catalogue is entrusted to the central procurement body and to nobody else (GPL 18, IR 4)."""

    text = Text(
        "This purchase is in the centralised catalogue. It must be entrusted to the central procurement body: %(bodies)s.",
        "该项目属于集中采购目录以内的集中采购机构采购项目，必须委托集中采购机构代理采购：%(bodies)s。",
    )
    statute = "GPL 18, IR 4"


class PowersInvalid(Invalid):
    """The powers must be named, and be powers an agency can have (IR 16)."""

    text = Text("Choose the powers of the agency.", "请选择委托权限。")
    statute = "IR 16"


class TermPassed(Invalid):
    """The agreement's term must end after today (IR 16)."""

    text = Text("The term must end after today.", "委托期限须晚于今日。")
    statute = "IR 16"


class BeyondPowers(NotAllowed):
    """The agency acts beyond what it was entrusted with (IR 16)."""

    text = Text("The agency agreement does not give this power: %(power)s.", "委托代理协议未授予此项权限：%(power)s。")
    statute = "IR 16"


def propose(
    session: Session,
    actor: Actor,
    *,
    project_id: str,
    agency_id: str,
    scope: str,
    powers: Sequence[str],
    term_until: date,
    fee: Decimal,
    fee_payer: str,
) -> Agreement:
    """Offer an agreement to an agency the buyer chose freely (GPL 19), or to the central body where it has no choice.

    :raises CentralBodyOnly:
    :raises PowersInvalid:
    :raises TermPassed:
    """
    project = projects.lock(session, project_id, states=[ProjectState.PLANNED])
    roles.require(actor, "buyer-handler", project.buyer_id)
    agency = organisations.get(session, agency_id, kind="agency")
    bodies = [body.organisation for body in projects.central_bodies(session, project) or ()]
    if bodies and agency not in bodies:
        names = Text(", ".join(one.name.en for one in bodies), "、".join(one.name.zh for one in bodies))
        raise CentralBodyOnly(field="agency", bodies=names)
    if not powers or set(powers) - set(POWERS):
        raise PowersInvalid(field="powers")
    if term_until <= local_day(clock.now(session)):
        raise TermPassed(field="term_until")
    agreement = Agreement(
        project_id=project.id,
        buyer_id=project.buyer_id,
        agency_id=agency.id,
        scope=scope,
        powers=sorted(set(powers)),
        term_until=term_until,
        fee=fee,
        currency=project.currency,
        fee_payer=fee_payer,
        proposed_by=actor.id,
        proposed_at=clock.now(session),
    )
    session.add(agreement)
    session.flush()
    facts = {"agreement": agreement.id, "agency": agency.name.as_json(), "powers": agreement.powers}
    journal.write(session, actor, case=project.id, act="agreements.propose", facts=facts)
    return agreement


def sign(session: Session, actor: Actor, *, agreement_id: str) -> AgreementSignature:
    """Sign for one's own party: the agency first, then the buyer; with both the project is entrusted.

    The buyer's signer isn't the person who proposed it.

    :raises AgreementNotOpen:
    :raises RoleMissing:
    :raises SamePerson:
    """
    agreement, party = _open_for(session, actor, agreement_id)
    if party == "buyer" and actor.id == agreement.proposed_by:
        raise SamePerson
    signature = AgreementSignature(
        agreement_id=agreement.id,
        party=party,
        account_id=actor.id,
        name=actor.name,
        digest=digest(agreement),
        signed_at=clock.now(session),
    )
    session.add(signature)
    agreement.state = AgreementState.AGENCY_SIGNED if party == "agency" else AgreementState.SIGNED
    if agreement.state == AgreementState.SIGNED:
        project = projects.lock(session, agreement.project_id, states=[ProjectState.PLANNED])
        project.agency_id, project.state = agreement.agency_id, ProjectState.ENTRUSTED
    session.flush()
    session.expire(agreement, ["signatures"])
    facts = {"agreement": agreement.id, "party": party, "digest": signature.digest}
    journal.write(session, actor, case=agreement.project_id, act="agreements.sign", facts=facts)
    return signature


def decline(session: Session, actor: Actor, *, agreement_id: str, reasons: str) -> Agreement:
    """Decline to sign, with reasons; the buyer may choose another agency."""
    agreement, party = _open_for(session, actor, agreement_id)
    if not reasons.strip():
        raise ReasonsMissing(field="reasons")
    agreement.state, agreement.declined_by, agreement.decline_reasons = AgreementState.DECLINED, party, reasons
    facts = {"agreement": agreement.id, "party": party, "reasons": reasons}
    journal.write(session, actor, case=agreement.project_id, act="agreements.decline", facts=facts)
    return agreement


def _open_for(session: Session, actor: Actor, agreement_id: str) -> tuple[Agreement, str]:
    agreement = session.get(Agreement, agreement_id, with_for_update=True, populate_existing=True)
    if agreement is None:
        raise AgreementUnknown
    if agreement.state == AgreementState.PROPOSED:
        roles.require(actor, "agency-officer", agreement.agency_id)
        return agreement, "agency"
    if agreement.state == AgreementState.AGENCY_SIGNED:
        roles.require(actor, "buyer-reviewer", agreement.buyer_id)
        return agreement, "buyer"
    raise AgreementNotOpen


def digest(agreement: Agreement) -> str:
    """SHA-256 over the canonical JSON (RFC 8785) of what is signed."""
    content = {
        "project": agreement.project_id,
        "buyer": agreement.buyer_id,
        "agency": agreement.agency_id,
        "scope": agreement.scope,
        "powers": list(agreement.powers),
        "term_until": agreement.term_until.isoformat(),
        "fee": f"{agreement.fee:.2f}",
        "currency": agreement.currency,
        "fee_payer": agreement.fee_payer,
    }
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def current(session: Session, project_id: str) -> Agreement:
    """The newest agreement of a project, whatever its state.

    :raises AgreementUnknown:
    """
    newest = select(Agreement).where(Agreement.project_id == project_id).order_by(Agreement.id.desc()).limit(1)
    agreement = session.scalars(newest).first()
    if agreement is None:
        raise AgreementUnknown
    return agreement


def require_power(session: Session, actor: Actor, *, project_id: str, power: str) -> Agreement:
    """Go on only if the actor's agency was entrusted with ``power`` and the term runs.

    :raises BeyondPowers: (IR 16)
    """
    agreement = current(session, project_id)
    in_term = local_day(clock.now(session)) <= agreement.term_until
    entrusted = agreement.state == AgreementState.SIGNED and agreement.agency_id == actor.organisation_id
    if not (entrusted and in_term and power in agreement.powers):
        raise BeyondPowers(power=POWERS[power])
    return agreement
