"""Operations of a project's life."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.acts import Context, Value
from app.foundation.text import Text
from app.procurement import projects
from app.procurement.projects import ProjectState
from app.workflow import standings
from app.workflow.declaring import ACTS
from app.workflow.values import PROJECT


@ACTS.act(
    "projects.close",
    name=Text("Close the project", "项目结项"),
    needs=[
        PROJECT,
        Value(
            "outcome",
            required=True,
            label=Text("Outcome", "结果"),
            choices=(
                ("done", Text("Done", "完成")),
                ("another_procedure", Text("Another procedure applies", "适用其他采购方式")),
            ),
        ),
    ],
    states=[standings.project(leaves=[ProjectState.CLOSED])],
)
def close(context: Context, *, project_id: str, outcome: str) -> Mapping[str, Any]:
    projects.close(context.session, context.actor, project_id=project_id, outcome=outcome)
    return {}
