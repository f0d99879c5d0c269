"""Tenders as those work with them who run them: lists, one with its versions and questions, its correction, its end."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("tenders", __name__, url_prefix="/tenders")
