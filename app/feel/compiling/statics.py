"""What can be said of an expression without working it out: the names it reads, and sometimes its type."""

from __future__ import annotations

from app.feel import syntax as s
from app.feel.functions import BUILT_IN
from app.feel.types import BUILT_IN_TYPES, Type
from app.feel.values import kind

_NONE: frozenset[str] = frozenset()


def free_names(node: s.Node, bound: frozenset[str] = _NONE) -> frozenset[str]:
    """The names that an expression reads and doesn't make itself (the first part of each path).

    In a filter every name may be an entry of the filtered items, so names there count too. What is called by a
    built-in function's name is that function, unless a variable of the name holds one of its own.
    """
    match node:
        case s.Call(function=s.Name(name=name)) if name in BUILT_IN:
            arguments = (*node.positional, *(value for _, value in node.named))
            return frozenset().union(*(free_names(argument, bound) for argument in arguments))
        case s.Name(name=name):
            return _NONE if name in bound or name == "?" else frozenset({name})
        case s.ContextNode(entries=entries, result=result):
            found = _NONE
            for key, value in entries:
                found |= free_names(value, bound)
                bound |= {key}
            return found | (free_names(result, bound) if result is not None else _NONE)
        case s.For(iterators=iterators, result=body):
            return _iterated(iterators, body, bound | {"partial"})
        case s.Quantified(iterators=iterators, condition=body):
            return _iterated(iterators, body, bound)
        case s.FunctionNode(parameters=parameters, body=body):
            return free_names(body, bound | {name for name, _ in parameters})
        case s.Filter(source=source, condition=condition):
            return free_names(source, bound) | free_names(condition, bound | {"item"})
    found = _NONE
    for child in s.children(node):
        found |= free_names(child, bound)
    return found


def _iterated(iterators: tuple[s.Iteration, ...], body: s.Node, bound: frozenset[str]) -> frozenset[str]:
    found = _NONE
    for iterator in iterators:
        found |= free_names(iterator.source, bound)
        if iterator.end is not None:
            found |= free_names(iterator.end, bound)
        bound |= {iterator.name}
    return found | free_names(body, bound)


# -- what can be said of a type without working anything out


def known_type(node: s.Node) -> Type | None:
    """The type of a node's value where its shape says it; None when it doesn't."""
    match node:
        case s.Literal(value=value):
            return None if value is None else BUILT_IN_TYPES.get(kind(value))
        case s.Comparison() | s.Logic() | s.Between() | s.In() | s.InstanceOf() | s.Quantified():
            return BUILT_IN_TYPES["boolean"]
        case s.If(then=then, otherwise=otherwise):
            found = known_type(then)
            return found if found == known_type(otherwise) else None
        case s.Arithmetic(first=first, rest=rest):
            kinds = {known_type(part) for part in (first, *(operand for _, operand in rest))}
            return kinds.pop() if kinds == {BUILT_IN_TYPES["number"]} or kinds == {BUILT_IN_TYPES["string"]} else None
    return None
