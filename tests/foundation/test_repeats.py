"""One form, one act: the same form sent again gets the first answer."""

from datetime import timedelta

from app.foundation import repeats
from app.foundation.actor import Actor
from app.foundation.repeats import FormKey

CHEN, ZHOU = Actor("chen", "陈晓"), Actor("zhou", "周敏")


def act(session, actor=CHEN, key="k1", place="/done"):
    found = repeats.earlier(session, actor, key)
    if found is None:
        repeats.answer(session, actor, key, place)
    return found


def test_a_form_sent_again_gets_the_answer_of_its_act(session):
    assert (act(session), act(session, place="/elsewhere")) == (None, "/done")


def test_an_act_that_was_undone_has_no_answer(session):
    act(session)
    session.rollback()
    assert act(session) is None


def test_a_key_is_its_persons_own(session):
    act(session)
    assert act(session, ZHOU) is None


def test_every_form_has_another_key():
    assert repeats.new_key() != repeats.new_key()


def test_old_keys_are_forgotten(session, virtual_clock):
    act(session)
    session.commit()
    virtual_clock.turn(timedelta(days=8))
    act(session, key="k2")
    assert [row.key for row in session.query(FormKey)] == ["k2"]
