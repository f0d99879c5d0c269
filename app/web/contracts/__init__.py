"""Contracts as their parties work with them: found in a list, one on a page, amended and secured."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("contracts", __name__, url_prefix="/contracts")
