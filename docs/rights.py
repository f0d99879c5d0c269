"""Who may do what: roles, pages, tasks and acts, read from what the program declares, as one page that shows each change.

An act is a public function of the floors below the pages that is given the actor. What a page or a form's intake calls is
read from its source, with the private functions of its module that it calls.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from flask import Flask
from werkzeug.routing import Rule as Address

from app.engine.acts import Standing
from app.engine.spiff.model import Node, Process
from app.identity import roles
from app.procurement.duties import INCOMPATIBLE, NAMES
from app.web import blueprints
from app.web.permissions import RULES, Rule
from app.workflow.acts import ACTS
from app.workflow.feeding.kinds import KINDS

FLOORS = ("app.procurement.", "app.workflow.", "app.engine.", "app.identity.", "app.foundation.")
ASKING = frozenset({"has_role", "require", "require_one", "require_power", "require_apart", "require_member"})
"""The calls by which an act asks who the actor is and which part they have."""
OWN = frozenset({"id", "organisation_id", "groups"})
"""What an act compares of the actor."""

Table = list[tuple[str, ...]]


def pages() -> Table:
    """Each address: how it is asked for, who may, under which condition, and the acts of one that changes something."""
    app = Flask("rights")
    blueprints.register(app)
    addresses = sorted(app.url_map.iter_rules(), key=lambda one: (one.rule, _asked(one)))
    return [
        ("address", "who", "only where", "acts"),
        *(_page(one, app.view_functions[one.endpoint]) for one in addresses if one.endpoint != "static"),
    ]


def _page(address: Address, view: Callable[..., Any]) -> tuple[str, ...]:
    changes = _asked(address) != "GET"
    return (
        f"`{_asked(address)} {address.rule}`",
        *_who(RULES[address.endpoint]),
        _code(acts_of(view) if changes else []),
    )


def _asked(address: Address) -> str:
    return ", ".join(sorted((address.methods or set()) - {"HEAD", "OPTIONS"}))


def _who(rule: Rule) -> tuple[str, str]:
    who = "everybody" if rule.public else _roles(rule.roles) or "whoever is signed in"
    return who, "" if rule.check is None else _sentence(rule.check)


def _sentence(function: Callable[..., Any]) -> str:
    return (function.__doc__ or function.__name__).splitlines()[0]


def _roles(held: frozenset[str]) -> str:
    return _code([role for role in roles.ROLES if role in held])


def tasks(processes: Mapping[str, Process]) -> Table:
    """Each start by hand and each user task: to whom it is offered, who is kept from it, and the acts of its form."""
    return [
        ("process", "task", "offered to", "duty", "form", "acts"),
        *(_task(node) for process in processes.values() for node in process if _is_for_people(process, node)),
    ]


def _is_for_people(process: Process, node: Node) -> bool:
    return node.kind == "userTask" or node is process.body.none_start


def _task(node: Node) -> tuple[str, ...]:
    named = [
        source.text for source in (node.assignee, node.candidate_users, node.candidate_groups) if source is not None
    ]
    act = ACTS.of_form(node.form_id)
    acts = [] if act is None else acts_of(act.doing)
    form = f"`{node.form_id}`" if node.form_id else ""
    duty = node.properties.get("duty", "")
    return (
        f"`{node.process_id}`",
        f"`{node.id}`",
        _code(named or [node.lane or "administrator"]),
        duty,
        form,
        _code(acts),
    )


def declared() -> Table:
    """Every act of a task: by which form it is done, what it needs and gives, where records stand before and after it."""
    return [
        ("act", "form", "needs", "gives", "states", "calls"),
        *(
            (
                f"`{act.id}`",
                f"`{act.form}`" if act.form else "",
                _code([value.name for value in act.needs]),
                _code([value.name for value in act.gives]),
                "; ".join(_standing(each) for each in act.states),
                _code(acts_of(act.doing)),
            )
            for act in ACTS
        ),
    ]


def _standing(standing: Standing) -> str:
    needs, leaves = ("/".join(sorted(state or "none" for state in each)) for each in (standing.needs, standing.leaves))
    return f"{standing.of.name}: {needs or 'any'} → {leaves or 'the same'}"


def entries() -> Table:
    """What one person enters and another confirms."""
    return [
        ("entry", "entered by", "confirmed by"),
        *((kind.name.en, _code([kind.role]), _code([kind.confirmer])) for kind in KINDS.values()),
    ]


def apart() -> Table:
    """What one person may not both do, in one case, and which roles nobody holds together in one organisation."""
    return [
        ("act or role", "not with"),
        *((f"`{act}`", "; ".join(NAMES[part].en for part in parts)) for act, parts in INCOMPATIBLE.items()),
        *((f"`{one}`", f"`{other}`") for one, other in sorted(map(sorted, roles.KEPT_APART))),
    ]


def acts() -> Table:
    """Every act that asks something of the actor, with what it asks, and every one that joins others, with those."""
    found = [(name, function) for module in _modules() for name, function in _public(module) if _is_act(function)]
    rows = [
        (f"`{name}`", _code(_asks(one)), _code(acts_of(one)) if _joins(name) else "") for name, one in sorted(found)
    ]
    return [("act", "asks", "calls"), *(row for row in rows if row[1] or row[2])]


def _joins(name: str) -> bool:
    return name.startswith("workflow.")


def _modules() -> Iterator[ModuleType]:
    root = Path(roles.__file__).parents[2]
    for floor in FLOORS:
        for path in sorted((root / floor.replace(".", "/")).rglob("*.py")):
            if path.stem not in ("__main__", "__init__"):
                yield import_module(".".join(path.relative_to(root).with_suffix("").parts))


def _public(module: ModuleType) -> Iterator[tuple[str, FunctionType]]:
    for name, value in vars(module).items():
        if isinstance(value, FunctionType) and value.__module__ == module.__name__ and not name.startswith("_"):
            yield _called(value), value


def _called(function: FunctionType) -> str:
    return f"{function.__module__.removeprefix('app.')}.{function.__qualname__}"


def _is_act(value: object) -> bool:
    return (
        isinstance(value, FunctionType)
        and value.__module__.startswith(FLOORS)
        and not value.__name__.startswith("_")
        and "actor" in inspect.signature(value).parameters
    )


def acts_of(function: Callable[..., Any]) -> list[str]:
    """The acts that a function of a page or an intake calls, by name."""
    start = inspect.unwrap(function)
    if not isinstance(start, FunctionType):
        return []
    met = {found for each in _near(start) for found in _meant(each) if _is_act(found)}
    return sorted(_called(found) for found in met - {start})


def _near(function: FunctionType) -> list[FunctionType]:
    """The function, with those of its module that it calls or was made with, and so on; an act stays an act of its own."""
    found = [function]
    for each in found:
        cells = [cell.cell_contents for cell in each.__closure__ or ()]
        near = [other for other in _meant(each) if other.__module__ == each.__module__ or other in cells]
        found += [other for other in near if other not in found and not _is_act(other)]
    return found


@cache
def _meant(function: FunctionType) -> tuple[FunctionType, ...]:
    """The functions that a function's source names."""
    known = _known(function)
    named = (_value(node, known) for node in ast.walk(_source(function)) if isinstance(node, ast.Name | ast.Attribute))
    return tuple(dict.fromkeys(value for value in named if isinstance(value, FunctionType)))


