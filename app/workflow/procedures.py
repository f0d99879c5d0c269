"""What a method's row must have for its procedure to run: the gate refuses a diagram of a method whose row is incomplete."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from app.foundation.text import Text
from app.procurement import rules
from app.procurement.projects import LotState
from app.procurement.rules import Method, methods
from app.procurement.rules.purchases import NATION
from app.procurement.tenders.checks import CHECKS

OBJECTS = frozenset({"goods", "services", "works"})
OCDS = frozenset({"open", "selective", "limited", "direct"})
"""The codelist method of OCDS 1.1.5."""


def lacking(process_id: str) -> Iterator[Text]:
    """What the row of the method that a process is the procedure of lacks; nothing for a process that is no method's.

    A method may go without a timetable, checks, a group of evaluators: what its row doesn't have doesn't apply to it. But
    what the row names has to be there.
    """
    for method in methods.rows():
        if method.id == process_id:
            yield from _entries(method)
            yield from _named(method)
            yield from _numbers(method)


def _entries(method: Method) -> Iterator[Text]:
    """What no procedure can do without."""
    there = {
        Text("its name in both languages", "中英文名称"): all(method.name),
        Text("its code in OCDS", "OCDS采购方式代码"): method.ocds in OCDS,
        Text("what can be bought by it", "适用的采购对象"): bool(method.objects) and method.objects <= OBJECTS,
        Text("the states of its lots", "采购包状态"): method.states[:1] == (LotState.PLANNED,),
        Text("the causes of failure", "废标（终止）理由"): bool(method.failures),
        Text("where its rules stand", "法律依据"): bool(method.source),
    }
    yield from (what for what, is_there in there.items() if not is_there)
    for what in sorted(methods.ARTICLES - method.articles.keys()):
        yield Text(f"the article of “{what}”", f"“{what}”的法律条款")
    for what in methods.WORDS - method.words.keys():
        yield Text(f"the word for “{what}”", f"“{what}”的用语")


def _named(method: Method) -> Iterator[Text]:
    """What the row names and nobody knows."""
    for check in sorted(method.checks - {check.__name__ for check in CHECKS}):
        yield Text(f"the check “{check}”, which does not exist", f"检查项“{check}”（不存在）")
    for state in method.states:
        if state not in set(LotState):
            yield Text(f"the state “{state}”, which does not exist", f"状态“{state}”（不存在）")
    dates = {methods.NOTICE, *(step.name for step in method.timetable)}
    for step in method.timetable:
        if step.anchor not in dates:
            yield Text(f"the date “{step.anchor}” of its timetable", f"时间表中的“{step.anchor}”")


def _numbers(method: Method) -> Iterator[Text]:
    """Rules that the row names and no row of the statutory data says for each thing that can be bought."""
    for object in sorted(method.objects):
        law = rules.Law(date.max, object, method.id, NATION)
        for name in method.rules:
            try:
                law.rule(name)
            except rules.NoRule:
                yield Text(f"the rule “{name}” for {object}", f"规则“{name}”（{object}）")
