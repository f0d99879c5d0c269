"""The keeper's rules: a key is held until its deadline, moves later only, and everything is logged."""

import os
import sqlite3
from datetime import UTC, datetime, timedelta

import orjson
import pyrage
import pytest
from pyrage import x25519

from app.foundation.clock import VirtualClock
from app.keeper import DeadlineNotAhead, KeyDamaged, KeyNotDue, KeyReleased, KeyUnknown, conversations, logs
from app.keeper.conversations import SecretOpen
from app.keeper.logs import Log, LogBroken
from app.keeper.refusals import DeadlineTooFar
from app.keeper.vaults import Vault

START = datetime(2026, 3, 2, 4, tzinfo=UTC)
DEADLINE = datetime(2026, 3, 25, 1, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def turned():
    return VirtualClock(START)


@pytest.fixture
def master():
    return os.urandom(32)


@pytest.fixture
def open_vault(tmp_path, turned, master):
    opened = []

    def act():
        for vault in opened:
            vault.close()
        opened.append(Vault(tmp_path / "keys.db", master, Log(tmp_path / "log.jsonl"), lambda: turned.instant))
        return opened[-1]

    yield act
    for vault in opened:
        vault.close()


@pytest.fixture
def vault(open_vault):
    return open_vault()


def acts(tmp_path):
    return [line["act"] for line in logs.read(tmp_path / "log.jsonl")]


def test_what_is_sealed_to_the_public_half_opens_with_the_private_one_after_the_deadline(vault, turned):
    recipient = vault.create("lot", DEADLINE)
    sealed = pyrage.encrypt(b"a bid", [x25519.Recipient.from_str(recipient)])
    turned.turn_to(DEADLINE)
    assert pyrage.decrypt(sealed, [x25519.Identity.from_str(vault.release("lot"))]) == b"a bid"


@pytest.mark.parametrize("early", [timedelta(microseconds=1), SECOND, timedelta(days=20)])
def test_before_the_deadline_the_key_is_refused(vault, turned, early):
    vault.create("lot", DEADLINE)
    turned.turn_to(DEADLINE - early)
    with pytest.raises(KeyNotDue):
        vault.release("lot")


def test_making_a_key_again_finds_the_first_one(vault):
    assert vault.create("lot", DEADLINE) == vault.create("lot", DEADLINE)


def test_a_later_deadline_holds_the_key_longer(vault, turned):
    vault.create("lot", DEADLINE)
    vault.extend("lot", DEADLINE + SECOND)
    turned.turn_to(DEADLINE)
    with pytest.raises(KeyNotDue):
        vault.release("lot")


def test_a_moved_key_is_still_the_same_key(vault, turned):
    recipient = vault.create("lot", DEADLINE)
    vault.extend("lot", DEADLINE + SECOND)
    turned.turn_to(DEADLINE + SECOND)
    assert str(x25519.Identity.from_str(vault.release("lot")).to_public()) == recipient


def test_an_earlier_deadline_is_refused(vault):
    vault.create("lot", DEADLINE)
    with pytest.raises(DeadlineNotAhead):
        vault.extend("lot", DEADLINE - SECOND)
    with pytest.raises(DeadlineNotAhead):
        vault.create("lot", DEADLINE - SECOND)
    assert vault.deadline("lot") == DEADLINE


def test_no_key_is_made_for_a_deadline_that_has_passed(vault):
    with pytest.raises(DeadlineNotAhead):
        vault.create("lot", START)


def test_a_key_that_was_given_out_is_not_held_again(vault, turned):
    vault.create("lot", DEADLINE)
    turned.turn_to(DEADLINE)
    vault.release("lot")
    with pytest.raises(KeyReleased):
        vault.extend("lot", DEADLINE + SECOND)


def test_the_next_tender_of_a_lot_gets_another_key(vault, turned):
    first = vault.create("lot", DEADLINE)
    turned.turn_to(DEADLINE)
    vault.release("lot")
    assert vault.create("lot", DEADLINE + timedelta(days=30)) != first
    with pytest.raises(KeyNotDue):
        vault.release("lot")


def test_an_unknown_lot_has_no_key(vault):
    with pytest.raises(KeyUnknown):
        vault.release("lot")


def test_keys_are_still_there_after_a_restart(open_vault, turned):
    recipient = open_vault().create("lot", DEADLINE)
    turned.turn_to(DEADLINE)
    assert str(x25519.Identity.from_str(open_vault().release("lot")).to_public()) == recipient


def test_the_private_half_stands_nowhere_in_the_keepers_files(vault, turned, tmp_path):
    vault.create("lot", DEADLINE)
    turned.turn_to(DEADLINE)
    identity = vault.release("lot")
    contents = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert identity.encode() not in contents


def test_a_deadline_edited_in_the_keepers_file_opens_nothing(open_vault, turned, tmp_path):
    open_vault().create("lot", DEADLINE)
    with sqlite3.connect(tmp_path / "keys.db") as file:
        file.execute("UPDATE lot_key SET deadline_at = ?", (START.isoformat(),))
    with pytest.raises(KeyDamaged):
        open_vault().release("lot")


def test_every_act_and_refusal_is_a_line_of_the_log(vault, turned, tmp_path):
    vault.create("lot", DEADLINE)
    vault.extend("lot", DEADLINE + SECOND)
    with pytest.raises(KeyNotDue):
        vault.release("lot")
    turned.turn_to(DEADLINE + SECOND)
    vault.release("lot")
    assert acts(tmp_path) == ["create", "extend", "refuse", "release"]
    assert logs.verify(tmp_path / "log.jsonl") == 4


def test_a_line_that_was_changed_breaks_the_log(vault, turned, tmp_path):
    vault.create("lot", DEADLINE)
    vault.extend("lot", DEADLINE + SECOND)
    path = tmp_path / "log.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"lot":"lot"', b'"lot":"not"', 1))
    with pytest.raises(LogBroken, match="line 1 was changed"):
        logs.verify(path)


def test_a_log_that_lost_its_end_stops_the_keeper(open_vault, tmp_path):
    vault = open_vault()
    vault.create("lot", DEADLINE)
    vault.extend("lot", DEADLINE + SECOND)
    path = tmp_path / "log.jsonl"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(LogBroken, match="line 2"):
        open_vault()


def test_a_line_cut_off_by_a_crash_is_put_aside(open_vault, tmp_path):
    open_vault().create("lot", DEADLINE)
    path = tmp_path / "log.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"sequence":2,"at":"20')
    open_vault()
    assert path.read_bytes() == whole
    assert (tmp_path / "log.jsonl.torn").read_bytes() == b'{"sequence":2,"at":"20'


def test_a_refusal_cut_from_the_end_of_the_log_stops_the_keeper(open_vault, tmp_path):
    vault = open_vault()
    vault.create("lot", DEADLINE)
    with pytest.raises(KeyNotDue):
        vault.release("lot")
    path = tmp_path / "log.jsonl"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(LogBroken, match="line 2"):
        open_vault()


def test_log_and_head_changed_together_stop_the_keeper(open_vault, tmp_path):
    open_vault().create("lot", DEADLINE)
    path = tmp_path / "log.jsonl"
    line = next(logs.read(path)) | {"lot": "another"}
    line["hash"] = logs.digest(line)
    path.write_bytes(orjson.dumps(line) + b"\n")
    with sqlite3.connect(tmp_path / "keys.db") as file:
        file.execute("UPDATE log_head SET hash = ?", (line["hash"],))
    with pytest.raises(LogBroken, match="changed from outside"):
        open_vault()


def test_nobody_shuts_a_lots_bids_away_for_ever(vault):
    vault.create("lot", DEADLINE)
    with pytest.raises(DeadlineTooFar):
        vault.extend("lot", DEADLINE.replace(year=9998))
    with pytest.raises(DeadlineTooFar):
        vault.create("other", DEADLINE.replace(year=9998))
    assert vault.deadline("lot") == DEADLINE


def test_a_secret_that_others_can_read_is_refused(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("ab" * 32)
    secret.chmod(0o644)
    with pytest.raises(SecretOpen):
        conversations.secret_in(secret)
