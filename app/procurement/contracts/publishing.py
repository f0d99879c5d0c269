"""Publishing a contract, with its secrets left out, and filing it with the finance department (IR 50, GPL 47)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.errors import Invalid, RuleBroken
from app.foundation.text import Text, text_of
from app.foundation.workdays import local_day
from app.identity import organisations, roles
from app.procurement import duties, mails, papers, projects, tenders
from app.procurement.contracts.amendments import written_items
from app.procurement.contracts.clauses import ACCOUNT, ALWAYS_PUBLIC
from app.procurement.contracts.drafting import STATE_NAMES, ContractNotOpen, get
from app.procurement.contracts.records import Contract, ContractState
from app.procurement.projects import LotState, ReasonsMissing
from app.procurement.rules import laws


class ClauseUnknown(Invalid):
    """The contract has no clause of that key."""

    text = Text("This contract has no such clause.", "该合同没有此条款。")


class NeverSecret(RuleBroken):
    """What is bought and for how much is always public."""

    text = Text(
        "The subject, unit prices and price of the contract cannot be kept secret.",
        "采购标的、单价和合同金额不得作为商业秘密不予公开。",
    )
    statute = "财库〔2015〕135号"


def secretable(contract: Contract) -> list[tuple[str, Text]]:
    """The clauses that may be left out of the published text: key and heading."""
    return [
        (clause["key"], text_of(clause["heading"]))
        for clause in contract.content["clauses"]
        if clause["key"] not in ALWAYS_PUBLIC
    ]


def publish(
    session: Session, actor: Actor, *, contract_id: str, secret_clauses: Collection[str] = (), reasons: str = ""
) -> Contract:
    """Publish a concluded contract and file its copy. Of a secret clause only the heading and the reasons are published.

    The published papers are drawn anew: what is left out isn't in their files. Raises ContractNotOpen, ClauseUnknown,
    NeverSecret, ReasonsMissing or DutiesApart.
    """
    contract = get(session, contract_id, lock=True)
    roles.require(actor, "buyer-contract-officer", contract.buyer_id)
    if contract.state != ContractState.ACTIVE or contract.published_at is not None:
        raise ContractNotOpen(state=STATE_NAMES[contract.state])
    duties.require_apart(session, actor, "contracts.publish", contract.lot_id)
    secret = _checked(contract, secret_clauses, reasons)
    now = clock.now(session)
    content = published(contract, secret, reasons)
    drawn = papers.keep(
        session,
        actor,
        "contract",
        content,
        case=contract.lot_id,
        title=Text(f"{contract.title.en} (published)", f"{contract.title.zh}（公告文本）"),
        kind="contract",
        access="public",
    )
    contract.public_zh_id, contract.public_en_id = (document.id for document in drawn)
    contract.secret_clauses, contract.secrecy_reasons = secret, reasons.strip() if secret else ""
    contract.published_at = contract.filed_at = now
    projects.move_lot(session, projects.lot(session, contract.lot_id, lock=True), LotState.PERFORMING)
    _announce(session, contract)
    today = local_day(now)
    facts = {
        "contract": contract.id,
        "secret_clauses": secret,
        "reasons": contract.secrecy_reasons,
        "late": contract.publish_by_on is not None and today > contract.publish_by_on,
        "filed_late": contract.file_by_on is not None and today > contract.file_by_on,
    }
    journal.write(session, actor, case=contract.lot.project_id, act="contracts.publish", facts=facts)
    return contract


def _checked(contract: Contract, secret_clauses: Collection[str], reasons: str) -> list[str]:
    known = [clause["key"] for clause in contract.content["clauses"]]
    if set(secret_clauses) - set(known):
        raise ClauseUnknown(field="secret_clauses")
    if set(secret_clauses) & ALWAYS_PUBLIC:
        raise NeverSecret(field="secret_clauses")
    if secret_clauses and not reasons.strip():
        raise ReasonsMissing(field="reasons")
    return [key for key in known if key in set(secret_clauses)]


def published(contract: Contract, secret: Collection[str], reasons: str) -> dict[str, Any]:
    """What everybody may read of a contract: no secret clause, no bank account, no person; and who signed it when."""
    content = redacted(contract.content, secret, reasons)
    parties = {name: _without(content[name], "contact", "bank") for name in ("buyer", "supplier")}
    clauses = [_without_account(clause) for clause in content["clauses"]]
    names = {"buyer": contract.buyer.name, "supplier": contract.supplier.name}
    signatures = [
        {"party": names[each.party], "name": each.name, "signed_at": each.signed_at, "digest": each.digest}
        for each in contract.signatures
    ]
    return {**content, **parties, "clauses": clauses, "copy": {"signatures": signatures}}


def _without(of: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in of.items() if key not in keys}


def _without_account(clause: dict[str, Any]) -> dict[str, Any]:
    if "facts" not in clause:
        return clause
    return {**clause, "facts": [fact for fact in clause["facts"] if text_of(fact[0]) != ACCOUNT]}


def redacted(content: dict[str, Any], secret: Collection[str], reasons: str) -> dict[str, Any]:
    """A contract's content with nothing left of its secret clauses but key, heading and why they aren't published."""
    clauses = [
        {"key": clause["key"], "heading": clause["heading"], "redacted": True, "reason": reasons}
        if clause["key"] in secret
        else clause
        for clause in content["clauses"]
    ]
    return {**content, "clauses": clauses}


def _announce(session: Session, contract: Contract) -> None:
    """The contract notice, and a word to the finance department that the copy is there."""
    tender, lot, law = tenders.get(session, contract.tender_id), contract.lot, laws.citation("GPL 47")
    tenders.add_notice(
        session,
        tender,
        kind="contract",
        lot_id=lot.id,
        title=Text(f"Contract: {lot.title.en}", f"{lot.title.zh}合同公告"),
        content={
            "contract": contract.id,
            "number": contract.number,
            "title": contract.title.as_json(),
            "buyer": organisations.get(session, contract.buyer_id).name.as_json(),
            "supplier": organisations.get(session, contract.supplier_id).name.as_json(),
            "price": f"{contract.price:.2f}",
            "currency": contract.currency,
            "items": written_items(contract),  # with their unit prices, which are never a secret
            "delivery_days": contract.delivery_days,
            "signed_on": str(local_day(contract.signed_at)) if contract.signed_at else None,
            "secret_clauses": contract.secret_clauses,
            "documents": {"zh": contract.public_zh_id, "en": contract.public_en_id},
        },
    )
    mails.tell(
        session,
        organisation_id=lot.project.finance_id,
        roles=("finance-officer",),
        key=f"contract-filed:{contract.id}",
        page=f"/contracts/{contract.id}",
        subject=Text(f"Contract {contract.number} was filed", f"合同{contract.number}副本已备案"),
        body=Text(
            f"The copy of “{contract.title.en}” has been filed with you ({law.en}).",
            f"《{contract.title.zh}》副本已报送备案（{law.zh}）。",
        ),
        project=lot.project.number,
    )
