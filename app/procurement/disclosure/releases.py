"""Releases: what became public by one act, written in the transaction of that act."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.foundation import clock, journal
from app.foundation.actor import SYSTEM
from app.procurement import projects, tenders
from app.procurement.disclosure import invitations, parts, results
from app.procurement.disclosure.records import ContractingProcess, Release
from app.procurement.publishers import publisher

TAGS = frozenset(
    {
        "planning", "planningUpdate", "tender", "tenderAmendment", "tenderUpdate", "tenderCancellation", "award",
        "awardUpdate", "awardCancellation", "contract", "contractUpdate", "contractAmendment", "implementation",
        "implementationUpdate", "contractTermination",
    }
)  # fmt: skip
"""The release tags that are written (OCDS 1.1.5, codelist releaseTag; ``compiled`` belongs to records)."""


def release(session: Session, *, project_id: str, tags: Sequence[str]) -> Release:
    """Publish what is public of a project now, because of an act that ``tags`` name.

    A release carries the whole of the sections it touches, so that merging releases in their order gives the present state.
    """
    unknown = set(tags) - TAGS
    if unknown:
        raise ValueError(f"not release tags: {sorted(unknown)}")
    process = _process(session, project_id)
    process.last += 1
    now = clock.now(session)
    before = _newest(session, project_id)
    content = _content(session, process, tags, parts.instant(now))
    content["tag"] += [tag for tag in _noticed(before, content) if tag not in tags]
    _link_amendments(before, content)
    made = Release(
        project_id=project_id, number=process.last, tags=list(content["tag"]), content=content, released_at=now
    )
    session.add(made)
    session.flush()
    facts = {"ocid": process.ocid, "release": content["id"], "tags": made.tags}
    journal.write(session, SYSTEM, case=project_id, act="disclosure.release", facts=facts)
    return made


def _process(session: Session, project_id: str) -> ContractingProcess:
    process = session.get(ContractingProcess, project_id, with_for_update=True, populate_existing=True)
    if process is None:
        number = projects.get(session, project_id).number
        ocid = f"{publisher(session).ocid_prefix}-{number}"
        process = ContractingProcess(project_id=project_id, ocid=ocid, last=0, begun_at=clock.now(session))
        session.add(process)
        session.flush()
    return process


def _newest(session: Session, project_id: str) -> dict[str, Any]:
    """What was said of a project last; nothing before the first release."""
    statement = select(Release.content).where(Release.project_id == project_id).order_by(Release.number.desc()).limit(1)
    return session.scalar(statement) or {}


def _noticed(before: dict[str, Any], content: dict[str, Any]) -> list[str]:
    """The tags of what happened beside the act: an award that stood in the release before was revoked."""
    stood = {award["id"] for award in before.get("awards", ()) if award["status"] == "active"}
    revoked = [award for award in content.get("awards", ()) if award["status"] == "cancelled" and award["id"] in stood]
    return ["awardCancellation"] if revoked else []


def _link_amendments(before: dict[str, Any], content: dict[str, Any]) -> None:
    """Let each amendment name the release that has what was before it, and the one that has what it made of it."""
    known = {amendment["id"]: amendment for amendment in _amendments(before)}
    for amendment in _amendments(content):
        names = known.get(amendment["id"], {"amendsReleaseID": before.get("id"), "releaseID": content["id"]})
        amendment |= {name: names[name] for name in ("amendsReleaseID", "releaseID") if names.get(name)}


def _amendments(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for section in (content.get("tender", {}), *content.get("contracts", ())):
        yield from section.get("amendments", ())


def _content(session: Session, process: ContractingProcess, tags: Sequence[str], date: str) -> dict[str, Any]:
    tender = tenders.of_project(session, process.project_id)
    project = tender.project
    parties = parts.Parties(session)
    buyer = parties.refer(tender.buyer_id, "buyer")
    content: dict[str, Any] = {
        "ocid": process.ocid,
        "id": f"{process.ocid}-{process.last:04d}-{tags[0]}",
        "date": date,
        "tag": list(tags),
        "initiationType": "tender",
        "language": "zh",
        "buyer": buyer,
        "planning": invitations.planning(session, project),
        "tender": invitations.tender(session, tender, parties),
    }
    if details := invitations.bid_details(session, project.lots, parties):
        content["bids"] = {"details": details}
    if awarded := results.awarded(session, project.lots, parties):
        content["awards"] = awarded
    if contracted := results.contracted(session, project.lots, parties):
        content["contracts"] = contracted
    content["parties"] = parties.as_json()
    return content


# -- reading


def processes(session: Session) -> list[ContractingProcess]:
    """Every contracting process, the first begun first."""
    return list(
        session.scalars(select(ContractingProcess).order_by(ContractingProcess.begun_at, ContractingProcess.ocid))
    )


def ocid_of(session: Session, project_id: str) -> str | None:
    """A project's ocid, once something of it was published."""
    return session.scalar(select(ContractingProcess.ocid).where(ContractingProcess.project_id == project_id))


def of_process(session: Session, ocid: str) -> list[Release]:
    """The releases of a contracting process in their order; none for an unknown one."""
    statement = (
        select(Release)
        .join(ContractingProcess, ContractingProcess.project_id == Release.project_id)
        .where(ContractingProcess.ocid == ocid)
        .order_by(Release.number)
    )
    return list(session.scalars(statement))


def latest(session: Session, *, page: int = 1, size: int = 100) -> tuple[list[Release], int]:
    """The newest releases of all processes, and how many there are."""
    total = session.scalar(select(func.count()).select_from(Release)) or 0
    ordered = select(Release).order_by(Release.released_at.desc(), Release.id.desc())
    return list(session.scalars(ordered.offset((page - 1) * size).limit(size))), total
