"""The gate: what is wrong with a diagram, in plain words."""

from __future__ import annotations

from app.engine.spiff.model import Finding, Process


def add_findings(processes: dict[str, Process], findings: list[Finding]) -> None:
    """Add what is wrong to ``findings``."""
