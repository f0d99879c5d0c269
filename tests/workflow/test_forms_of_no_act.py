"""Forms that do no act: they stand in any task of any diagram, and what is entered becomes the case's."""

import pytest

from app.engine import definitions, forms, instances, tasks
from app.engine.engine import Engine
from app.engine.forms import Library
from app.engine.records import OpenTaskRow
from app.workflow.acts import ACTS
from tests.engine import toys
from tests.house.test_procedures import ROOT

FILLED = {
    "opinion": {"opinion": "The lamps are too dim."},
    "decision": {"decision": "reject", "reasons": "No budget is left."},
    "confirmation": {"confirmed": True},
    "files": {"files": ["a"], "note": "The site plan"},
    "survey": {"satisfaction": "4", "to_improve": "Earlier news"},
    "check_list": {"checks": [{"item": "Seal", "result": "in_order"}, {"item": "Date", "result": "does_not_apply"}]},
}
LACKING = {
    "opinion": {"opinion": ""},
    "decision": {"decision": "reject"},
    "confirmation": {},
    "files": {"files": []},
    "survey": {},
    "check_list": {"checks": []},
}
LIBRARY = Library(ROOT / "forms")


def test_no_act_takes_them_in():
    assert ACTS.forms.isdisjoint(FILLED)


@pytest.mark.parametrize("form", FILLED)
def test_what_is_entered_in_it_becomes_the_case_s(session_factory, form):
    drawn = toys.diagram(toys.START + toys.user("work", form=form) + toys.END + toys.flows("start", "work", "end"))
    engine = Engine(acts=ACTS, forms=LIBRARY)
    with session_factory() as session:
        assert definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": drawn}, "x") is not None
        case = instances.start(engine, session, toys.ANNA, "toy", {"earlier": 1}).id
        task = session.query(OpenTaskRow).one()
        tasks.complete(engine, session, toys.ANNA, task.id, FILLED[form])
        assert FILLED[form].items() <= instances.variables(engine, session, case).items()


@pytest.mark.parametrize("form", LACKING)
def test_it_asks_for_what_makes_it_whole(form):
    asked = LIBRARY.get(form)
    assert forms.errors(asked, forms.take(asked, LACKING[form]))
    assert not forms.errors(asked, forms.take(asked, FILLED[form]))
