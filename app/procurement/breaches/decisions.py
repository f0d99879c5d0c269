"""The decision on a penalty (行政处罚决定书): what article 59 of the Administrative Penalty Law (APL) asks for."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.foundation import dates, documents
from app.foundation.money import Money, in_figures
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.procurement import suppliers
from app.procurement.breaches.records import Breach
from app.procurement.rules import laws


def content(session: Session, breach: Breach) -> dict[str, Any]:
    """What the decision says (APL 59)."""
    assert breach.decided_at is not None, "only a decision is published"
    supplier, registration = breach.supplier, suppliers.of_organisation(session, breach.supplier_id)
    return {
        "number": breach.number,
        "party": {
            "name": supplier.name,
            "uscc": supplier.uscc,
            "address": supplier.address,
            "legal_representative": registration.legal_representative if registration is not None else "",
        },
        "breach": breach.ground_name,
        "facts": breach.facts,
        "evidence": _evidence(session, breach),
        "heard": _heard(breach),
        "reasons": breach.reasons,
        "law": laws.citation(breach.article),
        "decision": _decided(breach),
        "performance": _performance(breach),
        "dated_on": local_day(breach.decided_at),
    }


def _evidence(session: Session, breach: Breach) -> str:
    """The names of the files that the report rests on."""
    return "、".join(documents.get(session, document_id).name for document_id in breach.evidence)


def _heard(breach: Breach) -> Text:
    """That the party was told of its rights, and what it made of them (APL 44, 45, 63)."""
    told = dates.day(local_day(breach.notified_at) if breach.notified_at else None)
    if breach.replied_at is None:
        made = Text("It made no statement within the period.", "当事人在规定期限内未提出陈述、申辩，也未要求听证。")
    else:
        replied = dates.day(local_day(breach.replied_at))
        made = Text(f"It made a statement on {replied.en}.", f"当事人于{replied.zh}提出陈述、申辩。")
    if breach.heard_on is not None:
        heard = dates.day(breach.heard_on)
        made = Text(f"{made.en} The hearing was held on {heard.en}.", f"{made.zh}本机关于{heard.zh}举行了听证。")
    return Text(
        f"On {told.en} the party was told of the facts, reasons and basis of the intended penalty and of its right to make "
        f"a statement and to ask for a hearing. {made.en}",
        f"本机关于{told.zh}告知当事人拟作出行政处罚的内容及事实、理由、依据，并告知其依法享有的陈述、申辩和要求听证的权利。{made.zh}",
    )


def _decided(breach: Breach) -> list[Text]:
    assert breach.exclusion is not None, "only an exclusion is published"
    first, last = dates.day(breach.exclusion.valid_from), dates.day(breach.exclusion.valid_until)
    decided = [
        Text(
            f"Excluded from government procurement from {first.en} to {last.en}, both days included; entered in the record "
            "of serious breaches.",
            f"列入不良行为记录名单，自{first.zh}起至{last.zh}止（含起止当日）禁止参加政府采购活动。",
        )
    ]
    if breach.fine:
        fine = Money(breach.fine)
        decided.append(
            Text(
                f"Fine: {in_figures(fine.amount, fine.currency)} ({fine.in_words('en')}).",
                f"罚款人民币{fine.in_words()}（¥{fine.amount:,.2f}）。",
            )
        )
    return decided


def _performance(breach: Breach) -> Text:
    """How and by when the decision is carried out (APL 59(4), 67, 72)."""
    excluded = Text(
        "The exclusion takes effect on the day of this decision and needs no act of the party.",
        "禁止参加政府采购活动的决定自作出之日起执行。",
    )
    if not breach.fine:
        return excluded
    return Text(
        f"{excluded.en} The fine is paid into the bank named in the payment notice within 15 days after receiving this "
        "decision; when it is late, 3% of it may be added for each day, up to its amount.",
        f"{excluded.zh}罚款应当自收到本决定书之日起15日内，到缴款通知书指定的银行或者通过电子支付系统缴纳；"
        "到期不缴纳罚款的，每日按罚款数额的百分之三加处罚款，加处罚款的数额不超出罚款的数额。",
    )
