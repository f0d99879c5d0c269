"""Operations: what needs a look, every running case with what keeps it, and the repairs that administrators make.

Auditors look, administrators act; every act asks why, and the case's history and journal keep the answer.
"""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("operations", __name__, url_prefix="/operations")
