"""Breaches: reported by who runs or supervises a procurement, answered by the supplier, decided by the finance department."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("breaches", __name__, url_prefix="/breaches")
