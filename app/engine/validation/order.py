"""Acts in their order: a task whose act lacks something on every way to it, or comes too early or too late on all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from app.engine.acts import Act, Record, Standing
from app.engine.findings import Finding, error, made
from app.engine.spiff.model import Node
from app.engine.validation.ways import ABSENT, ANY, Reached, Ways, own_names
from app.foundation.text import Text

if TYPE_CHECKING:
    from app.engine.bundles import Package
    from app.engine.engine import Engine

LACKING = error(
    "act-lacks",
    Text(
        "“%(act)s” needs “%(name)s”, which is given on no way to this task",
        "“%(act)s”需要“%(name)s”，但到达该任务的任何路径均未给出",
    ),
    Text(
        "put it after a task that gives “%(name)s”, or declare “%(name)s” as an output of the start event",
        "请将其置于给出“%(name)s”的任务之后，或在开始事件的输出映射中声明“%(name)s”",
    ),
)
DONE = error(
    "act-done-before",
    Text(
        "“%(act)s” has been done on every way to this task: %(record)s is then %(found)s, and has to be %(needed)s",
        "到达该任务的每条路径均已办理“%(act)s”：此时%(record)s的状态为%(found)s，而办理须为%(needed)s",
    ),
    Text(
        "take one of the two tasks out, or give this one a form that does no act, such as an opinion",
        "请删去其中一个任务，或者改用不办理事项的表单，例如意见",
    ),
)
OUT_OF_TURN = error(
    "act-out-of-turn",
    Text(
        "“%(act)s” cannot be done here: on every way to this task %(record)s is %(found)s, and has to be %(needed)s",
        "此处不能办理“%(act)s”：到达该任务的每条路径上%(record)s的状态均为%(found)s，而办理须为%(needed)s",
    ),
    Text("put it where %(record)s is %(needed)s", "请将其置于%(record)s的状态为%(needed)s之处"),
)
_ABSENT = Text("not there yet", "尚未形成")


def out_of_order(package: Package, engine: Engine) -> Iterator[Finding]:
    """An error for each task whose act can be done on no way to it."""
    if not any(engine.acts):
        return
    ways = Ways(package, engine)
    for node, act in ways.acts.items():
        if ways.into[node].came:
            yield from _judged(node, act, ways)


def _judged(node: Node, act: Act, ways: Ways) -> Iterator[Finding]:
    reached = ways.into[node]
    lacking = list(_lacking(node, act, reached))
    for name in lacking:
        yield made(LACKING, node.file, node.id, node.name, act=act.name, name=name)
    for standing in act.states if not lacking else ():
        found = reached.states.get(standing.of, {ANY})
        if ANY not in found and standing.needs and not found & standing.needs:
            again = any(done is act and other is not node for other, done in ways.acts.items())
            kind = DONE if again and found <= standing.leaves else OUT_OF_TURN
            yield made(kind, node.file, node.id, node.name, act=act.name, **_words(standing, found))


def _lacking(node: Node, act: Act, reached: Reached) -> Iterator[str]:
    """What a person's act needs and never has; an operation's inputs are given by its task."""
    if act.form is None or reached.open:
        return
    given = reached.names | own_names(node)
    yield from (need.name for need in act.needs if need.required and need.name not in given)


def _words(standing: Standing, found: Iterable[str]) -> dict[str, Text]:
    record = standing.of
    return {"record": record.label, "found": _listed(record, found), "needed": _listed(record, standing.needs)}


def _listed(record: Record, states: Iterable[str]) -> Text:
    names = [_ABSENT if state == ABSENT else record.states.get(state, Text(state, state)) for state in sorted(states)]
    return Text(
        *(
            words.join(f"“{part}”" for part in said)
            for words, said in zip((" or ", "或"), zip(*names, strict=True), strict=True)
        )
    )
