"""What FEEL knows to be wrong with an expression, as findings of diagrams and decisions."""

from __future__ import annotations

from typing import Any

from app import feel
from app.engine.findings import Kind, error, warning
from app.foundation.text import Text

UNKNOWN_FUNCTION = error(
    "function-unknown",
    Text("there is no function “%(function)s”", "没有名为“%(function)s”的函数"),
    Text("correct its name%(like)s; the functions are listed in app/feel/README.md", "请更正函数名%(like)s；可用函数见 app/feel/README.md"),
)  # fmt: skip
WRONG_ARGUMENTS = error(
    "function-arguments",
    Text("the function “%(function)s” cannot be called with (%(given)s)", "函数“%(function)s”不能以（%(given)s）调用"),
    Text("call it as %(signatures)s", "请按以下方式调用：%(signatures)s"),
)
RANGE_COMPARED = warning(
    "range-compared",
    Text("“%(operator)s” compares with a range, which is always null", "“%(operator)s”与区间比较，结果恒为空"),
    Text("write one comparison sign, or “in” before the range", "请只写一个比较符号，或在区间前使用“in”"),
)


EXTERNAL_FUNCTION = error(
    "function-external",
    Text("a function is defined outside FEEL", "有函数在 FEEL 之外定义"),
    Text("define it in FEEL: only FEEL runs here", "请用 FEEL 定义该函数：本平台只执行 FEEL"),
)


def of(doubt: feel.Doubt) -> tuple[Kind, dict[str, Any]]:
    """The kind of finding that a doubt is, and the facts that fill its words."""
    match doubt:
        case feel.UnknownFunction(name=name, like=like):
            return unknown(name, like)
        case feel.WrongArguments(name=name, given=given, signatures=signatures):
            shown = ", ".join(f"{name}({signature})" for signature in signatures)
            return WRONG_ARGUMENTS, {"function": name, "given": _counted(given), "signatures": shown}
        case feel.RangeCompared(operator=operator):
            return RANGE_COMPARED, {"operator": operator}
        case feel.ExternalFunction():
            return EXTERNAL_FUNCTION, {}


def unknown(name: str, like: str | None) -> tuple[Kind, dict[str, Any]]:
    """The finding that nobody defines a function."""
    hint = Text(f" (is “{like}” meant?)", f"（是否为“{like}”？）") if like else Text("", "")
    return UNKNOWN_FUNCTION, {"function": name, "like": hint}


def _counted(given: str) -> Text:
    """The names of the arguments that a call gives, or how many it gives."""
    if not given.isdigit():
        return Text(given, given)
    return Text(f"{given} argument{'' if given == '1' else 's'}", f"{given} 个参数")
