"""Each act's declaration is true of the code below it, and says all that a person or a diagram has to know of it."""

import ast
import inspect
import json
from functools import cache
from pathlib import Path
from textwrap import dedent
from types import FunctionType

import pytest
from sqlalchemy import select

from app.demonstration import lives
from app.engine.acts import Act
from app.procurement.contracts import Contract
from app.procurement.payments import Invoice
from app.procurement.projects import Lot, Project
from app.procurement.tenders import Tender
from app.workflow import values
from app.workflow.acts import ACTS

ROOT = Path(__file__).parents[2]
EVERY = list(ACTS)
FORM_ACTS = [act for act in EVERY if act.form]
BY_ID = {"ids": lambda act: act.id}


def is_read(node):
    """The name that a piece of source reads of the case's variables, or None."""
    if isinstance(node, ast.Subscript):
        owner, key = node.value, node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
        owner, key = node.func.value, node.args[0]
    else:
        return None
    is_variables = isinstance(owner, ast.Attribute) and owner.attr == "variables"
    return said(key) if is_variables else None


def said(key):
    """A name as the source writes it down: itself, or as the name of one of the values."""
    if is_value(key):
        return getattr(values, key.value.id).name
    return key.value if isinstance(key, ast.Constant) else None


@cache
def source(function):
    return ast.parse(dedent(inspect.getsource(function)))


def called(function):
    """The functions of the forms that a function's source names."""
    for node in ast.walk(source(function)):
        found = None
        if isinstance(node, ast.Name):
            found = function.__globals__.get(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found = getattr(function.__globals__.get(node.value.id), node.attr, None)
        found = inspect.unwrap(found) if callable(found) else found
        if isinstance(found, FunctionType) and found.__module__.startswith("app.workflow.intake"):
            yield found


def reads(*functions):
    """What functions read of the case's variables, themselves or by those that they call."""
    met = list(functions)
    for function in met:
        met += [other for other in called(function) if other not in met]
    return {name for function in met for node in ast.walk(source(function)) if (name := is_read(node))}


def named(function):
    """Every text that a function's source holds: whatever it gives stands among them."""
    near = [function, *called(function)]
    return {name for each in near for node in ast.walk(source(each)) if (name := said(node))}


def is_value(node):
    return isinstance(node, ast.Attribute) and node.attr == "name" and hasattr(values, getattr(node.value, "id", ""))


@pytest.mark.parametrize("act", EVERY, **BY_ID)
def test_every_act_has_both_names_and_labels_all_it_needs_and_gives(act):
    texts = [act.name, *(value.label for value in (*act.needs, *act.gives))]
    assert all(text is not None and text.en and text.zh for text in texts)


@pytest.mark.parametrize("act", EVERY, **BY_ID)
def test_every_act_is_a_function_of_a_module(act):
    assert act.doing.__qualname__ == act.doing.__name__
    assert act.doing.__closure__ is None


@pytest.mark.parametrize("act", ACTS.operations, **BY_ID)
def test_a_service_task_s_act_takes_what_it_needs_and_nothing_else(act):
    taken = list(inspect.signature(act.doing).parameters)
    assert taken[1:] == [need.name for need in act.needs]


@pytest.mark.parametrize("act", FORM_ACTS, **BY_ID)
def test_a_form_s_act_needs_what_it_and_its_page_read_of_the_case(act):
    prepare = ACTS.prepare_of(act.form)
    assert reads(act.doing, prepare) == {need.name for need in act.needs}


@pytest.mark.parametrize("act", EVERY, **BY_ID)
def test_an_act_gives_no_less_than_its_code_names(act):
    assert {given.name for given in act.gives} <= named(act.doing)


@pytest.mark.parametrize("act", FORM_ACTS, **BY_ID)
def test_an_act_s_form_stands_in_the_library(act):
    assert (ROOT / f"forms/{act.form}.ui.json").exists()


def test_a_variable_has_one_type_wherever_it_is_needed_or_given():
    kinds = {}
    for act in ACTS:
        for value in (*act.needs, *act.gives):
            kinds.setdefault(value.name, set()).add(value.type)
    assert {name: found for name, found in kinds.items() if len(found) > 1} == {}


def test_every_form_of_the_library_that_asks_for_prepared_choices_is_prepared():
    asking = {
        path.name.removesuffix(".ui.json")
        for path in (ROOT / "forms").glob("*.ui.json")
        if '"options_from"' in path.read_text(encoding="utf-8") and json.loads(path.read_text(encoding="utf-8"))
    }
    assert {form for form in asking if ACTS.prepare_of(form) is None} == set()


# -- what a run of it does

STATES = {"project": Project, "lot": Lot, "tender": Tender, "contract": Contract, "invoice": Invoice}


def standing(session, variables, record):
    """Where a record of a case stands, by the variable that names it; None where nothing names it."""
    if record == "tender":
        project_id = variables.get("project_id")
        return session.scalar(select(Tender.state).where(Tender.project_id == project_id)) if project_id else None
    identity = variables.get(f"{record}_id")
    return session.scalar(select(STATES[record].state).where(STATES[record].id == identity)) if identity else None


@pytest.fixture
def untrue(monkeypatch):
    """What is found untrue of the states that acts declare, in whatever is played, and which records were looked at."""
    found, looked = [], set()
    doing = {"call": Act.call, "take": Act.take}

    def watched(way):
        def do(act, context, given):
            variables = {**given, **getattr(context, "variables", {})}
            nonlocal looked
            before = {each.of.name: standing(context.session, variables, each.of.name) for each in act.states}
            result = doing[way](act, context, given)
            context.session.flush()
            seen = {**variables, **result}
            for each in act.states:
                was, now = before[each.of.name], standing(context.session, seen, each.of.name)
                looked |= {each.of.name} if now is not None else set()
                if was is not None and each.needs and was not in each.needs:
                    found.append((act.id, "needs", each.of.name, str(was)))
                if now is not None and now not in (each.leaves or {was}):
                    found.append((act.id, "leaves", each.of.name, str(now)))
            return result

        return do

    for way in doing:
        monkeypatch.setattr(Act, way, watched(way))
    return lambda: (found, looked)


def test_records_stand_and_are_left_where_acts_declare_it(play, case, untrue):
    for script in lives.WHOLE:
        script(play, case)
    assert untrue() == ([], set(STATES))
