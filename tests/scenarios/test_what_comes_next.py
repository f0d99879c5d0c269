"""After an act: the way leads on in the same case, others are told of in roles, and no expert is named before they come."""

import pytest
from sqlalchemy import select

from app.demonstration import lives, town
from app.engine.records import OpenTaskRow
from tests import memory


def task_of(play, element_id, holder_id=None):
    """The id of an open task of the case."""
    with play.looking() as session:
        query = select(OpenTaskRow).where(
            OpenTaskRow.instance_id == play.instance_id, OpenTaskRow.element_id == element_id
        )
        return next(task.id for task in session.scalars(query) if holder_id in (None, task.holder_id))


@pytest.fixture
def called(play, case):
    """Experts are called, none has answered; the id of the task by which the agency had them drawn."""
    memory.played(play, case, (*lives.FIRST_HALF, lives.bid, lives.open_bids))
    with play.looking() as session:
        zheng = town.actor(session, "zheng").id
    play.do("zhou", "appoint_representative", {"account": zheng})
    drawn = task_of(play, "set_draw_criteria")
    play.do("sun", "set_draw_criteria", {"specialities": ["C04"]})
    return drawn


def test_the_way_leads_to_the_next_step_of_the_same_case_though_older_tasks_wait(play, person, case):
    play.begin("chen")
    lives.play_all(play, case, lives.FIRST_HALF[:2])
    play.next_day()
    planned = task_of(play, "plan")
    play.do("chen", "plan", lambda shown: case.planned(shown.values))
    assert "Next step of this case: Choose the method" in person("chen").open(f"/tasks/{planned}/done").text_content()


def test_the_agency_learns_no_experts_name_before_they_have_answered(play, person, called):
    person("sun").open(f"/tasks/{called}/done")
    said = person("sun").open(f"/tasks/{called}/done").text_content()
    assert "An expert" in said
    assert [name for _, name, *_ in town.EXPERTS if name.partition(" ")[0] in said] == []


def test_who_sees_only_a_part_is_told_what_comes_next(play, person, called):
    expert_id = play.holders("answer_call")[0]
    login, answered = lives.login_of(play, expert_id), task_of(play, "answer_call", expert_id)
    play.do(login, "answer_call", {"decision": "accept", "agreed": True})
    said = person(login).open(f"/tasks/{answered}/done").text_content()
    assert "What happens next" in said
    assert "it will be in your inbox" in said
