"""What a file defines once and refers to often: messages, signals, errors and escalations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.engine.findings import error
from app.engine.spiff import extensions, xml
from app.engine.spiff.expressions import CODE, CORRELATION_KEY, MESSAGE_NAME, SIGNAL_NAME, wrong
from app.engine.spiff.model import Message
from app.engine.spiff.sources import Source
from app.engine.spiff.xml import Element
from app.foundation.text import Text

if TYPE_CHECKING:
    from app.engine.spiff.reading import Reader

MAX_NAME = 200
NAME_TOO_LONG = error(
    "name-too-long",
    Text("%(what)s is longer than %(limit)s characters", "%(what)s超过 %(limit)s 个字符"),
    Text("shorten it", "请缩短"),
)


class Globals:
    """Messages, signals, and the codes of errors and escalations, each by id. None: defined, but without name or code."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.messages: dict[str, Message] = {}
        self.signals: dict[str, Source | None] = {}
        self.errors: dict[str, Source | None] = {}
        self.escalations: dict[str, Source | None] = {}

    def read(self, root: Element) -> None:
        for element in xml.children(root, "message"):
            self._message(element)
        for kind, known, attribute, what in (
            ("signal", self.signals, "name", SIGNAL_NAME),
            ("error", self.errors, "errorCode", CODE),
            ("escalation", self.escalations, "escalationCode", CODE),
        ):
            for element in xml.children(root, kind):
                extensions.properties(element, self.reader)
                known[element.get("id") or ""] = self._source(element, element.get(attribute), what)

    def _message(self, element: Element) -> None:
        extensions.properties(element, self.reader)
        subscription = extensions.only(element, "subscription")
        text = subscription.get("correlationKey") if subscription is not None else None
        key = self._source(element, text, CORRELATION_KEY)
        name = self._source(element, element.get("name"), MESSAGE_NAME)
        self.messages[element.get("id") or ""] = Message(element.get("id") or "", name or Source(""), key)

    def _source(self, element: Element, text: str | None, what: Text) -> Source | None:
        source = extensions.optional(text)
        if source is None:
            return None
        for kind, facts in wrong(what, source):
            self.reader.find(kind, element, **facts)
        if not source.error and not source.is_expression and len(source.text) > MAX_NAME:
            self.reader.find(NAME_TOO_LONG, element, what=what, limit=MAX_NAME)
        return source
