"""A large decision table is checked in time that grows with its text, and no faster."""

import pytest

from app.engine import definitions
from app.feel.parsing import stream

HEAD = (
    '<?xml version="1.0"?><definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="http://x">'
    '<decision id="big" name="big"><decisionTable id="t" hitPolicy="FIRST">'
    '<input id="a"><inputExpression typeRef="number"><text>amount</text></inputExpression></input>'
    '<input id="b"><inputExpression typeRef="string"><text>kind</text></inputExpression></input>'
    '<output id="o" name="o" typeRef="number"/>'
)


def table(rules: int) -> bytes:
    """A table of three cells in each rule."""
    cells = (
        f'<rule id="r{n}"><inputEntry id="i{n}"><text>[{n}..{n + 1})</text></inputEntry>'
        f'<inputEntry id="j{n}"><text>"kind {n}","other {n}"</text></inputEntry>'
        f'<outputEntry id="o{n}"><text>amount * 0.5 + {n}</text></outputEntry></rule>'
        for n in range(rules)
    )
    return f"{HEAD}{''.join(cells)}</decisionTable></decision></definitions>".encode()


@pytest.fixture
def lexed(monkeypatch):
    """How many characters were taken apart into tokens."""
    counted: list[int] = []
    real = stream.tokens

    def counting(text):
        counted.append(len(text))
        return real(text)

    monkeypatch.setattr(stream, "tokens", counting)
    return counted


def test_the_names_that_are_known_everywhere_are_taken_apart_once(lexed):
    content = table(400)
    assert definitions.check({"big.dmn": content}) == []
    assert sum(lexed) < len(content)
