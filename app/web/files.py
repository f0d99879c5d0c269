"""Files that come with a request: each route that takes any says so itself, and all are looked at here before they are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import current_app, request
from werkzeug.datastructures import FileStorage

from app.foundation.errors import Refusal
from app.foundation.foreign import kinds
from app.foundation.foreign.kinds import Kind
from app.foundation.limits import FORM
from app.foundation.text import Text
from app.web import current

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Taking:
    """What files a route takes: their kinds, whether one or a form's many, and the most bytes where the settings don't say."""

    kinds: Sequence[Kind]
    many: bool
    largest: int | None

    @property
    def limit(self) -> int:
        """The most bytes of a request to it."""
        config = current.config()
        by_settings = config.upload_files_limit if self.many else config.upload_limit
        return FORM + (by_settings if self.largest is None else self.largest)


def takes_files(
    of: Sequence[Kind] = kinds.ATTACHMENTS, *, many: bool = False, largest: int | None = None
) -> Callable[[View], View]:
    """Say at a route that it takes files; without this a request with any is refused by its size or finds nobody to read them."""

    def declare(view: View) -> View:
        view.takes_files = Taking(of, many, largest)  # type: ignore[attr-defined]
        return view

    return declare


def taking(endpoint: str | None = None) -> Taking | None:
    """What a route says it takes; the request's own by default."""
    view = current_app.view_functions.get(endpoint or request.endpoint or "")
    return cast("Taking | None", getattr(view, "takes_files", None))


def accept(endpoint: str) -> str:
    """The endings of the names of files that a route takes, for the ``accept`` of its field."""
    found = taking(endpoint)
    assert found is not None, f"{endpoint} takes no files"
    return kinds.accept(found.kinds)


def said(endpoint: str) -> Text:
    """The kinds of files that a route takes, in words."""
    found = taking(endpoint)
    assert found is not None, f"{endpoint} takes no files"
    return kinds.said(found.kinds)


def chosen() -> list[tuple[str, FileStorage]]:
    """All files that were chosen, each with the name of its field, not looked at yet."""
    return [(name, file) for name, file in request.files.items(multi=True) if file.filename]


def fields() -> list[str]:
    """The names of the request's file fields in which something was chosen."""
    return list(dict.fromkeys(name for name, _ in chosen()))


def given(name: str) -> list[FileStorage]:
    """The files that were chosen in a field.

    :raises KindRefused: if one of them isn't taken here
    """
    found, problems = sorted_out(name)
    if problems:
        raise problems[0]
    return found


def one(name: str) -> FileStorage | None:
    """The file that was chosen in a field, if any.

    :raises KindRefused:
    """
    return next(iter(given(name)), None)


def sorted_out(name: str) -> tuple[list[FileStorage], list[Refusal]]:
    """The files that were chosen in a field and are taken, and why the others aren't."""
    taken: list[FileStorage] = []
    problems: list[Refusal] = []
    for field, file in chosen():
        if field != name:
            continue
        try:
            look_at(file, field)
        except Refusal as refusal:
            problems.append(refusal)
        else:
            taken.append(file)
    return taken, problems


def look_at(file: FileStorage, field: str) -> None:
    """Raise KindRefused unless a file is of a kind that the request's route takes."""
    declared = taking()
    kinds.check(file.filename or "", file.stream, declared.kinds if declared is not None else (), field=field)
