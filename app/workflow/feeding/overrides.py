"""Overrides of findings of the documents' check: the agency asks with its reasons, the buyer's reviewer decides.

A request keeps the finding and the words it was read from as they were, so that the reviewer decides on exactly these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.engine.engine import Engine
from app.foundation import clock, proposals
from app.foundation.actor import Actor
from app.foundation.errors import Conflict
from app.foundation.proposals import Proposal
from app.foundation.text import Text
from app.identity import roles
from app.procurement import tenders
from app.procurement.projects import ReasonsMissing
from app.procurement.tenders import Reading, Tender, places
from app.procurement.tenders.checks import Found

KIND = "override"
CODES = frozenset({"kind", "starred", "points", "tie_break", "consortium"})
"""What stands in the documents as a code and not in words."""


class FindingGone(Conflict):
    """The check doesn't find it, or it doesn't block, or nothing was misread."""

    text = Text(
        "The check no longer finds this, or it cannot be overridden. Look at the results again.",
        "检查中已不存在该问题，或者该问题不能认定为误报，请重新查看检查结果。",
    )


class AskedAlready(Conflict):
    """The same override waits for its decision."""

    code = "override-asked"
    text = Text("This override has already been requested.", "已申请认定该问题为误报，正在等待决定。")


@dataclass(frozen=True)
class OverridePreview:
    """What a request would override: the finding, the words it was read from, and whether that still matters."""

    tender: Tender
    reading: Reading
    usable: bool

    @property
    def shown(self) -> Any:
        """The same as JSON."""
        return [self.reading.mark, self.usable]

    @property
    def told(self) -> list[tuple[Text, Any]]:
        """Where the finding was read, and what stood there."""
        words = [(place, said) for place, said in self.reading.words if place.rsplit("/", 1)[1] not in CODES]
        return [(places.place(place), said) for place, said in words if isinstance(said, str | int) and said]


def readings(session: Session, tender: Tender) -> dict[str, Reading]:
    """What blocks a draft now and may have been misread, by its mark; nothing once it is published."""
    if tender.published_at is not None:
        return {}
    return tenders.readings(tender, tenders.preview(session, tender.project_id))


def asked(session: Session, tender: Tender) -> dict[str, Proposal]:
    """The requests for a tender that wait for their decision, by their marks."""
    waiting = proposals.of_kinds(session, (KIND,), organisation_id=tender.buyer_id, waiting=True, limit=200)
    return {each.content["mark"]: each for each in waiting if each.content["tender"] == tender.id}


def ask(
    session: Session,
    actor: Actor,
    *,
    tender: Tender,
    readings: Mapping[str, Reading],
    mark: str,
    reasons: str,
    entered: Mapping[str, list[str]] | None = None,
) -> Proposal:
    """Ask the buyer's reviewer to override one of the findings that block.

    ``entered``: the texts of a correction that isn't published, to go on from once it is decided. Raises RoleMissing,
    FindingGone, AskedAlready or ReasonsMissing.
    """
    roles.require(actor, "agency-officer", tender.agency_id)
    if mark not in readings:
        raise FindingGone
    if mark in asked(session, tender):
        raise AskedAlready
    if not reasons.strip():
        raise ReasonsMissing(field=f"why-{mark}")
    one, number = readings[mark].found, tender.project.number
    where = places.place(one.place)
    subject = Text(f"{number}: override a finding, {where.en}", f"{number}：认定误报，{where.zh}")
    content = {
        "tender": tender.id,
        "mark": mark,
        "found": {**asdict(one), "problem": one.problem.as_json(), "fix": one.fix.as_json(), "read": list(one.read)},
        "words": readings[mark].words,
        "entered": dict(entered or {}),
    }
    made = proposals.draft(
        session, actor, kind=KIND, subject=subject, content=content, organisation_id=tender.buyer_id, why=reasons
    )
    return proposals.hand_on(session, actor, made.id)


def entered(session: Session, actor: Actor, tender_id: str, proposal_id: str) -> dict[str, list[str]]:
    """The texts of the correction with which a person asked for an override; none where it isn't theirs."""
    proposal = proposals.get(session, proposal_id)
    is_theirs = proposal.kind == KIND and proposal.proposed_by == actor.id and proposal.content["tender"] == tender_id
    return dict(proposal.content["entered"]) if is_theirs else {}


def preview(session: Session, proposal: Proposal) -> OverridePreview:
    """What a request would override; of no use once bids are closed or it was overridden."""
    content = proposal.content
    tender = tenders.get(session, content["tender"])
    told = content["found"]
    found = Found(**{**told, **{name: Text(**told[name]) for name in ("problem", "fix")}, "read": tuple(told["read"])})
    reading = Reading(found, content["words"])
    is_known = any(each.mark == reading.mark for each in tender.overrides)
    is_open = tender.published_at is None or tenders.open_for_bids(tender, clock.now(session))
    return OverridePreview(tender, reading, is_open and not is_known)


def enter(_engine: Engine, session: Session, actor: Actor, proposal: Proposal) -> object:
    """Override it. Raises FindingGone and what ``tenders.override`` raises."""
    seen = preview(session, proposal)
    if not seen.usable:
        raise FindingGone
    return tenders.override(
        session,
        actor,
        tender=seen.tender,
        reading=seen.reading,
        reasons=proposal.why,
        asked_by=(proposal.proposed_by, proposal.proposed_by_name),
    )
