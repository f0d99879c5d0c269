"""``python run.py`` serves, stops cleanly, and says in plain words why it can't."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.demonstration.past import NOW
from app.foundation.clock import KeptClock

ROOT = Path(__file__).parents[2]
PATIENCE = 180.0


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    """A port that this test listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def start(tmp_path) -> Iterator[Callable[[int], subprocess.Popen[str]]]:
    """Starts the program on a port, with an instance folder of the test's own."""
    started: list[subprocess.Popen[str]] = []

    def run(port: int, *, cwd: Path = ROOT, instance: str = str(tmp_path)) -> subprocess.Popen[str]:
        environment = os.environ | {"PORT": str(port), "INSTANCE_FOLDER": instance}
        command = [sys.executable, str(ROOT / "run.py")]
        started.append(
            subprocess.Popen(
                command, cwd=cwd, env=environment, stderr=subprocess.PIPE, text=True, preexec_fn=hear_interrupts
            )
        )
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


def hear_interrupts() -> None:
    """A shell that runs tests in the background ignores SIGINT, and what it starts would inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def answered(port: int, path: str = "/alive", patience: float = PATIENCE) -> str:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=patience).read().decode()
        except OSError:
            time.sleep(0.1)
    raise AssertionError("it doesn't answer")


def said_first(port: int) -> tuple[int, str]:
    """What the port answers first, whatever that is."""
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()
        except OSError:
            time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_stop(start, sign):
    port = free_port()
    process = start(port)
    assert answered(port) == "alive\n"
    process.send_signal(sign)
    _, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, "Traceback" in said) == (0, False)


@pytest.mark.slow
def test_it_answers_with_its_progress_until_the_demonstration_town_is_there(start, monkeypatch):
    monkeypatch.setenv("DEMONSTRATION", "1")
    port = free_port()
    process = start(port)
    status, first = said_first(port)  # how soon it comes, the bench measures: it runs alone
    assert (status, "<progress" in first) == (503, True)
    assert "JC-2026-" in answered(port, "/portal", 400)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, "Traceback" in said, "Fatal" in said) == (0, False, False)


@pytest.mark.slow
def test_a_demonstration_goes_on_from_where_it_was_stopped(start, monkeypatch, tmp_path):
    monkeypatch.setenv("DEMONSTRATION", "1")
    clock, read = KeptClock(tmp_path / "demonstration" / "clock.json"), []
    for environment in ("1", ""):  # the second time nobody says that it is one
        monkeypatch.setenv("DEMONSTRATION", environment)
        port = free_port()
        process = start(port)
        assert "陈静" in answered(port, "/sign-in", 400)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
        read.append(clock.instant)
    assert NOW < read[0] < read[1] < NOW + timedelta(minutes=10)


@pytest.mark.slow
def test_a_demonstration_does_not_start_on_the_keys_of_a_real_office(start, monkeypatch, tmp_path):
    (tmp_path / "receipt-key").write_text("ab" * 32)
    monkeypatch.setenv("DEMONSTRATION", "1")
    process = start(free_port())
    _, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, "Traceback" in said) == (1, False)
    assert "holds another key than the demonstration's" in said


@pytest.mark.slow
def test_started_elsewhere_it_keeps_all_it_has_in_the_folder_that_is_named_from_there(start, tmp_path):
    port = free_port()
    process = start(port, cwd=tmp_path, instance="here")
    assert "alive" in answered(port)
    kept = {path.name for path in (tmp_path / "here").iterdir()}
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    assert kept >= {"tenderway.db", "keeper"}
    assert not (ROOT / "here").exists()


@pytest.mark.slow
def test_a_port_that_is_taken_is_said_in_plain_words(start, taken):
    port = taken.getsockname()[1]
    _, said = start(port).communicate(timeout=PATIENCE)
    assert f"Port {port} is taken" in said
    assert "Traceback" not in said
