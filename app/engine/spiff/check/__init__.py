"""The gate: what is wrong or doubtful in diagrams that could be read, in plain words.

``add_findings`` walks every process once for each room of rules; docs/reference/dialect.md lists them all.
"""

from __future__ import annotations

from app.engine.findings import Findings
from app.engine.spiff.check import (
    activities,
    boundaries,
    endless,
    events,
    expressions,
    flows,
    gateways,
    soundness,
    subprocesses,
    timers,
)
from app.engine.spiff.model import Process

_ROOMS = (flows, gateways, events, boundaries, activities, subprocesses, expressions, timers)


def add_findings(processes: dict[str, Process], findings: Findings) -> None:
    """Add what is wrong with the processes of a deployment to ``findings``. Only what could run is explored."""
    for process in processes.values():
        for room in _ROOMS:
            room.check(process, processes, findings)
        if not any(finding.level == "error" and finding.file == process.file for finding in findings):
            soundness.check(process, processes, findings)
            endless.check(process, processes, findings)
