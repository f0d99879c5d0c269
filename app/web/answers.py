"""Answers that many pages give."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import flask
from werkzeug.wrappers import Response


def redirect(endpoint: str, **parts: Any) -> Response:
    """Send the browser to a page, by GET whatever came before it, so that a reload repeats nothing (303)."""
    return redirect_to(flask.url_for(endpoint, **parts))


def redirect_to(address: str) -> Response:
    """Send the browser to an address that is known as a whole (303)."""
    return flask.redirect(address, code=303)


def local_address(wanted: str | None) -> str | None:
    """An address of this site as it was given, or None: nobody is sent elsewhere by a link to us."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return None
    if any(ord(sign) < 32 for sign in wanted):
        return None
    parts = urlsplit(wanted)
    return None if parts.scheme or parts.netloc else wanted
