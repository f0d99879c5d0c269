"""Procedures for which something is lacking that stands outside the diagrams: what, the platform's owner says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.engine.findings import Finding, error, made
from app.foundation.text import Text

if TYPE_CHECKING:
    from app.engine.bundles import Package
    from app.engine.engine import Engine

INCOMPLETE = error(
    "procedure-incomplete",
    Text("what holds for this procedure lacks %(what)s", "该程序的基础数据缺少：%(what)s"),
    Text("complete the row of its method before it is deployed", "请先补全该采购方式的数据，再部署流程"),
)


def incomplete(package: Package, engine: Engine) -> Iterator[Finding]:
    """An error for each thing that a process lacks."""
    for process in package.diagrams.processes.values():
        for what in engine.lacking(process.id):
            yield made(INCOMPLETE, process.file, process.id, process.name, what=what)
