"""The keeper as a process: its folder, its socket, one thread a question."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import socketserver
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from app.foundation.errors import Refusal
from app.foundation.keyfiles import made_once
from app.keeper.conversations import (
    SECONDS,
    Unproved,
    near,
    new_nonce,
    pack,
    read_line,
    secret_in,
    socket_address,
    unpack,
)
from app.keeper.logs import Log
from app.keeper.vaults import DEMONSTRATION, MACHINE, Vault

log = logging.getLogger(__name__)


class FolderOpen(Exception):
    """The keeper's folder or key can be read by others."""


class AddressTaken(Exception):
    """Somebody answers at the keeper's address already."""


def open_vault(folder: Path, turned: Callable[[], datetime] | None = None) -> Vault:
    """The vault in ``folder``: ``master-key`` (made once, 0600), ``keys.db`` and ``log.jsonl``.

    ``turned`` reads a demonstration's clock; a folder that follows the machine's refuses it. Raises FolderOpen,
    LogBroken or ClockRefused.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _refuse_open(folder)
    master = bytes.fromhex(made_once(folder / "master-key", secrets.token_hex(32)))
    _refuse_open(folder / "master-key")
    chain = Log(folder / "log.jsonl")
    old = os.umask(0o077)
    try:
        clock = MACHINE if turned is None else DEMONSTRATION
        vault = Vault(folder / "keys.db", master, chain, turned or (lambda: datetime.now(UTC)), clock)
    finally:
        os.umask(old)
    vault.began(clock)
    return vault


def _refuse_open(path: Path) -> None:
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise FolderOpen(f"{path} can be opened by others; only the keeper's own user may (chmod go= {path})")


def listen(vault: Vault, address: str, secret: Path) -> socketserver.BaseServer:
    """A server at ``address`` that answers who knows the secret; the file is made if it isn't there.

    Raises AddressTaken, or OSError when the address can't be used.
    """
    made_once(secret, secrets.token_hex(32))
    _refuse_open(secret)
    family, place = socket_address(address)
    if family is socket.AF_UNIX:
        return _UnixServer(place, vault, secret)
    return _TcpServer(family, place, vault, secret)


class _Conversation(socketserver.BaseRequestHandler):
    """One question and its answer."""

    def handle(self) -> None:
        connection: socket.socket = self.request
        server = cast(_Server, self.server)
        connection.settimeout(SECONDS)
        try:
            secret, challenge = secret_in(server.secret), new_nonce()
            connection.sendall(challenge.encode() + b"\n")
            question = unpack(secret, "house", challenge, read_line(connection))
            answer = _answer(server.vault, question)
            connection.sendall(pack(secret, "keeper", str(question.get("nonce")), answer))
        except Unproved as error:
            log.warning("hung up on a stranger: %s", error)
        except OSError as error:
            log.warning("a conversation broke off: %s", error)


def _answer(vault: Vault, question: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"result": _act(vault, question)}
    except Refusal as refusal:
        details = {name: str(value) for name, value in refusal.details.items()}
        return {"refused": refusal.code, "details": details}
    except Exception:
        log.exception("the keeper failed")
        return {"refused": "the keeper failed; its output says how", "details": {}}


def _act(vault: Vault, question: dict[str, Any]) -> str:
    act, lot_id = question.get("act"), str(question.get("lot_id", ""))
    if act == "time":
        return vault.now().isoformat()
    if act == "release":
        return vault.release(lot_id)
    if act == "allow":
        vault.allow(lot_id)
        return ""
    deadline_at = datetime.fromisoformat(str(question.get("deadline_at")))
    if act == "create":
        return vault.create(lot_id, deadline_at)
    if act == "extend":
        vault.extend(lot_id, deadline_at)
        return ""
    raise ValueError(f"unknown act {act!r}")


class _Server:
    vault: Vault
    secret: Path


class _TcpServer(_Server, socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, family: socket.AddressFamily, place: Any, vault: Vault, secret: Path) -> None:
        self.address_family, self.vault, self.secret = family, vault, secret
        super().__init__(place, _Conversation)


class _UnixServer(_Server, socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, place: str, vault: Vault, secret: Path) -> None:
        self.vault, self.secret = vault, secret
        _clear(Path(place))
        super().__init__(place, _Conversation)

    def server_bind(self) -> None:
        old = os.umask(0o177)
        try:
            with near(str(self.server_address)) as place:
                self.socket.bind(place)
        finally:
            os.umask(old)


def _clear(place: Path) -> None:
    """Remove the socket that a keeper which was killed left behind.

    :raises AddressTaken: if one answers there
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            with near(str(place)) as reached:
                probe.connect(reached)
        except ConnectionRefusedError:
            place.unlink()
            return
    raise AddressTaken(f"a keeper answers at {place} already")
