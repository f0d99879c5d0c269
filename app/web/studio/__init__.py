"""The studio: analysts change diagrams and decision tables, and a second person lets them count for new cases."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("studio", __name__, url_prefix="/studio")

from app.web.studio import decisions, drafts, lists, rehearsals  # noqa: E402,F401 - they add their pages to the blueprint
