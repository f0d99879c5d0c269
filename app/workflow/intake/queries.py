"""The form of a query: the agency's answer, with what was held against the procurement beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.engine import Intake, IntakeContext, Prepare
from app.foundation import dates
from app.foundation.text import Text
from app.identity import organisations
from app.procurement import queries
from app.workflow import facts
from app.workflow.intake.experts import of_lot


def _answer(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    queries.answer(
        context.session,
        context.actor,
        query_id=context.variables["query_id"],
        outcome=values["outcome"],
        answer=values["answer"],
    )
    return {}


def _prepare(context: IntakeContext) -> Mapping[str, Any]:
    query = queries.get(context.session, context.variables["query_id"])
    shown = [
        (Text("Query", "质疑编号"), facts.same(query.number)),
        (Text("About", "质疑对象"), queries.SCOPES[query.scope]),
        (Text("Raised by", "质疑供应商"), organisations.get(context.session, query.supplier_id).name),
        (Text("Received", "收到时间"), dates.when(query.raised_at)),
        (Text("Answer until", "答复期限"), dates.day(query.answer_due_on)),
    ]
    for number, point in enumerate(query.points, 1):
        law = Text(f" Law: {point['law']}", f"法律依据：{point['law']}") if point.get("law") else Text("", "")
        shown.append(
            (
                Text(f"Point {number}: {point['matter']}", f"质疑事项{number}：{point['matter']}"),
                Text(
                    f"{point['facts']}{law.en} Asks for: {point['request']}",
                    f"{point['facts']}{law.zh}请求：{point['request']}",
                ),
            )
        )
    return {"facts": [*shown, *of_lot(context, query.lot_id)], "documents": list(query.attachments)}


INTAKE: dict[str, Intake] = {"answer_query": _answer}
PREPARE: dict[str, Prepare] = {"answer_query": _prepare}
