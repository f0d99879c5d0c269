"""The form of a query: the agency's answer, with what was held against the procurement beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.engine.acts import IntakeContext, Value
from app.foundation import dates
from app.foundation.text import Text
from app.identity import organisations
from app.procurement import projects, queries
from app.procurement.projects import LotState
from app.workflow import facts, standings
from app.workflow.declaring import ACTS
from app.workflow.intake.experts import of_lot
from app.workflow.values import FAILURE_REASON, LOT, QUERY


@ACTS.act("queries.answer", name=Text("Answer the challenge", "答复质疑"), form="answer_query", needs=[QUERY])
def _answer(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    queries.answer(
        context.session,
        context.actor,
        query_id=context.variables["query_id"],
        outcome=values["outcome"],
        answer=values["answer"],
        cured_by=values.get("cured_by") or None,
    )
    return {}


@ACTS.prepares("answer_query")
def _prepare(context: IntakeContext) -> Mapping[str, Any]:
    query = queries.get(context.session, context.variables["query_id"])
    shown = [
        (Text("Challenge", "质疑编号"), facts.same(query.number)),
        (Text("About", "质疑对象"), queries.SCOPES[query.scope]),
        (Text("Raised by", "质疑供应商"), organisations.get(context.session, query.supplier_id).name),
        (Text("Received", "收到时间"), dates.when(query.raised_at)),
        (Text("Answer by", "答复期限"), dates.day(query.answer_due_on)),
    ]
    for number, point in enumerate(query.points, 1):
        law = Text(f" Law: {point['law']}", f"法律依据：{point['law']}") if point.get("law") else Text("", "")
        shown.append(
            (
                Text(f"Point {number}: {point['matter']}", f"质疑事项{number}：{point['matter']}"),
                Text(
                    f"{point['facts']}{law.en} Request: {point['request']}",
                    f"{point['facts']}{law.zh}请求：{point['request']}",
                ),
            )
        )
    return {
        "options": {"changes": _changes(context, [query])},
        "facts": [*shown, *of_lot(context, query.lot_id)],
        "documents": list(query.attachments),
    }


def _changes(context: IntakeContext, held: Sequence[queries.Query]) -> list[tuple[str, Text]]:
    """The changes that can have cured all of these challenges; none for one that isn't about the documents."""
    if any(query.scope != "documents" for query in held):
        return []
    latest = max(held, key=lambda query: query.raised_at)
    return [
        (change.id, Text(f"Version {change.version}: {change.reasons}", f"第{change.version}版：{change.reasons}"))
        for change in queries.cures(context.session, latest)
    ]


@ACTS.act(
    "queries.decide_documents",
    name=Text("Decide on the documents", "处理招标文件的缺陷"),
    form="decide_documents",
    needs=[LOT],
    gives=[
        Value("documents_cured", "boolean", label=Text("The documents are corrected", "招标文件缺陷是否已消除")),
        FAILURE_REASON,
    ],
    states=[standings.lot(LotState.BIDDING)],
)
def _decide_documents(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    cured = values["decision"] == "cured"
    sound = queries.decide_documents(
        context.session,
        context.actor,
        lot_id=context.variables["lot_id"],
        change_id=values["change"] if cured else None,
        reasons=values.get("reasons") or "",
    )
    lot = projects.lot(context.session, context.variables["lot_id"])
    return {"documents_cured": sound, "failure_reason": lot.failure_reason or None}


@ACTS.prepares("decide_documents")
def _prepare_documents(context: IntakeContext) -> Mapping[str, Any]:
    lot_id = context.variables["lot_id"]
    held = queries.uncured(context.session, lot_id)
    shown = [
        (Text(f"Challenge {query.number}", f"质疑{query.number}"), Text(query.answer, query.answer)) for query in held
    ]
    return {
        "options": {"changes": _changes(context, held) if held else []},
        "facts": [*shown, *of_lot(context, lot_id)],
        "documents": [document_id for query in held for document_id in query.attachments],
    }
