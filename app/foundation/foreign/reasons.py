"""Why a stranger's file isn't read."""

from __future__ import annotations

from app.foundation.errors import Invalid
from app.foundation.text import Text


class Unreadable(Invalid):
    """A stranger's file that isn't read; ``why`` says what is wrong with it."""

    text = Text("This file cannot be read: %(why)s.", "无法读取该文件：%(why)s。")

    def __init__(self, why: Text, *, field: str | None = None) -> None:
        super().__init__(field=field, why=why)
        self.why = why


DAMAGED = Text("it is damaged or its content does not match its name", "文件已损坏，或内容与文件名不符")
TOO_LARGE = Text("it is too large", "文件过大")
TOO_DEEP = Text("it is nested too deeply", "嵌套层级过深")
TOO_MANY = Text("it has too many parts", "所含部分过多")
