"""A page of a PDF, as the process sees it that asks for one."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO

from app.foundation.errors import Refusal
from app.foundation.foreign import Unreadable
from app.foundation.foreign.reasons import DAMAGED
from app.foundation.text import Text
from app.viewer import limits
from app.viewer.pages import WIDTHS

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]
INHERITED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")
"""All it is told of our settings: where Python finds what it needs."""
REASONS = {
    "password": Text("it is protected by a password", "文件已加密，打开需要密码"),
    "damaged": DAMAGED,
    "large": Text("the page is too large or too complex to be shown", "该页过大或过于复杂，无法显示"),
    "page": Text("there is no such page", "没有该页"),
}
"""Why a page isn't shown."""
_turns, _places = BoundedSemaphore(limits.AT_ONCE), BoundedSemaphore(limits.WAITING)


class Busy(Refusal):
    """So many pages are being made that this one had no turn."""

    code = "viewer-busy"
    text = Text(
        "Many files are being opened at the moment. Try again in a few seconds.",
        "当前打开文件的人数较多，请稍候几秒重试。",
    )


@dataclass(frozen=True)
class Page:
    """A page of a file: how many there are, its words (the beginning of very many), and its picture as a PNG if asked for."""

    number: int
    pages: int
    words: str
    is_cut: bool
    picture: bytes


def look(pieces: Iterable[bytes], number: int, closeness: int | None = None) -> Page:
    """A page of a PDF (from 1), with its picture if ``closeness`` is a place in ``WIDTHS``.

    ``pieces`` are those of the file.

    :raises Unreadable: with what is wrong with it
    :raises Busy:
    """
    with _turn(), tempfile.TemporaryFile() as file:
        for piece in pieces:
            file.write(piece)
        file.seek(0)
        said, picture = _asked(file, number, None if closeness is None else WIDTHS[closeness])
    if "failed" in said:
        raise Unreadable(REASONS[str(said["failed"])])
    return Page(number, int(str(said["pages"])), str(said["words"]), bool(said["is_cut"]), picture)


@contextmanager
def _turn() -> Iterator[None]:
    """One of the few places at which pages are made, waited for among a few more.

    :raises Busy:
    """
    if not _places.acquire(blocking=False):
        raise Busy
    try:
        if not _turns.acquire(timeout=limits.WAIT):
            raise Busy
        try:
            yield
        finally:
            _turns.release()
    finally:
        _places.release()


def _asked(file: IO[bytes], number: int, width: int | None) -> tuple[dict[str, object], bytes]:
    """What the process says, and the picture; one that breaks down or takes too long met a page that is too large."""
    wanted = [str(number), *([] if width is None else [str(width)])]
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    command = [sys.executable, "-m", "app.viewer", *wanted]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limits.PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"failed": "large"}, b""
    line, _, picture = done.stdout.partition(b"\n")
    if done.returncode != 0 or not line:
        log.warning("a page of a PDF could not be shown: its process ended with %s", done.returncode)
        return {"failed": "large"}, b""
    said: dict[str, object] = json.loads(line)
    return said, picture
