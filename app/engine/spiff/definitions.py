"""What a file defines once and refers to often: messages, signals, errors and escalations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.engine.spiff import extensions, xml
from app.engine.spiff.model import Message
from app.engine.spiff.sources import Source
from app.engine.spiff.xml import Element

if TYPE_CHECKING:
    from app.engine.spiff.reading import _Reader


class Globals:
    """Messages, signals, and the codes of errors and escalations, each by id."""

    def __init__(self, reader: _Reader) -> None:
        self.reader = reader
        self.messages: dict[str, Message] = {}
        self.signals: dict[str, Source | None] = {}
        self.errors: dict[str, Source | None] = {}
        self.escalations: dict[str, Source | None] = {}

    def read(self, root: Element) -> None:
        for element in xml.children(root, "message"):
            self._message(element)
        for element in xml.children(root, "signal"):
            self.signals[element.get("id") or ""] = extensions.optional(element.get("name"))
        for element in xml.children(root, "error"):
            self.errors[element.get("id") or ""] = extensions.optional(element.get("errorCode"))
        for element in xml.children(root, "escalation"):
            self.escalations[element.get("id") or ""] = extensions.optional(element.get("escalationCode"))

    def _message(self, element: Element) -> None:
        def error(text: str) -> None:
            self.reader.error(text, element)

        extensions.refuse_all_but(element, frozenset({"subscription", "properties"}), "a message", error)
        subscription = extensions.only(element, "subscription")
        key = extensions.optional(subscription.get("correlationKey")) if subscription is not None else None
        name = extensions.optional(element.get("name"))
        if name is None:
            error("the message has no name; messages are found by their name")
            name = Source(element.get("id") or "")
        if name.error or (key and key.error):
            error(f"this is not FEEL: {name.error or (key and key.error)}")
        self.messages[element.get("id") or ""] = Message(element.get("id") or "", name, key)
