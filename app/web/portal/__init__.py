"""The public portal: what the law wants everybody to see, without a sign-in."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("portal", __name__, url_prefix="/portal")
