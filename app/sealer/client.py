"""The sealer as the asking process sees it: started when it is first needed, and again if it has ended."""

from __future__ import annotations

import atexit
import logging
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from threading import RLock
from typing import IO, Any

import orjson

from app.foundation.errors import Refusal
from app.foundation.text import Text
from app.sealer.orders import Order, framed

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds for which the process of a bid may take nothing in and say nothing."""
AN_END = 5.0
"""Seconds in which it ends by itself; those that seal bids are others, and end when they are done."""
PIECE = 1024 * 1024
"""Bytes of a piece of what was sealed."""
INHERITED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")
"""All it is told of our settings: where Python finds what it needs."""


class SealingFailed(Refusal):
    """The process that seals the bid broke down, or there is no room for what it writes."""

    text = Text(
        "The bid could not be sealed, and was not submitted. Your draft is unchanged. Submit it again. "
        "If this happens again, tell the agency before the bid deadline.",
        "投标文件未能密封，本次未递交，草稿内容未变。请重新递交；如仍失败，请在投标截止时间前联系代理机构。",
    )


@dataclass(frozen=True)
class Sealed:
    """A sealed package in a file that has no name, with its SHA-256 and size; whoever has it closes it."""

    file: IO[bytes]
    digest: str
    size: int

    def pieces(self) -> Iterator[bytes]:
        """The package from its beginning, a piece at a time."""
        self.file.seek(0)
        while piece := self.file.read(PIECE):
            yield piece

    def close(self) -> None:
        """Let the file go."""
        self.file.close()


class _Beside:
    """The sealer of this process, and our end of its standard input: when we die, however we die, it ends too."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._asking: socket.socket | None = None

    def start(self) -> None:
        """Start it if it doesn't run."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                return
            if self._process is not None:
                log.warning("the sealer ended (%s); it is started again", self._process.returncode)
            self.end()
            self._asking, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "app.sealer"], cwd=ROOT, env=environment, stdin=theirs.fileno()
                )
            atexit.register(self.end)

    def hand_over(self, *handles: int) -> None:
        """Let it fork a process that gets these files.

        :raises OSError:
        """
        with self._lock:
            self.start()
            assert self._asking is not None, "it was started"
            socket.send_fds(self._asking, [b"seal"], list(handles))

    def end(self) -> None:
        """End it; a bid that is being sealed is sealed to its end."""
        with self._lock:
            atexit.unregister(self.end)
            if self._asking is not None:
                self._asking.close()
            if self._process is not None:
                with self._process as process:
                    try:
                        process.wait(AN_END)
                    except subprocess.TimeoutExpired:
                        process.kill()
            self._asking = self._process = None


_beside = _Beside()
start, end, look_after = _beside.start, _beside.end, _beside.start


def seal(order: Order, pieces: Iterable[bytes]) -> Sealed:
    """Have a bid sealed; ``pieces`` are those of its files as they are stored, file by file.

    :raises SealingFailed:
    """
    with ExitStack() as kept:
        file = kept.enter_context(tempfile.TemporaryFile())
        try:
            answer = _asked(order, pieces, file)
        except (OSError, orjson.JSONDecodeError) as error:
            answer = {"failed": str(error) or type(error).__name__}
        if "failed" in answer:
            log.error("a bid could not be sealed: %s", answer["failed"])
            raise SealingFailed
        kept.pop_all()
        return Sealed(file, answer["sha256"], answer["size"])


def _asked(order: Order, pieces: Iterable[bytes], file: IO[bytes]) -> dict[str, Any]:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            _beside.hand_over(theirs.fileno(), file.fileno())
        ours.settimeout(PATIENCE)
        with suppress(ConnectionError):  # it says why, or it is gone
            for part in chain((order.packed(),), pieces):
                ours.sendall(framed(part))
            ours.shutdown(socket.SHUT_WR)
        with ours.makefile("rb") as saying:
            answer: dict[str, Any] = orjson.loads(saying.readline())
        return answer
