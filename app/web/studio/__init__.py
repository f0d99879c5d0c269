"""The studio: analysts change diagrams and decision tables, and a second person lets them count for new cases."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("studio", __name__, url_prefix="/studio")
