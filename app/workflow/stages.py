"""The stages of a case: what the ``stage`` property of a diagram's elements may say, and how people call it."""

from __future__ import annotations

from app.foundation.text import Text

NAMES: dict[str, Text] = {
    "application": Text("Application", "申请"),
    "approval": Text("Approval", "审批"),
    "planning": Text("Planning", "计划"),
    "agreement": Text("Agency agreement", "委托代理"),
    "documents": Text("Tender documents", "招标文件"),
    "notice": Text("Notice", "公告"),
    "bids": Text("Bidding", "投标"),
    "opening": Text("Opening", "开标"),
    "committee": Text("Committee", "评标委员会"),
    "evaluation": Text("Evaluation", "评标"),
    "award": Text("Award", "定标"),
    "contract": Text("Contract", "合同"),
    "acceptance": Text("Acceptance", "验收"),
    "payment": Text("Payment", "支付"),
}
PHASES: dict[str, int] = {
    **dict.fromkeys(("application", "approval", "planning", "agreement"), 1),
    **dict.fromkeys(("documents", "notice"), 2),
    **dict.fromkeys(("bids", "opening"), 3),
    **dict.fromkeys(("committee", "evaluation"), 4),
    **dict.fromkeys(("award", "contract"), 5),
    **dict.fromkeys(("acceptance", "payment"), 6),
}
"""The phase of each stage: stages of one phase have one colour (``--tw-phase-1`` to ``-6``) wherever they are shown."""


def name(stage: str) -> Text:
    """A stage's name; one that an analyst invented is called as it is written."""
    return NAMES.get(stage) or Text(*[stage.replace("_", " ").capitalize()] * 2)


def phase(stage: str) -> int:
    """The phase of a stage, from 1 to 6; 0 for one that an analyst invented."""
    return PHASES.get(stage, 0)
