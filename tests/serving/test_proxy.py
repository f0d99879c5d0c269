"""The proxy that ships: it streams bodies, gives acts their time, and lets slow headers go."""

import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from tests.house.test_serving import free_port
from tests.serving.conftest import answered, asking, until

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx isn't installed (tests/serving/prepare.sh)")


def here(folder: Path, port: int, behind: int) -> str:
    """The configuration that ships, on ports and in a folder of the test's, without the certificate."""
    said = CONFIGURATION.read_text()
    for found, instead in {
        "/run/nginx.pid": f"{folder}/pid",
        "/var/log/nginx/error.log": f"{folder}/error.log",
        "127.0.0.1:8000": f"127.0.0.1:{behind}",
        "listen 443 ssl;": f"listen 127.0.0.1:{port};",
        "    access_log off;": "    access_log off;\n"
        + "\n".join(f"    {kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy")),
    }.items():
        assert found in said, found
        said = said.replace(found, instead)
    return "\n".join(line for line in said.splitlines() if not line.strip().startswith("ssl_"))


@pytest.fixture
def proxy(tmp_path, server):
    """nginx before the server; the port it listens at."""
    port = free_port()
    file = tmp_path / "nginx.conf"
    file.write_text(here(tmp_path, port, server.port))
    process = subprocess.Popen([NGINX, "-c", str(file), "-p", str(tmp_path), "-g", "daemon off;"])
    yield port
    process.terminate()
    process.wait()


@pytest.fixture
def through(proxy):
    """Opens connections to the proxy."""
    import socket

    opened = []

    def act():
        def tried():
            try:
                opened.append(socket.create_connection(("127.0.0.1", proxy), timeout=20))
            except OSError:
                return False
            return True

        assert until(tried)
        return opened[-1]

    yield act
    for connection in opened:
        connection.close()


def test_a_body_reaches_the_server_while_it_is_still_being_sent(server, running, through):
    with running():
        connection = through()
        connection.sendall(asking("/task", length=8) + b"half")
        assert until(lambda: any(channel.body_so_far() == 4 for channel in server._channels()))
        connection.sendall(b"half")
        assert answered(connection)


def test_who_waits_for_an_act_is_answered_when_it_is_decided(server, application, running, through):
    with running():
        connection = through()
        connection.sendall(asking("/task/wait") + b"body")
        application.began.acquire(timeout=20)
        threading.Timer(0.1, application.go.set).start()
        assert answered(connection)


def test_520_slow_connections_silence_nobody(server, running, through):
    with running():
        for _ in range(520):
            through().sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        connection = through()
        connection.sendall(asking("/alive", "GET", 0))
        assert answered(connection)
