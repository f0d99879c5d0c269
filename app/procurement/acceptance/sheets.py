"""What is written of an acceptance: its certificate (验收书), and who is told of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.foundation import dates
from app.foundation.actor import Actor
from app.foundation.money import Money
from app.foundation.text import Text, text_of
from app.identity.accounts import Account
from app.procurement import mails, papers
from app.procurement.acceptance.records import GROUP_ROLES, OPINIONS, RATINGS, Acceptance, Delivery
from app.procurement.contracts import Contract


def requirements_of(contract: Contract) -> list[dict[str, Any]]:
    """The contract's requirements: id, code, requirement, response (texts in both languages or as they were written)."""
    return [row for clause in contract.content["clauses"] for row in clause.get("requirements", ())]


def keep(session: Session, actor: Actor, contract: Contract, acceptance: Acceptance) -> None:
    """Draw the acceptance certificate and keep it with its decision."""
    delivery = acceptance.delivery
    judged = {row.requirement_id: row for row in acceptance.rows}
    reporter = session.get(Account, delivery.reported_by)
    content = {
        "number": acceptance.number,
        "contract": {
            "title": contract.title,
            "number": contract.number,
            "price": Money(contract.total, contract.currency),
        },
        "buyer": contract.buyer.name,
        "supplier": contract.supplier.name,
        "delivered_on": delivery.delivered_on,
        "delivery": delivery.note,
        "reported_by": reporter.name if reporter is not None else "",
        "reported_at": delivery.reported_at,
        "round": delivery.number,
        "rows": [
            {
                "code": row["code"],
                "requirement": row["requirement"],
                "response": row["response"],
                "met": judged[row["id"]].met,
                "evidence": judged[row["id"]].evidence,
            }
            for row in requirements_of(contract)
        ],
        "members": [
            {
                "name": member.name,
                "organisation": member.organisation,
                "role": GROUP_ROLES[member.role],
                "opinion": OPINIONS[member.opinion],
                "reasons": member.reasons,
            }
            for member in acceptance.members
        ],
        "accepted": acceptance.accepted,
        "accepted_by": acceptance.decided_by_name,
        "accepted_at": acceptance.decided_at,
        "rating": RATINGS[acceptance.rating],
        "feedback": acceptance.feedback,
    }
    title = Text(f"Acceptance certificate {acceptance.number}", f"履约验收书{acceptance.number}")
    drawn = papers.keep(
        session, actor, "acceptance_sheet", content, case=contract.lot_id, title=title, kind="acceptance_report"
    )
    acceptance.document_zh_id, acceptance.document_en_id = (document.id for document in drawn)


def tell_of_delivery(session: Session, contract: Contract, delivery: Delivery) -> None:
    """Tell the buyer that a delivery waits for its acceptance."""
    due = dates.by(delivery.accept_by_on)
    mails.tell(
        session,
        organisation_id=contract.buyer_id,
        roles=("buyer-contract-officer",),
        key=f"delivery:{delivery.id}",
        page=f"/contracts/{contract.id}",
        subject=Text(f"Delivery reported: {contract.number}", f"交付报告：{contract.number}"),
        body=Text(
            f"{contract.supplier.name.en} reported a delivery under “{contract.title.en}”. Accept it {due.en}.",
            f"{contract.supplier.name.zh}已就《{contract.title.zh}》报告交付，请于{due.zh}完成验收。",
        ),
        project=contract.lot.project.number,
    )


def tell_of_acceptance(session: Session, contract: Contract, acceptance: Acceptance) -> None:
    """Tell the supplier what was decided, and that it signs the certificate."""
    not_met = {row.requirement_id for row in acceptance.rows if not row.met}
    wanting = [row for row in requirements_of(contract) if row["id"] in not_met]
    if acceptance.accepted:
        body = Text(
            f"Your delivery under “{contract.title.en}” was accepted. You can send the payment application now.",
            f"贵单位《{contract.title.zh}》项下的交付已验收合格，可以提交资金支付申请。",
        )
    else:
        english = "; ".join(f"{row['code']} {text_of(row['requirement']).en}" for row in wanting)
        chinese = "；".join(f"{row['code']} {text_of(row['requirement']).zh}" for row in wanting)
        body = Text(
            f"Your delivery under “{contract.title.en}” was not accepted. Correct this and report the delivery again: {english}.",
            f"贵单位《{contract.title.zh}》项下的交付验收不合格，请就下列事项整改后重新报告：{chinese}。",
        )
    sign = Text(" Sign the acceptance certificate on the contract's page.", "请在合同页面签署验收书。")
    mails.tell(
        session,
        organisation_id=contract.supplier_id,
        roles=("supplier-bidder", "supplier-signer"),
        key=f"acceptance:{acceptance.number}",
        page=f"/contracts/{contract.id}",
        subject=Text(f"Acceptance: {contract.number}", f"验收结果：{contract.number}"),
        body=Text(body.en + sign.en, body.zh + sign.zh),
        project=contract.lot.project.number,
    )
