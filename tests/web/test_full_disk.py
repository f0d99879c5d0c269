"""A full disk keeps nobody from reading: pages to read never need a write."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from app.identity import sessions

WRITING = ("INSERT", "UPDATE", "DELETE", "BEGIN IMMEDIATE")


@pytest.fixture
def house(app):
    return app.extensions["tenderway"]


@pytest.fixture
def full(house):
    """From now on every write fails."""

    def refuse(connection, cursor, statement, *_):
        if statement.lstrip().upper().startswith(WRITING):
            raise OSError(28, "No space left on device")

    event.listen(house.database, "before_cursor_execute", refuse)
    yield
    event.remove(house.database, "before_cursor_execute", refuse)


@pytest.mark.parametrize("page", ["/inbox", "/account", "/portal", "/tenders"])
def test_a_page_to_read_needs_no_write(sign_in, virtual_clock, full_later, page):
    client = sign_in("buyer-handler")
    virtual_clock.turn(sessions.NOTED_EVERY + timedelta(minutes=1))
    full_later()
    assert client.get(page).status_code == 200


@pytest.fixture
def full_later(request):
    """Fills the disk up when it is called."""
    return lambda: request.getfixturevalue("full")


def test_that_a_session_was_used_is_written_down_later(sign_in, virtual_clock, house):
    client = sign_in("buyer-handler")
    virtual_clock.turn(sessions.NOTED_EVERY + timedelta(minutes=1))
    client.get("/inbox")
    house.in_transaction(house.uses.write)
    with house.sessions() as session:
        seen = session.query(sessions.SignedIn).order_by(sessions.SignedIn.opened_at.desc()).first().seen_at
    assert seen == virtual_clock.instant
