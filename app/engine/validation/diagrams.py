"""What is wrong or doubtful in diagrams by themselves: every process is walked once for each room of rules."""

from __future__ import annotations

from collections.abc import Mapping

from app.engine import spiff
from app.engine.findings import Findings
from app.engine.validation import (
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

_ROOMS = (flows, gateways, events, boundaries, activities, subprocesses, expressions, timers)


def read(files: Mapping[str, bytes], *, every_process: bool = False) -> spiff.Bundle:
    """Read diagrams that belong together, as ``spiff.read`` does, and add to its findings what the gate finds in them."""
    bundle = spiff.read(files, every_process=every_process)
    findings = Findings(bundle.findings)
    for process in bundle.processes.values():
        _check(process, bundle.processes, findings)
    bundle.findings[:] = findings
    return bundle


def _check(process: spiff.Process, processes: dict[str, spiff.Process], findings: Findings) -> None:
    """Add what is wrong with a process. Only what could run is explored."""
    for room in _ROOMS:
        room.check(process, processes, findings)
    if not any(finding.level == "error" and finding.file == process.file for finding in findings):
        soundness.check(process, processes, findings)
        endless.check(process, processes, findings)
