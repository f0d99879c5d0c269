"""What diagrams name beside themselves: the platform's forms, operations and roles, and what other deployments brought."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.engine import forms, spiff
from app.engine.findings import Finding, Kind, error, made, warning
from app.foundation.text import Text

if TYPE_CHECKING:
    from app.engine.bundles import Package
    from app.engine.engine import Engine

PROCESS_UNKNOWN = error(
    "called-process-unknown",
    Text("it calls the process “%(name)s”, which is not in this deployment", "其调用的流程“%(name)s”不在本次部署中"),
    Text("add its diagram or correct the id", "请加入该流程图，或更正 ID"),
)
DECISION_UNKNOWN = error(
    "decision-unknown",
    Text("it calls the decision “%(name)s”, which is not in this deployment", "其调用的决策“%(name)s”不在本次部署中"),
    Text("add its DMN file or correct the id", "请加入该 DMN 文件，或更正 ID"),
)
FORM_UNKNOWN = error(
    "form-unknown",
    Text("there is no form “%(name)s”", "没有表单“%(name)s”"),
    Text(
        "make forms/%(name)s.schema.json and forms/%(name)s.ui.json or correct the id",
        "请编写 forms/%(name)s.schema.json 与 forms/%(name)s.ui.json，或更正 ID",
    ),
)
FORM_BROKEN = error(
    "form-broken",
    Text("its form “%(name)s” cannot be used: %(problem)s", "其表单“%(name)s”无法使用：%(problem)s"),
    Text("correct the form", "请修正表单"),
)
OPERATION_UNKNOWN = error(
    "operation-unknown",
    Text("there is no operation “%(name)s”", "没有操作“%(name)s”"),
    Text("the operations here are: %(known)s", "可用的操作：%(known)s"),
)
PARAMETER_UNKNOWN = error(
    "operation-input-unknown",
    Text("the operation “%(name)s” has no input “%(input)s”", "操作“%(name)s”没有输入“%(input)s”"),
    Text("its inputs are: %(known)s", "其输入为：%(known)s"),
)
PARAMETER_MISSING = error(
    "operation-input-missing",
    Text("the operation “%(name)s” needs the input “%(input)s”", "操作“%(name)s”需要输入“%(input)s”"),
    Text("give it a value or an expression", "请填写值或表达式"),
)
ROLE_UNKNOWN = warning(
    "role-unknown",
    Text("“%(name)s” is not a role here, so no one will see the task", "“%(name)s”不是此处的角色，无人能看到该任务"),
    Text("use one of: %(known)s", "可用角色：%(known)s"),
)
NONE = Text("none", "无")

Judged = tuple[Kind, dict[str, Any]]


@dataclass(frozen=True)
class Known:
    """What earlier deployments have, for references that leave the bundle."""

    processes: Set[str] = frozenset()
    decisions: Set[str] = frozenset()


def misdirected(package: Package, engine: Engine | None, known: Known) -> Iterator[Finding]:
    """What the references of a package's diagrams name and nobody has.

    Without an engine, only references inside the package are looked at.
    """
    for reference in package.diagrams.references:
        for kind, facts in _judged(reference, package, engine, known):
            yield made(kind, reference.file, reference.element_id, reference.element_name, **facts)


def _judged(reference: spiff.Reference, package: Package, engine: Engine | None, known: Known) -> Iterator[Judged]:
    name = reference.name
    if reference.kind == "process":
        if name not in package.diagrams.processes and name not in known.processes:
            yield PROCESS_UNKNOWN, {"name": name}
    elif reference.kind == "decision":
        if name not in package.models and name not in known.decisions:
            yield DECISION_UNKNOWN, {"name": name}
    elif engine is None or engine.stand_ins:
        return
    elif reference.kind == "form":
        yield from _judged_form(name, package, engine)
    elif reference.kind == "operation":
        yield from _judged_operation(reference, engine)
    elif reference.kind == "role" and engine.roles is not None and name.partition("@")[0] not in engine.roles:
        yield ROLE_UNKNOWN, {"name": name, "known": _listed(engine.roles)}


def _judged_form(name: str, package: Package, engine: Engine) -> Iterator[Judged]:
    try:
        if package.forms.get(name) is None and engine.forms.get(name) is None:
            yield FORM_UNKNOWN, {"name": name}
    except forms.BrokenForm as broken:
        yield FORM_BROKEN, {"name": name, "problem": "; ".join(broken.problems)}


def _judged_operation(reference: spiff.Reference, engine: Engine) -> Iterator[Judged]:
    act = engine.acts.operation(reference.name)
    if act is None:
        yield OPERATION_UNKNOWN, {"name": reference.name, "known": _listed(each.id for each in engine.acts.operations)}
        return
    if not reference.parameters:
        return
    inputs = _listed(need.name for need in act.needs)
    for given in reference.parameters:
        if act.need(given) is None:
            yield PARAMETER_UNKNOWN, {"name": act.id, "input": given, "known": inputs}
    filled = set(reference.parameters) - set(reference.empty)
    for need in act.needs:
        if need.required and need.name not in filled:
            yield PARAMETER_MISSING, {"name": act.id, "input": need.name}


def _listed(names: Iterable[object]) -> Text | str:
    ordered = sorted(str(name) for name in names)
    shown, more = ", ".join(ordered[:12]), len(ordered) - 12
    if more > 0:
        return Text(f"{shown} and {more} more", f"{shown} 等 {len(ordered)} 项")
    return shown or NONE
