"""Our own SpiffWorkflow specs: one for each kind of element, built once per process and shared by all its instances.

Each module registers the kinds that it runs (``processes.runs``).
"""

from __future__ import annotations

from app.engine.spiff.specs import activities, events, gateways, loops, subprocesses
from app.engine.spiff.specs.processes import ProcessSpec, spec_of

__all__ = ["ProcessSpec", "activities", "events", "gateways", "loops", "spec_of", "subprocesses"]
