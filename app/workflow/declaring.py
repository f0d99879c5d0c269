"""Where acts of a procurement are declared, and what they need of the world outside.

``acts`` has them all: what the system does by itself is in ``operations``, what people do by a form in ``intake``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from app.engine.acts import Context, IntakeContext, Registry
from app.identity.certificates import Signer
from app.keeper import Keeper

ACTS = Registry()


@dataclass(frozen=True)
class Partners:
    """What acts need of the world outside the database. ``authority`` signs PDFs for organisations."""

    keeper: Keeper
    authority: Signer


def partners(context: Context | IntakeContext) -> Partners:
    """The partners of the engine that an act is done in."""
    return cast(Partners, context.partners)
