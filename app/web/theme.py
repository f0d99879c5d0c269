"""Light or dark: as the device has it, unless the person chose one.

``?theme=dark`` may be added to any address and is remembered by the browser, as the language is; ``?theme=device`` forgets it.
The colours are the style sheet's (frontend/src/styles/_tokens.scss); a page only names the choice.
"""

from __future__ import annotations

from flask import Flask, has_request_context, request
from flask import Response as FlaskResponse

from app.foundation.text import Text
from app.web import assets, current
from app.web.language import LASTS

COOKIE = "tenderway-theme"
DEVICE = "device"
THEMES: dict[str, Text] = {
    "light": Text("Light", "浅色"),
    "dark": Text("Dark", "深色"),
    DEVICE: Text("As the device", "跟随设备"),
}


def install(app: Flask) -> None:
    """Remember a theme that the address asks for."""
    app.after_request(_remember)


def chosen() -> str:
    """The theme of the page at hand: ``light``, ``dark`` or ``device``."""
    if not has_request_context():
        return DEVICE
    asked = (request.args.get("theme"), request.cookies.get(COOKIE))
    return next((theme for theme in asked if theme in THEMES), DEVICE)


def _remember(response: FlaskResponse) -> FlaskResponse:
    asked = request.args.get("theme")
    if asked in THEMES and request.cookies.get(COOKIE, DEVICE) != asked and not assets.is_file():
        if asked == DEVICE:
            response.delete_cookie(COOKIE, path="/")
        else:
            secure = current.config().is_https
            response.set_cookie(COOKIE, asked, max_age=LASTS, secure=secure, httponly=True, samesite="Lax", path="/")
    return response
