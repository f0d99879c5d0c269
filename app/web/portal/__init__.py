"""The public portal: what the law wants everybody to see, without a sign-in."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("portal", __name__, url_prefix="/portal")

from app.web.portal import boards, opendata, tenders  # noqa: E402,F401 - they add their pages to the blueprint
