"""The expressions of a diagram: what each is called, and what is wrong with one by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app import feel
from app.engine import doubts
from app.engine.findings import Kind, error
from app.engine.spiff.model import Node
from app.engine.spiff.sources import Source
from app.foundation.text import Text

UNREADABLE = error(
    "expression-unreadable",
    Text("%(what)s “%(text)s” is not FEEL: %(problem)s", "%(what)s“%(text)s”不是 FEEL：%(problem)s"),
    Text("correct the expression", "请更正表达式"),
)
MESSAGE_NAME, SIGNAL_NAME = Text("the name of the message", "消息名称"), Text("the name of the signal", "信号名称")
CORRELATION_KEY, CODE = Text("the correlation key", "关联键"), Text("the code", "代码")
CONDITION = Text("the condition", "条件")
COLLECTION = Text("the inputCollection", "inputCollection ")
COMPLETION = Text("the completion condition", "完成条件")
LOOP = Text("the loop condition", "循环条件")
SCRIPT = Text("the script", "脚本")


def wrong(what: Text, source: Source) -> Iterator[tuple[Kind, dict[str, Any]]]:
    """What is wrong with an expression by itself: kinds of findings with the facts that fill their words."""
    if source.unknown_function:
        yield doubts.unknown(source.unknown_function, feel.similar(source.unknown_function))
    elif source.error:
        yield UNREADABLE, {"what": what, "text": shown(source), "problem": source.error}
    for doubt in source.doubts():
        yield doubts.of(doubt)


def shown(source: Source) -> str:
    """A source as a finding quotes it: on one line, and not all of a long one."""
    text = " ".join(source.text.split())
    return text if len(text) <= 100 else text[:99] + "…"


def of_node(node: Node) -> Iterator[tuple[Text, Source]]:
    """Every source of a node with what it is, but for those of messages, signals and codes."""
    for mapping in node.inputs:
        yield Text(f"the input “{mapping.target}”", f"输入“{mapping.target}”"), mapping.source
    for mapping in node.outputs:
        yield Text(f"the output “{mapping.target}”", f"输出“{mapping.target}”"), mapping.source
    event, multi, loop = node.event, node.multi, node.loop
    named = (
        (Text("the type", "类型"), node.operation),
        (Text("the retries", "重试次数"), node.retries),
        (Text("the assignee", "办理人"), node.assignee),
        (Text("the candidate groups", "候选组"), node.candidate_groups),
        (Text("the candidate users", "候选人"), node.candidate_users),
        (Text("the due date", "到期日"), node.due),
        (Text("the follow-up date", "跟进日"), node.follow_up),
        (Text("the priority", "优先级"), node.priority),
        (Text("the decision", "决策"), node.decision_id),
        (SCRIPT, node.script),
        (Text("the called process", "被调用流程"), node.called),
        (Text("the timer", "定时器"), event.timer.source if event.timer else None),
        (CONDITION, event.condition),
        (COLLECTION, multi.collection if multi else None),
        (Text("the outputElement", "outputElement "), multi.output_element if multi else None),
        (COMPLETION, multi.completion if multi else None),
        (LOOP, loop.condition if loop else None),
    )
    for what, source in named:
        if source is not None:
            yield what, source
