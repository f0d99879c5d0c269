"""Signing in and out, a forgotten password, and one's own account."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("identity", __name__)

from app.web.identity import account, passwords, signing  # noqa: E402, F401 - they add their pages to the blueprint
