"""Secrets that are made once and kept in a file that only its owner reads."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def made_once(path: Path, content: str) -> str:
    """The content of a file, written with ``content`` (0600) if it isn't there yet; whole or not at all, also when
    several processes start at once."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(new, path)
        except FileExistsError:
            pass  # another process was faster
        finally:
            new.unlink()
    return path.read_text().strip()


def key(path: Path) -> bytes:
    """A key of 32 bytes, kept as hex digits, made at the first use."""
    return bytes.fromhex(made_once(path, secrets.token_hex(32)))
