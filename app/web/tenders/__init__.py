"""Tenders as those work with them who run them: lists, one with its versions and questions, its correction, its end."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("tenders", __name__, url_prefix="/tenders")

from app.web.tenders import correcting, ending, looking, overriding  # noqa: E402, F401 - they add their pages to the blueprint
