"""Tasks whose duties one person may not both have, though a diagram may offer both to the same person.

The acts refuse such a person in any diagram; but whoever draws a procedure should know before somebody is offered what they
may not do. A diagram is judged with those it calls and those that call it, as far as they are of one deployment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from app.engine.duties import Duties
from app.engine.findings import Finding, made, warning
from app.engine.spiff.model import Node, Process
from app.engine.validation.activities import DUTY
from app.foundation.text import Text

if TYPE_CHECKING:
    from app.engine.bundles import Package

TOGETHER = warning(
    "duties-together",
    Text(
        "it may be offered to whoever did “%(other)s”, but one person may not do both",
        "该任务可能分配给已办理“%(other)s”的人员，但同一人不得兼办两者",
    ),
    Text(
        "give it the property duty “not the same person as %(id)s”, or put the two into lanes of roles that no one may hold together",
        "请添加属性 duty“not the same person as %(id)s”，或将两者放入不得由同一人兼任的角色泳道",
    ),
)


def together(package: Package, duties: Duties) -> Iterator[Finding]:
    """A warning for each task and each task of the same case that must be kept apart from it and isn't."""
    for family in _families(package.diagrams.processes):
        tasks = [node for process in family for node in process if node.kind == "userTask" and node.form_id]
        for node in tasks:
            barred = duties.apart.get(node.form_id or "", frozenset())
            for other in tasks:
                if other.form_id in barred and not _kept_apart(node, other, duties):
                    yield made(TOGETHER, node.file, node.id, node.name, other=other.name or other.id, id=other.id)


def _families(processes: Mapping[str, Process]) -> Iterator[list[Process]]:
    """The processes that belong to one case: each with those it calls, and those that call it."""
    near: dict[str, set[str]] = {name: {name} for name in processes}
    for name, process in processes.items():
        for called in _called(process) & processes.keys():
            joined = near[name] | near[called]
            for each in joined:
                near[each] = joined
    for family in {frozenset(family) for family in near.values()}:
        yield [processes[name] for name in sorted(family)]


def _called(process: Process) -> set[str]:
    return {called for node in process for called in node.may_call}


def _kept_apart(one: Node, other: Node, duties: Duties) -> bool:
    """Whether the diagram keeps the doers of two tasks apart: by a duty of either, or by their roles."""
    if f"{DUTY}{other.id}" == (one.duty or "").strip() or f"{DUTY}{one.id}" == (other.duty or "").strip():
        return True
    return not any(duties.together(mine, theirs) for mine in _roles(one) for theirs in _roles(other))


def _roles(node: Node) -> set[str]:
    """The roles a task is offered to; none where an expression or a person's name says who: there the act alone decides."""
    if node.assignee is not None or (node.candidate_groups is not None and node.candidate_groups.is_expression):
        return set()
    named = node.candidate_groups.text.split(",") if node.candidate_groups is not None else []
    groups = [name.strip() for name in named if name.strip()] or ([node.lane] if node.lane else [])
    return {name.partition("@")[0] for name in groups}
