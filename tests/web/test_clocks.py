"""Clocks that were found apart: shown under Operations, and settled by an administrator who says what they found."""

from datetime import timedelta

import pytest

from app.foundation import doubts


@pytest.fixture
def apart(app, town):
    """The keeper's clock was found three seconds ahead."""
    house = app.extensions["tenderway"]
    house.in_transaction(lambda s: doubts.note(s, which="keeper", node="here", apart=timedelta(seconds=3)))
    with house.sessions() as session:
        return doubts.unseen(session)[0].id


def test_operations_say_that_clocks_are_apart(sign_in, apart):
    assert "No bids are opened and no lot fails" in sign_in("administrator").get("/operations").text
    assert "3.0 seconds ahead" in sign_in("auditor").get("/operations/clocks").text


def test_an_administrator_says_what_they_found(sign_in, apart):
    administrator = sign_in("administrator")
    administrator.submit(f"/operations/clocks/{apart}", reasons="NTP was off; set right")
    assert "All clocks agree" in administrator.get("/operations/clocks").text


def test_without_a_word_nothing_is_settled(sign_in, apart):
    answer = sign_in("administrator").submit(f"/operations/clocks/{apart}", reasons=" ")
    assert (answer.status_code, "3.0 seconds ahead" in answer.text) == (422, True)


def test_an_auditor_only_looks(sign_in, apart):
    assert sign_in("auditor").submit(f"/operations/clocks/{apart}", reasons="x").status_code == 403
