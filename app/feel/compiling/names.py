"""The names that an expression reads from outside."""

from __future__ import annotations

from app.feel import syntax as s

_NONE: frozenset[str] = frozenset()


def free_names(node: s.Node, bound: frozenset[str] = _NONE) -> frozenset[str]:
    """The names that an expression reads and doesn't make itself (the first part of each path).

    In a filter every name may be an entry of the filtered items, so names there count too.
    """
    match node:
        case s.Name(name=name):
            return _NONE if name in bound or name == "?" else frozenset({name})
        case s.Native(reads=reads):
            return reads - bound
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
