"""Timers: literals, expressions, cycles, calendars."""

import pytest
from drawing import boundary, catch, drawing, event_sub, start, timer, until, user
from steps import COMPLETED, advance, begin, done, expect


def waits(value, kind="timeDuration"):
    return drawing("start -> t -> end", catch("t", timer(value, kind)))


@pytest.mark.parametrize(
    ("value", "kind", "due"),
    [
        ("P1D", "timeDuration", "2026-03-03T09:00:00+08:00"),
        ("PT36H", "timeDuration", "2026-03-03T21:00:00+08:00"),
        ("P1M", "timeDuration", "2026-04-02T09:00:00+08:00"),
        ("P1Y2M3DT4H5M6S", "timeDuration", "2027-05-05T13:05:06+08:00"),
        ('=duration("PT90M")', "timeDuration", "2026-03-02T10:30:00+08:00"),
        ('="PT" + string(n) + "H"', "timeDuration", "2026-03-02T11:00:00+08:00"),
        ('=duration("P1M")', "timeDuration", "2026-04-02T09:00:00+08:00"),
        ("2026-03-05T12:00:00+08:00", "timeDate", "2026-03-05T12:00:00+08:00"),
        ("2026-03-05T04:00:00Z", "timeDate", "2026-03-05T12:00:00+08:00"),
        ('=date and time("2026-03-05T12:00:00@Asia/Shanghai")', "timeDate", "2026-03-05T12:00:00+08:00"),
        ('="2026-03-05T12:00:00+08:00"', "timeDate", "2026-03-05T12:00:00+08:00"),
        ("=at", "timeDate", "2026-03-09T00:00:00+08:00"),
    ],
)
def test_a_timer_is_due_when_its_value_says(play, value, kind, due):
    steps = begin(n=2, at="2026-03-09T00:00:00+08:00")
    play(waits(value, kind), steps, expect(timers=[{"element": "t", "due": due}], state="active"))


def test_a_timer_fires_exactly_when_it_is_due_and_not_before(play):
    play(
        waits("PT1H"),
        begin(),
        advance("PT59M59S"),
        expect(state="active"),
        advance("PT1S"),
        expect(timers=[], **COMPLETED),
    )


@pytest.mark.parametrize(
    ("value", "kind"),
    [("PT0S", "timeDuration"), ("2020-01-01T00:00:00Z", "timeDate"), ('=duration("-PT1H")', "timeDuration")],
)
def test_a_time_in_the_past_is_due_at_once(play, value, kind):
    play(waits(value, kind), begin(), expect(**COMPLETED))


@pytest.mark.parametrize("value", ["=null", "=5", '="soon"', "=missing"])
def test_a_value_that_is_no_time_is_an_incident(play, value):
    play(waits(value), begin(), expect(state="incident", incidents=["t"]))


def test_months_are_added_as_dates_are(play):
    diagram = waits("P1M")
    play(
        diagram,
        begin(),
        expect(timers=[{"element": "t", "due": "2026-02-28T09:00:00+08:00"}]),
        clock="2026-01-31T09:00:00+08:00",
    )


def test_a_boundary_timer_interrupts(play):
    diagram = drawing("start -> a -> end; late -> b -> end2", user("a"), boundary("late", "a", timer("PT1H")))
    play(diagram, begin(), advance("PT1H"), expect(open=[], completed=["late", "b"], never=["end"], **COMPLETED))


def test_a_boundary_timer_goes_with_its_task(play):
    diagram = drawing(
        "start -> a -> b -> end; late -> c -> end2", user("a"), user("b"), boundary("late", "a", timer("PT1H"))
    )
    play(
        diagram,
        begin(),
        done("a"),
        expect(timers=[], open=["b"]),
        advance("PT2H"),
        expect(never=["late", "c"], open=["b"]),
    )


def test_a_reminder_does_not_interrupt(play):
    diagram = drawing(
        "start -> a -> end; soon -> b -> end2", user("a"), boundary("soon", "a", timer("PT1H"), interrupting=False)
    )
    play(
        diagram,
        begin(),
        advance("PT3H"),
        expect(open=["a"], times={"soon": 1, "b": 1}, timers=[]),
        done("a"),
        expect(**COMPLETED),
    )


def test_a_cycle_fires_as_often_as_it_says_counted_from_its_due_time(play):
    diagram = drawing(
        "start -> a -> end; tick -> b -> end2",
        user("a"),
        boundary("tick", "a", timer("R3/PT1H", "timeCycle"), interrupting=False),
    )
    play(
        diagram,
        begin(),
        advance("PT90M"),
        expect(times={"b": 1}, timers=[{"element": "tick", "due": "2026-03-02T11:00:00+08:00"}]),
        advance("PT10H"),
        expect(times={"b": 3}, timers=[], open=["a"]),
    )


def test_a_cycle_without_end_goes_on_until_the_task_is_done(play):
    diagram = drawing(
        "start -> a -> end; tick -> b -> end2",
        user("a"),
        boundary("tick", "a", timer("R/P1D", "timeCycle"), interrupting=False),
    )
    play(diagram, begin(), advance("P30D"), expect(times={"b": 30}), done("a"), expect(timers=[], **COMPLETED))


def test_days_in_iso_text_are_days_of_the_calendar_and_hours_are_exact(play):
    diagram = drawing(
        "start -> f; f -> d -> end1; f -> h -> end2",
        '<bpmn:parallelGateway id="f" />', catch("d", timer("P1D")), catch("h", timer("PT24H")),
    )  # fmt: skip
    due = [{"element": "d", "due": "2026-03-03T09:00:00+08:00"}, {"element": "h", "due": "2026-03-03T09:00:00+08:00"}]
    play(diagram, begin(), expect(timers=due), advance("P1D"), expect(**COMPLETED))


def test_an_event_gateway_takes_what_happens_first(play):
    diagram = drawing(
        "start -> g; g -> soon -> a -> end; g -> later -> b -> end2",
        until("g"), catch("soon", timer("PT1H")), catch("later", timer("PT2H")),
    )  # fmt: skip
    play(
        diagram, begin(), advance("PT5H"), expect(completed=["soon", "a"], never=["later", "b"], timers=[], **COMPLETED)
    )


def test_a_timer_starts_an_event_sub_process_while_the_process_lives(play):
    handler = event_sub("e", "tick -> b -> end_e", start("tick", timer("PT1H"), interrupting=False))
    play(
        drawing("start -> a -> end", user("a"), handler),
        begin(),
        advance("PT1H"),
        expect(completed=["b", "e"], open=["a"]),
        done("a"),
        expect(**COMPLETED),
    )


def test_an_interrupting_timer_ends_everything_else_in_its_scope(play):
    handler = event_sub("e", "tick -> b -> end_e", start("tick", timer("PT1H")))
    play(
        drawing("start -> a -> end", user("a"), handler),
        begin(),
        advance("PT1H"),
        expect(completed=["b"], never=["end"], open=[], **COMPLETED),
    )


def test_timers_fire_in_the_order_in_which_they_are_due(play):
    diagram = drawing(
        "start -> f; f -> t2 -> second -> end1; f -> t1 -> first -> end2",
        catch("t1", timer("PT1H")), catch("t2", timer("PT2H")), '<bpmn:parallelGateway id="f" />',
    )  # fmt: skip
    play(diagram, begin(), advance("PT3H"), expect(order=["first", "second"], **COMPLETED))
