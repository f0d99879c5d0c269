"""Every act of a procurement that a task of a diagram may do: what the system does by itself, what people do by a form."""

from app.workflow import intake, operations
from app.workflow.declaring import ACTS, Partners

__all__ = ["ACTS", "Partners", "intake", "operations"]
