"""What protects the browser's side: form tokens, the place a request comes from, and the headers of every answer."""

from __future__ import annotations

from typing import Any

from flask import Flask, Request, Response, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from app.foundation.errors import NotAllowed, NotFound
from app.foundation.limits import FORM, STRANGERS
from app.foundation.text import Text
from app.web import assets, current, files
from config import Config

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The content security policy of every page: nothing from elsewhere, nothing inline."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

csrf = CSRFProtect()


class PlainRequest(Request):
    """A request for the head of an answer is answered as one for the whole of it: no view knows of another way to look."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if self.method == "HEAD":
            self.method = "GET"


LARGEST_NUMBER = 2**31 - 1
"""The largest number that an address or a database's column holds."""


class FromElsewhere(NotAllowed):
    """A form that was sent from another site."""

    text = Text("This request came from another site.", "该请求来自其他网站。")


def install(app: Flask, config: Config) -> None:
    """Guard every unsafe request by a token and its origin, and set the headers of every answer."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-tenderway-forms" if config.is_https else "tenderway-forms",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.is_https,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the browser's session: a page may stay open over lunch
        MAX_CONTENT_LENGTH=FORM,
        MAX_FORM_MEMORY_SIZE=FORM,
        MAX_FORM_PARTS=30_000,  # 2,000 rows of a table, which is said beside it
    )
    if config.trusted_proxies:
        proxies = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    app.request_class = PlainRequest
    app.before_request(refuse_unfit_address)
    app.before_request(refuse_from_elsewhere)
    app.before_request(_let_files_in)  # before the token is looked for, which reads the whole request
    csrf.init_app(app)
    app.before_request(refuse_unfit_form)
    app.after_request(_set_headers)


def refuse_from_elsewhere() -> None:
    """Refuse an unsafe request that the browser says another site has sent (a second wall beside the token)."""
    if request.method not in current.SAFE and request.headers.get("Sec-Fetch-Site", "same-origin") not in (
        "same-origin",
        "none",
    ):
        raise FromElsewhere


def refuse_unfit_address() -> None:
    """Nothing has an address with characters that can't be seen, or a number that no database holds."""
    parts = (request.view_args or {}).values()
    if any(not part.isprintable() if isinstance(part, str) else not 0 <= part <= LARGEST_NUMBER for part in parts):
        raise NotFound
    if any("\0" in text for name, texts in request.args.lists() for text in (name, *texts)):
        raise BadRequest


def refuse_unfit_form() -> None:
    """No form that a person fills in holds the character NUL, and no database keeps it."""
    if request.method not in current.SAFE and any(
        "\0" in text for name, texts in request.form.lists() for text in (name, *texts)
    ):
        raise BadRequest


def _let_files_in() -> None:
    """Take larger requests where a route takes files, from who is signed in; from strangers small ones only."""
    taking = files.taking()
    length = request.content_length or 0
    if request.method in current.SAFE or (taking is None and length <= STRANGERS):
        return
    if not current.is_known():
        request.max_content_length = STRANGERS
    elif taking is not None:
        request.max_content_length = taking.limit
    if length > (request.max_content_length or 0):
        raise RequestEntityTooLarge


def _set_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current.config().is_https:
        response.headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
    if not assets.is_file():
        response.headers.setdefault("Cache-Control", "no-store" if "signed_in" in g else "private, no-cache")
        response.vary.add("Cookie")
        response.vary.add("Accept-Language")
    return response
