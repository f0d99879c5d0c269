"""A body that is too large for whoever sends it is refused at the header, before a byte of it is taken in."""

import socket
import threading

from app.foundation import limits, vouchers
from app.serving import bodies, servers
from tests.serving.conftest import PATIENCE

KNOWN = vouchers.vouched("secret", "token")
SIZES = bodies.by_cookies("secret", "tenderway", 1000 * limits.STRANGERS)


def test_a_strangers_large_body_is_refused_at_the_header():
    asked = []
    made = servers.listen(
        lambda environ, _start: asked.append(environ),
        host="127.0.0.1",
        port=0,
        threads=2,
        bidding=1,
        trusts_proxy=False,
        largest_body=SIZES,
    )
    thread = threading.Thread(target=made.run)
    thread.start()
    try:
        with socket.create_connection(("127.0.0.1", made.port), timeout=PATIENCE) as connection:
            head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {limits.STRANGERS + 1}\r\n\r\n"
            connection.sendall(head.encode())
            assert b" 413 " in connection.recv(1000)
    finally:
        made.stop()
        thread.join(PATIENCE)
    assert asked == []


def test_only_what_was_given_out_here_lets_a_large_body_in():
    strange = ("", "tenderway=token", f"tenderway={KNOWN}0", f"other={KNOWN}")
    assert SIZES(f"tenderway={KNOWN}") == 1000 * limits.STRANGERS
    assert {SIZES(said) for said in strange} == {limits.STRANGERS}
