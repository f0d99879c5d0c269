"""How often the whole page of a task asks the database, where a case has ten times as many bids as it had."""

import pytest
from sqlalchemy import select

from app.demonstration import lives
from app.engine.records import OpenTaskRow
from app.identity.accounts import Account
from tests import growth, memory
from tests.counting import counted

MOST = 36
"""Statements of a page: 20 for what its form shows, and what stands around it (who looks on, the case, its history)."""
UNTIL_THE_COMMITTEE = (*lives.FIRST_HALF, lives.ask, lives.bid, lives.open_bids, lives.form_committee)


def qualified(play, case):
    play.do("sun", "review_qualification", lives._all_met)


def conforming(play, case):
    lives._each_member(play, "review_conformity", lives._all_met)


def ranked(play, case):
    lives.evaluate(play, case)


STEPS = {
    "review_qualification": (),
    "review_conformity": (qualified,),
    "score_bids": (qualified, conforming),
    "confirm_winner": (qualified, conforming, ranked),
}


OFFERED = {"review_qualification": "sun", "confirm_winner": "zhou"}
"""Who does what is assigned to nobody."""


@pytest.mark.parametrize("element_id", STEPS)
def test_the_page_of_a_task_asks_no_more_often_where_there_is_more_to_show(site, play, case, person, element_id):
    memory.played(play, case, (*UNTIL_THE_COMMITTEE, *STEPS[element_id]))
    with play.looking() as session:
        task = session.scalars(select(OpenTaskRow).where(OpenTaskRow.element_id == element_id)).first()
        address = f"/tasks/{task.id}"
        login = session.get(Account, task.holder_id).login if task.holder_id else OFFERED[element_id]
    before = asked(site, person(login), address)
    with site.extensions["tenderway"].database.begin() as connection:
        growth.grow(connection)
    assert len(asked(site, person(login), address)) == len(before) <= MOST


def asked(site, browser, address):
    """The statements of a page's second look."""
    browser.open(address)
    with counted(site.extensions["tenderway"].database) as said:
        browser.open(address)
    return said
