"""The keeper as a real process: started, asked, killed, started again."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyrage import x25519

from app.foundation.clock import KeptClock
from app.keeper import ClocksApart, DeadlineNotAhead, KeeperAway, KeyNotDue, KeyUnknown, logs
from app.keeper.client import RemoteKeeper
from app.keeper.conversations import near, new_nonce, pack
from app.keeper.processes import Beside
from config import Config

ROOT = Path(__file__).parents[2]
HOUR = timedelta(hours=1)


class Process:
    """A keeper in a folder of its own; ``address`` is unix:… or HOST:PORT."""

    def __init__(self, folder: Path, address: str, clock=None):
        self.folder, self.address = folder, address
        self.process = None
        self.client = RemoteKeeper(address, folder / "secret", now=clock and (lambda: clock.instant))

    def start(self, *arguments):
        environment = {
            **os.environ,
            "INSTANCE_FOLDER": str(self.folder),
            "KEEPER_ADDRESS": self.address,
            "KEEPER_FOLDER": str(self.folder / "keeper"),
            "KEEPER_SECRET_PATH": str(self.folder / "secret"),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.keeper", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return self.process.stdout.readline()

    def kill(self):
        self.process.kill()
        self.process.communicate()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=10)
        return self.process.returncode

    def raw(self):
        """A connection to its socket, from somebody who needn't know the secret."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(5)
        with near(self.address.removeprefix("unix:")) as place:
            connection.connect(place)
        return connection


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(params=["unix", "unix in a deep folder", "tcp"])
def keeper(request, tmp_path):
    deep = tmp_path / ("deep" * 30) if "deep" in request.param else tmp_path
    address = f"127.0.0.1:{free_port()}" if request.param == "tcp" else f"unix:{deep / 'k.socket'}"
    process = Process(tmp_path, address)
    assert "keeps the keys" in process.start()
    yield process
    if process.process.poll() is None:
        process.kill()


@pytest.fixture
def unix(tmp_path):
    process = Process(tmp_path, f"unix:{tmp_path / 'k.socket'}")
    assert "keeps the keys" in process.start()
    yield process
    if process.process.poll() is None:
        process.kill()


def test_it_makes_a_key_and_keeps_it_until_its_own_clock_says_so(keeper):
    deadline = datetime.now(UTC) + timedelta(seconds=4)
    recipient = keeper.client.create("lot", deadline)
    with pytest.raises(KeyNotDue):
        keeper.client.release("lot")
    while datetime.now(UTC) < deadline:
        time.sleep(0.05)  # the keeper's clock is the machine's: nobody turns it
    assert str(x25519.Identity.from_str(keeper.client.release("lot")).to_public()) == recipient


def test_asked_a_moment_early_it_is_waited_for(unix):
    deadline = datetime.now(UTC) + timedelta(seconds=3)
    unix.client.create("lot", deadline)
    while datetime.now(UTC) < deadline - timedelta(seconds=0.5):
        time.sleep(0.05)
    assert unix.client.release("lot").startswith("AGE-SECRET-KEY-")
    assert datetime.now(UTC) >= deadline


def test_its_refusals_come_across_as_what_they_are(keeper):
    keeper.client.create("lot", datetime.now(UTC) + HOUR)
    with pytest.raises(DeadlineNotAhead, match="holds the key of this lot until"):
        keeper.client.extend("lot", datetime.now(UTC))
    with pytest.raises(KeyUnknown):
        keeper.client.release("another lot")


def test_keys_outlive_a_kill(unix):
    recipient = unix.client.create("lot", datetime.now(UTC) + HOUR)
    unix.kill()
    with pytest.raises(KeeperAway):
        unix.client.create("lot", datetime.now(UTC) + HOUR)
    unix.start()
    assert unix.client.create("lot", datetime.now(UTC) + 2 * HOUR) == recipient
    assert logs.verify(unix.folder / "keeper" / "log.jsonl") == 4


def test_only_its_own_user_reads_its_files(unix):
    unix.client.create("lot", datetime.now(UTC) + HOUR)
    paths = [unix.folder / "secret", unix.folder / "keeper", *(unix.folder / "keeper").iterdir()]
    assert {path.name for path in paths if path.stat().st_mode & 0o077} == set()


def test_it_does_not_start_on_a_key_that_others_can_read(unix):
    unix.end()
    (unix.folder / "keeper" / "master-key").chmod(0o644)
    unix.start()
    assert "can be opened by others" in unix.process.communicate(timeout=10)[1]


def test_it_ends_when_it_is_told_to(unix):
    assert unix.end() == 0


def test_a_second_one_at_the_same_address_does_not_start(unix):
    second = Process(unix.folder, unix.address)
    second.start()
    _, said = second.process.communicate(timeout=10)
    assert (second.process.returncode, "answers at" in said) == (1, True)


def test_who_does_not_know_the_secret_is_told_nothing(unix):
    with unix.raw() as connection:
        challenge = connection.recv(100).decode().strip()
        connection.sendall(pack(b"guessed", "house", challenge, {"act": "time", "nonce": new_nonce()}))
        assert connection.recv(100) == b""


def test_a_recorded_question_is_worth_nothing_later(unix):
    secret = (unix.folder / "secret").read_bytes().strip()
    with unix.raw() as connection:
        question = pack(secret, "house", connection.recv(100).decode().strip(), {"act": "time", "nonce": new_nonce()})
        connection.sendall(question)
        assert json.loads(connection.recv(1000))["content"]["result"]
    with unix.raw() as connection:
        connection.recv(100)
        connection.sendall(question)
        assert connection.recv(100) == b""


