"""The procurement intention (采购意向): when it was published, from which day the notice may follow, and where none is due.

It is published not later than the period of the dated row before the procurement begins; what is urgent for reasons that
the buyer could not foresee needs none, nor do batches that the central body organises (财库〔2020〕10号).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.foundation import clock, dates, workdays
from app.foundation.errors import Invalid, Refusal, RuleBroken
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.procurement import rules
from app.procurement.projects.applications import ReasonsMissing
from app.procurement.projects.records import Project

ANSWERS = {
    "published": Text("published", "已公开"),
    "urgent": Text("not published: urgent for reasons that could not be foreseen", "不可预见的原因急需开展，不公开"),
    "batch": Text(
        "not published: a small purchase under a framework, or a batch of the central procurement body",
        "小额零星采购或者批量集中采购，不公开",
    ),
}
"""What a plan can say of the intention."""


@dataclass(frozen=True)
class Intention:
    """What a plan says: ``answer`` is one of ``ANSWERS``, the day and address are of what was published."""

    answer: str
    on: date | None = None
    address: str = ""
    reasons: str = ""


class IntentionDayMissing(Invalid):
    """What was published was published on a day, where anybody can look it up."""

    text = Text("Enter the day on which the intention was published.", "请填写采购意向公开日期。")
    statute = "财库〔2020〕10号"


class IntentionAddressMissing(Invalid):
    """An intention is public: it has an address."""

    text = Text(
        "Enter the web address of the published intention, beginning with https:// or http://.",
        "请填写采购意向公开网址，以https://或者http://开头。",
    )
    statute = "财库〔2020〕10号"


class IntentionDayAhead(Invalid):
    """An intention that is to be published some day was not published yet."""

    text = Text("The day on which the intention was published lies ahead.", "采购意向公开日期晚于今日。")
    statute = "财库〔2020〕10号"


class NoticeBeforeIntentionEnds(RuleBroken):
    """The notice would come before the intention's period is over."""

    text = Text(
        "The intention was published on %(on)s. The notice can be published from %(earliest)s on.",
        "采购意向于%(on)s公开，采购公告最早可于%(earliest)s发布。",
    )
    statute = "财库〔2020〕10号"


def period(session: Session, project: Project, *, on: date) -> rules.Rule:
    """The row that says how long before a notice on a day the intention is published."""
    return rules.law(session, project, on=on).rule("intention_period")


def problems(session: Session, project: Project, said: Intention | None, notice_on: date) -> list[Refusal]:
    """What speaks against a plan's intention and the day of the notice that it wants."""
    if said is None:
        return []
    if said.answer != "published":
        return [] if said.reasons.strip() else [ReasonsMissing(field="intention_reasons")]
    found: list[Refusal] = []
    if said.on is None:
        found.append(IntentionDayMissing(field="intention_on"))
    elif said.on > local_day(clock.now(session)):
        found.append(IntentionDayAhead(field="intention_on"))
    elif refusal := _too_early(session, project, said.on, notice_on):
        found.append(refusal)
    if not said.address.strip().casefold().startswith(("https://", "http://")):
        found.append(IntentionAddressMissing(field="intention_address"))
    return found


def record(project: Project, said: Intention | None) -> None:
    """Keep what a plan says of the intention with the project."""
    kept = said or Intention("")
    is_published = kept.answer == "published"
    project.intention = kept.answer
    project.intention_on = kept.on if is_published else None
    project.intention_address = kept.address.strip() if is_published else ""
    project.intention_reasons = "" if is_published else kept.reasons


def facts(project: Project) -> dict[str, Any]:
    """What the journal keeps of a plan's intention; nothing where the plan says nothing."""
    if not project.intention:
        return {}
    on = project.intention_on
    return {"intention": project.intention, "intention_on": None if on is None else str(on)}


def earliest_notice(session: Session, project: Project) -> date | None:
    """The first day on which the notice may follow the published intention; None where no intention holds it up."""
    if project.intention_on is None:
        return None
    return _earliest(session, project, project.intention_on, local_day(clock.now(session)))


def require_over(session: Session, project: Project) -> None:
    """Go on only when the published intention's period is over today.

    :raises NoticeBeforeIntentionEnds:
    """
    if project.intention_on is None:
        return
    refusal = _too_early(session, project, project.intention_on, local_day(clock.now(session)))
    if refusal is not None:
        raise refusal


def _too_early(session: Session, project: Project, published: date, notice_on: date) -> Refusal | None:
    earliest = _earliest(session, project, published, notice_on)
    if notice_on >= earliest:
        return None
    return NoticeBeforeIntentionEnds(field="notice_on", on=dates.day(published), earliest=dates.day(earliest))


def _earliest(session: Session, project: Project, published: date, notice_on: date) -> date:
    return period(session, project, on=notice_on).last_day(workdays.load(session), published)
