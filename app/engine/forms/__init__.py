"""Forms: a JSON Schema says what is allowed, a UI file how it is asked, in both languages.

``coerce`` turns what a browser posted into typed values, ``take`` keeps of any values only what the form knows,
``errors`` says in both languages what is wrong and where. Dates come out as ``date``, times as aware ``datetime``,
numbers as ``Decimal`` or ``int``, files as lists of document ids, tables as lists of rows.
"""

from app.engine.forms.checking import FieldError, FieldInvalid, FormInvalid, errors, refuse
from app.engine.forms.coercion import coerce, read_text, take
from app.engine.forms.loading import BrokenForm, Field, Form, Library, Matrix, Option, as_json, field_name, holds, read

__all__ = [
    "BrokenForm", "Field", "FieldError", "FieldInvalid", "Form", "FormInvalid", "Library", "Matrix", "Option", "as_json", "coerce",
    "errors", "field_name", "holds", "read", "read_text", "refuse", "take",
]  # fmt: skip
