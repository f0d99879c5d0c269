"""The sections of a long form: what its headings divide it into, and how far each is filled in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from itertools import groupby

from app.engine import forms
from app.engine.forms import Field, Form
from app.foundation.text import Text
from app.web.tasks import entries
from app.web.tasks.entries import Entry

LEAST = 3
"""With fewer headings than these a form needs no list of its sections."""
SHORT = frozenset({"number", "money", "date", "datetime"})
"""What takes little room; such fields stand beside each other where several follow."""


@dataclass
class Section:
    """A heading of a form and the fields below it. ``problems``: how many of their values were refused; ``is_entered``:
    there are any; ``is_lacking``: something is missing or wrong, sent or not."""

    id: str
    label: Text
    names: list[str] = field(default_factory=list)
    problems: int = 0
    is_entered: bool = False
    is_lacking: bool = False


def of(entry: Entry, zone: tzinfo) -> list[Section]:
    """The sections of a long form with what stands in it, empty for a short one."""
    found = list(_divided(entry.form))
    if len(found) < LEAST:
        return []
    values = entries.values(entry.form, entry.texts, zone)
    lacking = {
        str(error.path[0]) for error in forms.errors(entry.form, values, options=entry.options, zone=zone) if error.path
    }
    refused = [name.partition("-")[0] for name in entry.problems]
    for section in found:
        section.problems = sum(name in section.names for name in refused)
        section.is_entered = any(values.get(name) not in (None, "", [], False) for name in section.names)
        section.is_lacking = bool(lacking & set(section.names))
    return found


def _divided(form: Form) -> Iterator[Section]:
    section = None
    for place, each in enumerate(form.fields):
        if each.widget == "heading":
            if section is not None:
                yield section
            section = Section(anchor(place), each.label)
        elif section is not None and not each.is_said:
            section.names.append(each.name)
    if section is not None:
        yield section


def anchor(place: int) -> str:
    """The id that a heading has in the page, by its place in the form."""
    return f"section-{place}"


def blocks(form: Form) -> list[tuple[bool, list[tuple[str, Field]]]]:
    """The fields in the order of the form, each with the id of its heading; short ones that follow each other in one block."""
    placed = [(anchor(place), each) for place, each in enumerate(form.fields)]
    return [(is_short, list(found)) for is_short, found in groupby(placed, lambda pair: _is_short(pair[1]))]


def _is_short(each: Field) -> bool:
    return each.widget in SHORT and not each.rule and not each.readonly
