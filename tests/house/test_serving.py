"""``python run.py`` serves, stops cleanly, and says in plain words why it can't."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


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
@pytest.mark.timeout(600)
def test_the_demonstration_town_is_there_before_it_serves(start, monkeypatch):
    monkeypatch.setenv("DEMONSTRATION", "1")
    port = free_port()
    process = start(port)
    assert "陈静" in answered(port, "/sign-in", 400)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, "Traceback" in said, "Fatal" in said) == (0, False, False)


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
