"""The language of a page: what the address asks for, else what the person or browser chose before.

The address names the page, not the language; ``?lang=zh`` may be added to any and is remembered. In this order:
the address, the cookie (chosen before, or taken over from the account when signing in), the account, what the
browser accepts, the house's own.
"""

from __future__ import annotations

from flask import Flask, g, has_request_context, request
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from app.foundation.text import LANGUAGES, Text
from app.web import assets, current

COOKIE = "tenderway-language"
LASTS = 400 * 24 * 3600
"""How long a browser keeps the choice, in seconds (no browser keeps a cookie longer)."""
TAGS = {"en": "en", "zh": "zh-Hans"}
"""Languages by their BCP 47 tags, for ``lang`` and ``hreflang``."""


def install(app: Flask) -> None:
    """Remember a language that the address asks for, and name the language of every page."""
    app.after_request(_remember)


def language() -> str:
    """The language of the page at hand: ``en`` or ``zh``."""
    if not has_request_context():
        return current.config().language
    if "language" not in g:
        g.language = _chosen()
    found: str = g.language
    return found


def settle_without_account() -> None:
    """Choose the page's language from the request alone, for answers that may not ask the database."""
    if "language" not in g:
        g.language = _asked_for() or _accepted()


def other() -> str:
    """The language the page could be read in instead."""
    return next(language_ for language_ in LANGUAGES if language_ != language())


def say(text: Text) -> str:
    """A text in the language of the page."""
    return text.in_(language())


def choose(response: Response, wanted: str) -> None:
    """Let the browser remember a language."""
    secure = current.config().is_https
    response.set_cookie(COOKIE, wanted, max_age=LASTS, secure=secure, httponly=True, samesite="Lax", path="/")


def _chosen() -> str:
    asked = _asked_for()
    if asked is not None:
        return asked
    account = current.account()
    if account is not None and account.language in LANGUAGES:
        return account.language
    return _accepted()


def _asked_for() -> str | None:
    asked = (request.args.get("lang"), request.cookies.get(COOKIE))
    return next((wanted for wanted in asked if wanted in LANGUAGES), None)


def _accepted() -> str:
    tags = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return next((tag for tag in tags if tag in LANGUAGES), current.config().language)


def _remember(response: FlaskResponse) -> FlaskResponse:
    asked = request.args.get("lang")
    if asked in LANGUAGES and request.cookies.get(COOKIE) != asked and not assets.is_file():
        choose(response, asked)
    if response.mimetype == "text/html" and "language" in g:
        response.content_language.add(TAGS[g.language])
    return response
