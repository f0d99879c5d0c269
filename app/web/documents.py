"""Files in and out: streamed, limited in size, and served as attachments to who may see them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, render_template, request
from werkzeug.exceptions import NotFound

from app import viewer
from app.engine import tasks
from app.engine.records import OpenTaskRow
from app.foundation import documents
from app.foundation.database import reading
from app.foundation.documents import Document
from app.foundation.errors import Invalid
from app.foundation.foreign import Unreadable, kinds
from app.foundation.foreign.reasons import TOO_LARGE
from app.foundation.text import Text
from app.procurement import papers
from app.viewer import Page
from app.web import answers, current, files, listing, templating
from app.web.tasks import uploads
from app.web.templating import PDF
from app.workflow import starts

blueprint = Blueprint("documents", __name__, url_prefix="/documents")


DRAWN = frozenset(papers.PAPERS)
"""The kinds of documents that this service draws; anything else was brought by somebody."""
VIEWED = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""What a PDF may do that the browser shows: nothing but be shown by the browser's own viewer."""

MOST_READ = 200_000
"""Bytes of a text that are shown beside what is decided by it; the whole is in the file."""
NOT_SHOWN = Text(
    "This PDF cannot be shown here: %(why)s. Download it to read it.", "无法在此显示该PDF文件：%(why)s。请下载后查看。"
)
LARGEST_OPENED = 100 * 1024 * 1024
"""Bytes of a PDF whose pages are shown; a larger one is downloaded."""


class NoFile(Invalid):
    """An upload without a file in it."""

    text = Text("Choose a file.", "请选择文件。")


@blueprint.post("/upload")
@files.takes_files()
def upload() -> Response:
    """Keep one file for the form of a task, or of a procedure's start; private until the form is accepted."""
    session, actor = current.session(), current.actor()
    form = _form_asked()
    file = files.one("file")
    if file is None:
        raise NoFile
    document = documents.add(
        session,
        actor,
        name=file.filename or "",
        media_type=file.mimetype,
        source=file.stream,
        case=None,
        kind=uploads.kind_of(form, request.args.get("field", "file")),
        access="private",
    )
    current.commit()
    return jsonify(
        id=document.id, name=document.name, size=document.size, kind=document.media_type, hash=document.digest
    )


def is_drawn_for_all(document: Document) -> bool:
    """Whether a document is a public PDF that this service drew itself; what somebody brought may look like one."""
    return document.access == "public" and document.media_type == PDF and document.kind in DRAWN


def _form_asked() -> str:
    """The name of the form a file is for, which is one the person may fill in."""
    session, actor = current.session(), current.actor()
    if "start" in request.args:
        definition = starts.to_start(current.engine(), session, actor, request.args["start"])
        form = starts.form_of(current.engine(), session, definition)
        if form is None:
            raise starts.MayNotStart
        return form.id
    task = session.get(OpenTaskRow, request.args.get("task", ""))
    if task is None:
        raise tasks.NoSuchTask
    if not tasks.may(actor, task):
        raise tasks.NotYourTask
    return uploads.form_of(task)


@blueprint.get("/<document_id>")
def download(document_id: str) -> Response:
    """Send a document, a chunk at a time, each read in a transaction of its own.

    As an attachment; a public PDF with ``?view=1`` to be read in the browser. What somebody else brought is never opened
    here: the browser's viewer needs a policy without a sandbox.
    """
    document = documents.get(current.session(), document_id)
    answer = Response(_pieces(document), mimetype=document.media_type)
    is_read_here = request.args.get("view") == "1" and is_drawn_for_all(document)
    way = "inline" if is_read_here else "attachment"
    answer.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(document.name, safe='')}"
    answer.headers["Content-Length"] = str(document.size)
    answer.headers["Content-Security-Policy"] = VIEWED if is_read_here else "default-src 'none'; sandbox"
    answer.set_etag(document.digest)
    answer.make_conditional(request)
    return answer


def _pieces(document: Document) -> Iterator[bytes]:
    """The content, each piece read when it is asked for, in a transaction of its own."""
    database, digest, count = current.house().database, document.digest, documents.length(document)

    def found() -> Iterator[bytes]:
        for position in range(count):
            with reading(database) as session:
                piece = documents.chunk(session, digest, position)
            yield piece

    return found()


@blueprint.get("/<document_id>/read")
def read(document_id: str) -> str:
    """Show what a file says, where it can be shown without opening it here: text, a picture, a page of a PDF; else say why not.

    A page of its own, whose ``#reading`` a script puts beside the cells that the file is evidence for. ``page``: which one of
    a PDF; ``closer``: its picture is twice as large.
    """
    document = documents.get(current.session(), document_id)
    shown, why_not = _page(document) if document.media_type == PDF else (None, None)
    return render_template(
        "documents/read.html",
        document=document,
        text=_text(document),
        is_cut=document.size > MOST_READ,
        is_picture=document.media_type in templating.PICTURES,
        shown=shown,
        is_closer="closer" in request.args,
        why_not=why_not,
        back=answers.local_address(request.args.get("back")),
    )


def _page(document: Document) -> tuple[Page | None, Text | None]:
    """The page of a PDF that is asked for, without its picture; or why it isn't shown."""
    try:
        return _look(document, listing.whole(request.args.get("page", "")) or 1), None
    except Unreadable as unreadable:
        return None, NOT_SHOWN.filled(why=unreadable.why)
    except viewer.Busy as busy:
        return None, busy.sentence


@blueprint.get("/<document_id>/pages/<int:number>")
def picture(document_id: str, number: int) -> Response:
    """The picture of one page of a PDF, from 1, made where nothing in the file can do harm."""
    document = documents.get(current.session(), document_id)
    if document.media_type != PDF:
        raise NotFound
    answer = Response(
        _look(document, number, viewer.CLOSE if "closer" in request.args else 0).picture, mimetype="image/png"
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _look(document: Document, number: int, closeness: int | None = None) -> Page:
    """A page of a PDF. Meanwhile the request has no transaction: nobody waits for it.

    :raises Unreadable: :raises viewer.Busy:
    """
    if document.size > LARGEST_OPENED:
        raise Unreadable(TOO_LARGE)
    pieces = _pieces(document)
    current.session().rollback()
    return viewer.look(pieces, number, closeness)


def _text(document: Document) -> str | None:
    """The beginning of a text, in whatever encoding people use for one; None for what isn't text."""
    if not document.media_type.startswith("text/") and document.media_type != documents.UNKNOWN:
        return None
    piece = documents.chunk(current.session(), document.digest, 0)[:MOST_READ]
    return kinds.text_of(piece, is_cut=document.size > MOST_READ)
