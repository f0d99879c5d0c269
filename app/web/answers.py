"""Answers that many pages give."""

from __future__ import annotations

from typing import Any

import flask
from werkzeug.wrappers import Response


def redirect(endpoint: str, **parts: Any) -> Response:
    """Send the browser to a page after an act, so that a reload repeats nothing (303)."""
    return flask.redirect(flask.url_for(endpoint, **parts), code=303)
