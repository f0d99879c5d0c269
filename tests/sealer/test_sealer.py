"""The process that seals bids: what it is given, what comes of one that breaks down, and when it ends."""

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import threading
import time
from contextlib import closing
from pathlib import Path

import pyrage
import pytest
from pyrage import x25519

from app import sealer
from app.foundation import ciphers
from app.sealer import Order, client

KEY = bytes(range(32))
IDENTITY = x25519.Identity.generate()
CONTENT = {
    "price": "570,000",
    "prices": {"i": "285000"},
    "responses": {"r": {"value": "满足", "deviation": "none"}},
    "declarations": ["true"],
    "delivery_days": "30",
    "validity_days": "90",
}
FILE = os.urandom(3_000_000)
PATIENCE = 20


def pieces(data=FILE, key=KEY):
    """A file's pieces as they are stored."""
    return [ciphers.encrypted(data[start : start + 1_000_000], key) for start in range(0, len(data), 1_000_000)]


def order(data=FILE, *, key=KEY, recipient=None, **changes):
    listed = {"path": "files/001", "name": "a", "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    facts = {
        "lot_id": "l",
        "items": [{"id": "i", "name": "设备", "quantity": "2", "unit": "台"}],
        "requirements": [{"id": "r", "code": "T1"}],
        "declarations": ["true", "accepts"],
        "files": [listed | changes],
    }
    content = ciphers.written(json.dumps(CONTENT).encode(), KEY)
    return Order(key, recipient or str(IDENTITY.to_public()), content, facts)


def opened(sealed):
    """What a package holds, by path."""
    data = b"".join(sealed.pieces())
    assert (sealed.digest, sealed.size) == (hashlib.sha256(data).hexdigest(), len(data))
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(data, [IDENTITY]))) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive.getmembers()}


def test_what_comes_back_holds_the_draft_and_opens_with_the_lots_key_alone():
    with closing(sealer.seal(order(), pieces())) as sealed:
        found = opened(sealed)
    said = json.loads(found["bid.json"])
    assert found["files/001"] == FILE
    assert (said["price"], said["prices"][0]["unit_price"], said["declarations"]) == (
        "570000.00",
        "285000.00",
        ["true"],
    )


BROKEN = {
    "a file that isn't what was attached": lambda: (order(sha256="0" * 64), pieces()),
    "a file that is shorter": lambda: (order(), pieces()[:-1]),
    "a file that is longer": lambda: (order(size=2_000_000), pieces()),
    "another instance's key": lambda: (order(key=bytes(32)), pieces()),
    "no public key": lambda: (order(recipient="age1nobody"), pieces()),
    "a piece larger than any": lambda: (order(), [bytes(17 * 1024 * 1024)]),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_cant_be_sealed_is_refused_and_the_next_bid_is_sealed(what):
    with pytest.raises(sealer.SealingFailed):
        sealer.seal(*BROKEN[what]())
    with closing(sealer.seal(order(), pieces())) as sealed:
        assert opened(sealed)["files/001"] == FILE


def test_a_process_that_dies_over_a_bid_is_a_refusal():
    def killing():
        yield pieces()[0]
        for child in children(client._beside._process.pid):
            os.kill(child, signal.SIGKILL)
        yield from pieces()[1:]

    with pytest.raises(sealer.SealingFailed):
        sealer.seal(order(), killing())


def test_no_room_for_what_is_sealed_is_a_refusal(monkeypatch):
    def full():
        return open("/dev/full", "r+b", buffering=0)

    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no file that is always full")
    monkeypatch.setattr(client.tempfile, "TemporaryFile", full)
    with pytest.raises(sealer.SealingFailed):
        sealer.seal(order(), pieces())


def test_a_sealer_that_was_killed_is_started_again():
    sealer.start()
    process = client._beside._process
    process.kill()
    process.wait(PATIENCE)
    with closing(sealer.seal(order(), pieces())) as sealed:
        assert opened(sealed)["files/001"] == FILE


def test_many_bids_are_sealed_at_once():
    found = []

    def act():
        with closing(sealer.seal(order(), pieces())) as sealed:
            found.append(opened(sealed)["files/001"] == FILE)

    threads = [threading.Thread(target=act) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 8


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_is_given_no_secret_of_ours(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "only-ours-4711")
    sealer.end()
    sealer.start()
    process = client._beside._process.pid
    told = Path(f"/proc/{process}/environ").read_bytes()
    files = [os.readlink(handle) for handle in Path(f"/proc/{process}/fd").iterdir()]
    assert b"only-ours-4711" not in told
    assert not [name for name in files if name.endswith((".db", "-wal", "key", "secret"))]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_ends_with_who_started_it_however_that_ends():
    script = "import os; from app import sealer; from app.sealer import client; sealer.start(); print(client._beside._process.pid, flush=True); os._exit(9)"
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=client.ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    assert until(lambda: not alive(int(told.stdout)))


def children(process):
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(place.read_text().rpartition(")")[2].split()[1]) == process:
                yield int(place.parent.name)
        except (FileNotFoundError, ProcessLookupError):
            continue


def alive(process):
    """Whether it runs; one that ended and that nobody has asked about yet doesn't."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def until(true):
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            return False
        threading.Event().wait(0.01)
    return True
