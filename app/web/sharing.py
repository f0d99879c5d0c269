"""Answers that are the same for everybody: asked for again by their digest, and compressed where that is worth it.

An answer is everybody's when nothing of it was made for one browser: nobody is signed in, it holds no form token, says
no notice and sets no cookie. All others are sent as they are, uncompressed: what a page repeats of a request beside a
secret of its reader could be told from the length (BREACH; decision 17). Only what repeats nothing (a diagram) says so.
"""

from __future__ import annotations

import gzip
import hashlib

from flask import Flask, Response, g, request, session

from app.web.assets import is_file

ASKED_AGAIN = "public, no-cache"
"""Anybody may keep it, and asks before showing it again: what is published can be taken back within the minute."""
WORTH = 1024
"""Shorter answers, in bytes, fit into the first packet as they are."""
LEVEL = 6
COMPRESSED = ("text/", "application/json", "application/xml", "application/atom+xml", "image/svg+xml")


def repeats_nothing(response: Response) -> Response:
    """An answer in which no word of its request stands: it may be compressed for whoever gets it."""
    g.repeats_nothing = True
    return response


def install(app: Flask) -> None:
    """Look at every answer when all others have: Flask asks the first that was installed last."""
    app.after_request(_share)


def is_everybodys(response: Response) -> bool:
    """Whether nothing of the answer belongs to the browser that it is sent to."""
    own = "signed_in" in g or "csrf_token" in g or session.modified or "Set-Cookie" in response.headers
    return not own and not response.cache_control.no_store


def _share(response: Response) -> Response:
    if request.method != "GET" or response.status_code not in (200, 304) or is_file():
        return response
    everybodys = is_everybodys(response)
    if everybodys:
        response.headers["Cache-Control"] = ASKED_AGAIN
    if response.is_streamed or response.status_code == 304:
        return response  # it has said itself whether it changed, or is too large to be held
    body = response.get_data() if everybodys or "repeats_nothing" in g else b""
    if (response.mimetype or "").startswith(COMPRESSED) and len(body) >= WORTH:
        response.vary.add("Accept-Encoding")
        if request.accept_encodings.best_match(["gzip"]):
            response.set_data(gzip.compress(body, LEVEL, mtime=0))
            response.headers["Content-Encoding"] = "gzip"
    if everybodys:
        if "ETag" not in response.headers:
            response.set_etag(hashlib.sha256(body).hexdigest()[:20], weak=True)  # the same words, compressed or not
        response.make_conditional(request)
    return response
