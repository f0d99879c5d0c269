"""What leaves the house: written with the act, sent once under its key, tried again when the other side fails."""

from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller

from app.foundation import outbox
from app.foundation.outbox import GivenUp, Outgoing, Smtp


class Mailbox:
    """A mail server's inside: keeps what arrives, refuses with ``answer`` when one is set."""

    def __init__(self):
        self.received, self.answer = [], None

    async def handle_DATA(self, _server, _session, envelope):
        if self.answer:
            return self.answer
        self.received.append(envelope)
        return "250 OK"


@pytest.fixture
def mailbox():
    handler = Mailbox()
    controller = Controller(handler, hostname="127.0.0.1", port=0)
    # Port 0 lets the system choose; the controller's own readiness probe needs the number, so it is asked before.
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        controller.port = probe.getsockname()[1]
    controller.start()
    handler.sender = Smtp("127.0.0.1", controller.port, sender="office@example.org")
    yield handler
    controller.stop()


def put(session, key="k1"):
    row = outbox.mail(
        session, key=key, to=["wang@example.org"], subject="中标通知 Award", body="您已中标。\nYou have won."
    )
    session.commit()
    return row


def test_a_mail_reaches_the_server_in_both_languages(mailbox, session, session_factory):
    put(session)
    assert outbox.send_due(session_factory, {"mail": mailbox.sender}) == 1
    assert mailbox.received[0].rcpt_tos == ["wang@example.org"]


def test_what_was_sent_is_not_sent_again(mailbox, session, session_factory):
    put(session)
    outbox.send_due(session_factory, {"mail": mailbox.sender})
    assert (outbox.send_due(session_factory, {"mail": mailbox.sender}), len(mailbox.received)) == (0, 1)


def test_the_same_key_is_put_into_the_outbox_once(session):
    assert put(session).id == put(session).id


def test_an_act_that_is_rolled_back_sends_nothing(mailbox, session, session_factory):
    outbox.mail(session, key="k1", to=["wang@example.org"], subject="x", body="x")
    session.rollback()
    assert outbox.send_due(session_factory, {"mail": mailbox.sender}) == 0


def test_a_server_that_is_busy_is_tried_again_later(mailbox, session, session_factory, virtual_clock):
    mailbox.answer = "451 later"
    put(session)
    assert outbox.send_due(session_factory, {"mail": mailbox.sender}) == 0
    mailbox.answer = None
    virtual_clock.turn(outbox.FIRST_PAUSE)
    assert outbox.send_due(session_factory, {"mail": mailbox.sender}) == 1


def test_a_mail_refused_for_good_waits_for_a_person(mailbox, session, session_factory):
    mailbox.answer = "550 no such user"
    put(session)
    outbox.send_due(session_factory, {"mail": mailbox.sender})
    assert [row.last_error for row in outbox.failed(session)] == ["550 b'no such user'"]


def test_a_mail_given_up_is_sent_when_a_person_asks_for_it(mailbox, session, session_factory):
    mailbox.answer = "550 no such user"
    row = put(session)
    outbox.send_due(session_factory, {"mail": mailbox.sender})
    mailbox.answer = None
    outbox.again(session, row.id)
    session.commit()
    assert outbox.send_due(session_factory, {"mail": mailbox.sender}) == 1


def test_a_dead_receiver_keeps_nobody_else_waiting(session, session_factory):
    put(session, "k1")
    put(session, "k2")
    sent = []

    def sender(row):
        if row.key == "k1":
            raise ConnectionRefusedError("nobody there")
        sent.append(row.key)

    outbox.send_due(session_factory, {"mail": sender})
    assert sent == ["k2"]


def test_a_message_on_lease_is_left_to_its_sender(session, session_factory):
    put(session)
    inner = []
    outbox.send_due(
        session_factory, {"mail": lambda _row: inner.append(outbox.send_due(session_factory, {"mail": print}))}
    )
    assert inner == [0]


def test_a_sender_that_was_frozen_past_its_lease_cannot_say_it_failed(session, session_factory, virtual_clock):
    row = put(session)

    def frozen(_):
        virtual_clock.turn(outbox.LEASE + timedelta(seconds=1))
        outbox.send_due(session_factory, {"mail": lambda _: None})
        raise GivenUp("too late")

    outbox.send_due(session_factory, {"mail": frozen})
    session.expire_all()
    assert session.get(Outgoing, row.id).state == "sent"


def test_a_subject_cannot_smuggle_in_a_header(session):
    row = outbox.mail(session, key="k", to=["a@example.org"], subject="x\r\nBcc: spy@example.org", body="x")
    assert Smtp("localhost").compose(row)["Bcc"] is None
