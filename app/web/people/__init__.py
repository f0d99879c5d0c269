"""People and their roles, and the organisations they work for.

Administrators look after everybody, a supplier's administrator after that supplier's people; auditors look.
"""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("people", __name__)
