"""Expressions: each must be FEEL wherever it stands, and stand where a literal would make no sense."""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.findings import Findings, Subject, error
from app.engine.spiff.expressions import COLLECTION, COMPLETION, CONDITION, LOOP, SCRIPT, of_node, shown, wrong
from app.engine.spiff.model import Process
from app.engine.spiff.sources import Source
from app.foundation.text import Text

LITERAL = error(
    "expression-without-equals",
    Text("%(what)s “%(text)s” is a literal, where only an expression makes sense", "%(what)s“%(text)s”是字面值，而此处需要表达式"),
    Text("write it in FEEL, beginning with “=”", "请用 FEEL 书写，并以“=”开头"),
)  # fmt: skip

_ONLY_EXPRESSIONS = (CONDITION, COLLECTION, COMPLETION, LOOP, SCRIPT)


def check(process: Process, _processes: Mapping[str, Process], findings: Findings) -> None:
    """Every expression of a process. Those of messages, signals and codes are checked where they are defined."""
    for node in process:
        for what, source in of_node(node):
            _check(what, source, node, process.file, findings)
    for flow in process.flows.values():
        if flow.condition is not None:
            _check(CONDITION, flow.condition, flow, process.file, findings)


def _check(what: Text, source: Source, subject: Subject, file: str, findings: Findings) -> None:
    for kind, facts in wrong(what, source):
        findings.about(kind, file, subject, **facts)
    if not source.error and what in _ONLY_EXPRESSIONS and not source.is_expression:
        findings.about(LITERAL, file, subject, what=what, text=shown(source))
