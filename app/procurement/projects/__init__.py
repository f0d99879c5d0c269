"""Projects: the budget line, the application with its reviews, the plan with its lots, the method, the end."""

from app.procurement.projects.applications import NewItem, apply, committed, file, review
from app.procurement.projects.lives import (
    LotUnknown,
    NotInThisState,
    ProjectUnknown,
    close,
    get,
    lock,
    lot,
    move_lot,
    next_number,
    stage,
    visible_to,
)
from app.procurement.projects.plans import PlannedLot, Warning, plan, record_method, warnings
from app.procurement.projects.records import (
    BudgetLine,
    Item,
    Lot,
    LotState,
    NumberSeries,
    Project,
    ProjectReview,
    ProjectState,
)

__all__ = [
    "BudgetLine",
    "Item",
    "Lot",
    "LotState",
    "LotUnknown",
    "NewItem",
    "NotInThisState",
    "NumberSeries",
    "PlannedLot",
    "Project",
    "ProjectReview",
    "ProjectState",
    "ProjectUnknown",
    "Warning",
    "apply",
    "close",
    "committed",
    "file",
    "get",
    "lock",
    "lot",
    "move_lot",
    "next_number",
    "plan",
    "record_method",
    "review",
    "stage",
    "visible_to",
    "warnings",
]
