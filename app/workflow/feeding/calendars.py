"""A year's holidays: the State Council's notice as it was pasted, previewed, confirmed by a second administrator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.engine.engine import Engine
from app.foundation import holiday_notices, proposals, workdays
from app.foundation.actor import Actor
from app.foundation.errors import RuleBroken
from app.foundation.holiday_notices import Notice
from app.foundation.proposals import Proposal
from app.foundation.text import Text
from app.foundation.workdays import DayKind
from app.identity import roles
from app.workflow.feeding import recounting


class NoticeDoubtful(RuleBroken):
    """The notice contradicts itself or the law."""

    text = Text("This notice cannot be entered: %(why)s", "无法录入该通知：%(why)s")


@dataclass(frozen=True)
class CalendarPreview:
    """What entering a notice would do: the days it names, and what of them differs from what is known."""

    notice: Notice
    known: Mapping[date, DayKind]
    was_published: bool

    @property
    def usable(self) -> bool:
        """Whether it can be entered."""
        return self.notice.usable

    @property
    def off(self) -> list[tuple[date, date]]:
        """The runs of days off."""
        return list(holiday_notices.spans(self.notice.days, worked=False))

    @property
    def worked(self) -> list[date]:
        """The weekend days that are worked."""
        return [first for first, _ in holiday_notices.spans(self.notice.days, worked=True)]

    @property
    def changed(self) -> list[date]:
        """The days that would count otherwise than today, where the year was published before."""
        if not self.was_published:
            return []
        every = {*self.notice.days, *self.known}
        return sorted(on for on in every if self.notice.days.get(on) != self.known.get(on))

    @property
    def shown(self) -> Any:
        """The same as JSON."""
        days = {on.isoformat(): str(kind) for on, kind in sorted(self.notice.days.items())}
        known = {on.isoformat(): str(kind) for on, kind in sorted(self.known.items())}
        return [self.notice.year, self.notice.source, days, known, [doubt.what.en for doubt in self.notice.doubts]]


def read(session: Session, text: str, *, year: int | None, source: str) -> CalendarPreview:
    """What a pasted notice says, and how it differs from what is known."""
    notice = holiday_notices.read(text, year=year, source=source)
    if notice.year is None:
        return CalendarPreview(notice, {}, False)
    published = workdays.load(session).is_official(notice.year)
    return CalendarPreview(notice, workdays.days_of(session, notice.year), published)


def draft(session: Session, actor: Actor, text: str, *, year: int | None, source: str) -> Proposal:
    """Keep a pasted notice for whoever enters it to look at.

    :raises NoticeDoubtful: where not even its year is known
    """
    roles.require_one(actor, "system", "administrator")
    seen = read(session, text, year=year, source=source)
    if seen.notice.year is None:
        _refuse_doubtful(seen.notice)
    subject = Text(f"Holidays of {seen.notice.year}", f"{seen.notice.year}年放假安排")
    content = {"text": text[: holiday_notices.LONGEST], "year": seen.notice.year, "source": seen.notice.source}
    return proposals.draft(session, actor, kind="calendar", subject=subject, content=content)


def preview(session: Session, proposal: Proposal) -> CalendarPreview:
    """What a proposed notice would do now."""
    content = proposal.content
    return read(session, content["text"], year=content["year"], source=content["source"])


def enter(engine: Engine, session: Session, actor: Actor, proposal: Proposal) -> int:
    """Publish the year, and work out anew what was uncertain; how many days were moved."""
    notice = preview(session, proposal).notice
    _refuse_doubtful(notice)
    assert notice.year is not None, "a usable notice names its year"
    workdays.publish_year(session, actor, year=notice.year, days=notice.days, source=notice.source)
    return recounting.recount(engine, session, actor, notice.year)


def _refuse_doubtful(notice: Notice) -> None:
    blocking = [doubt.what for doubt in notice.doubts if doubt.blocks]
    if blocking:
        why = Text(" ".join(what.en for what in blocking), "".join(what.zh for what in blocking))
        raise NoticeDoubtful(field="text", why=why)
