"""Reminders that no diagram sends: of performance bonds that are to be lodged, end too early, or can go back.

Each has a key of its occasion, so that looking again and again sends it once.
"""

from __future__ import annotations

from sqlalchemy.orm import Session, sessionmaker

from app.foundation import clock, dates
from app.foundation.text import Text
from app.foundation.workdays import ONE_DAY, local_day
from app.procurement import contracts, mails
from app.procurement.contracts import Contract, PerformanceBond

BEFORE = 7 * ONE_DAY
"""How long before the delivery is due who hasn't lodged its bond is reminded."""
ENDING = 14 * ONE_DAY
"""How long before its end a bond is said to end."""


def remind(sessions: sessionmaker[Session]) -> None:
    """Send what is due by now."""
    with sessions() as session:
        today = local_day(clock.now(session))
        for contract in session.scalars(contracts.unsecured()):
            if contract.delivery_due_on is not None and today >= contract.delivery_due_on - BEFORE:
                _missing(session, contract, "late" if today > contract.delivery_due_on else "soon")
        for bond in session.scalars(contracts.expiring(today + ENDING)):
            _ending(session, contracts.get(session, bond.contract_id), bond)
        for bond in session.scalars(contracts.returnable()):
            _to_return(session, contracts.get(session, bond.contract_id), bond)
        session.commit()


def _missing(session: Session, contract: Contract, occasion: str) -> None:
    amount, due = f"{contract.performance_bond:,.2f}", dates.by(contract.delivery_due_on)
    body = Text(
        f"The performance bond of ¥{amount} for the contract “{contract.title.en}” has not been submitted. Submit it on the "
        f"contract's page: without it the delivery, due {due.en}, cannot be reported.",
        f"《{contract.title.zh}》约定的履约保证金{amount}元尚未提交。请在合同页面提交，否则无法报告交付（合同履行期限届满日：{due.zh}）。",
    )
    _tell(session, contract, ("supplier-signer",), f"bond-missing:{contract.id}:{occasion}", _MISSING, body)


def _ending(session: Session, contract: Contract, bond: PerformanceBond) -> None:
    until = dates.day(bond.valid_until)
    body = Text(
        f"The performance bond {bond.number} for the contract “{contract.title.en}” is valid until {until.en}, and the contract "
        "is not performed and paid yet. Extend it, or submit another one.",
        f"《{contract.title.zh}》的履约保证金（编号{bond.number}）有效期至{until.zh}，而合同尚未履行完毕。请办理延期或者另行提交。",
    )
    _tell(session, contract, ("supplier-signer",), f"bond-ending:{bond.id}:supplier", _ENDING, body)
    _tell(session, contract, ("buyer-contract-officer",), f"bond-ending:{bond.id}:buyer", _ENDING, body)


def _to_return(session: Session, contract: Contract, bond: PerformanceBond) -> None:
    body = Text(
        f"The contract “{contract.title.en}” is performed and paid. Return the performance bond {bond.number} on the contract's page.",
        f"《{contract.title.zh}》已履行完毕并付清款项，请在合同页面退还履约保证金（编号{bond.number}）。",
    )
    _tell(session, contract, ("buyer-contract-officer",), f"bond-return:{bond.id}", _TO_RETURN, body)


_MISSING = Text("Performance bond not submitted", "履约保证金尚未提交")
_ENDING = Text("Performance bond ends soon", "履约保证金即将到期")
_TO_RETURN = Text("Performance bond to be returned", "请退还履约保证金")


def _tell(session: Session, contract: Contract, roles: tuple[str, ...], key: str, subject: Text, body: Text) -> None:
    whose = contract.supplier_id if roles[0].startswith("supplier") else contract.buyer_id
    mails.tell(
        session,
        organisation_id=whose,
        roles=roles,
        key=key,
        subject=subject,
        body=body,
        project=contract.lot.project.number,
        page=f"/contracts/{contract.id}",
    )
