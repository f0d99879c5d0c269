"""Gateways, implicit forks and merges."""

from drawing import drawing, exclusive, inclusive, parallel, user
from steps import COMPLETED, again, assign, begin, done, expect

CHOICE = drawing(
    "start -> g; g -{x > 10}-> many; g -{x > 5}-> some; g -> few; many -> end1; some -> end2; few -> end3",
    exclusive("g", default="few"),
)


def test_an_exclusive_gateway_takes_the_first_flow_of_the_file_that_holds(play):
    play(CHOICE, begin(x=11), expect(completed=["many"], never=["some", "few"], **COMPLETED))


def test_an_exclusive_gateway_takes_the_second_when_the_first_does_not_hold(play):
    play(CHOICE, begin(x=6), expect(completed=["some"], never=["many", "few"], **COMPLETED))


def test_an_exclusive_gateway_takes_the_default_only_when_nothing_holds(play):
    play(CHOICE, begin(x=1), expect(completed=["few"], never=["many", "some"], **COMPLETED))


def test_a_condition_over_a_missing_variable_does_not_hold(play):
    play(CHOICE, begin(), expect(completed=["few"], **COMPLETED))


def test_the_default_flow_is_last_even_when_it_stands_first_in_the_file(play):
    diagram = drawing(
        "start -> g; g -> few; g -{x > 5}-> some; some -> end1; few -> end2", exclusive("g", default="few")
    )
    play(diagram, begin(x=6), expect(completed=["some"], never=["few"], **COMPLETED))


def test_an_exclusive_gateway_without_a_way_is_an_incident_and_goes_on_when_retried(play):
    diagram = drawing("start -> g; g -{x = 1}-> a -> end1; g -{x = 2}-> b -> end2", exclusive("g"))
    play(
        diagram,
        begin(x=3),
        expect(state="incident", incidents=["g"], never=["a", "b"]),
        assign(x=2),
        again("g"),
        expect(completed=["b"], never=["a"], incidents=[], **COMPLETED),
    )


def test_an_exclusive_merge_lets_every_token_through(play):
    diagram = drawing("start -> f; f -> a; f -> b; a -> m; b -> m -> c -> end", parallel("f"), exclusive("m"))
    play(diagram, begin(), expect(times={"c": 2, "m": 2, "end": 2}, **COMPLETED))


FORK = drawing(
    "start -> f; f -> a; f -> b; a -> j; b -> j -> after -> end", parallel("f"), parallel("j"), user("a"), user("b")
)


def test_a_parallel_join_waits_for_every_flow(play):
    play(
        FORK,
        begin(),
        expect(open=["a", "b"]),
        done("a"),
        expect(open=["b"], never=["after"]),
        done("b"),
        expect(times={"after": 1, "end": 1}, **COMPLETED),
    )


def test_parallel_branches_see_each_others_writes_and_the_join_loses_none(play):
    play(
        FORK,
        begin(n=0),
        done("a", n=1, left=True),
        done("b", right=True),
        expect(variables={"n": 1, "left": True, "right": True}, **COMPLETED),
    )


def test_a_parallel_join_counts_by_flow_not_by_number(play):
    diagram = drawing(
        "start -> f; f -> a1; f -> a2; f -> b; a1 -> m; a2 -> m -> j; b -> j -> after -> end",
        parallel("f"), exclusive("m"), parallel("j"), user("b"),
    )  # fmt: skip
    play(
        diagram,
        begin(),
        expect(open=["b"], never=["after"]),
        done("b"),
        expect(state="active", times={"after": 1}, open=[]),
    )


def test_a_parallel_join_in_a_loop_joins_again(play):
    diagram = drawing(
        "start -> m -> f; f -> a; f -> b; a -> j; b -> j -> g; g -{n < 3}-> m; g -> end",
        exclusive("m"), parallel("f"), parallel("j"), exclusive("g", default="end"),
        user("a"), user("b"),
    )  # fmt: skip
    play(
        diagram,
        begin(n=1),
        done("a"),
        done("b", n=2),
        expect(open=["a", "b"]),
        done("b"),
        done("a", n=3),
        expect(times={"a": 2, "b": 2, "j": 2}, **COMPLETED),
    )


OPTIONS = drawing(
    "start -> o; o -{x}-> a; o -{y}-> b; o -> c; a -> j; b -> j; c -> j -> after -> end",
    inclusive("o", default="c"), inclusive("j"), user("a"), user("b"), user("c"),
)  # fmt: skip


def test_an_inclusive_gateway_takes_every_flow_that_holds(play):
    play(
        OPTIONS,
        begin(x=True, y=True),
        expect(open=["a", "b"]),
        done("a"),
        expect(open=["b"], never=["after"]),
        done("b"),
        expect(times={"after": 1}, never=["c"], **COMPLETED),
    )


