"""What an instance's history holds, in sentences that an official would write.

Each kind of row has its sentence. Those of ``INNER`` kinds, and the passing of what only joins the steps (events, gateways,
bodies), tell how the diagram itself went on: they are for whoever looks after the platform, not for the office.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.records import HistoryRow
from app.foundation.actor import SYSTEM
from app.foundation.text import Text, text_of

SILENT = frozenset({"taken", "variables"})
"""Kinds of rows that are kept for the diagram and for looking into a fault, and are never told."""
REPEATS = frozenset({"opened", "arrived"})
"""Kinds of events that only repeat the entering of an element: they become no row."""
INNER = frozenset(
    {
        *("called", "compensating", "decision", "entered", "error", "escalation", "halted", "lost_message", "message"),
        *("thrown_message", "thrown_signal"),
    }
)
"""Kinds of rows that tell of the diagram's own course only."""
BY_PEOPLE = frozenset({"userTask", "manualTask"})
BY_ITSELF = frozenset({"businessRuleTask", "receiveTask", "scriptTask", "sendTask", "serviceTask"})
"""Kinds of elements in which the platform does or receives something."""


def name_of(row: HistoryRow) -> Text:
    """The element's name as it was then."""
    english = row.name_en or row.element_id or ""
    return Text(english, row.name_zh or english)


def is_inner(row: HistoryRow) -> bool:
    """Whether a row tells only how the diagram went on, not what was done in the office."""
    if row.kind in INNER:
        return row.kind != "error" or row.actor_id == SYSTEM.id
    if row.kind == "fired":
        return row.name_en in (None, row.element_id)  # the diagram gives it no words
    if row.kind not in ("completed", "cancelled"):
        return False
    done = BY_PEOPLE if row.kind == "cancelled" else BY_PEOPLE | BY_ITSELF
    return row.element_kind not in done or bool((row.details or {}).get("whole"))


def sentence(row: HistoryRow, who: str | Text | None = None) -> Text | None:
    """A row in words, or None for what is told by others; ``who`` is how its actor is called here."""
    if row.kind in SILENT or (row.kind == "completed" and (row.element_kind or "").endswith(("Gateway", "startEvent"))):
        return None
    if row.kind == "entered" and row.element_kind not in (*BY_PEOPLE, "receiveTask", "callActivity"):
        return None
    details = {
        key: text_of(value) if isinstance(value, dict) else str(value) for key, value in (row.details or {}).items()
    }
    words = _words(row, bool(details.get("reasons")))
    if words is None:
        return None
    found = {"what": name_of(row), "who": who or row.actor_name, **{key: details.get(key, "") for key in _DETAILS}}
    return words.filled(**found)


def _words(row: HistoryRow, has_reasons: bool) -> Text | None:
    """The sentence of a row: as somebody did it, or it came about; with the reasons, if some were given."""
    key = row.kind
    if row.kind in _PERSONAL and row.actor_id != SYSTEM.id:
        key = f"{row.kind} by"
    elif row.kind in ("completed", "cancelled") and row.element_kind in BY_ITSELF:
        key = f"{row.kind} itself"
    return (WORDS.get(f"{key} for") if has_reasons else None) or WORDS.get(key)


