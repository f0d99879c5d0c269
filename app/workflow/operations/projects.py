"""Operations of a project's life."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.engine.operations import Context, Parameter, Registry
from app.foundation.text import Text
from app.procurement import projects

if TYPE_CHECKING:
    from app.workflow.operations import Partners


def register(registry: Registry, partners: Partners) -> None:
    """Add them to the registry."""

    @registry.operation(
        "projects.close",
        name=Text("Close the project", "项目结项"),
        parameters=[
            Parameter("project_id", required=True, label=Text("Project", "项目")),
            Parameter(
                "outcome",
                required=True,
                label=Text("Outcome", "结果"),
                choices=(
                    ("done", Text("Done", "完成")),
                    ("another_procedure", Text("Another procedure applies", "适用其他采购方式")),
                ),
            ),
        ],
    )
    def close(context: Context, *, project_id: str, outcome: str) -> Mapping[str, Any]:
        projects.close(context.session, context.actor, project_id=project_id, outcome=outcome)
        return {}
