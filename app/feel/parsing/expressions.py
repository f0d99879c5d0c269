"""Expressions and unary tests (grammar rules 1 to 63)."""

from __future__ import annotations

from app.feel import syntax as s
from app.feel.errors import FeelSyntaxError, TooComplex, Words
from app.feel.lexer import Token, error, too_complex
from app.feel.parsing.stream import MAX_DEPTH, RESERVED
from app.feel.parsing.types import TypeParser
from app.feel.temporal import parse_temporal
from app.feel.types import ANY, Type
from app.feel.values import number_from

_NAMED = Words("arguments are either all named or none", "参数要么全部写名称，要么都不写")
_TWICE = Words("an argument stands twice", "参数重复")
_LARGE = Words("this number is too large", "该数字过大")
_TEMPORAL = Words(
    '@ must be followed by a date, time or duration in quotes, like @"2026-03-02"',
    '@ 之后应为带引号的日期、时间或时长，如 @"2026-03-02"',
)
_CLOSED = Words("expected a value, found ']'", "此处应为值，实际为 ']'")
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
OR, AND, COMPARISON, SUM, PRODUCT, POWER, UNARY = range(7)
_LEVELS = {
    "or": OR, "and": AND, **dict.fromkeys(COMPARISONS, COMPARISON), "between": COMPARISON, "in": COMPARISON,
    "+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "**": POWER,
}  # fmt: skip
_OPERATORS = {
    level: frozenset(sign for sign, its in _LEVELS.items() if its == level) for level in (OR, AND, SUM, PRODUCT, POWER)
}


