"""The built-in functions (DMN 1.5, section 10.3.4). ``BUILT_IN`` is the registry: name to Function."""

from __future__ import annotations

from app.feel.functions import contexts, conversion, dates, extensions, lists, numbers, ranges, strings
from app.feel.functions.extensions import EXTENSIONS
from app.feel.functions.signatures import BUILT_IN, BuiltIn

__all__ = [
    "BUILT_IN",
    "EXTENSIONS",
    "BuiltIn",
    "contexts",
    "conversion",
    "dates",
    "extensions",
    "lists",
    "numbers",
    "ranges",
    "strings",
]
