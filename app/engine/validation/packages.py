"""What is wrong or doubtful in a deployment as a whole, held against the platform that it is for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from app.engine.findings import Finding
from app.engine.validation import forms
from app.engine.validation.duties import together
from app.engine.validation.order import out_of_order
from app.engine.validation.procedures import incomplete
from app.engine.validation.recipients import for_nobody
from app.engine.validation.references import Known, misdirected
from app.engine.validation.sharing import shared
from app.engine.validation.start_forms import unfilled
from app.engine.validation.undrawn import undrawn
from app.engine.validation.variables import unwritten

if TYPE_CHECKING:
    from app.engine.bundles import Package
    from app.engine.engine import Engine


def validate(package: Package, engine: Engine | None, known: Known, *, office: bool = False) -> list[Finding]:
    """Everything found in a package, with its references held against forms, operations, roles and other deployments.

    Without an engine, only references inside the package are judged. For an ``office``, where people wait for their
    tasks, a task for nobody is an error.
    """
    found = list(package.findings)
    found += misdirected(package, engine, known)
    found += forms.broken(package)
    if engine is None or not engine.stand_ins:
        found += unwritten(package, engine)
        found += _for_nobody(package, engine, office)
        found += shared(package, engine)
        found += together(package, engine.duties) if engine is not None else ()
        found += out_of_order(package, engine) if engine is not None else ()
        found += unfilled(package, engine) if engine is not None else ()
        found += incomplete(package, engine) if engine is not None else ()
        found += undrawn(package)
    return list(dict.fromkeys(found))


def _for_nobody(package: Package, engine: Engine | None, office: bool) -> Iterator[Finding]:
    roles = engine.roles if office and engine is not None else None
    for finding in for_nobody(package, roles):
        yield finding if roles is None else replace(finding, level="error")