class Parser(TypeParser):
    """Reads one text."""

    _bare = -1
    """The depth at which a bracket ends a range instead of beginning a filter."""

    def whole(self) -> s.Node:
        """The text as one expression."""
        node = self.expression()
        self.end(Words("the expression", "表达式"))
        return node

    def end(self, what: Words) -> None:
        """Nothing may follow."""
        if self.next.kind != "end":
            raise self.wrong(f"expected the end of {what.en}", f"{what.zh}应在此处结束")

    def expression(self) -> s.Node:
        """An expression of any precedence."""
        with self.deeper():
            return self.climb(OR)

    # -- operators

    def climb(self, level: int) -> s.Node:
        """Operands joined by operators of this level or tighter ones."""
        node = self.unary()
        chained = 0
        while True:
            token = self.next
            found = _LEVELS.get(token.text, -1) if token.kind in ("symbol", "name") else -1
            if found < level:
                return node
            chained += 1
            if chained > MAX_DEPTH:
                raise self.wrong("too many comparisons in a row", "连续比较过多")
            node = self.comparison(node) if found == COMPARISON else self.chain(node, found)

    def chain(self, first: s.Node, level: int) -> s.Node:
        """The rest of a row of operators of one level."""
        at = self.next.start
        rest: list[tuple[str, s.Node]] = []
        while self.at(*_OPERATORS[level]):
            sign = self.take().text
            rest.append((sign, self.climb(level + 1)))
        if level <= AND:
            return s.Logic(rest[0][0], (first, *(operand for _, operand in rest)), at=at)
        return s.Arithmetic(first, tuple(rest), at=at)

    def comparison(self, left: s.Node) -> s.Node:
        """A comparison, ``between`` or ``in``."""
        token = self.take()
        if token.text == "between":
            low = self.climb(SUM)
            self.expect("and")
            return s.Between(left, low, self.climb(SUM), at=token.start)
        if token.text == "in":
            return s.In(left, self.in_tests(), at=token.start)
        return s.Comparison(token.text, left, self.climb(SUM), at=token.start)

    def in_tests(self) -> tuple[s.Node, ...]:
        """What stands after ``in``: one test, or several in parentheses."""
        if self.at("("):
            mark = self.mark()
            try:
                return self.parenthesised_tests()
            except TooComplex:
                raise
            except FeelSyntaxError:
                self.reset(mark)
        return (self.test(SUM),)

    def parenthesised_tests(self) -> tuple[s.Node, ...]:
        """Tests in parentheses."""
        self.expect("(")
        tests = self.tests()
        self.expect(")")
        if self.at("..", "[", "+", "-", "*", "/", "**", "."):
            raise self.wrong("this is no list of tests", "此处不是条件列表")
        return tests

    def unary(self) -> s.Node:
        """An operand: signs, the thing itself, and ``instance of``."""
        if self.at("-"):
            at = self.take().start
            with self.deeper():
                return s.Negation(self.unary(), at=at)
        node = self.postfix()
        if self.at("instance"):
            at = self.take().start
            self.expect("of")
            node = s.InstanceOf(node, self.type(), at=at)
        return node

    def postfix(self) -> s.Node:
        """A thing with paths, filters and calls after it."""
        node = self.primary()
        chained = 0
        while True:
            token = self.next
            if token.kind != "symbol" or token.text not in (".", "[", "("):
                return node
            if token.text == "[" and self._bare == self.depth:
                return node
            chained += 1
            if chained > MAX_DEPTH:
                many = Words(f"more than {MAX_DEPTH} steps in a row", f"连续取值超过 {MAX_DEPTH} 次")
                raise too_complex(many, self.text, token.start)
            if token.text == "(":
                node = self.call(node)
                continue
            self.take()
            if token.text == ".":
                node = s.Path(node, self.member_name(), at=token.start)
            else:
                node = self.filter(node, token)

    def filter(self, source: s.Node, token: Token) -> s.Node:
        """A filter, whose bracket is taken: the members of the items are in scope."""
        self.scopes.append(self.members)
        condition = self.expression()
        self.scopes.pop()
        self.expect("]")
        return s.Filter(source, condition, at=token.start)

    def call(self, function: s.Node) -> s.Node:
        """A call with positional or named arguments."""
        at = self.expect("(").start
        positional: list[s.Node] = []
        named: list[tuple[str, s.Node]] = []
        for _ in self.parts(")"):
            name = self.name_before_colon()
            if name is not None:
                named.append((name, self.expression()))
            else:
                positional.append(self.expression())
        if positional and named:
            raise error(_NAMED, self.text, at)
        if len({name for name, _ in named}) < len(named):
            raise error(_TWICE, self.text, at)
        return s.Call(function, tuple(positional), tuple(named), at=at)

    # -- the things themselves

    def primary(self) -> s.Node:
        """A literal, a name, or something in brackets."""
        token = self.next
        match token.kind:
            case "number":
                self.take()
                value = number_from(token.text)
                if value is None or not value.is_finite():
                    raise error(_LARGE, self.text, token.start)
                return s.Literal(value, at=token.start)
            case "string":
                self.take()
                return s.Literal(token.text, at=token.start)
            case "symbol":
                return self.bracketed(token)
            case "name":
                return self.worded(token)
        raise self.wrong("expected a value", "此处应为值")

    def bracketed(self, token: Token) -> s.Node:
        """What begins with a sign."""
        if token.text == "@":
            return self.at_literal(token)
        if token.text == "{":
            return self.context()
        if token.text in ("[", "(", "]"):
            return self.range_list_or_group(token)
        if token.text in COMPARISONS:
            return self.test(SUM)
        raise self.wrong("expected a value", "此处应为值")

    def at_literal(self, token: Token) -> s.Node:
        """A date, time or duration in quotes."""
        self.take()
        literal = self.take()
        value = parse_temporal(literal.text) if literal.kind == "string" else None
        if value is None:
            raise error(_TEMPORAL, self.text, token.start)
        return s.Literal(value, at=token.start)

    def range_list_or_group(self, token: Token) -> s.Node:
        """What begins with a bracket or parenthesis."""
        opening = self.take().text
        if opening == "[" and self.accept("]"):
            return s.ListNode((), at=token.start)
        if opening == "]" and self.next.kind == "end":
            raise error(_CLOSED, self.text, token.start)
        first = self.expression()
        if self.accept(".."):
            high, closing = self.range_end()
            return s.RangeNode(first, high, opening == "[", closing == "]", at=token.start)
        if opening == "]":
            raise self.wrong("expected '..'", "此处应为 '..'")
        if opening == "(":
            self.expect(")")
            return first
        items = [first]
        while self.accept(","):
            items.append(self.expression())
        self.expect("]")
        return s.ListNode(tuple(items), at=token.start)

    def range_end(self) -> tuple[s.Node, str]:
        """The upper end of a range with its bracket, which may be one that opens: ``[1..10[``."""
        mark, outer = self.mark(), self._bare
        try:
            self._bare = -1
            return self.expression(), self.closing()
        except TooComplex:
            raise
        except FeelSyntaxError as first:
            self.reset(mark)
            self._bare = self.depth + 1
            try:
                return self.expression(), self.closing()
            except FeelSyntaxError:
                raise first from None
        finally:
            self._bare = outer

    def closing(self) -> str:
        """The bracket that ends a range."""
        if not self.at("]", ")", "["):
            raise self.wrong("expected the end of the range", "区间应在此处结束")
        return self.take().text

    def context(self) -> s.Node:
        """A context in braces; each entry is known to those after it."""
        at = self.expect("{").start
        entries: list[tuple[str, s.Node]] = []
        with self.scope():
            for _ in self.parts("}"):
                key = self.entry_name()
                entries.append((key, self.expression()))
                self.learn(key)
        return s.ContextNode(tuple(entries), at=at)

    def entry_name(self) -> str:
        """The key of an entry with its colon."""
        if self.next.kind == "string":
            key = self.take().text
        else:
            key = self.new_name(Words("the name of an entry", "条目名称"))
        self.expect(":")
        return key

    # -- what begins with a word

    def worded(self, token: Token) -> s.Node:
        """A name or what a keyword begins."""
        known = self.known_name()
        if known is not None:
            return s.Name(known, at=token.start)
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
        if token.text in RESERVED:
            raise self.wrong("expected a value", "此处应为值")
        self.take()
        self.refuse_unknown_function(token)
        return s.Name(token.text, at=token.start)

    def conditional(self) -> s.Node:
        """``if … then … else …``."""
        at = self.expect("if").start
        condition = self.expression()
        self.expect("then")
        then = self.expression()
        self.expect("else")
        return s.If(condition, then, self.expression(), at=at)

    def iterations(self) -> tuple[s.Iteration, ...]:
        """What ``for`` or a quantifier goes through; each name is known to the sources after it."""
        found: list[s.Iteration] = []
        while True:
            at = self.next.start
            name = self.new_name(Words("the iterator's name", "循环变量名称"), end="in")
            self.expect("in")
            source = self.expression()
            end = self.expression() if self.accept("..") else None
            found.append(s.Iteration(name, source, end, at=at))
            self.learn(name)
            if not self.accept(","):
                return tuple(found)

    def loop(self) -> s.Node:
        """``for … return …``."""
        at = self.expect("for").start
        with self.scope("partial"):
            iterations = self.iterations()
            self.expect("return")
            return s.For(iterations, self.expression(), at=at)

    def quantified(self) -> s.Node:
        """``some`` or ``every … satisfies …``."""
        token = self.take()
        with self.scope():
            iterations = self.iterations()
            self.expect("satisfies")
            return s.Quantified(token.text == "every", iterations, self.expression(), at=token.start)

    def function(self) -> s.Node:
        """A function definition, external or not."""
        at = self.expect("function").start
        self.expect("(")
        parameters: list[tuple[str, Type]] = []
        with self.scope():
            for _ in self.parts(")"):
                name = self.new_name(Words("a parameter's name", "参数名称"))
                parameters.append((name, self.type() if self.accept(":") else ANY))
                self.learn(name)
            external = self.accept("external")
            return s.FunctionNode(tuple(parameters), self.expression(), external, at=at)

    # -- unary tests

    def unary_tests(self) -> s.Tests:
        """The text as unary tests: ``-``, tests joined by commas, or ``not(…)`` of such tests."""
        at = self.next.start
        if self.at("-") and self.tokens[self.index + 1].kind == "end":
            return s.Tests((), at=at)
        if self.at("not") and self.tokens[self.index + 1].text == "(":
            mark = self.mark()
            try:
                self.take()
                self.take()
                tests = self.tests()
                self.expect(")")
                self.end(Words("the test", "条件"))
                return s.Tests(tests, True, at=at)
            except TooComplex:
                raise
            except FeelSyntaxError:
                self.reset(mark)
        tests = self.tests()
        self.end(Words("the test", "条件"))
        return s.Tests(tests, at=at)

    def tests(self) -> tuple[s.Node, ...]:
        """Tests joined by commas."""
        tests = [self.test(OR)]
        while self.accept(","):
            tests.append(self.test(OR))
        return tuple(tests)

    def test(self, level: int) -> s.Node:
        """One test: a comparison without its left side, or an expression of this level or tighter."""
        token = self.next
        with self.deeper():
            if token.kind == "symbol" and token.text in COMPARISONS:
                self.take()
                return s.Test(token.text, self.climb(SUM), at=token.start)
            return self.climb(level)
