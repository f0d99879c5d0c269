"""The files of a form: kept as they come, private until the form is accepted, then handed in to its case."""

from __future__ import annotations

from flask import request
from sqlalchemy import select

from app.engine.forms import Field, Form
from app.engine.records import InstanceRow, OpenTaskRow
from app.foundation import documents
from app.foundation.documents import Document
from app.foundation.errors import Invalid, Refusal
from app.foundation.text import Text
from app.web import current, files, visibility
from app.web.tasks import entries
from app.web.tasks.entries import Texts
from app.workflow import cases

FILES = ("file", "files")


class FileNotThere(Invalid):
    """A file that the form names isn't among the person's uploads or the case's documents."""

    text = Text("One of the files no longer exists. Upload it again.", "有文件已不存在，请重新上传。")


def keep(form: Form, name_of_form: str) -> tuple[dict[str, list[str]], list[Refusal]]:
    """Keep the files that came with the form itself, before anything of it is judged: nobody uploads twice.

    Gives the ids of the new documents by the name of their field, and why others weren't kept.
    """
    kept: dict[str, list[str]] = {}
    problems: list[Refusal] = []
    for name in files.fields():
        field = entries.field_of(form, name)
        if field is None or field.widget not in FILES:
            continue
        taken, wrong = files.sorted_out(name)
        problems += wrong
        for file in taken:
            document = documents.add(
                current.session(),
                current.actor(),
                name=file.filename or "",
                media_type=file.mimetype,
                source=file.stream,
                case=None,
                kind=kind_of(name_of_form, name),
                access="private",
            )
            kept.setdefault(name, []).append(document.id)
    if kept:
        current.commit()
    return kept, problems


def typed(form: Form, name_of_form: str, prepared: Texts) -> tuple[Texts, list[Refusal]]:
    """What was posted, with its files kept and its rows as the pressed button asks; and why files weren't kept."""
    kept, refused = keep(form, name_of_form)
    given: Texts = request.form
    if "_remove" in given:
        given, kept = entries.without_row(form, given, given["_remove"]), without_row(kept, given["_remove"])
    if "_drop" in given:
        given = entries.without_file(given, given["_drop"])
    given = with_kept(form, given, kept)
    texts = entries.laid_over(form, prepared, entries.posted(form, given))
    if "_add" in given:
        texts = entries.with_row(form, texts, given["_add"])
    return texts, refused


def with_kept(form: Form, given: Texts, kept: dict[str, list[str]]) -> Texts:
    """What was posted, with the ids of the files that were kept just now."""
    more: Texts = Texts(list(given.items(multi=True)))
    for name, ids in kept.items():
        field = entries.field_of(form, name)
        if field is not None and field.widget == "file":
            more.setlist(name, ids[-1:])
        else:
            more.setlist(name, [*given.getlist(name), *ids])
    return more


def without_row(kept: dict[str, list[str]], row: str) -> dict[str, list[str]]:
    """What was kept, but for the files of a row that goes."""
    return {name: ids for name, ids in kept.items() if not name.startswith(f"{row}-")}


def form_of(task: OpenTaskRow) -> str:
    """The name of a task's form, in the kinds of the documents that come with it."""
    return task.form_id or task.element_id


def kind_of(form: str, name: str) -> str:
    """The kind of a document that came with a form: the form's and the field's name."""
    return f"{form}.{name}"[:60]


def cases_of(instance: InstanceRow) -> set[str]:
    """The cases whose documents a task's form may name."""
    return set(visibility.document_cases(instance, cases.project_of(current.session(), instance)))


def problems(form: Form, texts: Texts, there: set[str]) -> list[Refusal]:
    """A refusal for each field that names a file which isn't the person's to hand in, nor theirs to read in these cases."""
    known = documents_in(form, texts)
    return [
        FileNotThere(field=name)
        for name in _names(form, texts)
        if any(
            document_id not in known or not _theirs(known[document_id], there)
            for document_id in texts.getlist(name)
            if document_id
        )
    ]


def _theirs(document: Document, cases_: set[str]) -> bool:
    actor = current.actor()
    own = document.created_by == actor.id or (
        document.organisation_id is not None and document.organisation_id == actor.organisation_id
    )
    return own or (document.case_id in cases_ and visibility.sees(current.session(), actor, document))


def documents_in(form: Form, texts: Texts) -> dict[str, Document]:
    """The documents that a form's fields name, by id."""
    wanted = {document_id for name in _names(form, texts) for document_id in texts.getlist(name) if document_id}
    found = current.session().scalars(select(Document).where(Document.id.in_(wanted))) if wanted else ()
    return {document.id: document for document in found}


def hand_in(form: Form, texts: Texts, row: InstanceRow) -> None:
    """Open the form's files to the parties of its case, in the transaction that takes it in."""
    for document in documents_in(form, texts).values():
        documents.share(current.session(), current.actor(), document, case=row.id)


def _names(form: Form, texts: Texts) -> list[str]:
    """The names in the page of all fields that take files, those in rows too."""
    if not any(_takes_files(field) for field in form.fields):
        return []
    return [name for name in texts if (field := entries.field_of(form, name)) is not None and field.widget in FILES]


def _takes_files(field: Field) -> bool:
    return field.widget in FILES or any(_takes_files(column) for column in field.columns)
