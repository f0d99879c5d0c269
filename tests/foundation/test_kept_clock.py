"""A demonstration's clock: kept in a file, turned ahead, standing while nobody serves."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from app.foundation.clock import KeptClock

MONDAY = datetime(2026, 7, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock(tmp_path):
    made = KeptClock(tmp_path / "demonstration" / "clock.json")
    made.turn_to(MONDAY)
    return made


def let_pass(clock, duration):
    """Make the file as old as if the host's clock had gone on for so long."""
    kept = orjson.loads(clock.path.read_bytes())
    kept["since"] = (datetime.fromisoformat(kept["since"]) - duration).isoformat()
    clock.path.write_bytes(orjson.dumps(kept))


def test_it_stands_where_it_was_turned_to_until_it_goes_on(clock):
    let_pass(clock, HOUR)
    assert clock.instant == MONDAY


def test_it_runs_as_the_hosts_clock_does(clock):
    clock.go_on()
    let_pass(clock, timedelta(seconds=20))
    assert timedelta(seconds=20) <= clock.instant - MONDAY < timedelta(seconds=25)


def test_it_stops_by_itself_when_nobody_prolongs_it_and_goes_on_from_there(clock):
    clock.go_on()
    let_pass(clock, 100 * HOUR)
    stopped = clock.instant
    clock.go_on()
    assert stopped == MONDAY + KeptClock.LEASE
    assert clock.instant - stopped < timedelta(seconds=5)


def test_every_process_reads_the_same_clock(clock):
    clock.turn_to(MONDAY + 24 * HOUR)
    assert KeptClock(clock.path).instant == MONDAY + 24 * HOUR


def test_it_never_goes_back(clock):
    with pytest.raises(ValueError, match="doesn't go back"):
        clock.turn_to(MONDAY - HOUR)
    clock.go_on()
    let_pass(clock, -HOUR)
    assert clock.instant >= MONDAY


def test_without_a_file_it_is_the_hosts(tmp_path):
    assert abs(KeptClock(tmp_path / "clock.json").instant - datetime.now(UTC)) < timedelta(seconds=5)
