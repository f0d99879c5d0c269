"""Types as expressions name them (grammar rules 64 to 67)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.feel.parsing.stream import Stream, Vocabulary
from app.feel.types import BUILT_IN_TYPES, ContextType, FunctionType, ListType, RangeType, Type

_BUILT_IN_NAMES = Vocabulary(BUILT_IN_TYPES)


class TypeParser(Stream):
    """Reads types."""

    def __init__(
        self, text: str, names: Iterable[str], members: Iterable[str], types: Mapping[str, Type] | None
    ) -> None:
        super().__init__(text, names, members)
        self.types = types or {}
        self._type_names = Vocabulary(self.types)

    def type(self) -> Type:
        """A type: a name, or ``list``, ``range``, ``context`` or ``function`` with its parts."""
        with self.deeper():
            if self.accept("function"):
                return self._function()
            if self.accept("list"):
                return ListType("list", *self._one_part())
            if self.accept("range"):
                return RangeType("range", *self._one_part())
            if self.accept("context"):
                return self._context()
            return self._named()

    def _one_part(self) -> list[Type]:
        if not self.accept("<"):
            return []
        part = self.type()
        self.expect(">")
        return [part]

    def _context(self) -> Type:
        entries: dict[str, Type] = {}
        if self.accept("<"):
            for _ in self.parts(">"):
                name = self.name_before_colon()
                if name is None:
                    raise self.wrong("expected the name of an entry and a colon", "此处应为条目名称和冒号")
                entries[name] = self.type()
        return ContextType("context", entries)

    def _function(self) -> Type:
        if not self.accept("<"):
            return FunctionType("function")
        parameters = [self.type() for _ in self.parts(">")]
        self.expect("->")
        return FunctionType("function", tuple(parameters), self.type())

    def _named(self) -> Type:
        for vocabulary, types in ((self._type_names, self.types), (_BUILT_IN_NAMES, BUILT_IN_TYPES)):
            found = vocabulary.longest(self.tokens, self.index)
            if found is not None:
                self.index += found[0]
                return types[found[1]]
        known = self.types.get(self.next.text) or BUILT_IN_TYPES.get(self.next.text)
        if known is None or self.next.kind != "name":
            raise self.wrong("expected a type", "此处应为类型")
        self.take()
        return known
