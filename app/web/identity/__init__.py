"""Signing in and out, a forgotten password, and one's own account."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("identity", __name__)
