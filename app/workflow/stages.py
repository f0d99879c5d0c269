"""The stages of a case: what the ``stage`` property of a diagram's elements may say, and how people call it."""

from __future__ import annotations

from app.foundation.text import Text

NAMES: dict[str, Text] = {
    "application": Text("Application", "申请"),
    "approval": Text("Approval", "审批"),
    "planning": Text("Planning", "计划"),
    "agreement": Text("Agency agreement", "委托代理"),
    "documents": Text("Documents", "采购文件"),
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


def name(stage: str) -> Text:
    """A stage's name; one that an analyst invented is called as it is written."""
    return NAMES.get(stage) or Text(*[stage.replace("_", " ").capitalize()] * 2)
