"""SpiffWorkflow as the engine uses it: the one module that imports it."""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

__all__ = ["BpmnTaskSpec", "Task", "TaskSpec", "TaskState", "Workflow", "WorkflowSpec"]
