"""What has happened in the town so far: procurements at every stage, played from months ago up to today.

Each is played by the same scripts as any other, on a clock of its own that stands in the past; nothing it did is dated
later than the present.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from app import bootstrap
from app.bootstrap import House
from app.demonstration import cases, lives, town
from app.demonstration.cases import Case
from app.demonstration.lives import Script
from app.demonstration.players import Play, TooLate, works
from app.foundation import clock as clocks
from app.foundation import workdays
from app.foundation.clock import PLACE, VirtualClock
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.keeper import Keeper
from app.keeper.local import LocalKeeper
from config import Config

log = logging.getLogger(__name__)

FOUNDED = timedelta(days=140)
"""How long ago the town was made."""
MORNING = time(9)


@dataclass(frozen=True)
class Past:
    """A case: what is procured, what has happened, how many working days ago it began.

    ``closed_lately``: bids were opened on the last working day. ``is_open``: bids are being taken now, so that its keys
    lie with the serving house's keeper.
    """

    case: Case
    scripts: tuple[Script, ...]
    days: int
    closed_lately: bool = False
    is_open: bool = False


def _return(play: Play, case: Case) -> None:
    play.later(hours=3)
    play.do("zhou", "review_application", {"decision": "return", "reasons": "请补充现有网络设备清单和服务等级要求。"})


def _offer_agreement(play: Play, case: Case) -> None:
    play.later(hours=1)
    play.do("chen", "choose_agency", {"agency": lives.agency_of(play), "fee": 12_000, "fee_payer": "buyer"})


def _ask(play: Play, case: Case) -> None:
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
    Past(replace(DIALYSIS, offers=DIALYSIS.offers[:2]), (*lives.FIRST_HALF, _ask, lives.bid), 9, is_open=True),
    Past(cases.ULTRASOUND, lives.FIRST_HALF[:5], 6),
    Past(cases.MONITORS, (*lives.FIRST_HALF[:3], _offer_agreement), 4),
    Past(cases.NETWORK, (lives.apply, _return), 2),
    Past(cases.CLEANING, (lives.apply,), 1),
)
"""The town's procurements, the oldest first."""


def live(house: House, config: Config) -> None:
    """Make the town as it was founded, and play everything that has happened in it since."""
    with house.sessions() as session:
        now = clocks.now(session)
    clock = VirtualClock(now - FOUNDED)
    away = bootstrap.build(house.database, config, clock=clock, keeper=LocalKeeper(clock))
    with away.sessions() as session:
        town.build(away.engine, session, config.processes_folder)
        session.commit()
    for past in PAST:
        if past.is_open and not _answers(house.keeper):
            log.warning("the keeper of the keys is away: no tender of the demonstration takes bids")
            continue
        there = bootstrap.build(house.database, config, clock=clock, keeper=house.keeper) if past.is_open else away
        _play(there, clock, past, now)


def _answers(keeper: Keeper) -> bool:
    asked: Callable[[], bool] | None = getattr(keeper, "answers", None)
    return asked is None or asked()


def _play(house: House, clock: VirtualClock, past: Past, now: datetime) -> None:
    play = Play(house, clock, say=None, until=now)
    with play.looking() as session:
        calendar = workdays.load(session)
    # each case begins at its own time, which may be before the last one's end
    morning = datetime.combine(_working_day_before(calendar, now, past.days), MORNING, PLACE)
    clock.instant = morning.astimezone(UTC)
    case = past.case
    if past.closed_lately:
        case = replace(case, terms={**case.terms, "bid_deadline_at": _last_morning(calendar, now)})
    try:
        lives.play_all(play, case, past.scripts)
    except TooLate:  # calendars that aren't published make periods longer: the case stands where it is by now
        log.info("%s stands at %s", case.title.en, ", ".join(play.open()) or "a date to come")


def _last_morning(calendar: workdays.Calendar, now: datetime) -> datetime:
    """Half past nine of the last working day that is over."""
    return datetime.combine(_working_day_before(calendar, now, 1), time(9, 30), PLACE)


def _working_day_before(calendar: workdays.Calendar, now: datetime, count: int) -> date:
    """The ``count``-th working day before today."""
    day = local_day(now)
    while count > 0:
        day -= workdays.ONE_DAY
        count -= works(calendar, day)
    return day
