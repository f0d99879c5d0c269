"""The names of BPMN's elements and events as a person says them."""

from __future__ import annotations

from app.foundation.text import Text

ELEMENTS: dict[str, Text] = {
    "task": Text("an undefined task", "未定义任务"),
    "userTask": Text("a user task", "用户任务"),
    "manualTask": Text("a manual task", "手工任务"),
    "serviceTask": Text("a service task", "服务任务"),
    "sendTask": Text("a send task", "发送任务"),
    "receiveTask": Text("a receive task", "接收任务"),
    "scriptTask": Text("a script task", "脚本任务"),
    "businessRuleTask": Text("a business rule task", "业务规则任务"),
    "callActivity": Text("a call activity", "调用活动"),
    "subProcess": Text("a sub-process", "子流程"),
    "transaction": Text("a transaction", "事务子流程"),
    "eventSubProcess": Text("an event sub-process", "事件子流程"),
    "startEvent": Text("a start event", "开始事件"),
    "endEvent": Text("an end event", "结束事件"),
    "intermediateCatchEvent": Text("an intermediate catch event", "中间捕获事件"),
    "intermediateThrowEvent": Text("an intermediate throw event", "中间抛出事件"),
    "boundaryEvent": Text("a boundary event", "边界事件"),
    "exclusiveGateway": Text("an exclusive gateway", "排他网关"),
    "parallelGateway": Text("a parallel gateway", "并行网关"),
    "inclusiveGateway": Text("an inclusive gateway", "包容网关"),
    "eventBasedGateway": Text("an event gateway", "事件网关"),
}

EVENTS: dict[str, Text] = {
    "none": Text("plain", "无触发"),
    "message": Text("message", "消息"),
    "timer": Text("timer", "定时"),
    "signal": Text("signal", "信号"),
    "error": Text("error", "错误"),
    "escalation": Text("escalation", "升级"),
    "conditional": Text("conditional", "条件"),
    "link": Text("link", "链接"),
    "compensation": Text("compensation", "补偿"),
    "cancel": Text("cancel", "取消"),
    "terminate": Text("terminate", "终止"),
}
