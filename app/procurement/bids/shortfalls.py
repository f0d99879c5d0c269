"""A gap: something a draft lacks, or that will cost the bid its chance."""

from __future__ import annotations

from dataclasses import dataclass

from app.foundation.text import Text

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Gap:
    """Something missing or doubtful. An ``error`` keeps the bid from being sealed; a ``warning`` says what will follow.

    ``place`` names the part of the draft: ``price``, ``prices/ITEM``, ``responses/REQUIREMENT``, ``files/CODE``, ``bond``…
    """

    severity: str
    place: str
    text: Text
    statute: str = ""
