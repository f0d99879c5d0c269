"""Running the keeper beside a serving process: started if nobody answers at its address, started again if it dies."""

from __future__ import annotations

import atexit
import logging
import subprocess
import sys
import time
from pathlib import Path

from app.keeper.client import RemoteKeeper

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]
PATIENCE = 10.0
"""Seconds the keeper has to come up."""


class Beside:
    """A keeper as a child process; ``client`` is how it is asked. Nothing is done where another one answers.

    It holds the other end of the child's standard input: when this process dies, however it dies, the keeper ends too.
    """

    def __init__(self, client: RemoteKeeper, *, demonstration: bool = False) -> None:
        self.client = client
        self._arguments = ["beside", *(["demonstration"] if demonstration else [])]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> bool:
        """Start it and wait until it answers; whether it does. Its output goes to ours, its settings are ours."""
        if self.client.answers():
            return True
        command = [sys.executable, "-m", "app.keeper", *self._arguments]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)
        atexit.register(self.end)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self._process.poll() is None:
            if self.client.answers():
                return True
            time.sleep(0.05)
        log.error("the keeper of the keys doesn't come up: no tender can be published and no bid opened until it does")
        return False

    def look_after(self) -> None:
        """Start it again if it has ended (a heartbeat)."""
        if self._process is not None and self._process.poll() is not None:
            log.warning("the keeper ended (%s); it is started again", self._process.returncode)
            self.end()
            self.start()

    def end(self) -> None:
        """End it, if it was started here."""
        atexit.unregister(self.end)
        if self._process is None:
            return
        with self._process as process:  # closes our end of its input
            if process.poll() is None:
                process.terminate()
                process.wait(timeout=PATIENCE)
        self._process = None
