"""Tokens to syntax, by recursive descent (DMN 1.5, section 10.3.1.2).

A name of several words is read as one when it is known: a built-in function, a name handed in, a parameter, an
iterator or an entry of a surrounding context. The longest known name wins.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.feel import syntax as s
from app.feel.errors import FeelSyntaxError
from app.feel.lexer import Token, error, tokens
from app.feel.values import number_from, parse_temporal

MAX_DEPTH = 100
KEYWORDS = frozenset(
    [
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "and",
        "or",
        "between",
        "instance",
        "of",
        "function",
        "true",
        "false",
        "null",
        "external",
    ]
)
_RESERVED = KEYWORDS - {"in", "of", "external"}
_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})


def words(name: str) -> tuple[str, ...]:
    """A name's tokens, as the parser meets them."""
    return tuple(token.text for token in tokens(name)[:-1])


class Parser:
    """Reads one text. ``names`` are the known names that may have several words."""

    def __init__(self, text: str, names: Iterable[str]) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.index = 0
        self.depth = 0
        self.known: list[dict[tuple[str, ...], str]] = [{}]
        for name in names:
            self.learn(name)

    # -- what stands next

    @property
    def next(self) -> Token:
        return self.tokens[self.index]

    def learn(self, name: str) -> None:
        """Make a name known in the present scope."""
        try:
            parts = words(name)
        except FeelSyntaxError:
            return
        if parts:
            self.known[-1][parts] = name

    def is_(self, *texts: str) -> bool:
        token = self.next
        return token.kind in ("symbol", "name") and token.text in texts

    def take(self) -> Token:
        token = self.next
        self.index += token.kind != "end"
        return token

    def accept(self, text: str) -> bool:
        if self.is_(text):
            self.index += 1
            return True
        return False

    def expect(self, text: str) -> Token:
        if not self.is_(text):
            raise self.wrong(f"expected {text!r}")
        return self.take()

    def wrong(self, message: str) -> FeelSyntaxError:
        token = self.next
        found = "the end" if token.kind == "end" else repr(self.text[token.start : token.end])
        return error(f"{message}, found {found}", self.text, token.start)

    # -- expressions, from the loosest binding to the tightest

    def whole(self) -> s.Node:
        """The text as one expression."""
        node = self.expression()
        if self.next.kind != "end":
            raise self.wrong("expected the end of the expression")
        return node

    def expression(self) -> s.Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise error(f"expressions may be nested {MAX_DEPTH} deep at most", self.text, self.next.start)
        try:
            return self.disjunction()
        finally:
            self.depth -= 1

    def disjunction(self) -> s.Node:
        node = self.conjunction()
        while self.is_("or"):
            at = self.take().start
            node = s.Logic("or", node, self.conjunction(), at=at)
        return node

    def conjunction(self) -> s.Node:
        node = self.comparison()
        while self.is_("and"):
            at = self.take().start
            node = s.Logic("and", node, self.comparison(), at=at)
        return node

    def comparison(self) -> s.Node:
        node = self.sum()
        while True:
            token = self.next
            if token.kind == "symbol" and token.text in _COMPARISONS:
                self.take()
                node = s.Comparison(token.text, node, self.sum(), at=token.start)
            elif self.is_("between"):
                self.take()
                low = self.sum()
                self.expect("and")
                node = s.Between(node, low, self.sum(), at=token.start)
            elif self.is_("in"):
                self.take()
                node = s.In(node, self.in_tests(), at=token.start)
            else:
                return node

    def in_tests(self) -> tuple[s.Node, ...]:
        if self.is_("("):
            start = self.index
            try:
                return self.parenthesised_tests()
            except FeelSyntaxError:
                self.index = start
        return (self.test(),)

    def parenthesised_tests(self) -> tuple[s.Node, ...]:
        self.expect("(")
        tests = [self.test()]
        while self.accept(","):
            tests.append(self.test())
        self.expect(")")
        if self.is_(".."):
            raise self.wrong("a range isn't a list of tests")
        return tuple(tests)

    def sum(self) -> s.Node:
        node = self.product()
        while self.is_("+", "-"):
            token = self.take()
            node = s.Arithmetic(token.text, node, self.product(), at=token.start)
        return node

    def product(self) -> s.Node:
        node = self.power()
        while self.is_("*", "/"):
            token = self.take()
            node = s.Arithmetic(token.text, node, self.power(), at=token.start)
        return node

    def power(self) -> s.Node:
        node = self.negation()
        while self.is_("**"):
            token = self.take()
            node = s.Arithmetic("**", node, self.negation(), at=token.start)
        return node

    def negation(self) -> s.Node:
        if self.is_("-"):
            at = self.take().start
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise error("too many signs", self.text, at)
            node = s.Negation(self.negation(), at=at)
            self.depth -= 1
            return node
        return self.instance()

    def instance(self) -> s.Node:
        node = self.postfix()
        while self.is_("instance"):
            at = self.take().start
            self.expect("of")
            node = s.InstanceOf(node, self.type(), at=at)
        return node

    def postfix(self) -> s.Node:
        node = self.primary()
        while True:
            token = self.next
            if self.accept("."):
                node = s.Path(node, self.path_name(), at=token.start)
            elif self.is_("["):
                self.take()
                self.known.append({("item",): "item"})
                node = s.Filter(node, self.expression(), at=token.start)
                self.known.pop()
                self.expect("]")
            elif self.is_("("):
                node = self.call(node)
            else:
                return node

    def path_name(self) -> str:
        longest = self.known_name()
        if longest is not None:
            return longest
        token = self.take()
        if token.kind != "name":
            self.index -= token.kind != "end"
            raise self.wrong("expected a name after the dot")
        return token.text

    def call(self, function: s.Node) -> s.Node:
        at = self.expect("(").start
        positional: list[s.Node] = []
        named: list[tuple[str, s.Node]] = []
        while not self.is_(")"):
            name = self.parameter_name()
            if name is not None:
                named.append((name, self.expression()))
            else:
                positional.append(self.expression())
            if not self.accept(","):
                break
        self.expect(")")
        if positional and named:
            raise error("arguments are either all named or none", self.text, at)
        return s.Call(function, tuple(positional), tuple(named), at=at)

    def parameter_name(self) -> str | None:
        """The name before a colon, of any number of words; None when the argument is positional."""
        index = self.index
        while self.tokens[index].kind == "name":
            index += 1
        if index > self.index and self.tokens[index].text == ":" and self.tokens[index].kind == "symbol":
            name = " ".join(token.text for token in self.tokens[self.index : index])
            self.index = index + 1
            return name
        return None

    # -- the things themselves

    def primary(self) -> s.Node:
        token = self.next
        if token.kind == "number":
            self.take()
            return s.Literal(number_from(token.text), at=token.start)
        if token.kind == "string":
            self.take()
            return s.Literal(token.text, at=token.start)
        if token.kind == "symbol":
            return self.bracketed(token)
        if token.kind == "name":
            return self.worded(token)
        raise self.wrong("expected a value")

    def bracketed(self, token: Token) -> s.Node:
        match token.text:
            case "@":
                self.take()
                literal = self.take()
                value = parse_temporal(literal.text) if literal.kind == "string" and literal.text else None
                if value is None:
                    raise error(
                        '@ must be followed by a date, time or duration in quotes, like @"2026-03-02"',
                        self.text,
                        token.start,
                    )
                return s.Literal(value, at=token.start)
            case "{":
                return self.context()
            case "[" | "(" | "]":
                return self.range_list_or_group(token)
            case "<" | "<=" | ">" | ">=" | "=" | "!=":
                return self.test()
        raise self.wrong("expected a value")

    def range_list_or_group(self, token: Token) -> s.Node:
        opening = self.take().text
        if opening == "[" and self.accept("]"):
            return s.ListNode((), at=token.start)
        if opening == "(" and self.is_("<", "<=", ">", ">=", "=", "!="):
            node = self.test()
            self.expect(")")
            return node
        first = self.expression()
        if self.accept(".."):
            high = self.expression()
            if not self.is_("]", ")", "["):
                raise self.wrong("expected the end of the range")
            closing = self.take().text
            return s.RangeNode(first, high, opening == "[", closing == "]", at=token.start)
        if opening == "]":
            raise self.wrong("expected '..'")
        if opening == "(":
            self.expect(")")
            return first
        items = [first]
        while self.accept(","):
            items.append(self.expression())
        self.expect("]")
        return s.ListNode(tuple(items), at=token.start)

    def context(self) -> s.Node:
        at = self.expect("{").start
        entries: list[tuple[str, s.Node]] = []
        self.known.append({})
        while not self.is_("}"):
            token = self.next
            if token.kind == "string":
                self.take()
                key: str = token.text
                self.expect(":")
            else:
                name = self.entry_name()
                key = name
            entries.append((key, self.expression()))
            self.learn(key)
            if not self.accept(","):
                break
        self.expect("}")
        self.known.pop()
        return s.ContextNode(tuple(entries), at=at)

    def entry_name(self) -> str:
        start = self.next.start
        while (
            not self.is_(":")
            and self.next.kind in ("name", "number", "symbol")
            and not self.is_(",", "}", "{", "(", "[")
        ):
            self.take()
        name = self.text[start : self.next.start].strip()
        if not name:
            raise self.wrong("expected the name of an entry")
        self.expect(":")
        return name

    def worded(self, token: Token) -> s.Node:
        match token.text:
            case "true" | "false":
                self.take()
                return s.Literal(token.text == "true", at=token.start)
            case "null":
                self.take()
                return s.Literal(None, at=token.start)
            case "if":
                return self.conditional()
            case "for":
                return self.loop()
            case "some" | "every":
                return self.quantified()
            case "function":
                return self.function()
            case "not" if self.tokens[self.index + 1].text == "(" and self.tokens[self.index + 1].kind == "symbol":
                self.take()
                return s.Name("not", at=token.start)
        known = self.known_name()
        if known is not None:
            return s.Name(known, at=token.start)
        if token.text in _RESERVED:
            raise self.wrong("expected a value")
        self.take()
        return s.Name(token.text, at=token.start)

    def known_name(self) -> str | None:
        """The longest known name that stands here, taken; None when none does."""
        best: tuple[int, str] | None = None
        for scope in self.known:
            for parts, name in scope.items():
                size = len(parts)
                if (
                    (best is None or size > best[0])
                    and all(
                        token.text == part and token.kind != "string"
                        for token, part in zip(self.tokens[self.index : self.index + size], parts, strict=False)
                    )
                    and self.index + size < len(self.tokens)
                ):
                    best = (size, name)
        if best is None or (best[0] == 1 and best[1] in _RESERVED):
            return None
        self.index += best[0]
        return best[1]

    def conditional(self) -> s.Node:
        at = self.expect("if").start
        condition = self.expression()
        self.expect("then")
        then = self.expression()
        self.expect("else")
        return s.If(condition, then, self.expression(), at=at)

    def iterators(self) -> tuple[tuple[str, s.Node, s.Node | None], ...]:
        found: list[tuple[str, s.Node, s.Node | None]] = []
        self.known.append({})
        while True:
            start = self.next.start
            while self.next.kind == "name" and not self.is_("in"):
                self.take()
            name = self.text[start : self.next.start].strip()
            if not name:
                raise self.wrong("expected the iterator's name")
            self.expect("in")
            source = self.expression()
            end = self.expression() if self.accept("..") else None
            found.append((name, source, end))
            self.learn(name)
            if not self.accept(","):
                return tuple(found)

    def loop(self) -> s.Node:
        at = self.expect("for").start
        iterators = self.iterators()
        self.expect("return")
        self.learn("partial")
        node = s.For(iterators, self.expression(), at=at)
        self.known.pop()
        return node

    def quantified(self) -> s.Node:
        token = self.take()
        iterators = self.iterators()
        self.expect("satisfies")
        node = s.Quantified(token.text == "every", iterators, self.expression(), at=token.start)
        self.known.pop()
        return node

    def function(self) -> s.Node:
        at = self.expect("function").start
        self.expect("(")
        parameters: list[str] = []
        self.known.append({})
        while not self.is_(")"):
            start = self.next.start
            while self.next.kind == "name":
                self.take()
            name = self.text[start : self.next.start].strip()
            if not name:
                raise self.wrong("expected a parameter's name")
            if self.accept(":"):
                self.type()
            parameters.append(name)
            self.learn(name)
            if not self.accept(","):
                break
        self.expect(")")
        if self.is_("external"):
            raise self.wrong("external functions (Java, PMML) can't be called here")
        node = s.FunctionNode(tuple(parameters), self.expression(), at=at)
        self.known.pop()
        return node

    def type(self) -> s.TypeNode:
        start = self.next
        if start.kind != "name":
            raise self.wrong("expected a type")
        if self.accept("function"):
            return self.function_type(start)
        name = self.take().text
        while self.next.kind == "name" and self.next.text in ("and", "time", "months", "duration", "days", "years"):
            following = f"{name} {self.next.text}"
            if not any(full == following or full.startswith(following + " ") for full in _LONG_TYPES):
                break
            name = following
            self.take()
        while self.accept("."):
            name += "." + self.take().text
        parts: list[tuple[str, s.TypeNode]] = []
        if self.accept("<"):
            while not self.is_(">"):
                key = ""
                if name == "context":
                    key = self.parameter_name() or ""
                parts.append((key, self.type()))
                if not self.accept(","):
                    break
            self.expect(">")
        return s.TypeNode(name, tuple(parts), at=start.start)

    def function_type(self, start: Token) -> s.TypeNode:
        parts: list[tuple[str, s.TypeNode]] = []
        if self.accept("<"):
            while not self.is_(">"):
                parts.append(("", self.type()))
                if not self.accept(","):
                    break
            self.expect(">")
        if self.accept("->"):
            parts.append(("return", self.type()))
        return s.TypeNode("function", tuple(parts), at=start.start)

    # -- unary tests

    def unary_tests(self) -> s.Tests:
        """The whole text as unary tests."""
        at = self.next.start
        if self.is_("-") and self.tokens[self.index + 1].kind == "end":
            return s.Tests((), at=at)
        negated = self.is_("not") and self.tokens[self.index + 1].text == "("
        start = self.index
        if negated:
            self.take()
            self.expect("(")
        tests = [self.test()]
        while self.accept(","):
            tests.append(self.test())
        if negated:
            self.expect(")")
            if self.next.kind != "end":
                self.index, negated = start, False
                tests = [self.test()]
        if self.next.kind != "end":
            raise self.wrong("expected the end of the test")
        return s.Tests(tuple(tests), negated, at=at)

    def test(self) -> s.Node:
        token = self.next
        if token.kind == "symbol" and token.text in _COMPARISONS:
            self.take()
            return s.Test(token.text, self.sum(), at=token.start)
        return s.Test(None, self.expression(), at=token.start)


_LONG_TYPES = ("date and time", "days and time duration", "years and months duration")


def parse(text: str, names: Iterable[str] = ()) -> s.Node:
    """Read one expression."""
    return _bounded(lambda: Parser(text, names).whole(), text)


def parse_unary_tests(text: str, names: Iterable[str] = ()) -> s.Tests:
    """Read unary tests, as decision tables have them in their cells."""
    return _bounded(lambda: Parser(text, names).unary_tests(), text)


def _bounded(read: Any, text: str) -> Any:
    try:
        return read()
    except RecursionError:
        raise error("this expression is nested too deeply", text, 0) from None
