"""What is answered when something isn't done: a refusal by its kind, a wrong address, a failure of ours.

Every answer says what happened and what is safe, and carries a reference that the log knows; never a trace. A caller
that asks for JSON gets ``{"code", "message", "reference"}``.
"""

from __future__ import annotations

import logging
import secrets

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app.engine.steps import SnapshotUnreadable
from app.foundation.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal, RuleBroken, Several
from app.foundation.text import Text
from app.identity.attempts import TooManyAttempts
from app.procurement.bids import SealingFailed
from app.viewer import Busy
from app.web import current, kept, language
from app.web.storage import db

log = logging.getLogger(__name__)

STATUSES: dict[type[Refusal], int] = {
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    RuleBroken: 422,
    Invalid: 422,
    Several: 422,
    TooManyAttempts: 429,
    SealingFailed: 503,
    Busy: 503,
}
"""The status of each kind of refusal; a class is answered as the nearest of its ancestors that stands here."""

TITLES = {
    400: Text("This request cannot be read", "无法识别该请求"),
    401: Text("Sign in first", "请先登录"),
    403: Text("You do not have permission to do this", "您无权执行此操作"),
    404: Text("Page not found", "页面不存在"),
    405: Text("This page does not support that action", "该页面不支持此操作"),
    409: Text("This was changed by someone else", "内容已被他人更改"),
    413: Text("This is too large", "内容过大"),
    415: Text("This kind of content is not accepted", "不支持此类内容"),
    422: Text("The action was not carried out", "操作未执行"),
    429: Text("Too many attempts", "尝试次数过多"),
    500: Text("Sorry, there is a problem with the service", "平台出现错误"),
    503: Text("Please try again in a moment", "平台繁忙，请稍后重试"),
}
SENTENCES = {
    400: Text("The request is incomplete or damaged.", "请求不完整或已损坏。"),
    401: Text("Your session has ended, or you are not signed in.", "您尚未登录，或登录已失效。"),
    404: Text("The address may be wrong, or the page may have been removed.", "地址可能有误，或原有内容已不存在。"),
    405: Text("Go back and use the buttons of the page.", "请返回并使用页面上的按钮。"),
    413: Text("The files or texts you sent are too large.", "提交的文件或文字超过允许的大小。"),
    415: Text("Send the content in the form that the page asks for.", "请按页面要求的格式提交内容。"),
    500: Text(
        "The error has been recorded. Try again. If it happens again, give us the reference number.",
        "错误已记录。请重试；如再次出现，请告知下列编号。",
    ),
    503: Text(
        "The database is busy or cannot be reached. Your request was not saved.",
        "数据库暂时繁忙或无法连接，本次请求未保存任何内容。",
    ),
}
TOKEN_OVER = Text(
    "The page was open for too long, or cookies are switched off. Go back, reload the page and try again.",
    "页面打开时间过长，或浏览器禁用了Cookie。请返回并刷新页面后重试。",
)
TITLES_OF: dict[type[Refusal], Text] = {
    SnapshotUnreadable: Text("This case cannot continue at the moment", "该流程暂时无法继续"),
}
"""The titles of refusals that the title of their status would say wrongly."""
SAFE = Text("Nothing was changed.", "数据未发生变化。")


def install(app: Flask) -> None:
    """Answer every refusal and failure."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(StaleDataError, lambda _: refused(Conflict()))
    app.register_error_handler(HTTPException, stopped)
    app.register_error_handler(Exception, failed)


def status_of(kind: type[Refusal]) -> int:
    """The status that answers a class of refusals."""
    return next((STATUSES[ancestor] for ancestor in kind.__mro__ if ancestor in STATUSES), 422)


def parts_of(refusal: Refusal) -> list[Refusal]:
    """The single problems of a refusal, for an error summary and for marking fields."""
    if isinstance(refusal, Several):
        return [single for part in refusal.parts for single in parts_of(part)]
    return [refusal, *(single for other in refusal.others for single in parts_of(other))]


def refused(refusal: Refusal) -> Response:
    """Answer a refusal that the page itself didn't answer."""
    db.session.rollback()
    status = status_of(type(refusal))
    reference = _reference()
    log.info("%s: %s %s refused (%s): %s", reference, request.method, request.path, refusal.code, refusal)
    sentences = [part.sentence for part in parts_of(refusal)]
    title = TITLES_OF.get(type(refusal))
    answer = _answer("error.html", status, refusal.code, sentences, reference, refusal.statute, title)
    if isinstance(refusal, TooManyAttempts):
        answer.headers["Retry-After"] = str(refusal.details["seconds"])
    return answer


def stopped(error: HTTPException) -> Response:
    """Answer an HTTP error that Flask or a view raised."""
    if error.response is not None:
        return make_response(error.response)
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    db.session.rollback()
    if isinstance(error, CSRFError) and not wants_json() and kept.is_ours():
        return kept.page(kept.posted(current.account()), kept.TOO_OLD, 400)
    reference = _reference()
    log.log(
        logging.ERROR if status >= 500 else logging.INFO,
        "%s: %s %s: %s",
        reference,
        request.method,
        request.path,
        error,
    )
    sentence = TOKEN_OVER if isinstance(error, CSRFError) else SENTENCES.get(status)
    template = "failure.html" if status >= 500 else "error.html"
    answer = _answer(template, status, f"http-{status}", [sentence] if sentence else [], reference)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value  # Allow, Retry-After
    return answer


def failed(error: Exception) -> Response:
    """Answer an unexpected failure: a page that needs nothing of the house, and the trace in the log alone."""
    db.session.rollback()
    language.settle_without_account()
    reference = _reference()
    log.exception("%s: %s %s failed", reference, request.method, request.path, exc_info=error)
    status = 503 if isinstance(error, OperationalError) else 500
    answer = _answer("failure.html", status, f"http-{status}", [SENTENCES[status]], reference)
    if status == 503:
        answer.headers["Retry-After"] = "5"
    return answer


def wants_json() -> bool:
    """Whether the caller is a script that reads JSON, not a person who reads a page."""
    accepted = request.accept_mimetypes
    return request.is_json or accepted["application/json"] > accepted["text/html"]


def _answer(
    template: str,
    status: int,
    code: str,
    sentences: list[Text],
    reference: str,
    statute: str | None = None,
    title: Text | None = None,
) -> Response:
    if wants_json():
        message = " ".join(language.say(sentence) for sentence in sentences) or language.say(TITLES.get(status, SAFE))
        answer = jsonify(code=code, message=message, reference=reference)
    else:
        unsafe = request.method not in current.SAFE
        page = render_template(
            template,
            status=status,
            title=title or TITLES.get(status, TITLES[422]),
            sentences=sentences,
            statute=statute,
            reference=reference,
            reassurance=SAFE if unsafe else None,
        )
        answer = make_response(page)
    answer.status_code = status
    return answer


def _reference() -> str:
    """Eight characters that can be read out on the telephone."""
    signs = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
    drawn = "".join(secrets.choice(signs) for _ in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"
