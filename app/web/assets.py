"""Style sheets, scripts and fonts: named by their content, kept by browsers for good, compressed once.

An address carries a digest of the file (``?v=…``), so that a new release is fetched at once and an old one never
again. Only files are compressed: an answer that holds form tokens is not (BREACH).
"""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

PARTS = "dist/parts/"
"""Parts of scripts, which are named by their content already."""
FOR_GOOD = "public, max-age=31536000, immutable"
FOR_A_DAY = "public, max-age=86400"
"""For what is named without its digest."""
FILES = frozenset({"static", "shell.favicon"})
"""The endpoints whose answers are files, the same for every browser: they know of no cookie, language or person."""
COMPRESSED = frozenset({".css", ".js", ".svg", ".txt", ".json"})


class PlainSessions(SecureCookieSessionInterface):
    """The browser's cookie of forms is written when a page has put something into it, and a file depends on no cookie."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write it down if it has changed; that a page depends on cookies is said of every page (``protection``)."""
        if session.modified:
            super().save_session(app, session, response)


def is_file() -> bool:
    """Whether the request at hand is for one of our files."""
    return request.endpoint in FILES


def install(app: Flask) -> None:
    """Name the files of ``static`` by their content, and answer them so that a slow line carries them once."""
    app.session_interface = PlainSessions()
    app.url_defaults(_name_by_content)
    app.after_request(_keep_and_compress)


def _name_by_content(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "v" not in values:
        path = _path(values.get("filename", ""))
        if path is not None:
            values["v"] = _digest(path, path.stat().st_mtime_ns)


def _keep_and_compress(response: Response) -> Response:
    if not is_file() or response.status_code not in (200, 304):
        return response
    name = (request.view_args or {}).get("filename", "favicon.ico")
    response.headers["Cache-Control"] = FOR_GOOD if "v" in request.args or name.startswith(PARTS) else FOR_A_DAY
    path = _path(name)
    if path is None or path.suffix not in COMPRESSED:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code == 200 and request.accept_encodings.best_match(["gzip"]) and "Range" not in request.headers:
        response.call_on_close(getattr(response.response, "close", lambda: None))  # the file that isn't sent
        response.direct_passthrough = False
        response.set_data(_compressed(path, path.stat().st_mtime_ns))
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("Accept-Ranges", None)
        response.set_etag(f"{_digest(path, path.stat().st_mtime_ns)}-gzip")
        response.make_conditional(request.environ)
    return response


def _path(filename: str) -> Path | None:
    """The file of a static address, or None: nothing outside the folder."""
    folder = Path(current_app.static_folder or "").resolve()
    path = (folder / filename).resolve()
    return path if path.is_relative_to(folder) and path.is_file() else None


@lru_cache(maxsize=256)
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=64)
def _compressed(path: Path, _changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)
