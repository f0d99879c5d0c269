"""Repeating timers count from their start: the last day of a month stays the last day, and nothing drifts."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from drawing import boundary, drawing, element, start, timer, user
from hypothesis import given
from hypothesis import strategies as st
from repeating import House

from app.engine import definitions, spiff, timers
from app.engine.records import TimerRow
from app.engine.spiff import timing
from tests.engine import toys

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 1, 31, 1, tzinfo=UTC)
"""09:00 on 31 January where the office is."""
LAST_DAYS = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]


def months_after(moment: datetime, months: int) -> datetime:
    """The same day so many months later, or the last of a shorter month: worked out apart from the engine."""
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def days_of(instance: spiff.Instance, house: House, count: int) -> list[str]:
    """The days on which the instance's one timer fires; it is made anew from its snapshot before each."""
    days = []
    for _ in range(count):
        instance = spiff.restore(house.own, instance.snapshot(), house)
        due = instance.waiting().timers
        if not due:
            break
        house.time = due[0].due_at
        days.append(due[0].due_at.astimezone(SHANGHAI).date().isoformat())
        assert instance.fire_timer(due[0].token_id, due[0].occurrence)
        instance.run()
    return days


class Turning(House):
    """An environment whose time can be turned."""

    time = NOW

    def now(self) -> datetime:
        return self.time


@pytest.mark.parametrize(
    ("cycle", "expected"),
    [
        ("R5/2026-01-31T09:00:00+08:00/P1M", LAST_DAYS),
        ("R4/P1M", LAST_DAYS[1:]),
        ("R3/2024-02-29T09:00:00+08:00/P1Y", ["2024-02-29", "2025-02-28", "2026-02-28"]),
        ("R3/2026-03-30T09:00:00[Asia/Shanghai]/P1M1D", ["2026-03-30", "2026-05-01", "2026-06-01"]),
    ],
)
def test_a_cycle_counts_from_its_start(cycle, expected):
    edge = boundary("late", "a", timer(cycle, "timeCycle"), interrupting=False)
    diagram = drawing("start -> a -> end; late -> b -> end1", user("a"), edge, element("task", "b"))
    house = Turning(spiff.read({"d.bpmn": diagram.encode()}))
    house.time = NOW if cycle.count("/") == 1 else NOW.replace(year=2020)
    instance = spiff.start(house.own, "p", {}, house)
    instance.run()
    assert days_of(instance, house, 9) == expected


@given(
    moment=st.datetimes(datetime(2000, 1, 1), datetime(2080, 12, 31), timezones=st.just(SHANGHAI)),
    months=st.integers(1, 30),
    occurrence=st.integers(0, 40),
)
def test_every_firing_is_so_many_months_after_the_start(moment, months, occurrence):
    cycle = timing.parse_cycle(f"R/{moment.replace(tzinfo=None).isoformat()}[Asia/Shanghai]/P{months}M")
    _, armed = timing.arm(
        "timeCycle", f"R/{moment.replace(tzinfo=None).isoformat()}[Asia/Shanghai]/P{months}M", NOW, UTC
    )
    assert cycle is not None
    assert armed is not None
    assert armed.due(occurrence, UTC).astimezone(SHANGHAI) == months_after(moment, months * occurrence)


@given(seconds=st.integers(1, 10**6), occurrence=st.integers(0, 10**4))
def test_exact_spans_add_up(seconds, occurrence):
    _, armed = timing.arm("timeCycle", f"R/PT{seconds}S", NOW, SHANGHAI)
    assert armed is not None
    assert armed.due(occurrence, SHANGHAI) == NOW + timedelta(seconds=seconds * (occurrence + 1))


@pytest.mark.parametrize("cycle", ["R/2026-01-31T09:00:00+08:00/P1M", "R/P1M"])
def test_a_process_that_a_cycle_starts_keeps_the_last_day(session_factory, virtual_clock, cycle):
    virtual_clock.turn_to(max(NOW, virtual_clock.instant).replace(month=1, day=31, year=virtual_clock.instant.year + 1))
    year = virtual_clock.instant.year
    engine = toys.engine()
    begins = start("s", timer(cycle.replace("2026", str(year)), "timeCycle"))
    with session_factory() as session:
        files = {"d.bpmn": drawing("s -> a -> end", begins, element("task", "a")).encode()}
        definitions.deploy(engine, session, toys.ROOT, files, "a test")
        session.commit()
    months = []
    for _ in range(4):
        with session_factory() as session:
            due = session.query(TimerRow).one().due_at
        virtual_clock.turn_to(max(due, virtual_clock.instant))
        months.append(due.astimezone(SHANGHAI).date())
        timers.fire_due(engine, session_factory, limit=1)
    lasts = [day for day in months if day.day != monthrange(day.year, day.month)[1]]
    assert (len(set(months)), lasts) == (4, [])


def test_a_timer_armed_by_the_first_release_goes_on():
    edge = boundary("late", "a", timer("R/P1M", "timeCycle"), interrupting=False)
    diagram = drawing("start -> a -> end; late -> b -> end1", user("a"), edge, element("task", "b"))
    house = Turning(spiff.read({"d.bpmn": diagram.encode()}))
    instance = spiff.start(house.own, "p", {}, house)
    instance.run()
    for token in instance._course.live():
        for name in ("start", "leads_in"):
            token.info.get("timer", {}).pop(name, None)
    assert days_of(instance, house, 3) == ["2026-02-28", "2026-03-28", "2026-04-28"]
