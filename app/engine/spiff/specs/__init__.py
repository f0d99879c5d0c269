"""Our own SpiffWorkflow specs: one for each kind of element, built once per process and shared by all its instances."""

from __future__ import annotations

from app.engine.spiff.specs.processes import ProcessSpec, spec_of

__all__ = ["ProcessSpec", "spec_of"]
