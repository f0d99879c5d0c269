"""How operations call states, kinds of incidents, and where tokens stand."""

from __future__ import annotations

from app.foundation.text import Text

STATES = {
    "active": Text("Under way", "进行中"),
    "suspended": Text("Suspended", "已暂停"),
    "completed": Text("Completed", "已完成"),
    "cancelled": Text("Cancelled", "已撤销"),
}
TONES = {"active": "now", "suspended": "stopped", "completed": "done", "cancelled": "refused"}

INCIDENTS = {
    "call": Text("Called process", "调用流程"),
    "cancel": Text("Cancellation", "撤销"),
    "collection": Text("List to go through", "循环集合"),
    "correlation": Text("Correlation key", "关联键"),
    "decision": Text("Decision table", "决策表"),
    "error": Text("Business error that nothing caught", "未处理的业务错误"),
    "expression": Text("Expression", "表达式"),
    "message": Text("Message", "消息"),
    "no-flow": Text("No way out of a gateway", "网关无可行分支"),
    "operation": Text("Operation", "自动操作"),
    "signal": Text("Signal", "信号"),
    "snapshot": Text("Unreadable state", "状态无法读取"),
    "step": Text("Whole step undone", "步骤已整体撤销"),
    "step-limit": Text("Loop without end", "循环未结束"),
    "task": Text("Task", "任务"),
    "timer": Text("Timer", "定时器"),
    "tokens": Text("Too many tokens", "令牌过多"),
    "variables": Text("Variables", "变量"),
}
STANDINGS = {
    "ready": Text("about to run", "即将执行"),
    "open": Text("open task", "待办任务"),
    "waiting": Text("waiting", "等待中"),
    "listening": Text("listening", "监听中"),
    "incident": Text("stuck", "异常"),
}
SUBSCRIPTIONS = {
    "message": Text("message", "消息"),
    "signal": Text("signal", "信号"),
    "conditional": Text("condition", "条件"),
}
SCOPES = {
    "root": Text("the whole case", "整个流程"),
    "call": Text("called process", "被调用流程"),
    "body": Text("sub-process", "子流程"),
    "event": Text("event sub-process", "事件子流程"),
    "multi": Text("one turn of a repetition", "多实例中的一项"),
    "element": Text("one element", "单个元素"),
    "compensation": Text("compensation", "补偿"),
}


def incident_kind(kind: str) -> Text:
    """What kind of trouble an incident is."""
    return INCIDENTS.get(kind) or Text(kind, kind)
