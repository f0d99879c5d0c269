"""Refusals: what the house says when an act can't be done.

A refusal is a class with a sentence in both languages and, where there is one, the article it rests on; its code is its
name unless it says another.
Each module defines its own beside the rule it guards, as a subclass of one of the five kinds below; the web answers
by kind (``app/web/errors.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar, Protocol

from app.foundation.text import Text


def spelt(name: str) -> str:
    """The name of a class as the code of a refusal: ``NotACandidate`` is ``not-a-candidate``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()


class Law(Protocol):
    """What an article is asked of: the law of a purchase (``app.procurement.rules.Law``)."""

    def article(self, code: str) -> str | None: ...


class Refusal(Exception):
    """An act that was understood and is not done. Nothing has been changed.

    ``details`` fill the ``%(name)s`` places of the sentence; ``field`` names the form field it belongs to; ``others`` are
    what was found wrong beside it (``refuse_all``). ``under``: the law whose article it rests on, where that depends on the
    method; a refusal that rests on the same article by any method has it as its class's ``statute``.
    """

    code: ClassVar[str] = "refused"
    text: ClassVar[Text] = Text("You cannot do this.", "无法执行此操作。")
    statute: str | None = None

    def __init_subclass__(cls, **options: object) -> None:
        """Give a refusal the code that its class's name spells: ``LotUnknown`` is ``lot-unknown``."""
        super().__init_subclass__(**options)
        if "code" not in cls.__dict__:
            cls.code = spelt(cls.__name__)

    def __init__(self, *, field: str | None = None, under: Law | None = None, **details: object) -> None:
        if under is not None:
            self.statute = under.article(self.code)
        self.field = field
        self.details = details
        self.others: list[Refusal] = []
        super().__init__(self.sentence.en)

    @property
    def sentence(self) -> Text:
        """The sentence for the person, with its details filled in."""
        return self.text.filled(**self.details) if self.details else self.text


class NotAllowed(Refusal):
    """The person's role, place or the phase of the case doesn't allow this."""

    text = Text("You do not have permission to do this.", "您无权执行此操作。")


class NotFound(Refusal):
    """There is no such thing, or none this person may know of."""

    text = Text("There is no page at this address.", "该地址下没有您要找的内容。")


class Conflict(Refusal):
    """Somebody else acted in between: what was shown is no longer true."""

    text = Text(
        "Someone else has changed this in the meantime. Go back, reload the page and check it.",
        "在此期间已有他人作出更改，请返回并刷新页面后核对。",
    )


class RuleBroken(Refusal):
    """A rule of the procedure or of the law stands against it."""

    code = "rule"


class Invalid(Refusal):
    """What was entered can't be taken as it is."""

    text = Text("What you entered cannot be accepted. Check it and try again.", "填写内容有误，请核对后重试。")


class Several(Refusal):
    """More than one thing is wrong; each part names its field."""

    text = Text("There is more than one problem.", "存在多个问题。")

    def __init__(self, parts: list[Refusal]) -> None:
        super().__init__()
        self.parts = parts

    @property
    def whole(self) -> Text:
        """Everything that is wrong, as one text, for whoever sees no fields."""
        sentences = [part.sentence for part in self.parts]
        return Text(" ".join(each.en for each in sentences), "".join(each.zh for each in sentences))


def refuse_all(problems: Iterable[Refusal | None]) -> None:
    """Raise the first of what is wrong, which tells the others beside it; go on where there is nothing."""
    found = [problem for problem in problems if problem is not None]
    if found:
        found[0].others = found[1:]
        raise found[0]