def test_an_inclusive_join_does_not_wait_for_what_was_not_taken(play):
    play(OPTIONS, begin(x=True, y=False), done("a"), expect(times={"after": 1}, never=["b", "c"], **COMPLETED))


def test_an_inclusive_gateway_takes_its_default_when_nothing_holds(play):
    play(OPTIONS, begin(), expect(open=["c"]), done("c"), expect(never=["a", "b"], **COMPLETED))


def test_an_inclusive_gateway_without_a_way_is_an_incident(play):
    diagram = drawing("start -> o; o -{x}-> a -> end1; o -{y}-> b -> end2", inclusive("o"))
    play(diagram, begin(), expect(state="incident", incidents=["o"]))


def test_an_inclusive_join_waits_while_a_loop_can_still_reach_it(play):
    diagram = drawing(
        "start -> o; o -{true}-> a; o -{true}-> m -> b -> g; g -{again}-> m; g -> j; a -> j -> after -> end",
        inclusive("o"), inclusive("j"), exclusive("m"), exclusive("g", default="j"), user("a"), user("b"),
    )  # fmt: skip
    play(
        diagram,
        begin(again=True),
        done("a"),
        expect(open=["b"], never=["after"]),
        done("b"),
        expect(open=["b"], never=["after"]),
        done("b", again=False),
        expect(times={"after": 1, "b": 2}, **COMPLETED),
    )


def test_an_inclusive_split_and_join_in_a_loop_start_afresh_each_turn(play):
    diagram = drawing(
        "start -> m -> o; o -{n < 3}-> a; o -{n = 1}-> b; o -> c; a -> j; b -> j; c -> j -> g; g -{n < 3}-> m; g -> end",
        exclusive("m"), inclusive("o", default="c"), inclusive("j"), exclusive("g", default="end"), user("a"), user("b"),
    )  # fmt: skip
    play(
        diagram,
        begin(n=1),
        done("a"),
        done("b", n=2),
        expect(open=["a"]),
        done("a", n=3),
        expect(times={"a": 2, "b": 1, "j": 2}, **COMPLETED),
    )


def test_an_inclusive_join_opens_when_the_other_branch_ends_elsewhere(play):
    diagram = drawing(
        "start -> f; f -> a -> j; f -> b -> g; g -{stop}-> end_b; g -> j; j -> after -> end",
        parallel("f"), inclusive("j"), exclusive("g", default="j"), user("a"), user("b"),
    )  # fmt: skip
    play(
        diagram,
        begin(),
        done("a"),
        expect(never=["after"]),
        done("b", stop=True),
        expect(times={"after": 1}, **COMPLETED),
    )


def test_several_outgoing_flows_of_a_task_are_an_implicit_fork(play):
    diagram = drawing("start -> a; a -> b -> end1; a -> c -> end2", user("b"), user("c"))
    play(diagram, begin(), expect(open=["b", "c"]), done("b"), done("c"), expect(**COMPLETED))


def test_conditional_flows_of_a_task_are_taken_where_they_hold(play):
    diagram = drawing("start -> a; a -{x}-> b -> end1; a -{y}-> c -> end2; a -> d -> end3")
    play(diagram, begin(x=True, y=False), expect(completed=["b", "d"], never=["c"], **COMPLETED))


def test_a_task_whose_conditional_flows_all_fail_takes_its_default(play):
    diagram = drawing("start -> a; a -{x}-> b -> end1; a -> c -> end2", '<bpmn:task id="a" default="a_to_c" />')
    play(diagram, begin(x=False), expect(completed=["c"], never=["b"], **COMPLETED))


def test_several_flows_into_a_task_each_do_it(play):
    diagram = drawing("start -> f; f -> a -> c; f -> b -> c; c -> end", parallel("f"))
    play(diagram, begin(), expect(times={"c": 2}, **COMPLETED))


def test_an_unbalanced_fork_ends_when_all_its_tokens_have(play):
    diagram = drawing("start -> f; f -> a -> end1; f -> b -> end2", parallel("f"), user("a"), user("b"))
    play(diagram, begin(), done("a"), expect(state="active", open=["b"]), done("b"), expect(**COMPLETED))


def test_an_inclusive_join_takes_one_token_of_each_flow_and_what_came_twice_in_a_second_turn(play):
    diagram = drawing(
        "start -> f; f -> a -> m; f -> b -> m; f -> c -> j; m -> j; j -> d -> end",
        parallel("f"),
        exclusive("m"),
        inclusive("j"),
    )
    play(diagram, begin(), expect(times={"d": 2, "end": 2}, **COMPLETED))
