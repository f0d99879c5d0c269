"""``python -m app.sealer``: forks a process for each bid that it is asked to have sealed.

Its standard input is a socket; each message brings a connection, over which the order comes, and the file to write to.
It ends when the other side of that socket does. What a bid holds is seen by its own process alone, which may take so much
of the machine and leaves no core behind.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import socket
import sys

import orjson

from app.sealer import work

MEMORY = 512 * 1024 * 1024
"""Bytes of address space that the process of one bid may have."""
SECONDS = 120
"""Seconds of a processor that it may use."""


def main() -> int:
    """Fork until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all; who serves ends us when it is done
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that end
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.freeze()
    with socket.socket(fileno=os.dup(0)) as asking:
        while True:
            said, handles, _, _ = socket.recv_fds(asking, 16, 2)
            if not said:
                return 0
            if os.fork() == 0:
                try:
                    asking.close()
                    _seal(*handles)
                finally:
                    os._exit(0)
            for handle in handles:
                os.close(handle)


def _seal(connection: int, target: int) -> None:
    """Answer with what was written, or with the kind of what went wrong: no word of the bid leaves in clear."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    with socket.socket(fileno=connection) as asked, open(target, "wb") as written:
        try:
            with asked.makefile("rb") as source:
                answer = work.seal(source, written)
        except Exception as error:  # noqa: BLE001 - told by its kind alone, whatever it is
            answer = {"failed": type(error).__name__}
        asked.sendall(orjson.dumps(answer) + b"\n")


if __name__ == "__main__":
    sys.exit(main())
