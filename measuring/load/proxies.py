"""The proxy that ships, on ports of its own: ``deploy/nginx.conf`` without the certificate."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

CONFIGURATION = Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf"
PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
"""Debian's nginx, or None where it isn't installed."""
_LISTEN, _BEHIND = "listen 443 ssl;", "127.0.0.1:8000"


def adapted(folder: Path, port: int, behind: int) -> str:
    """The configuration with these ports, and all it writes in ``folder``."""
    said = CONFIGURATION.read_text()
    for found, instead in {
        "/run/nginx.pid": f"{folder}/nginx.pid",
        "/var/log/nginx/error.log": f"{folder}/nginx.log",
        _BEHIND: f"127.0.0.1:{behind}",
        _LISTEN: f"listen 127.0.0.1:{port};",
        "    access_log off;": "    access_log off;\n"
        + "\n".join(f"    {kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy")),
    }.items():
        if found not in said:
            raise ValueError(f"{CONFIGURATION.name} has no {found!r} any more")
        said = said.replace(found, instead)
    return "\n".join(line for line in said.splitlines() if not line.strip().startswith("ssl_"))


@contextmanager
def before(folder: Path) -> Iterator[Callable[[int], int]]:
    """What starts a proxy before a port and gives the port it listens at; ended at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start(behind: int) -> int:
        assert PROGRAM is not None, "asked for only where it is installed"
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = int(probe.getsockname()[1])
        file = folder / f"nginx-{port}.conf"
        file.write_text(adapted(folder, port, behind))
        started.append(subprocess.Popen([PROGRAM, "-c", str(file), "-p", str(folder), "-g", "daemon off;"]))
        _wait(port)
        return port

    try:
        yield start
    finally:
        for process in started:
            process.terminate()
            process.wait()


def _wait(port: int) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
