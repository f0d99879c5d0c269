"""The shapes an expression is read into (DMN 1.5, section 10.3.1.2). Each knows where it stands in the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Node:
    """Any part of an expression."""

    at: int = field(kw_only=True, default=0)


@dataclass(frozen=True)
class Literal(Node):
    value: Any


@dataclass(frozen=True)
class Name(Node):
    name: str


@dataclass(frozen=True)
class Path(Node):
    source: Node
    name: str


@dataclass(frozen=True)
class Filter(Node):
    source: Node
    condition: Node


@dataclass(frozen=True)
class Call(Node):
    function: Node
    positional: tuple[Node, ...]
    named: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class Negation(Node):
    operand: Node


@dataclass(frozen=True)
class Arithmetic(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Comparison(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Logic(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Between(Node):
    value: Node
    low: Node
    high: Node


@dataclass(frozen=True)
class In(Node):
    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True)
class Test(Node):
    """A unary test: an operator and its operand; without operator an equality, an ``in`` or a condition on ``?``."""

    operator: str | None
    operand: Node


@dataclass(frozen=True)
class Tests(Node):
    """Unary tests joined by commas, or their negation; no test at all (``-``) always holds."""

    tests: tuple[Node, ...]
    negated: bool = False


@dataclass(frozen=True)
class RangeNode(Node):
    low: Node | None
    high: Node | None
    low_included: bool
    high_included: bool


@dataclass(frozen=True)
class ListNode(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True)
class ContextNode(Node):
    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True)
class For(Node):
    iterators: tuple[tuple[str, Node, Node | None], ...]
    result: Node


@dataclass(frozen=True)
class Quantified(Node):
    every: bool
    iterators: tuple[tuple[str, Node, Node | None], ...]
    condition: Node


@dataclass(frozen=True)
class FunctionNode(Node):
    parameters: tuple[str, ...]
    body: Node


@dataclass(frozen=True)
class InstanceOf(Node):
    value: Node
    type: TypeNode


@dataclass(frozen=True)
class TypeNode(Node):
    """A type by name, with its parts: list<T>, range<T>, context<a: T>, function<T> -> T."""

    name: str
    parts: tuple[tuple[str, TypeNode], ...] = ()
