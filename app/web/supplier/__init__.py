"""What suppliers see: registration, the tenders that take bids, their bids from draft to receipt and opening, bonds, messages.

The registrar's review of registrations lies here too. Nothing on these pages tells one supplier of another.
"""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("supplier", __name__)
