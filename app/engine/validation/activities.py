"""Tasks, call activities and repetitions: what each needs to be executed."""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.findings import Findings, Kind, error, warning
from app.engine.spiff.model import Node, Process
from app.engine.spiff.sources import Source
from app.foundation.text import Text

NO_OPERATION = error(
    "operation-missing",
    Text("the task has no type, so nothing would be called", "任务没有类型，无可调用的操作"),
    Text("give it a zeebe:taskDefinition with the type of an operation", "请设置 zeebe:taskDefinition 并填写操作类型"),
)
NO_SCRIPT = error(
    "script-missing",
    Text("the script task has no expression", "脚本任务没有表达式"),
    Text("give it a zeebe:script with one FEEL expression", "请设置 zeebe:script 并填写一个 FEEL 表达式"),
)
NO_DECISION = error(
    "decision-missing",
    Text("the business rule task calls no decision", "业务规则任务未调用任何决策"),
    Text("give it a zeebe:calledDecision with a decisionId", "请设置 zeebe:calledDecision 并填写 decisionId"),
)
NO_RESULT = error(
    "result-variable-missing",
    Text("its result would be lost: it has no resultVariable", "没有 resultVariable，其结果将会丢失"),
    Text("name the variable that takes the result", "请填写接收结果的变量名"),
)
NO_CALLED = error(
    "called-process-missing",
    Text("the call activity calls no process", "调用活动未调用任何流程"),
    Text("give it a zeebe:calledElement with a processId", "请设置 zeebe:calledElement 并填写 processId"),
)
CALLS_UNNAMED = warning(
    "called-processes-unnamed",
    Text(
        "“%(source)s” chooses the called process while the case runs, and nothing says among which ones",
        "被调用的流程由“%(source)s”在运行时确定，但未说明可能调用哪些流程",
    ),
    Text(
        "name them in the property calls, separated by commas, so that each is checked",
        "请在属性 calls 中以英文逗号分隔列出各流程，以便逐一检查",
    ),
)
CALLS_NOT_READ = warning(
    "calls-not-read",
    Text("nothing reads its property calls", "此处不读取属性 calls"),
    Text(
        "remove it: only a call activity that chooses its process by an expression has one",
        "请删除：只有以表达式确定被调用流程的调用活动才有该属性",
    ),
)
CALLED_WITHOUT_START = error(
    "called-process-without-start",
    Text("it calls “%(called)s”, which has no plain start event", "其调用的“%(called)s”没有无触发的开始事件"),
    Text("draw one there", "请在该流程中画出一个"),
)
PARENT_VARIABLES = error(
    "parent-variables",
    Text(
        'propagateAllParentVariables="false" is given without inputs',
        '设置了 propagateAllParentVariables="false"，但没有输入映射',
    ),
    Text("give the call the inputs it needs", "请为该调用设置所需的输入映射"),
)
DUTY = "not the same person as "
DUTY_UNREADABLE = error(
    "duty-unreadable",
    Text("the property duty says “%(duty)s”, which cannot be enforced", "属性 duty 的内容“%(duty)s”无法执行"),
    Text("write “not the same person as ELEMENT-ID”", "请写为“not the same person as 元素ID”"),
)
DUTY_TO_NOBODY = error(
    "duty-to-nobody",
    Text(
        "the property duty names “%(ref)s”, which is no task that a person does",
        "属性 duty 所指的“%(ref)s”不是由人办理的任务",
    ),
    Text("name a user or manual task of the deployment", "请填写本次部署中的用户任务或手工任务"),
)


def check(process: Process, processes: Mapping[str, Process], findings: Findings) -> None:
    """Every activity of a process."""
    for node in process:
        if node.kind in ("serviceTask", "sendTask") and node.operation is None:
            findings.about(NO_OPERATION, node.file, node)
        elif node.kind == "scriptTask":
            _result_of(node, node.script, NO_SCRIPT, findings)
        elif node.kind == "businessRuleTask":
            _result_of(node, node.decision_id, NO_DECISION, findings)
        elif node.kind == "callActivity":
            _call(node, processes, findings)
        if "calls" in node.properties and (node.called is None or not node.called.is_expression):
            findings.about(CALLS_NOT_READ, node.file, node)
        if node.duty is not None:
            _duty(node, node.duty, processes, findings)


def _result_of(node: Node, source: Source | None, missing: Kind, findings: Findings) -> None:
    if source is None:
        findings.about(missing, node.file, node)
    if node.result_variable is None:
        findings.about(NO_RESULT, node.file, node)


def _call(node: Node, processes: Mapping[str, Process], findings: Findings) -> None:
    if node.called is None:
        findings.about(NO_CALLED, node.file, node)
        return
    if not node.takes_all and not node.inputs:
        findings.about(PARENT_VARIABLES, node.file, node)
    if not node.may_call:
        findings.about(CALLS_UNNAMED, node.file, node, source=node.called.text)
    for called in map(processes.get, node.may_call):
        if called is not None and called.body.none_start is None:
            findings.about(CALLED_WITHOUT_START, node.file, node, called=called.id)


def _duty(node: Node, duty: str, processes: Mapping[str, Process], findings: Findings) -> None:
    """Whoever did a task may be meant in any process of the deployment: one may call the other within a case."""
    ref = duty.removeprefix(DUTY).strip()
    if not duty.startswith(DUTY) or not ref:
        findings.about(DUTY_UNREADABLE, node.file, node, duty=duty)
        return
    found = (process.nodes.get(ref) for process in processes.values())
    if not any(other is not None and other.kind in ("userTask", "manualTask") for other in found):
        findings.about(DUTY_TO_NOBODY, node.file, node, ref=ref)
