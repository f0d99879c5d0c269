"""Tasks that nobody would be offered: shown when diagrams are checked, refused when they are deployed to an office."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from app.engine import spiff
from app.engine.findings import Finding, made, warning
from app.engine.spiff.sources import Source
from app.foundation.text import Text

if TYPE_CHECKING:
    from app.engine.bundles import Package

NOBODY = warning(
    "task-for-nobody",
    Text(
        "no one can do the task: it has neither an assignee nor known candidates, and is not in the lane of a role",
        "该任务没有可办理的人：既没有办理人，也没有此处已知的候选人或候选组，且不在任何角色泳道中",
    ),
    Text(
        "put it into the lane of a role, or give it candidate groups, candidate users or an assignee",
        "请将其放入角色泳道，或设置候选组、候选人或办理人",
    ),
)


def for_nobody(package: Package, roles: Mapping[str, Text] | None) -> Iterator[Finding]:
    """A warning for each user task that nobody would be offered.

    With the ``roles`` of an office, names that are none of them count for nobody, and manual tasks are looked at too.
    """
    kinds = ("userTask",) if roles is None else ("userTask", "manualTask")
    for process in package.diagrams.processes.values():
        for node in process:
            if node.kind in kinds and not _somebody(node, roles):
                yield made(NOBODY, process.file, node.id, node.name)


def _somebody(node: spiff.Node, roles: Mapping[str, Text] | None) -> bool:
    """Whether a task is for somebody. Without known roles every name may be one; what an expression gives isn't known."""
    if _given(node.assignee) or _given(node.candidate_users):
        return True
    source = node.candidate_groups
    if source is not None and source.is_expression:
        return True
    groups = [name.strip() for name in source.text.split(",")] if source is not None else []
    names = [name for name in groups if name] or ([node.lane] if node.lane else [])
    return any(roles is None or name.partition("@")[0] in roles for name in names)


def _given(source: Source | None) -> bool:
    return source is not None and bool(source.text)
