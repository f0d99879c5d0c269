"""How the house and its keeper talk: one question and one answer a connection, each a line of JSON, each proved.

Both know a shared secret and show that they do without sending it: the keeper greets with a challenge, the question
carries an HMAC-SHA256 over it, the answer one over the question's nonce. A recorded question is worth nothing later,
and who merely sits on the address can neither ask nor answer.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import rfc8785

LONGEST_LINE = 16_384
"""The most bytes of a line; whoever sends more is hung up on."""

SECONDS = 5.0
"""How long either side waits for the other."""


class Unproved(Exception):
    """The other side doesn't know the secret, or doesn't speak this language."""


def prove(secret: bytes, role: str, challenge: str, content: dict[str, Any]) -> str:
    """The proof that ``content`` comes from who knows the secret, in answer to ``challenge``."""
    said = rfc8785.dumps({"role": role, "challenge": challenge, "content": content})
    return hmac.new(secret, said, hashlib.sha256).hexdigest()


def pack(secret: bytes, role: str, challenge: str, content: dict[str, Any]) -> bytes:
    """A proved line."""
    return orjson.dumps({"content": content, "proof": prove(secret, role, challenge, content)}) + b"\n"


def unpack(secret: bytes, role: str, challenge: str, line: bytes) -> dict[str, Any]:
    """The content of a proved line.

    :raises Unproved:
    """
    try:
        said = orjson.loads(line)
        content, proof = said["content"], said["proof"]
        right = hmac.compare_digest(prove(secret, role, challenge, content), proof)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise Unproved("the line can't be read") from error
    if not right or not isinstance(content, dict):
        raise Unproved("the proof is wrong")
    return content


def read_line(connection: socket.socket) -> bytes:
    """One line without its end.

    :raises Unproved: for one that is too long or never ends
    """
    line = bytearray()
    while b"\n" not in line:
        more = connection.recv(4096)
        if not more or len(line) + len(more) > LONGEST_LINE:
            raise Unproved("the line doesn't end")
        line += more
    return bytes(line[: line.index(b"\n")])


def new_nonce() -> str:
    """A challenge that was never used."""
    return secrets.token_hex(16)


class SecretOpen(OSError):
    """The secret by which house and keeper know each other lies open to others."""


def secret_in(path: Path) -> bytes:
    """The shared secret of a file; raises FileNotFoundError, or SecretOpen when others can read it."""
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SecretOpen(f"the secret in {path} can be read by others; only its owner may (chmod go= {path})")
    return path.read_bytes().strip()


LONGEST_PLACE = 100
"""Bytes of a socket's path that every system takes: Linux 107 (unix(7)), others a few less."""


@contextmanager
def near(place: str) -> Iterator[str]:
    """A path by which a socket can be bound or reached, however deep its folder lies: on Linux through the opened folder."""
    if len(os.fsencode(place)) <= LONGEST_PLACE:
        yield place
        return
    folder = os.open(os.path.dirname(place), os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{os.path.basename(place)}"
    finally:
        os.close(folder)


def socket_address(address: str) -> tuple[socket.AddressFamily, Any]:
    """``unix:PATH`` or ``HOST:PORT`` on this machine, as the socket module takes it.

    :raises ValueError:
    """
    if address.startswith("unix:"):
        return socket.AF_UNIX, address.removeprefix("unix:")
    host, _, port = address.rpartition(":")
    if host not in ("127.0.0.1", "localhost", "[::1]") or not port.isdigit():
        raise ValueError(f"KEEPER_ADDRESS must be unix:PATH or a HOST:PORT of this machine, not {address!r}")
    if host == "[::1]":
        return socket.AF_INET6, ("::1", int(port))
    return socket.AF_INET, ("127.0.0.1", int(port))
