"""DMN on our FEEL: decision tables, boxed expressions, knowledge models, services, graphs across files (DMN 1.5).

A model is read once and then only evaluated: ``read_all`` checks everything it can and says in plain words
what can't be executed; ``Model.evaluate`` gives the value, the rules that fired and the warnings on the way.
"""

from __future__ import annotations

from app.engine.decisions.failures import NO_SUCH_DECISION, DecisionFailed
from app.engine.decisions.models import Model, Result
from app.engine.decisions.reading import Reading, read_all
from app.engine.decisions.sources import MAX_BYTES, NAMESPACES
from app.engine.decisions.tables import AGGREGATIONS, HIT_POLICIES, Fired

__all__ = [
    "AGGREGATIONS", "HIT_POLICIES", "MAX_BYTES", "NAMESPACES", "NO_SUCH_DECISION", "DecisionFailed", "Fired", "Model", "Reading",
    "Result", "read_all",
]  # fmt: skip
