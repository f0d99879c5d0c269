"""Operations of payments: a payment that is late is written down, and costs interest from then on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.acts import Context, Value
from app.foundation.text import Text
from app.procurement import payments
from app.workflow.declaring import ACTS
from app.workflow.values import CONTRACT, INVOICE


@ACTS.act(
    "payments.note_overdue",
    name=Text("Note the overdue acceptance", "记录验收逾期"),
    hint=Text(
        "Tells the buyer and its reviewer; says whether the supplier may apply for payment without the acceptance.",
        "通知采购人及其审核人员；判断供应商是否可以不待验收先行申请付款。",
    ),
    needs=[CONTRACT],
    gives=[Value("may_apply", "boolean", label=Text("The supplier may apply", "供应商可以先行申请"))],
)
def note_overdue(context: Context, *, contract_id: str) -> Mapping[str, Any]:
    return {"may_apply": payments.note_overdue(context.session, context.actor, contract_id=contract_id)}


@ACTS.act(
    "payments.mark_overdue",
    name=Text("Record late payment interest", "记录逾期利息"),
    hint=Text("Late payment interest is charged for each day after the due day.", "自逾期之日起按日计收逾期利息。"),
    needs=[INVOICE],
)
def mark_overdue(context: Context, *, invoice_id: str) -> Mapping[str, Any]:
    payments.mark_overdue(context.session, context.actor, invoice_id=invoice_id)
    return {}
