"""A small deadline, played against a server of its own on loopback: nothing in time is refused, nothing late is taken."""

import pytest

from measuring.load import offices, phases
from measuring.load.phases import Figure, Phase

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
PHASES = (Phase("small", 30, 1, 5), Phase("killed", 12, 2, 3, killed=True))


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: phase.name)
def test_the_last_bids_before_a_deadline_are_taken_and_the_first_after_it_are_not(
    tmp_path, monkeypatch, empty_url, phase
):
    monkeypatch.setenv("INSTANCE_FOLDER", str(tmp_path))
    with offices.opened(tmp_path, empty_url) as office:
        found = list(phases.play(office, phase, "test"))
    assert {figure.name.split(" (")[0] for figure in found} == {
        "in time refused",
        "late taken",
        "answers of 500 and more",
        "acknowledged but not stored",
        "receipts that don't verify",
        "browsing p99",
    }
    counted = [figure for figure in found if figure.unit != "s"]  # a machine that runs tests is no measure of speed
    assert [str(figure) for figure in counted if figure.is_over] == []


@pytest.fixture
def empty_url(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'tenderway.db'}"


@pytest.mark.parametrize(("value", "limit", "over"), [(0, 0, False), (1, 0, True), (5, None, False)])
def test_a_figure_breaks_its_promise_over_its_limit(value, limit, over):
    assert Figure("late taken", value, "bids", limit).is_over is over
