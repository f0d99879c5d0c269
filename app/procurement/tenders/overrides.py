"""Findings of the documents' check that were misread: two persons say so with reasons, and publication is free again.

An override never waives the law: it says that the check read words wrongly. So a finding that was read from no words can't
be overridden, and an override counts for the words it was said of: once they change, the finding is back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import rfc8785
from sqlalchemy.orm import Session

from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, RuleBroken
from app.foundation.proposals import SecondPersonNeeded
from app.foundation.text import Text
from app.identity import roles
from app.procurement import rules
from app.procurement.projects import ReasonsMissing
from app.procurement.tenders.checks import OVERRIDDEN, Found
from app.procurement.tenders.documents import content, differences
from app.procurement.tenders.records import Override, Tender


class NotOverridable(RuleBroken):
    """The finding was worked out from figures, dates or codes: nothing was misread."""

    code = "finding-not-overridable"
    text = Text(
        "This finding rests on figures, dates or codes that were entered. It cannot be overridden; correct the documents.",
        "该问题由填写的数值、日期或者编号得出，不能认定为误报，请修改招标文件。",
    )


class AlreadyOverridden(Conflict):
    """The finding was overridden for these words."""

    code = "finding-overridden"
    text = Text("This finding has already been overridden.", "该问题已认定为误报。")


@dataclass(frozen=True)
class Overridden(Found):
    """A finding that blocks nothing, with the override that says why."""

    override: Override | None = None


@dataclass(frozen=True)
class Reading:
    """A finding with the words it was read from, ``[place, words]`` in the documents' order."""

    found: Found
    words: Sequence[Sequence[Any]]

    @property
    def mark(self) -> str:
        """A short text that only the same finding of the same words gives again."""
        told: list[Any] = [
            self.found.rule,
            self.found.place,
            self.found.problem.as_json(),
            [list(said) for said in self.words],
        ]
        return hashlib.sha256(rfc8785.dumps(told)).hexdigest()


def readings(tender: Tender, found: Iterable[Found]) -> dict[str, Reading]:
    """The findings that block and may have been misread, by their marks."""
    misread = [each for each in found if each.may_be_overridden]
    said = [[row["place"], row["new"]] for row in differences({}, content(tender))] if misread else []
    made = [Reading(each, [row for row in said if _was_read(row[0], each)]) for each in misread]
    return {reading.mark: reading for reading in made}


def _was_read(place: str, found: Found) -> bool:
    read = [f"lots/{each}" if each[:1].isdigit() else each for each in found.read]
    return any(place == each or place.startswith(f"{each}/") for each in read)


def applied(tender: Tender, found: Iterable[Found]) -> Iterator[Found]:
    """Findings as they count: what was overridden for the words that stand there now blocks nothing."""
    if not tender.overrides:
        yield from found
        return
    every = list(found)
    known = {override.mark: override for override in tender.overrides}
    marks = {reading.found: mark for mark, reading in readings(tender, every).items() if mark in known}
    for each in every:
        yield _overridden(each, known[marks[each]]) if each in marks else each


def _overridden(found: Found, override: Override) -> Overridden:
    told = {part.name: getattr(found, part.name) for part in fields(found)}
    return Overridden(**{**told, "severity": OVERRIDDEN}, override=override)


def override(
    session: Session, actor: Actor, *, tender: Tender, reading: Reading, reasons: str, asked_by: tuple[str, str]
) -> Override:
    """The buyer's reviewer overrides a finding for the words it was read from; ``asked_by``: id and name of who asked.

    :raises RoleMissing:
    :raises SecondPersonNeeded:
    :raises NotOverridable:
    :raises ReasonsMissing:
    :raises AlreadyOverridden:
    """
    roles.require(actor, "buyer-reviewer", tender.buyer_id)
    if actor.id == asked_by[0]:
        raise SecondPersonNeeded
    found = reading.found
    if not found.may_be_overridden:
        raise NotOverridable(under=rules.law(session, tender.project))
    if not reasons.strip():
        raise ReasonsMissing(field="reasons")
    if any(each.mark == reading.mark for each in tender.overrides):
        raise AlreadyOverridden
    made = Override(
        tender_id=tender.id,
        mark=reading.mark,
        rule=found.rule,
        article=found.article,
        place=found.place,
        problem=found.problem.as_json(),
        reasons=reasons.strip(),
        asked_by=asked_by[0],
        asked_by_name=asked_by[1],
        decided_by=actor.id,
        decided_by_name=actor.name,
        decided_at=clock.now(session),
    )
    session.add(made)
    session.flush()
    session.expire(tender, ["overrides"])
    facts = {"rule": found.rule, "place": found.place, "reasons": made.reasons, "asked_by": asked_by[0]}
    journal.write(session, actor, case=tender.project_id, act="tenders.override", facts=facts)
    return made
