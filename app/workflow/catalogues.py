"""The centralised catalogue beside a form: what its rows propose, what the plan said, and who must then be entrusted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.foundation import dates
from app.foundation.money import in_figures
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.procurement import rules
from app.procurement.projects import Project, catalogue
from app.procurement.projects.catalogue import ANSWERS
from app.procurement.rules import laws
from app.procurement.rules.catalogues import CARRIED_OUT_BY, CatalogueItem, CentralBody
from app.workflow.beside import Fact, beside

TITLE = Text("Centralised catalogue", "集中采购目录")
GPL_18 = "GPL 18"
"""What the central body buys is entrusted to it."""


def proposed(session: Session, project: Project) -> Mapping[str, Any]:
    """The plan's answer to start from, where the rows propose one."""
    answer = catalogue.propose(session, project).answer
    return {} if answer is None else {"catalogue": answer}


@beside
def of_proposal(session: Session, project: Project) -> Iterable[Fact]:
    """What the rows propose and on which ones it rests, or why they propose nothing."""
    proposal = catalogue.propose(session, project)
    if proposal.answer is not None:
        said = ANSWERS[proposal.answer]
        yield TITLE, Text(f"Proposed: {said.en}.", f"建议：{said.zh}。")
    elif proposal.open:
        names = "、".join(f"{item.code} {item.name}" for item in proposal.open)
        yield (
            TITLE,
            Text(
                f"Nothing is proposed: these codes are too broad to tell ({names}). Look them up in the catalogue.",
                f"无法建议：下列品目编码过于宽泛，不能判断是否属于目录（{names}），请查阅目录。",
            ),
        )
    else:
        yield TITLE, _nothing(session, project)
    for item, row in proposal.found:
        name = Text(f"Item {item.position}", f"标的{item.position}")
        yield name, _row(row)
    if proposal.answer == "outside":
        yield TITLE, _none_of(proposal.rows)


def _nothing(session: Session, project: Project) -> Text:
    if not rules.law(session, project).level:
        return Text(
            "Nothing is proposed: the budget level of your finance department has not been entered.",
            "无法建议：尚未录入财政部门的预算级次。",
        )
    return Text(
        "Nothing is proposed: the catalogue of your region and budget level has not been entered. Look it up.",
        "无法建议：尚未录入本地区、本级次的集中采购目录，请查阅目录。",
    )


def _none_of(rows: int) -> Text:
    return Text(
        f"None of the catalogue's {rows} rows in force for your region and budget level covers what is bought.",
        f"本地区、本级次现行目录共{rows}条，采购标的均不在其中。",
    )


def _row(row: CatalogueItem) -> Text:
    """A row as what it is, who buys, from when it counts and where it comes from."""
    by, since = CARRIED_OUT_BY[row.carried_out_by], dates.day(row.valid_from)
    amount = row.from_amount
    at = Text("", "") if amount is None else Text(f" from {in_figures(amount)}", f"（{amount:,.2f}元以上）")
    return Text(
        f"{row.code} {row.name.en}{at.en}: bought by {by.en}, since {since.en} ({row.source})",
        f"{row.code} {row.name.zh}{at.zh}：{by.zh}，{since.zh}起施行（{row.source}）",
    )


@beside
def of_answer(session: Session, project: Project) -> Iterable[Fact]:
    """What the plan said of the catalogue, on which rows, and why it said otherwise where it did."""
    answer = catalogue.answer_of(project)
    if answer is None:
        return
    yield TITLE, laws.under(ANSWERS[answer], GPL_18) if answer == "inside" else ANSWERS[answer]
    if project.planned_at is None:
        return
    proposal = catalogue.propose(session, project, on=local_day(project.planned_at))
    for item, row in proposal.found:
        yield Text(f"Item {item.position} in the catalogue", f"标的{item.position}对应目录"), _row(row)
    if proposal.answer not in (None, answer):
        said, why = ANSWERS[proposal.answer], project.catalogue_reasons
        yield (
            Text("Otherwise than the catalogue", "与目录不一致"),
            Text(f"proposed was {said.en}. Reasons: {why}", f"建议为{said.zh}。理由：{why}"),
        )


@beside
def who_buys(bodies: Sequence[CentralBody] | None) -> list[Fact]:
    """Who must be entrusted with what the catalogue gives to the central body; nothing where the buyer chooses freely."""
    if bodies is None:
        return []
    title = Text("Central procurement body", "集中采购机构")
    if not bodies:
        words = Text(
            "The plan says that the central procurement body buys this. Which one it is has not been entered for your "
            "region and budget level. Make sure that you choose it.",
            "采购计划确定由集中采购机构代理采购，但尚未录入本地区、本级次的集中采购机构，请核实后选择。",
        )
        return [(title, laws.under(words, GPL_18))]
    names = dict.fromkeys(body.organisation.name for body in bodies)
    english, chinese = ", ".join(name.en for name in names), "、".join(name.zh for name in names)
    words = Text(f"This purchase must be entrusted to {english}.", f"该项目必须委托{chinese}代理采购。")
    return [(title, laws.under(words, GPL_18))]
