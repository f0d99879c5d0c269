"""What has happened in the town so far: procurements at every stage, played from months ago up to its first day.

Each is played by the same scripts as any other, on a clock of its own that stands in the past; nothing it did is dated
later than the morning on which the demonstration begins.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from app.bootstrap import House
from app.demonstration import cases, lives, town
from app.demonstration.cases import Case
from app.demonstration.lives import Script
from app.demonstration.players import Play, TooLate, works
from app.foundation import workdays
from app.foundation.clock import PLACE, VirtualClock
from app.foundation.text import Text
from app.foundation.workdays import local_day

log = logging.getLogger(__name__)

NOW = datetime(2026, 7, 6, 9, tzinfo=PLACE)
"""The Monday morning on which the demonstration begins: early enough in a year whose working days are published for a tender
that starts then to be paid in it."""
BEGINNING = NOW - timedelta(days=140)
"""When the town was made."""
MORNING = time(9)


@dataclass(frozen=True)
class Past:
    """A case: what is procured, what has happened, how many working days ago it began.

    ``closed_lately``: bids were opened on the last working day.
    """

    case: Case
    scripts: tuple[Script, ...]
    days: int
    closed_lately: bool = False


def _return(play: Play, _case: Case) -> None:
    play.later(hours=3)
    play.do("zhou", "review_application", {"decision": "return", "reasons": "请补充现有网络设备清单和服务等级要求。"})


def _offer_agreement(play: Play, _case: Case) -> None:
    play.later(hours=1)
    play.do("chen", "choose_agency", {"agency": lives.agency_of(play), "fee": 12_000, "fee_payer": "buyer"})


def _ask(play: Play, _case: Case) -> None:
    play.next_day(1, hour=10)
    lives.put_question(play, "hua", "维保范围是否包含水处理系统？")


def _score_some(play: Play, case: Case) -> None:
    """The committee has reviewed everything, and two of its members have scored."""
    lives.review(play, case)
    for account_id in play.holders("score_bids")[:2]:
        play.later(minutes=8)
        play.do(lives.login_of(play, account_id), "score_bids", lambda shown: lives.points_of(shown, case))


def _named(case: Case, title: Text, need: str) -> Case:
    return replace(case, title=title, lots=(title,), need=need)


ENDOSCOPES = _named(
    cases.MAINTENANCE,
    Text("Maintenance of endoscopes", "内镜设备维保服务"),
    "消化内镜中心设备的年度维修保养，保障诊疗连续性。",
)
DIALYSIS = _named(
    cases.MAINTENANCE,
    Text("Maintenance of dialysis machines", "血液透析设备维保服务"),
    "血液净化中心透析设备的年度维修保养。",
)

PAST: tuple[Past, ...] = (
    Past(cases.MAINTENANCE, lives.WHOLE, 62),
    Past(ENDOSCOPES, (*lives.FIRST_HALF, *lives.AWARDING[1:], lives.conclude, lives.deliver), 54),
    Past(
        cases.TWO_LOTS,
        (*lives.FIRST_HALF, lives.bid, lives.open_bids, lives.form_committee, _score_some),
        27,
        closed_lately=True,
    ),
    Past(replace(DIALYSIS, offers=DIALYSIS.offers[:2]), (*lives.FIRST_HALF, _ask, lives.bid), 9),
    Past(cases.ULTRASOUND, lives.FIRST_HALF[:5], 6),
    Past(cases.MONITORS, (*lives.FIRST_HALF[:3], _offer_agreement), 4),
    Past(cases.NETWORK, (lives.apply, _return), 2),
    Past(cases.CLEANING, (lives.apply,), 1),
)
"""The town's procurements, the oldest first."""


def live(house: House, clock: VirtualClock, processes: Path) -> None:
    """Make the town as it was founded, and play everything that has happened in it since; the clock ends at NOW."""
    clock.instant = BEGINNING.astimezone(UTC)
    with house.sessions() as session:
        town.build(house.engine, session, processes)
        session.commit()
    for past in PAST:
        _play(house, clock, past)
    clock.instant = NOW.astimezone(UTC)


def _play(house: House, clock: VirtualClock, past: Past) -> None:
    play = Play(house, clock, say=None, until=NOW)
    with play.looking() as session:
        calendar = workdays.load(session)
    # each case begins at its own time, which may be before the last one's end
    morning = datetime.combine(_working_day_before(calendar, past.days), MORNING, PLACE)
    clock.instant = morning.astimezone(UTC)
    case = past.case
    if past.closed_lately:
        case = replace(case, terms={**case.terms, "bid_deadline_at": _last_morning(calendar)})
    try:
        lives.play_all(play, case, past.scripts)
    except TooLate:  # calendars that aren't published make periods longer: the case stands where it is by now
        log.info("%s stands at %s", case.title.en, ", ".join(play.open()) or "a date to come")


def _last_morning(calendar: workdays.Calendar) -> datetime:
    """Half past nine of the last working day that is over."""
    return datetime.combine(_working_day_before(calendar, 1), time(9, 30), PLACE)


def _working_day_before(calendar: workdays.Calendar, count: int) -> date:
    """The ``count``-th working day before the first day."""
    day = local_day(NOW)
    while count > 0:
        day -= workdays.ONE_DAY
        count -= works(calendar, day)
    return day
