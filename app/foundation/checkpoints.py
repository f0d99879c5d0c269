"""Checkpoints: what the ends of all chains were at a moment, signed, chained and kept elsewhere too.

A checkpoint names the chains that went on since the one before it (now and then all), so that the last one proves them
all. Its file, or the short note that is published and mailed, shows a journal that was cut or hashed anew as a whole: who
changes the database can't change what others keep. It is signed (Ed25519) with a key that is made of the journal's.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock, outbox
from app.foundation.database import journal_key
from app.foundation.journal import GENESIS, JournalCheckpoint, JournalEntry, JournalHead, Violation

FORMAT = "tenderway-checkpoint/1"
ANYWAY = timedelta(hours=1)
"""How often a checkpoint is made though nothing was written."""
WHOLE = 500
"""Every how many checkpoints one names all chains."""
LATEST_KEPT = 60
"""Files of the last checkpoints that are kept; of those before, the first of each day."""

Heads = dict[str, tuple[int, str]]
"""Of each chain its last number and hash."""


class NotACheckpoint(ValueError):
    """The file holds no checkpoint."""


def make(session: Session) -> JournalCheckpoint | None:
    """Join the ends of all chains; None when nothing was written since the last checkpoint of this hour."""
    now = clock.now(session)
    last = latest(session)
    found = session.execute(select(JournalHead.case_id, JournalHead.sequence, JournalHead.hash))
    heads: Heads = {case: (sequence, hashed) for case, sequence, hashed in found}
    number = last.sequence + 1 if last else 1
    whole = last is None or last.changed is None or number % WHOLE == 0
    before = {} if whole or last is None else heads_at(session, last.sequence)
    changed = [[case, *head] for case, head in sorted(heads.items()) if before.get(case) != head]
    if not changed and last is not None and now - last.at < ANYWAY:
        return None
    row = JournalCheckpoint(
        sequence=number,
        at=now,
        heads=len(heads),
        whole=whole,
        changed=orjson.dumps(changed).decode(),
        root=_root(heads),
        previous=last.hash if last else GENESIS,
    )
    row.hash = _digest(row)
    row.signature = base64.b64encode(_signing_key(session).sign(rfc8785.dumps(note(row)))).decode()
    session.add(row)
    session.flush()
    return row


def latest(session: Session) -> JournalCheckpoint | None:
    """The last checkpoint."""
    return session.scalars(select(JournalCheckpoint).order_by(JournalCheckpoint.sequence.desc()).limit(1)).first()


def heads_at(session: Session, sequence: int) -> Heads:
    """The ends of all chains as a checkpoint has them, worked out from those up to it."""
    up_to = select(JournalCheckpoint.sequence).where(JournalCheckpoint.sequence <= sequence)
    begin = session.scalar(
        up_to.where(JournalCheckpoint.whole.is_(True)).order_by(JournalCheckpoint.sequence.desc()).limit(1)
    )
    rows = select(JournalCheckpoint.changed).where(JournalCheckpoint.sequence.between(begin or 0, sequence))
    heads: Heads = {}
    for changed in session.scalars(rows.order_by(JournalCheckpoint.sequence)):
        heads |= _read(changed)
    return heads


def _read(changed: str | None) -> Heads:
    try:
        return {str(case): (int(number), str(hashed)) for case, number, hashed in orjson.loads(changed or "[]")}
    except (ValueError, TypeError):
        return {}  # destroyed: its hash shows that


def _root(heads: Heads) -> str:
    return hashlib.sha256(orjson.dumps([[case, *head] for case, head in sorted(heads.items())])).hexdigest()


def _digest(row: JournalCheckpoint) -> str:
    content: dict[str, Any] = {
        "sequence": row.sequence,
        "at": row.at.isoformat(),
        "heads": row.heads,
        "whole": row.whole,
        "changed": hashlib.sha256((row.changed or "").encode()).hexdigest(),
        "root": row.root,
        "previous": row.previous,
    }
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def _signing_key(session: Session) -> Ed25519PrivateKey:
    seed = hmac.digest(journal_key(session.get_bind()), b"checkpoints", "sha256")
    return Ed25519PrivateKey.from_private_bytes(seed)


# -- what is kept elsewhere


def note(row: JournalCheckpoint) -> dict[str, Any]:
    """A checkpoint without the chains: what is signed, published and mailed."""
    return {
        "format": FORMAT,
        "sequence": row.sequence,
        "at": row.at.isoformat(),
        "chains": row.heads,
        "root": row.root,
        "previous": row.previous,
        "hash": row.hash,
    }


def signed(session: Session, row: JournalCheckpoint) -> dict[str, Any]:
    """The note with its signature, and the public key that it is checked with (base64)."""
    public = base64.b64encode(_signing_key(session).public_key().public_bytes_raw()).decode()
    return {"content": note(row), "signature": {"algorithm": "Ed25519", "key": public, "value": row.signature}}


def export(session: Session, row: JournalCheckpoint, folder: Path) -> Path:
    """Write a checkpoint's file, with the ends of all chains; older files are thinned out to one a day."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    whole = {
        **signed(session, row),
        "heads": {case: list(head) for case, head in heads_at(session, row.sequence).items()},
    }
    path = folder / f"{row.at:%Y%m%d}-{row.sequence:09}.json"
    new = path.with_suffix(".new")
    new.write_bytes(orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
    new.replace(path)
    _thin(folder)
    return path


def _thin(folder: Path) -> None:
    files = sorted(folder.glob("????????-?????????.json"))
    first_of_day = {file.name[:8]: file for file in reversed(files)}
    for file in files[:-LATEST_KEPT]:
        if first_of_day[file.name[:8]] != file:
            file.unlink()


def tell_witnesses(session: Session, row: JournalCheckpoint, addresses: Iterable[str]) -> None:
    """Mail the first checkpoint of each day to those who keep them."""
    text = orjson.dumps(signed(session, row), option=orjson.OPT_INDENT_2).decode()
    for address in addresses:
        outbox.mail(
            session,
            key=f"checkpoint:{row.at:%Y-%m-%d}:{address}",
            to=[address],
            subject=f"Checkpoint {row.sequence} of the journal 存证检查点",
            body=f"Please keep this. Saved as a file it shows whether the journal was changed later "
            f"(flask --app run verify --against FILE).\n请妥善保存。保存为文件后，可据此核验存证日志日后是否被改动。\n\n{text}\n",
        )


# -- checking


def violations(session: Session) -> Iterator[Violation]:
    """Where a checkpoint was changed or is missing, and where the chains aren't as the last one has them."""
    number, previous, last = 0, GENESIS, None
    rows = select(JournalCheckpoint).order_by(JournalCheckpoint.sequence).execution_options(yield_per=500)
    for row in session.scalars(rows):
        for missing in range(number + 1, row.sequence):
            yield Violation("journal_checkpoint", str(missing), None, "missing")
        if row.sequence == number + 1 and row.previous != previous:
            yield Violation("journal_checkpoint", str(row.sequence), "previous", "it doesn't follow the one before it")
        if row.changed is not None:
            if row.hash != _digest(row):
                yield Violation("journal_checkpoint", str(row.sequence), "hash", "it was changed after it was made")
            elif not _is_signed(session, note(row), row.signature):
                yield Violation("journal_checkpoint", str(row.sequence), "signature", "somebody else signed it")
            last = row
        number, previous = row.sequence, row.hash
    if last is not None:
        yield from _compared(session, heads_at(session, last.sequence), last.sequence)


def against(session: Session, kept: Mapping[str, Any]) -> Iterator[Violation]:
    """Where the journal isn't what a checkpoint says that was kept elsewhere (a file's or a note's content).

    :raises NotACheckpoint:
    """
    try:
        content, signature = dict(kept["content"]), kept["signature"]["value"]
        number, hashed = int(content["sequence"]), str(content["hash"])
        heads = {str(case): (int(head[0]), str(head[1])) for case, head in dict(kept.get("heads", {})).items()}
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise NotACheckpoint("this is no checkpoint") from error
    if content.get("format") != FORMAT:
        raise NotACheckpoint(f"this is no checkpoint of the form {FORMAT}")
    if not _is_signed(session, content, signature):
        yield Violation(
            "journal_checkpoint", str(number), "signature", "the kept one isn't signed with this instance's key"
        )
    row = session.get(JournalCheckpoint, number)
    if row is None:
        yield Violation("journal_checkpoint", str(number), None, "missing")
    elif row.hash != hashed:
        yield Violation("journal_checkpoint", str(number), "hash", "it isn't the one that was kept")
    if heads and content.get("root") != _root(heads):
        yield Violation(
            "journal_checkpoint", str(number), "root", "the kept file doesn't hold the chains it was made of"
        )
    if heads or row is not None:
        yield from _compared(session, heads or heads_at(session, number), number)


def _is_signed(session: Session, content: Mapping[str, Any], signature: str | None) -> bool:
    try:
        value = base64.b64decode(signature or "", validate=True)
        _signing_key(session).public_key().verify(value, rfc8785.dumps(dict(content)))
    except (InvalidSignature, ValueError, rfc8785.CanonicalizationError):
        return False
    return True


def _compared(session: Session, heads: Heads, number: int) -> Iterator[Violation]:
    """Where the entries that were the ends of the chains aren't there any more, or are others."""
    left = dict(heads)
    entries = select(JournalEntry.id, JournalEntry.case_id, JournalEntry.sequence, JournalEntry.hash)
    for identity, case, sequence, hashed in session.execute(entries.execution_options(yield_per=1000)):
        head = left.get(case)
        if head is None or head[0] != sequence:
            continue
        del left[case]
        if head[1] != hashed:
            yield Violation(
                "journal_entry", identity, "hash", f"checkpoint {number} has another one for {case}/{sequence}"
            )
    for case, (sequence, _) in sorted(left.items()):
        yield Violation("journal_entry", f"{case}/{sequence}", None, "missing")
    there = {head.case_id: head.sequence for head in session.scalars(select(JournalHead))}
    for case, (sequence, _) in sorted(heads.items()):
        if there.get(case, 0) < sequence:
            what = "missing" if case not in there else f"checkpoint {number} saw the chain at {sequence} already"
            yield Violation("journal_head", case, None if case not in there else "sequence", what)
