"""A decision that has no value."""

from __future__ import annotations

from app.feel.types import NotWritten
from app.foundation.text import Text


class DecisionFailed(RuntimeError):
    """A decision that has no value where one is needed: a conflict of rules, an unknown decision, a broken expression.

    ``sentence`` says which, in both languages.
    """

    def __init__(self, sentence: Text) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


OF_DECISION = Text("%(decision)s: %(what)s", "%(decision)s：%(what)s")
NO_SUCH_DECISION = Text("there is no decision “%(decision)s”", "没有决策“%(decision)s”")
NOT_WRITTEN = Text("%(what)s: “%(text)s” is no %(kind)s", "%(what)s：“%(text)s”不是 %(kind)s 类型的值")


def not_written(what: str, problem: NotWritten) -> DecisionFailed:
    """The failure of a decision that wants a date, a time or a duration and has another text."""
    return DecisionFailed(NOT_WRITTEN.filled(what=what, text=problem.text, kind=problem.kind))