def test_a_line_without_end_is_hung_up_on(unix):
    with unix.raw() as connection:
        connection.recv(100)
        with pytest.raises((BrokenPipeError, ConnectionResetError)):  # noqa: PT012 - whichever write finds out
            for _ in range(10_000):
                connection.sendall(b"x" * 4096)
    assert unix.client.answers()


@pytest.fixture
def stranger():
    """Somebody at the keeper's address who answers, and proves the answer with a secret of their own; what it was asked."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(30)

        def answer():
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"challenge\n")
                asked.append(json.loads(connection.recv(4096))["content"])
                nonce = asked[0]["nonce"]
                connection.sendall(pack(b"a wrong one", "keeper", nonce, {"result": "age1stranger"}))

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}", asked
        thread.join()


def test_what_sits_at_the_address_without_the_secret_is_not_believed(tmp_path, stranger):
    secret = tmp_path / "secret"
    secret.touch(mode=0o600)
    secret.write_text("01" * 32)
    address, asked = stranger
    with pytest.raises(KeeperAway, match="the proof is wrong"):
        RemoteKeeper(address, secret).release("lot")
    assert [question["act"] for question in asked] == ["release"]


def test_deadlines_are_not_set_while_the_clocks_differ(unix):
    ahead = RemoteKeeper(unix.address, unix.folder / "secret", now=lambda: datetime.now(UTC) + timedelta(seconds=3))
    with pytest.raises(ClocksApart, match=r"3\.0 seconds"):
        ahead.create("lot", datetime.now(UTC) + HOUR)


def test_beside_a_serving_process_it_is_started_and_started_again(tmp_path, monkeypatch):
    monkeypatch.setenv("INSTANCE_FOLDER", str(tmp_path))
    settings = Config()
    beside = Beside(RemoteKeeper(settings.keeper_address, settings.keeper_secret))
    assert beside.start()
    beside._process.kill()
    beside._process.wait()
    beside.look_after()
    assert beside.client.answers()
    process = beside._process
    beside.end()
    assert (beside.client.answers(), process.returncode) == (False, 0)


def test_when_the_serving_process_dies_its_keeper_ends_too(tmp_path):
    serving = (
        "import time; from app.keeper.client import RemoteKeeper; from app.keeper.processes import Beside;"
        "from config import Config; c = Config();"
        "beside = Beside(RemoteKeeper(c.keeper_address, c.keeper_secret)); beside.start();"
        "print(beside._process.pid, flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "INSTANCE_FOLDER": str(tmp_path)}
    process = subprocess.Popen([sys.executable, "-c", serving], cwd=ROOT, env=environment, stdout=subprocess.PIPE)
    lines = iter(process.stdout.readline, b"")
    pid = next(int(line) for line in lines if line.strip().isdigit())
    process.kill()
    process.communicate()
    until = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
        time.sleep(0.05)  # the operating system closes the pipe
    assert not Path(f"/proc/{pid}").exists()


def test_where_one_answers_already_none_is_started(unix):
    beside = Beside(unix.client)
    assert beside.start()
    beside.end()
    assert unix.client.answers()


def test_its_log_is_verified_by_a_command(unix):
    unix.client.create("lot", datetime.now(UTC) + HOUR)
    unix.end()
    log = unix.folder / "keeper" / "log.jsonl"
    environment = {**os.environ, "KEEPER_FOLDER": str(unix.folder / "keeper"), "INSTANCE_FOLDER": str(unix.folder)}

    def run():
        command = [sys.executable, "-m", "app.keeper", "verify"]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)

    assert run().stdout == "2 lines, unbroken\n"
    log.write_text(log.read_text().replace('"act":"create"', '"act":"extend"'))
    assert run().returncode == 1


# -- the demonstration's clock


@pytest.fixture
def turned(tmp_path):
    """A demonstration's clock in the keeper's instance folder, a year behind the machine's."""
    clock = KeptClock(tmp_path / "demonstration" / "clock.json")
    clock.turn_to(datetime.now(UTC) - timedelta(days=365))
    return clock


def test_in_a_demonstration_it_follows_the_clock_that_is_turned(tmp_path, turned):
    keeper = Process(tmp_path, f"unix:{tmp_path / 'k.socket'}", clock=turned)
    assert "keeps the keys" in keeper.start("demonstration")
    deadline = turned.instant + HOUR
    keeper.client.create("lot", deadline)
    with pytest.raises(KeyNotDue):
        keeper.client.release("lot")
    turned.turn_to(deadline)
    assert keeper.client.release("lot").startswith("AGE-SECRET-KEY-")
    keeper.end()


def test_the_keeper_of_a_real_office_refuses_a_clock_that_can_be_turned(unix, turned):
    unix.end()
    assert unix.start("demonstration") == ""
    assert "can't start: its keys follow the clock of the machine" in unix.process.communicate()[1]


def test_the_keeper_of_a_real_office_takes_no_notice_of_such_a_clock(unix, turned):
    assert abs(unix.client.difference()[0]) < timedelta(seconds=1)


def test_the_keeper_of_a_demonstration_becomes_no_real_one(tmp_path, turned):
    keeper = Process(tmp_path, f"unix:{tmp_path / 'k.socket'}", clock=turned)
    keeper.start("demonstration")
    keeper.end()
    assert keeper.start() == ""
    assert "can't start: its keys follow the clock of the demonstration" in keeper.process.communicate()[1]
