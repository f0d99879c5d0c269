"""The shapes an expression is read into (DMN 1.5, section 10.3.1.2). Each knows where it stands in the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from app.feel.types import Type


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
    """Operands of one precedence from left to right: a first one, then operators with theirs."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class Comparison(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Logic(Node):
    """Operands joined by ``and``, or all by ``or``."""

    operator: str
    operands: tuple[Node, ...]


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
    """A comparison without its left side; as a value it is a range."""

    operator: str
    operand: Node


@dataclass(frozen=True)
class Tests(Node):
    """Unary tests joined by commas, or their negation; no test at all (``-``) always holds."""

    tests: tuple[Node, ...]
    negated: bool = False


@dataclass(frozen=True)
class RangeNode(Node):
    low: Node
    high: Node
    low_included: bool
    high_included: bool


@dataclass(frozen=True)
class ListNode(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True)
class ContextNode(Node):
    """Entries that each see those before them; with a ``result`` the context is only where that is worked out."""

    entries: tuple[tuple[str, Node], ...]
    result: Node | None = None


@dataclass(frozen=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True)
class Iteration(Node):
    """A name that goes through a source, or through the whole numbers or days from the source to ``end``."""

    name: str
    source: Node
    end: Node | None = None


@dataclass(frozen=True)
class For(Node):
    iterators: tuple[Iteration, ...]
    result: Node


@dataclass(frozen=True)
class Quantified(Node):
    every: bool
    iterators: tuple[Iteration, ...]
    condition: Node


@dataclass(frozen=True)
class FunctionNode(Node):
    """``parameters`` with their declared types; ``external`` says that the body names a Java method or PMML model."""

    parameters: tuple[tuple[str, Type], ...]
    body: Node
    external: bool = False
    result: Type | None = None


@dataclass(frozen=True)
class InstanceOf(Node):
    value: Node
    type: Type


@dataclass(frozen=True)
class Typed(Node):
    """A part whose value has to be of a type; ``what`` names it in the warning when it isn't."""

    value: Node
    type: Type
    what: str


@dataclass(frozen=True)
class Native(Node):
    """A part whose value a host's own closure works out: a decision table, for instance."""

    closure: Callable[[Any], Any]


def children(node: Node) -> Iterator[Node]:
    """The parts of a node, in order."""
    for value in vars(node).values():
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, tuple):
                part = part[-1]
            if isinstance(part, Node):
                yield part