def _known(function: FunctionType) -> dict[str, object]:
    """What the names in a function stand for: its module's, what it was made with, what it imports itself."""
    cells = (cell.cell_contents for cell in function.__closure__ or ())
    known = function.__globals__ | dict(zip(function.__code__.co_freevars, cells, strict=True))
    for node in ast.walk(_source(function)):
        if isinstance(node, ast.ImportFrom) and node.module:
            module = import_module(node.module)
            known |= {alias.asname or alias.name: _member(module, alias.name) for alias in node.names}
    return known


def _member(module: ModuleType, name: str) -> object:
    return getattr(module, name) if hasattr(module, name) else import_module(f"{module.__name__}.{name}")


def _value(node: ast.expr, known: Mapping[str, object]) -> object:
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _value(node.value, known)
        return getattr(owner, node.attr, None) if isinstance(owner, ModuleType) else None
    return None


def _source(function: FunctionType) -> ast.AST:
    return _functions(function.__code__.co_filename)[function.__code__.co_firstlineno]


@cache
def _functions(file: str) -> dict[int, ast.AST]:
    """The functions of a file by the line that each begins in, its decorators among them."""
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda)]
    return {
        min((one.lineno for one in getattr(node, "decorator_list", ())), default=node.lineno): node
        for node in functions
    }


def _asks(function: FunctionType) -> list[str]:
    """What an act asks of its actor, itself or by functions of its module that are no acts."""
    return sorted({said for each in _near(function) for said in _questions(each)})


def _questions(function: FunctionType) -> Iterator[str]:
    source, known = _source(function), _known(function)
    looped = [node for node in ast.walk(source) if isinstance(node, ast.comprehension)]
    known |= {node.target.id: _value(node.iter, known) for node in looped if isinstance(node.target, ast.Name)}
    for node in ast.walk(source):
        if isinstance(node, ast.Call) and _last(node.func) in ASKING:
            given = [*(_told(one, known) for one in node.args), *(_told_by_name(one, known) for one in node.keywords)]
            yield f"{_last(node.func)}({', '.join(one for one in given if one not in ('session', 'actor'))})"
        elif isinstance(node, ast.Compare) and any(_is_of_actor(part) for part in (node.left, *node.comparators)):
            yield ast.unparse(node)


def _told(node: ast.expr, known: Mapping[str, object]) -> str:
    """An argument as the source says it; a constant's name as what it stands for, so that its change is seen."""
    value = _value(node, known)
    if isinstance(value, tuple | frozenset) and all(isinstance(one, str) for one in value):
        return f"one of ({', '.join(sorted(value))})"
    return repr(value) if isinstance(value, str) else ast.unparse(node)


def _told_by_name(node: ast.keyword, known: Mapping[str, object]) -> str:
    return f"{node.arg}={_told(node.value, known)}" if node.arg else f"**{ast.unparse(node.value)}"


def _is_of_actor(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in OWN and _last(node.value) == "actor"


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _code(words: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
