"""The check of procurement documents before their release: every rule with its article, place, gravity and fix."""

from __future__ import annotations

from collections.abc import Iterator

from app.procurement.tenders.checks import contents, periods, rates, scoring, wordings
from app.procurement.tenders.checks.drafts import ERROR, OVERRIDDEN, UNCERTAIN, WARNING, Check, Draft, Found

CHECKS: tuple[Check, ...] = (*periods.CHECKS, *rates.CHECKS, *scoring.CHECKS, *contents.CHECKS, *wordings.CHECKS)
"""Every check, in the order their findings are shown; a method's row says which of them hold for it."""

TYPICAL_ERRORS: frozenset[int] = frozenset(
    {2, 3, 5, 7, 8, 10, 11, 12, 45, 47, 48, 49, 51, 52, 55}.union(*(w.typical for w in wordings.wordings()))
)
"""Which of the 61 typical errors of the Sichuan list (2023-08-28) the check finds."""


def findings(draft: Draft) -> Iterator[Found]:
    """Everything that the checks of its method find in a draft."""
    for check in CHECKS:
        if check.__name__ in draft.law.method.checks:
            yield from check(draft)


__all__ = [
    "CHECKS",
    "ERROR",
    "OVERRIDDEN",
    "TYPICAL_ERRORS",
    "UNCERTAIN",
    "WARNING",
    "Check",
    "Draft",
    "Found",
    "findings",
]
