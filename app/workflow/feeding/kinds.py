"""Every kind of thing that one person enters and another confirms: who may, what it would do, and what lets it count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.orm import Session

from app.engine.engine import Engine
from app.foundation import proposals
from app.foundation.actor import Actor
from app.foundation.errors import RuleBroken
from app.foundation.proposals import Proposal
from app.foundation.text import Text
from app.identity import roles
from app.workflow.feeding import calendars, overrides, tables
from app.workflow.feeding.budget import BUDGET
from app.workflow.feeding.catalogues import CATALOGUE, CENTRAL_BODIES
from app.workflow.feeding.law import LAW
from app.workflow.feeding.parties import ORGANISATIONS, PEOPLE
from app.workflow.feeding.payments import PAYMENTS
from app.workflow.feeding.plan import PLAN
from app.workflow.feeding.sheets import Row, Sheet
from app.workflow.feeding.tables import Scope, Table

TABLES: dict[str, Table] = {
    table.id: table for table in (BUDGET, PLAN, ORGANISATIONS, PEOPLE, LAW, CATALOGUE, CENTRAL_BODIES, PAYMENTS)
}
"""The tables that people feed; each adds its own entry."""


class NotUsable(RuleBroken):
    """What was entered can't count as it is, or would change nothing."""

    code = "entry-not-usable"
    text = Text(
        "You cannot submit this. Some of it cannot be accepted, or it would change nothing.",
        "无法提交：其中存在无法录入的内容，或者没有任何变化。",
    )


class Preview(Protocol):
    """What a proposal would do: whether it can count, and the same as JSON, for the digest of what a person saw."""

    @property
    def usable(self) -> bool: ...

    @property
    def shown(self) -> Any: ...


@dataclass(frozen=True)
class Kind:
    """``role``: who enters, ``confirmer``: who confirms (for the organisation whose matter it is)."""

    id: str
    name: Text
    role: str
    preview: Callable[[Session, Proposal], Preview]
    enter: Callable[[Engine, Session, Actor, Proposal], object]
    confirmer: str
    is_secret: bool = False
    """Whether only those two see it who enter and confirm it, and until then who may confirm it."""


def _of_table(table: Table) -> Kind:
    def preview(session: Session, proposal: Proposal) -> tables.Preview:
        return tables.preview(session, table, _scope(proposal), rows_of(proposal))

    def enter(_engine: Engine, session: Session, actor: Actor, proposal: Proposal) -> object:
        return tables.enter(session, actor, table, _scope(proposal), rows_of(proposal))

    confirmer = table.confirmer or table.role
    return Kind(table.id, table.name, table.role, preview, enter, confirmer, table.is_secret)


def _scope(proposal: Proposal) -> Scope:
    return Scope(proposal.organisation_id)


def rows_of(proposal: Proposal) -> list[Row]:
    """The rows of a table's proposal, as they were entered."""
    return [Row(number, cells) for number, cells in proposal.content["rows"]]


CALENDAR = Kind(
    "calendar", Text("Working days", "工作日历"), "administrator", calendars.preview, calendars.enter, "administrator"
)
OVERRIDE = Kind(
    overrides.KIND,
    Text("Overrides of findings", "检查误报认定"),
    "agency-officer",
    overrides.preview,
    overrides.enter,
    "buyer-reviewer",
)
KINDS: dict[str, Kind] = {CALENDAR.id: CALENDAR, OVERRIDE.id: OVERRIDE} | {
    table.id: _of_table(table) for table in TABLES.values()
}


def scope_of(actor: Actor, table: Table) -> Scope:
    """For whom a person enters rows of a table.

    :raises RoleMissing:
    """
    scope = Scope(actor.organisation_id if table.of_organisation else None)
    roles.require(actor, table.role, scope.organisation_id)
    return scope


def draft_rows(
    session: Session, actor: Actor, table: Table, sheet: Sheet, *, file: str = "", why: str = ""
) -> Proposal:
    """Keep rows for whoever enters them to look at.

    :raises RoleMissing:
    """
    scope = scope_of(actor, table)
    count = len(sheet.rows)
    subject = Text(f"{table.name.en}: {count} row{'s' if count > 1 else ''}", f"{table.name.zh}：{count}行")
    content = {"rows": [[row.number, row.cells] for row in sheet.rows], "file": file, "unknown": sheet.unknown}
    return proposals.draft(
        session, actor, kind=table.id, subject=subject, content=content, organisation_id=scope.organisation_id, why=why
    )


def may_see(actor: Actor, proposal: Proposal) -> bool:
    """Whether a person entered this, enters or confirms this kind of thing for this organisation, or audits."""
    kind = KINDS.get(proposal.kind)
    if proposal.state == proposals.ProposalState.DRAFT:
        return proposal.proposed_by == actor.id
    if kind is None:
        return False
    if kind.is_secret and not proposal.is_waiting:
        return actor.id in (proposal.proposed_by, proposal.decided_by)
    is_theirs = any(actor.has_role(role, proposal.organisation_id) for role in (kind.role, kind.confirmer))
    return is_theirs or proposal.proposed_by == actor.id or (actor.has_role("auditor") and not kind.is_secret)


def seen(session: Session, proposal: Proposal) -> tuple[Preview, str]:
    """What a proposal would do now, and the digest that says so."""
    preview = KINDS[proposal.kind].preview(session, proposal)
    return preview, proposals.digest(preview.shown)


def hand_on(session: Session, actor: Actor, proposal_id: str) -> Proposal:
    """Hand a draft to a second person, as far as it can count.

    :raises NotUsable:
    """
    proposal = proposals.get(session, proposal_id)
    roles.require(actor, KINDS[proposal.kind].role, proposal.organisation_id)
    if not seen(session, proposal)[0].usable:
        raise NotUsable
    return proposals.hand_on(session, actor, proposal_id)


def confirm(engine: Engine, session: Session, actor: Actor, proposal_id: str, *, digest: str) -> Proposal:
    """A second person lets a proposal count. Raises what proposals.confirm and the kind's own act raise."""
    proposal = proposals.get(session, proposal_id)
    kind = KINDS[proposal.kind]
    roles.require(actor, kind.confirmer, proposal.organisation_id)
    showing = seen(session, proposal)[1] if proposal.is_waiting else ""
    return proposals.confirm(
        session,
        actor,
        proposal_id,
        seen=digest,
        showing=showing,
        act=lambda waiting: kind.enter(engine, session, actor, waiting),
    )


def reject(session: Session, actor: Actor, proposal_id: str, reasons: str) -> Proposal:
    """A second person gives a proposal back."""
    proposal = proposals.get(session, proposal_id)
    roles.require(actor, KINDS[proposal.kind].confirmer, proposal.organisation_id)
    return proposals.reject(session, actor, proposal_id, reasons)


def waiting_for(session: Session, actor: Actor, *, waiting: bool = True) -> list[Proposal]:
    """What waits for a person's kind of people (or was settled), the latest first."""
    possible = proposals.of_kinds(session, tuple(KINDS), waiting=waiting, limit=200)
    return [proposal for proposal in possible if may_see(actor, proposal)]
