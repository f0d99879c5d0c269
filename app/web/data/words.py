"""Words and looks of what was entered."""

from decimal import Decimal

from app.foundation.money import in_figures
from app.foundation.text import Text
from app.procurement.projects import budgets
from app.workflow import facts

STATES = {
    "draft": (Text("Not submitted yet", "尚未提交"), "draft"),
    "waiting": (Text("Waiting for a second person", "待复核"), "waiting"),
    "confirmed": (Text("Confirmed", "已生效"), "done"),
    "rejected": (Text("Returned", "已退回"), "refused"),
    "withdrawn": (Text("Withdrawn", "已撤回"), "plain"),
}
CHANGES = {
    "new": (Text("New", "新增"), "new"),
    "changed": (Text("Changed", "变更"), "soon"),
    "unchanged": (Text("Unchanged", "无变化"), "plain"),
    "refused": (Text("Not accepted", "无法录入"), "refused"),
}
ACTS = {
    "budgets.enter": Text("entered the line", "录入预算项目"),
    "budgets.change": Text("changed the line", "变更预算项目"),
}
FIELDS = {
    "name_zh": Text("Chinese name", "项目名称"),
    "name_en": Text("English name", "英文名称"),
    "category": Text("category", "预算科目"),
    "amount": Text("amount", "金额"),
    "funds": Text("funds", "资金性质"),
}


def worded(name: str, value: str) -> Text:
    """What a field of a budget line holds, as people read it."""
    if name == "amount":
        return facts.same(in_figures(Decimal(value)))
    return facts.named({"funds": budgets.FUNDS, "category": facts.OBJECTS}.get(name, {}), value)
