"""Acts in their order: what is given and where records stand on the ways to a task."""

import pytest
from drawing import call, drawing, element, exclusive, mapping, parallel

from app.engine import definitions
from app.engine.acts import Record, Standing, Value
from app.engine.engine import Engine
from app.foundation.text import Text

BOOK = Record("book", Text("the book", "书"), {"lent": Text("lent", "已借出")})
CASES = {"lend": ("in", "lent"), "take_back": ("lent", "in")}


def declare(engine, form, states=(), needs=("book_id",), gives=()):
    values = {"needs": [Value(name) for name in needs], "gives": [Value(name) for name in gives]}
    engine.acts.act(form, name=Text(form, form), form=form, states=states, **values)(print)


@pytest.fixture
def engine():
    made = Engine()
    declare(made, "buy", [Standing(BOOK, leaves=frozenset({"in"}))], needs=(), gives=("book_id",))
    for form, (before, after) in CASES.items():
        declare(made, form, [Standing(BOOK, frozenset({before}), frozenset({after}))])
    declare(made, "read", [Standing(BOOK, frozenset({"lent"}))])
    return made


def task(name, form=None):
    said = f'<zeebe:formDefinition formId="{form or name}" />'
    return element(
        "userTask", name, "", f'<zeebe:userTask />{said}<zeebe:assignmentDefinition candidateGroups="clerk" />'
    )


def found(engine, *diagrams):
    files = {f"{number}.bpmn": diagram.encode() for number, diagram in enumerate(diagrams)}
    codes = ("act-lacks", "act-done-before", "act-out-of-turn")
    return {(one.code, one.element_id) for one in definitions.check(files, engine) if one.code in codes}


def row(ways, *names, more=()):
    return drawing(ways, *(task(name, name.partition("-")[0]) for name in names), *more)


def test_an_act_whose_need_nothing_gives_is_an_error_by_name(engine):
    [finding] = [
        one
        for one in definitions.check({"d.bpmn": row("start -> lend -> end", "lend").encode()}, engine)
        if "act" in one.code
    ]
    assert (finding.code, finding.element_id, finding.level) == ("act-lacks", "lend", "error")
    assert "book_id" in finding.message


def test_what_is_given_only_afterwards_is_given_on_no_way(engine):
    assert found(engine, row("start -> lend -> buy -> end", "lend", "buy")) == {("act-lacks", "lend")}


def test_acts_in_their_order_are_let_pass(engine):
    ways = "start -> buy -> lend -> read -> take_back -> end"
    assert found(engine, row(ways, "buy", "lend", "read", "take_back")) == set()


def test_an_act_that_was_done_on_every_way_is_an_error(engine):
    assert found(engine, row("start -> buy -> lend -> lend-2 -> end", "buy", "lend", "lend-2")) == {
        ("act-done-before", "lend-2")
    }


def test_an_act_before_its_time_is_an_error(engine):
    assert found(engine, row("start -> buy -> read -> end", "buy", "read")) == {("act-out-of-turn", "read")}


def test_one_way_in_which_it_works_is_enough(engine):
    ways = "start -> buy -> g; g -{x = 1}-> lend -> m; g -> m; m -> lend-2 -> end"
    assert (
        found(engine, row(ways, "buy", "lend", "lend-2", more=[exclusive("g", default="m"), exclusive("m")])) == set()
    )


def test_a_loop_that_undoes_what_was_done_is_let_pass(engine):
    ways = "start -> buy -> m; m -> lend -> take_back -> g; g -{x = 1}-> m; g -> end"
    drawn = row(ways, "buy", "lend", "take_back", more=[exclusive("m"), exclusive("g", default="end")])
    assert found(engine, drawn) == set()


def test_what_goes_on_beside_a_task_may_have_been_done(engine):
    ways = "start -> buy -> f; f -> lend -> j; f -> read -> j; j -> end"
    gates = [parallel("f"), parallel("j")]
    assert found(engine, row(ways, "buy", "lend", "read", more=gates)) == set()


@pytest.mark.parametrize(("inner", "expected"), [("take_back", set()), ("lend-2", {("act-done-before", "lend-2")})])
def test_a_called_process_goes_on_where_its_caller_stands(engine, inner, expected):
    called = drawing(f"start -> {inner} -> end", task(inner, inner.partition("-")[0]), process="q")
    assert (
        found(engine, row("start -> buy -> lend -> c -> end", "buy", "lend", more=[call("c", "q")]), called) == expected
    )


def test_what_a_called_process_did_is_done_afterwards(engine):
    called = drawing("start -> lend -> end", task("lend"), process="q")
    caller = row("start -> buy -> c -> lend-2 -> end", "buy", "lend-2", more=[call("c", "q")])
    assert found(engine, caller, called) == {("act-done-before", "lend-2")}


def test_a_start_event_that_is_given_a_record_says_nothing_of_its_state(engine):
    start = element("startEvent", "begin", "", mapping(outputs={"book_id": "=book_id"}))
    assert found(engine, drawing("begin -> lend -> end", start, task("lend"))) == set()


def test_inputs_of_the_task_itself_are_given(engine):
    said = (
        '<zeebe:userTask /><zeebe:formDefinition formId="lend" /><zeebe:assignmentDefinition candidateGroups="clerk" />'
    )
    own = element("userTask", "lend", "", said + mapping({"book_id": '="b1"'}))
    assert found(engine, drawing("start -> lend -> end", own)) == set()
