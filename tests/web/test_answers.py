"""Answers to enquiries: what the agency states of them is published with them, to everybody."""

import pytest

from app.procurement import tenders
from tests.web import tendering

STATED = "changes nothing in them"


@pytest.fixture
def answered(app, town, virtual_clock):
    """A published tender with an enquiry that was answered; its id."""
    house = app.extensions["tenderway"]
    world = tendering.published(house, town, virtual_clock)
    with house.sessions() as session:
        asker, officer = tendering.actor(session, "supplier-bidder"), tendering.actor(session, "agency-officer")
        asked = tenders.ask(session, asker, tender_id=world.tender_id, text="培训如何安排？")
        tenders.answer(session, officer, question_id=asked.id, answer="培训时间由双方商定。", effect="explains")
        session.commit()
    return world.tender_id


@pytest.mark.parametrize(
    ("login", "address"),
    [
        ("supplier-bidder", "/supplier/tenders/{}"),
        ("agency-officer", "/portal/tenders/{}"),
        (None, "/portal/tenders/{}"),
    ],
    ids=["suppliers", "those who work here", "the public"],
)
def test_o87_27_what_the_agency_states_of_an_answer_is_read_by_all(client, sign_in, answered, login, address):
    page = (sign_in(login) if login else client).get(address.format(answered)).text
    assert STATED in page


def test_who_stated_it_is_read_by_those_who_run_the_tender(sign_in, answered):
    assert (
        "Agency project manager stated that it only explains"
        in sign_in("agency-officer").get(f"/tenders/{answered}/questions").text
    )
