"""What is known to be wrong with an expression before it is worked out, and would be null without a word.

A call of a function that doesn't exist, a call that no signature takes, a comparison with a range, a function that
isn't FEEL.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from app.feel import external
from app.feel import syntax as s
from app.feel.functions import BUILT_IN
from app.feel.functions.signatures import BuiltIn, Signature


@dataclass(frozen=True)
class UnknownFunction:
    """A call of a function that nobody defines; ``like`` is one that may be meant."""

    name: str
    like: str | None


@dataclass(frozen=True)
class WrongArguments:
    """A call whose number or names of arguments no signature of the function takes."""

    name: str
    given: str
    signatures: tuple[str, ...]


@dataclass(frozen=True)
class RangeCompared:
    """A comparison of which one side is a range, as in ``a > > 100``: it has no value."""

    operator: str


@dataclass(frozen=True)
class ExternalFunction:
    """A function that isn't defined in FEEL, where nothing outside it can be called."""


Doubt = UnknownFunction | WrongArguments | RangeCompared | ExternalFunction


def doubts(node: s.Node, known: Collection[str] = ()) -> Iterator[Doubt]:
    """What is wrong with an expression in which functions of the names ``known`` can be called besides the built-in ones."""
    callable_names = {*known, *_made(node)}
    for part in _parts(node):
        if isinstance(part, s.Call) and isinstance(part.function, s.Name) and part.function.name not in callable_names:
            yield from _of_call(part, part.function.name, callable_names)
        elif isinstance(part, s.Comparison) and _has_range(part):
            yield RangeCompared(part.operator)
        elif isinstance(part, s.FunctionNode) and part.external and not external.are_lent():
            yield ExternalFunction()


def _has_range(comparison: s.Comparison) -> bool:
    ordered = comparison.operator not in ("=", "!=")
    return ordered and any(isinstance(side, s.Test | s.RangeNode) for side in (comparison.left, comparison.right))


def similar(name: str, known: Collection[str] = ()) -> str | None:
    """The function that may be meant by a name that none has."""
    found = difflib.get_close_matches(name, [*BUILT_IN, *known], 1, 0.7)
    return found[0] if found else None


def _of_call(call: s.Call, name: str, known: Collection[str]) -> Iterator[Doubt]:
    function = BUILT_IN.get(name)
    if function is None:
        yield UnknownFunction(name, similar(name, known))
        return
    assert isinstance(function.call, BuiltIn)
    signatures = function.call.signatures
    if not any(_takes(signature, call) for signature in signatures):
        given = ", ".join(name for name, _ in call.named) if call.named else str(len(call.positional))
        yield WrongArguments(name, given, tuple(signature.text for signature in signatures))


def _takes(signature: Signature, call: s.Call) -> bool:
    parameters = signature.parameters
    many = any(parameter.many for parameter in parameters)
    needed = {parameter.name for parameter in parameters if not parameter.optional and not parameter.many}
    if call.named:
        given = {name for name, _ in call.named}
        return needed <= given <= {parameter.name for parameter in parameters if not parameter.many}
    count = len(call.positional)
    return count >= len(needed) + many and (many or count <= len(parameters))


def _made(node: s.Node) -> set[str]:
    """Every name that an expression makes itself: parameters, iterators, entries."""
    made = {"partial", "item"}
    for part in _parts(node):
        match part:
            case s.ContextNode(entries=entries):
                made |= {key for key, _ in entries}
            case s.For(iterators=iterators) | s.Quantified(iterators=iterators):
                made |= {iterator.name for iterator in iterators}
            case s.FunctionNode(parameters=parameters):
                made |= {name for name, _ in parameters}
    return made


def _parts(node: s.Node) -> Iterator[s.Node]:
    """A node and all its parts; not recursive, as a sum of a thousand operands is."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += s.children(part)
