"""A form that couldn't be taken, because the session had ended or the page was too old, isn't lost.

What was typed is drawn again in a page that sends it with one press, to the address it was meant for. Between the form and
the sign-in it travels sealed in the sign-in page itself: nothing is stored, a restart changes nothing, and only the
person whose session it was can open it, for a while. Files are kept as private documents of that person.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

import orjson
from cryptography.fernet import Fernet, InvalidToken
from flask import Flask, Response, current_app, make_response, render_template, request
from werkzeug.datastructures import FileStorage, ImmutableMultiDict

from app.foundation import documents
from app.foundation.actor import Actor
from app.foundation.documents import Document
from app.foundation.errors import Refusal
from app.foundation.text import Text
from app.identity import sessions
from app.identity.accounts import Account
from app.web import current
from app.web import files as uploads

LASTS = timedelta(hours=4)
"""How long a sealed form can be opened."""
FILES = "_kept_files"
"""The field that names, under seal, the files that came with a form the first time."""
SEALED = "kept"
"""The field of the sign-in page that carries the sealed form."""
NOT_SHOWN = frozenset({"csrf_token", "next", "back", "password", "again", "present", SEALED, FILES})
ENDED = Text(
    "Your session had ended. You are signed in again; what you entered was kept.",
    "登录曾失效，现已重新登录；您填写的内容已保留。",
)
TOO_OLD = Text(
    "The page was open for too long, or cookies are switched off. What you entered was kept.",
    "页面打开时间过长，或浏览器禁用了Cookie。您填写的内容已保留。",
)


@dataclass(frozen=True)
class Form:
    """A form as it was sent: where to, its texts in their order, its files (field, document) and whose they are."""

    address: str
    endpoint: str
    texts: list[tuple[str, str]]
    account_id: str | None = None
    files: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def shown(self) -> list[str]:
        """The texts that a person typed or chose, for reading: no keys, no passwords."""
        return [text for name, text in self.texts if name not in NOT_SHOWN and name[:1] != "_" and _is_said(text)]


def install(app: Flask) -> None:
    """Ask before what can't be undone, and give the files that were kept to the form that is sent again."""
    app.before_request(_ask_first)
    app.before_request(_give_files)


ASKS = "_ask"
"""The field of a button that destroys or binds: its question. A script asks it over the page and takes the field away;
without one it is asked on a page of its own (WCAG 2.2, 3.3.4)."""


def _ask_first() -> Response | None:
    if request.method in current.SAFE or not request.form.get(ASKS):
        return None
    form, question = posted(current.account()), request.form[ASKS]
    form = replace(form, texts=[(name, text) for name, text in form.texts if name != ASKS])
    return page(form, Text(question, question), asks=True)


def posted(account: Account | None = None) -> Form:
    """The form of the request at hand; its files are kept for the person whose it is, if that is known."""
    texts = [(name, text) for name, text in request.form.items(multi=True) if name != "csrf_token"]
    address = request.full_path.rstrip("?")
    found = Form(address, request.endpoint or "", texts, account.id if account else None)
    return _with_files(found, account) if account is not None and uploads.chosen() else found


def is_ours() -> bool:
    """Whether the browser doesn't say that the form at hand came from a page of another site."""
    return request.headers.get("Origin") in (None, request.host_url.rstrip("/"))


def ended_session_of() -> Account | None:
    """Whose session the browser's cookie was, now that it has ended."""
    return sessions.whose(current.session(), current.cookie_token())


def seal(value: Any) -> str:
    """Anything that JSON can say, sealed with the installation's key and the time."""
    return _lock().encrypt_at_time(zlib.compress(orjson.dumps(value)), _time()).decode()


def unseal(sealed: str | None) -> Any:
    """What was sealed here, less than LASTS ago; None for anything else."""
    try:
        opened = _lock().decrypt_at_time((sealed or "").encode(), int(LASTS.total_seconds()), _time())
    except InvalidToken:
        return None
    return orjson.loads(zlib.decompress(opened))


def sealed_form(form: Form) -> str:
    """A form for the sign-in page."""
    return seal(asdict(form))


def opened_for(account: Account) -> Form | None:
    """The form that came with the sign-in page, if it is this person's."""
    said = unseal(request.form.get(SEALED))
    if said is None or "address" not in said:
        return None
    form = Form(**said)
    form = replace(form, texts=[(n, t) for n, t in form.texts], files=[(n, d) for n, d in form.files])
    return form if form.account_id in (None, account.id) else None


def page(form: Form, why: Text, status: int = 200, *, asks: bool = False) -> Response:
    """The page that sends the form again; ``asks``: it only waits for a yes."""
    known = {document.id: document for document in _documents(form.files)}
    answer = make_response(
        render_template(
            "kept.html",
            form=form,
            why=why,
            files=[known[document_id] for _, document_id in form.files if document_id in known],
            sealed=seal([form.account_id, form.files]) if form.files else "",
            asks=asks,
            back=_came_from(),
            can_be_shown=form.endpoint == "tasks.submit",
        ),
        status,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _came_from() -> str | None:
    """The page that the form was on, if the browser says so and it is one of ours."""
    parts = urlsplit(request.referrer or "")
    return f"{parts.path}?{parts.query}".rstrip("?") if parts.netloc == request.host else None


def _lock() -> Fernet:
    key = hashlib.sha256(b"forms that are kept\0" + str(current_app.config["SECRET_KEY"]).encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _time() -> int:
    return int(current.now().timestamp())


def _is_said(text: str) -> bool:
    """Whether a text is something for people: not empty, not an id."""
    return bool(text.strip()) and re.fullmatch(r"[0-9a-f]{32}|true|none", text) is None


# -- files


def _with_files(form: Form, account: Account) -> Form:
    kept, left_out = [], []
    for name, file in uploads.chosen():
        try:
            uploads.look_at(file, name)
            document = _keep(account, file)
        except Refusal:
            current.session().rollback()
            left_out.append(file.filename or "")  # a kind of file that no form takes: said, and not sent again
        else:
            kept.append((name, document.id))
    return replace(form, files=kept, left_out=left_out)


def _keep(account: Account, file: FileStorage) -> Document:
    current.begin_acting()
    document = documents.add(
        current.session(),
        Actor(account.id, account.name),
        name=file.filename or "",
        media_type=file.mimetype,
        source=cast(BinaryIO, file.stream),
        case=None,
        kind="kept",
        access="private",
    )
    current.commit()
    return document


def _documents(files: list[tuple[str, str]]) -> list[Document]:
    return [documents.get(current.session(), document_id) for _, document_id in files]


def _give_files() -> None:
    """Let the view find the files that were sent the first time among those of this request."""
    if request.method in current.SAFE or FILES not in request.form:
        return
    said, account = unseal(request.form[FILES]), current.account()
    if not isinstance(said, list) or account is None or said[0] != account.id:
        return
    files = [(name, _file(documents.get(current.session(), document_id))) for name, document_id in said[1]]
    request.__dict__["files"] = ImmutableMultiDict([*uploads.chosen(), *files])


def _file(document: Document) -> FileStorage:
    """A kept document as a browser would send it; a large one doesn't lie in memory."""
    stream = SpooledTemporaryFile(max_size=documents.CHUNK)  # noqa: SIM115  # closed with the request's files
    stream.writelines(documents.chunks(current.session(), document.id))
    stream.seek(0)
    return FileStorage(cast(BinaryIO, stream), filename=document.name, content_type=document.media_type)
