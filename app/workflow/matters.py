"""Matters: work that no diagram hands out, but that waits for a person all the same; the inbox shows it beside the tasks.

Each kind says in one query what waits for an actor: nothing is kept, a matter is over when the query no longer finds it.
A further kind is one entry of ``KINDS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from app.engine.records import Deployment, IncidentRow
from app.engine.states import DeploymentState
from app.foundation.actor import Actor
from app.foundation.doubts import CLOCKS, ClockDoubt
from app.foundation.proposals import Proposal, ProposalState
from app.foundation.text import Text
from app.foundation.workdays import last_second_of, local_day
from app.identity import organisations
from app.identity.accounts import Account
from app.identity.addresses import AddressChange
from app.procurement import contracts
from app.procurement.bonds import ASKED, BankStatement, BondAccount, StatementEntry
from app.procurement.breaches import GROUNDS, Breach, BreachState
from app.procurement.contracts import Amendment, Contract
from app.procurement.suppliers import Registration, RegistrationState
from app.workflow.feeding import kinds as feeding

SHOWN = 50
"""How many matters of a kind are listed; all are counted."""


@dataclass(frozen=True)
class Matter:
    """Something that waits for a person: what to do, what it is about, since when, until when, and on which page."""

    kind: str
    name: Text
    about: Text
    since: datetime
    due_on: date | None
    page: str

    @property
    def due_at(self) -> datetime | None:
        """The end of its last day."""
        return None if self.due_on is None else last_second_of(self.due_on)


@dataclass(frozen=True)
class Kind:
    """A kind of matter: what is to be done, who may do it, what waits for an actor, and how one of them is shown.

    ``waiting`` selects one mapped class; ``shown`` gives what it is about, since when, its last day and its page's path.
    """

    id: str
    name: Text
    roles: tuple[str, ...]
    waiting: Callable[[Actor, datetime], Select[Any]]
    shown: Callable[[Session, Any], tuple[Text, datetime, date | None, str]]

    def is_for(self, actor: Actor) -> bool:
        """Whether the actor may do what is to be done, for the organisation they act for."""
        return any(actor.has_role(role) for role in self.roles)


def count(session: Session, actor: Actor, now: datetime) -> int:
    """How many matters wait for an actor, in one statement; none is asked for whoever has no role of any kind."""
    each = [
        select(func.count()).select_from(kind.waiting(actor, now).subquery()).scalar_subquery() for kind in _own(actor)
    ]
    return sum(session.execute(select(*each)).one()) if each else 0


def waiting(session: Session, actor: Actor, now: datetime) -> list[Matter]:
    """What waits for an actor outside the diagrams: what is due first, then what waits the longest."""
    found = [
        Matter(kind.id, kind.name, *kind.shown(session, row))
        for kind in _own(actor)
        for row in session.scalars(kind.waiting(actor, now).limit(SHOWN))
    ]
    return sorted(found, key=lambda matter: (matter.due_on or date.max, matter.since))


def _own(actor: Actor) -> Iterable[Kind]:
    return [kind for kind in KINDS if kind.is_for(actor)]


# -- registrations


def _declared(_actor: Actor, _now: datetime) -> Select[Any]:
    statement = select(Registration).where(Registration.state == RegistrationState.DECLARED)
    return statement.order_by(Registration.declared_at)


def _returned(actor: Actor, now: datetime) -> Select[Any]:
    is_over = and_(Registration.state == RegistrationState.ACTIVE, Registration.valid_until < local_day(now))
    return select(Registration).where(
        Registration.organisation_id == actor.organisation_id,
        or_(Registration.state == RegistrationState.RETURNED, is_over),
    )


def _registration(page: Callable[[Registration], str]) -> Callable[[Session, Any], Any]:
    def shown(session: Session, row: Registration) -> tuple[Text, datetime, date | None, str]:
        return organisations.get(session, row.organisation_id).name, row.reviewed_at or row.declared_at, None, page(row)

    return shown


# -- breaches


def _breaches_at(*conditions: Any) -> Callable[[Actor, datetime], Select[Any]]:
    """Those that this finance department decides, or any where none is named."""

    def waiting(actor: Actor, _now: datetime) -> Select[Any]:
        mine = or_(Breach.finance_id == actor.organisation_id, Breach.finance_id.is_(None))
        return select(Breach).where(mine, *conditions).order_by(Breach.reported_at)

    return waiting


def _to_decide(actor: Actor, now: datetime) -> Select[Any]:
    """Heard as it wished, or past its time to reply."""
    over = or_(Breach.replied_at.is_not(None), Breach.reply_until_on < local_day(now))
    heard = or_(Breach.wants_hearing.is_(False), Breach.heard_on.is_not(None))
    return _breaches_at(Breach.state == BreachState.NOTIFIED, over, heard)(actor, now)


def _to_reply(actor: Actor, now: datetime) -> Select[Any]:
    return select(Breach).where(
        Breach.supplier_id == actor.organisation_id,
        Breach.state == BreachState.NOTIFIED,
        Breach.replied_at.is_(None),
        Breach.reply_until_on >= local_day(now),
    )


def _breach(_session: Session, row: Any) -> tuple[Text, datetime, date | None, str]:
    ground = GROUNDS[row.ground][0]
    about = Text(f"{row.number}: {ground.en}", f"{row.number}：{ground.zh}")
    due_on = row.reply_until_on if row.state == BreachState.NOTIFIED and row.replied_at is None else None
    return about, row.decided_at or row.replied_at or row.notified_at or row.reported_at, due_on, f"breaches/{row.id}"


# -- contracts


def _unsecured(actor: Actor, _now: datetime) -> Select[Any]:
    return contracts.unsecured().where(Contract.supplier_id == actor.organisation_id)


def _returnable(actor: Actor, _now: datetime) -> Select[Any]:
    return contracts.returnable().where(Contract.buyer_id == actor.organisation_id)


def _proposed_to(actor: Actor, _now: datetime) -> Select[Any]:
    open_ones = select(Amendment).join(Contract, Contract.id == Amendment.contract_id)
    return open_ones.where(
        Contract.supplier_id == actor.organisation_id,
        Amendment.agreed_at.is_(None),
        Amendment.declined_at.is_(None),
    )


def _contract(_session: Session, row: Any) -> tuple[Text, datetime, date | None, str]:
    about = Text(f"{row.number} {row.title.en}", f"{row.number} {row.title.zh}")
    return about, row.signed_at, row.delivery_due_on, f"contracts/{row.id}"


def _bond(session: Session, row: Any) -> tuple[Text, datetime, date | None, str]:
    about, signed_at, _, page = _contract(session, contracts.get(session, row.contract_id))
    return about, contracts.get(session, row.contract_id).completed_at or signed_at, None, page


def _amendment(session: Session, row: Any) -> tuple[Text, datetime, date | None, str]:
    about, _, _, page = _contract(session, contracts.get(session, row.contract_id))
    return about, row.proposed_at, None, page


# -- what a second person confirms


def _proposals(actor: Actor, _now: datetime) -> Select[Any]:
    allowed = [
        and_(
            Proposal.kind == kind.id,
            or_(Proposal.organisation_id.is_(None), Proposal.organisation_id == actor.organisation_id),
        )
        for kind in feeding.KINDS.values()
        if actor.has_role(kind.confirmer)
    ]
    return select(Proposal).where(
        Proposal.state == ProposalState.WAITING, Proposal.proposed_by != actor.id, or_(false(), *allowed)
    )


def _proposal(_session: Session, row: Any) -> tuple[Text, datetime, date | None, str]:
    return row.subject, row.proposed_at, None, f"data/entries/{row.id}"


def _deployments(actor: Actor, _now: datetime) -> Select[Any]:
    return select(Deployment).where(Deployment.state == DeploymentState.PROPOSED, Deployment.proposed_by != actor.id)


def _deployment(_session: Session, row: Any) -> tuple[Text, datetime, date | None, str]:
    return row.title, row.proposed_at or row.saved_at, None, f"studio/proposals/{row.id}"


def _addresses(actor: Actor, now: datetime) -> Select[Any]:
    return select(AddressChange).where(
        AddressChange.ended_at.is_(None), AddressChange.asked_by != actor.id, AddressChange.due_at <= now
    )


def _address(session: Session, row: Any) -> tuple[Text, datetime, date | None, str]:
    name = session.get_one(Account, row.account_id).name
    return Text(name, name), row.due_at, None, f"people/{row.account_id}"


# -- the bank, the machine


def _asked(actor: Actor, _now: datetime) -> Select[Any]:
    """Statements with entries that a person must tell apart; one by one they may not be known yet (O87 28)."""
    asked = select(StatementEntry.bank_statement_id).where(StatementEntry.outcome == ASKED)
    own = select(BondAccount.account).where(BondAccount.organisation_id == actor.organisation_id)
    return select(BankStatement).where(BankStatement.id.in_(asked), BankStatement.account.in_(own))


def _statement(_session: Session, row: Any) -> tuple[Text, datetime, date | None, str]:
    return Text(row.statement_id, row.statement_id), row.imported_at, None, f"bonds/statements/{row.id}"


def _incidents(_actor: Actor, _now: datetime) -> Select[Any]:
    return select(IncidentRow).where(IncidentRow.resolved_at.is_(None)).order_by(IncidentRow.opened_at)


def _incident(_session: Session, row: Any) -> tuple[Text, datetime, date | None, str]:
    return row.name, row.opened_at, None, "operations/incidents"


def _doubts(_actor: Actor, _now: datetime) -> Select[Any]:
    return select(ClockDoubt).where(ClockDoubt.seen_at.is_(None))


def _doubt(_session: Session, row: Any) -> tuple[Text, datetime, date | None, str]:
    return CLOCKS[row.clock], row.noticed_at, None, "operations/clocks"


SIGNERS = ("supplier-admin", "supplier-signer")
KINDS: tuple[Kind, ...] = (
    Kind("registration.review", Text("Review the registration", "审核供应商注册"), ("registrar",), _declared, _registration(lambda row: f"registrations/{row.id}")),
    Kind("registration.declare", Text("Declare your company again", "重新申报单位信息"), ("supplier-admin",), _returned, _registration(lambda _row: "supplier/company")),
    Kind("breach.notify", Text("Examine the report of a breach", "核查违法失信报告"), ("finance-officer",), _breaches_at(Breach.state == BreachState.REPORTED), _breach),
    Kind("breach.reply", Text("Reply to the notification", "提交陈述申辩"), SIGNERS, _to_reply, _breach),
    Kind("breach.hear", Text("Hold the hearing", "组织听证"), ("finance-officer",), _breaches_at(Breach.state == BreachState.NOTIFIED, Breach.wants_hearing.is_(True), Breach.heard_on.is_(None)), _breach),
    Kind("breach.decide", Text("Decide on the breach", "作出处理决定"), ("finance-officer",), _to_decide, _breach),
    Kind("breach.publish", Text("Publish the penalty decision", "公告行政处罚决定"), ("finance-officer",), _breaches_at(Breach.state == BreachState.DECIDED), _breach),
    Kind("bond.lodge", Text("Submit the performance bond", "提交履约保证金"), ("supplier-signer",), _unsecured, _contract),
    Kind("bond.return", Text("Return the performance bond", "退还履约保证金"), ("buyer-contract-officer",), _returnable, _bond),
    Kind("amendment.agree", Text("Agree to the supplementary agreement", "确认补充协议"), ("supplier-signer",), _proposed_to, _amendment),
    Kind("entry.confirm", Text("Confirm what someone entered", "复核他人录入的内容"), tuple({kind.confirmer: None for kind in feeding.KINDS.values()}), _proposals, _proposal),
    Kind("deployment.decide", Text("Decide on the changed procedure", "审批流程变更"), ("analyst",), _deployments, _deployment),
    Kind("address.confirm", Text("Confirm the new email address", "确认邮箱变更"), ("administrator",), _addresses, _address),
    Kind("statement.decide", Text("Decide on payments that cannot be told apart", "确认存疑入账"), ("agency-officer",), _asked, _statement),
    Kind("incident.resolve", Text("Resolve the incident", "处理流程异常"), ("administrator",), _incidents, _incident),
    Kind("clock.look", Text("Look at clocks that are apart", "核查时钟偏差"), ("administrator",), _doubts, _doubt),
)  # fmt: skip
"""Every kind of work outside the diagrams. Challenges are answered in a task of their diagram."""
