"""Multi-instance in every combination: what comes of it is worked out apart from the engine."""

from collections.abc import Callable

import pytest
from repeating import FORGED, MEMBERS, WAITING, Case, House, given, table
from steps import COMPLETED, begin, done, expect, send, signalled

from app import feel
from app.engine import spiff, validation

TABLE = list(table())
KEPT = TABLE[::17]
"""So many of the table are also played in a database, as every conformance test is."""

Reloading = Callable[[spiff.Instance], spiff.Instance]


def play_in_memory(case: Case, reloading: bool) -> spiff.Instance:
    """Play a case to its end; with ``reloading`` the instance is made anew from its snapshot before every step."""
    bundle = validation.read_diagrams({"d.bpmn": case.diagram().encode()})
    assert bundle.ok, bundle.findings
    house = House(bundle)
    instance = spiff.start(bundle, "p", {"items": MEMBERS, "round": 0}, house)
    instance.run()
    for step in steps_of(case):
        if reloading:
            instance = spiff.restore(bundle, instance.snapshot(), house)
        step(instance)
        instance.run()
    return instance


def steps_of(case: Case):
    """Everybody who is waited for answers, and after the first the signal comes."""
    for turn in case.rounds:
        for number, index in enumerate(case.completed() if case.waits else ()):
            yield lambda instance, index=index, turn=turn: answer(case, instance, index, turn)
            if number == 0 and case.around not in ("nothing", "a repetition"):
                yield lambda instance: instance.signal("stop")


def answer(case: Case, instance: spiff.Instance, index: int, turn: int) -> None:
    """One member answers, with variables named like the counters."""
    member, values = MEMBERS[index], given(MEMBERS[index]) | FORGED
    name = {"receive": "vote", "sub with event": "change"}.get(case.kind)
    if name is not None:
        key = f"{member['id']}{turn}"
        waits = next(
            each for each in instance.waiting().subscriptions if (each.name, each.correlation_key) == (name, key)
        )
        instance.message(waits.token_id, name, values)
        return
    tasks = (each for each in instance.waiting().tasks if each.element_id == WAITING[case.kind])
    task = next(each for each in tasks if asked(each) == (member["id"], turn))
    instance.complete(task.token_id, values)


def asked(task: spiff.OpenTask) -> tuple[str, int]:
    """Whom a task asks, and in which round."""
    seen = task.variables
    return seen["who" if "who" in seen else "item"]["id"], int(seen["round"])


@pytest.mark.parametrize("reloading", [False, True], ids=["in memory", "reloaded before every step"])
@pytest.mark.parametrize("case", TABLE, ids=lambda case: case.name)
def test_multi_instance_does_what_camunda_says(case, reloading):
    instance = play_in_memory(case, reloading)
    left = {name: value for name, value in instance.variables.items() if name not in ("items", "round", "vote")}
    assert (instance.state, feel.to_json(left)) == ("completed", case.variables())
    assert ("vote" in instance.variables) is not case.collects


@pytest.mark.parametrize("case", KEPT, ids=lambda case: case.name)
def test_multi_instance_does_the_same_in_a_database(play, case):
    steps = []
    for turn in case.rounds:
        for number, index in enumerate(case.completed() if case.waits else ()):
            steps.append(answered(case, index, turn))
            if number == 0 and case.around not in ("nothing", "a repetition"):
                steps.append(signalled("stop"))
    play(
        case.diagram(),
        begin(items=MEMBERS, round=0),
        *steps,
        expect(
            variables=case.variables() | {"loopCounter": None, "numberOfInstances": None, "item": None}, **COMPLETED
        ),
        services={"poll": {"returns": {"vote": "=if who != null then who.vote else item.vote", "loopCounter": "=99"}}},
    )


def answered(case: Case, index: int, turn: int):
    """The step in which a member answers."""
    member, values = MEMBERS[index], given(MEMBERS[index]) | FORGED
    name = {"receive": "vote", "sub with event": "change"}.get(case.kind)
    if name is not None:
        return send(name, f"{member['id']}{turn}", **values)
    where = f'=(if who != null then who.id else item.id) = "{member["id"]}" and round = {turn}'
    return done(WAITING[case.kind], where, **values)