_PERSONAL = frozenset({"completed", "error", "fired", "cancelled", "started"})
_DETAILS = ("message", "message_name", "code", "to", "reasons", "steps", "file")
WORDS: Mapping[str, Text] = {
    "started": Text("The case started.", "流程开始。"),
    "started by": Text("%(who)s started the case.", "%(who)s发起了流程。"),
    "entered": Text("“%(what)s” became due.", "“%(what)s”进入待办。"),
    "completed": Text("“%(what)s” was done.", "“%(what)s”已完成。"),
    "completed itself": Text("“%(what)s” was done automatically.", "“%(what)s”已自动完成。"),
    "completed by": Text("%(who)s completed “%(what)s”.", "%(who)s完成了“%(what)s”。"),
    "cancelled": Text("“%(what)s” was no longer needed.", "“%(what)s”已无需办理。"),
    "cancelled itself": Text("“%(what)s” was no longer needed.", "“%(what)s”已不再需要。"),
    "cancelled by": Text("%(who)s ended “%(what)s”.", "%(who)s终止了“%(what)s”。"),
    "fired": Text("“%(what)s” was reached.", "已到“%(what)s”。"),
    "fired by": Text("%(who)s brought about “%(what)s”.", "因%(who)s的办理，已到“%(what)s”。"),
    "incident": Text("“%(what)s” could not continue: %(message)s", "“%(what)s”无法继续：%(message)s"),
    "resolved": Text("The incident at “%(what)s” was resolved.", "“%(what)s”的异常已排除。"),
    "decision": Text("“%(what)s” was decided by its table.", "“%(what)s”已按决策表判定。"),
    "called": Text("The procedure of “%(what)s” began.", "“%(what)s”的下级流程已开始。"),
    "message": Text("The case received what it was waiting for.", "流程已收到所等待的消息。"),
    "thrown_message": Text("“%(what)s” sent its message.", "“%(what)s”已发出消息。"),
    "thrown_signal": Text("“%(what)s” sent its signal.", "“%(what)s”已发出信号。"),
    "error": Text("“%(what)s” ended with the result %(code)s.", "“%(what)s”以结果%(code)s结束。"),
    "error by": Text("%(who)s reported “%(code)s” at “%(what)s”.", "%(who)s在“%(what)s”报告了“%(code)s”。"),
    "escalation": Text("“%(what)s” was escalated.", "“%(what)s”已上报。"),
    "compensating": Text("What “%(what)s” takes back is being undone.", "正在撤回“%(what)s”所涉事项。"),
    "halted": Text(
        "After %(steps)s automatic steps, the rest continues by itself in a moment.",
        "已连续执行 %(steps)s 个自动步骤，其余步骤稍后自动继续。",
    ),
    "ended": Text("The case ended.", "流程结束。"),
    "claimed": Text("%(who)s claimed “%(what)s”.", "%(who)s领取了“%(what)s”。"),
    "given_back": Text("%(who)s released “%(what)s”.", "%(who)s取消领取了“%(what)s”。"),
    "assigned": Text("%(who)s reassigned “%(what)s” to %(to)s.", "%(who)s将“%(what)s”转交%(to)s办理。"),
    "lost_message": Text("Nothing was waiting for the message “%(message_name)s”.", "消息“%(message_name)s”无人等待。"),
    "suspended": Text("%(who)s suspended the case.", "%(who)s暂停了流程。"),
    "suspended for": Text("%(who)s suspended the case: %(reasons)s", "%(who)s暂停了流程：%(reasons)s"),
    "resumed": Text("%(who)s resumed the case.", "%(who)s恢复了流程。"),
    "resumed for": Text("%(who)s resumed the case: %(reasons)s", "%(who)s恢复了流程：%(reasons)s"),
    "case_cancelled": Text("%(who)s cancelled the case.", "%(who)s撤销了流程。"),
    "case_cancelled for": Text("%(who)s cancelled the case: %(reasons)s", "%(who)s撤销了流程：%(reasons)s"),
    "case_migrated": Text(
        "%(who)s moved the case to another version of its procedure: %(reasons)s",
        "%(who)s将本流程迁移到另一版本：%(reasons)s",
    ),
    "case_modified": Text("%(who)s changed the case by hand: %(reasons)s", "%(who)s人工调整了本流程：%(reasons)s"),
    "change_reverted": Text("%(who)s undid the change: %(reasons)s", "%(who)s撤销了该变更：%(reasons)s"),
    "retried": Text("%(who)s tried “%(what)s” again.", "%(who)s重试了“%(what)s”。"),
    "retried for": Text("%(who)s tried “%(what)s” again: %(reasons)s", "%(who)s重试了“%(what)s”：%(reasons)s"),
    "state_put_back": Text(
        "%(who)s put the stored state of the case back from the backup %(file)s.",
        "%(who)s从备份%(file)s恢复了本流程保存的状态。",
    ),
    "set": Text("%(who)s updated the data of the case.", "%(who)s更新了本流程的数据。"),
    "set for": Text("%(who)s corrected the data of the case: %(reasons)s", "%(who)s更正了本流程的数据：%(reasons)s"),
}
"""The sentence of each kind of row: ``by`` a person; as something the platform does ``itself``; ``for`` given reasons."""
