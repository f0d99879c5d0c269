"""The demonstration's bank: suppliers pay their bonds there by a click, and agencies get its statements (camt.053).

It is another house: it has a book of its own beside the database, and knows of a bond what its remittance says. What it
has booked reaches an agency only by a statement, which is read like that of any bank.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import orjson
from lxml import etree
from lxml.builder import ElementMaker
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock
from app.foundation.actor import Actor
from app.foundation.clock import PLACE
from app.foundation.database import new_id
from app.foundation.errors import Conflict
from app.foundation.text import Text
from app.identity import organisations, roles
from app.procurement import bonds, suppliers, tenders
from app.procurement.bonds import BondState, StatementEntry

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
BANK_CODE = "313651099999"
"""The CNAPS number of a bank that doesn't exist."""


class NotToBePaid(Conflict):
    """The bond has been paid, has arrived, or there is no account to pay it to."""

    code = "bond-not-to-be-paid"
    text = Text(
        "This bid bond cannot be paid now. It has already been paid, or the agency has not entered its bank account.",
        "该投标保证金目前无法交纳：已经交纳，或者采购代理机构尚未登记收款账户。",
    )


@dataclass(frozen=True)
class Payment:
    """A payment in the bank's book; amounts in yuan as text, instants aware."""

    bank_reference: str
    booked_at: datetime
    amount: str
    currency: str
    remittance: str
    payer_name: str
    payer_account: str
    payee_account: str


class Bank:
    """The bank, by its book: a file of JSON lines that is only ever added to."""

    def __init__(self, book: Path) -> None:
        self._book = book

    def payments(self) -> list[Payment]:
        """Everything booked, the earliest first."""
        if not self._book.exists():
            return []
        read = (orjson.loads(line) for line in self._book.read_bytes().splitlines())
        return [Payment(**{**line, "booked_at": datetime.fromisoformat(line["booked_at"])}) for line in read]

    def has_booked(self, remittance: str) -> bool:
        """Whether a payment with this remittance is in the book."""
        return any(payment.remittance == remittance for payment in self.payments())

    def pay_bond(self, session: Session, actor: Actor, *, lot_id: str) -> Payment:
        """Pay a supplier's bond from its own account to the agency's, as the bond's page asks.

        :raises NotToBePaid:
        """
        roles.require(actor, "supplier-bidder", actor.organisation_id)
        bond = bonds.of_supplier(session, lot_id, actor.organisation_id or "")
        account = bonds.account_of(session, tenders.of_lot(session, lot_id).agency_id or "")
        registration = suppliers.of_organisation(session, actor.organisation_id or "")
        if bond is None or bond.state != BondState.REQUESTED or account is None or self.has_booked(bond.reference):
            raise NotToBePaid
        payment = Payment(
            bank_reference=f"JCB{new_id()[:20].upper()}",
            booked_at=clock.now(session),
            amount=f"{bond.amount:.2f}",
            currency=bond.currency,
            remittance=bond.reference,
            payer_name=organisations.get(session, bond.supplier_id).name_zh,
            payer_account=registration.bank_account if registration else "",
            payee_account=account.account,
        )
        self._book.parent.mkdir(parents=True, exist_ok=True)
        with self._book.open("ab") as book:
            book.write(orjson.dumps(asdict(payment)) + b"\n")
        return payment

    def unread(self, session: Session, account: str) -> list[Payment]:
        """What came to an account and is in no statement that its agency has imported."""
        statement = select(StatementEntry.bank_reference).where(StatementEntry.account == account)
        known = set(session.scalars(statement))
        return [
            payment
            for payment in self.payments()
            if payment.payee_account == account and payment.bank_reference not in known
        ]

    def statement(self, session: Session, account: str) -> bytes:
        """The statement of today: everything that came to an account since the last one that was imported."""
        return statement(account, self.unread(session, account), clock.now(session))


def statement(account: str, payments: Iterable[Payment], at: datetime) -> bytes:
    """A camt.053 statement of an account with these payments, made at an instant."""
    make = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})
    said = at.astimezone(PLACE).isoformat(timespec="seconds")
    number = f"JCB-{at.astimezone(PLACE):%Y%m%d-%H%M%S}"
    found = make.Document(
        make.BkToCstmrStmt(
            make.GrpHdr(make.MsgId(number), make.CreDtTm(said)),
            make.Stmt(
                make.Id(number),
                make.CreDtTm(said),
                make.Acct(make.Id(make.Othr(make.Id(account))), make.Ccy("CNY")),
                *(_entry(make, payment) for payment in payments),
            ),
        )
    )
    return etree.tostring(found, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _entry(make: ElementMaker, payment: Payment) -> etree._Element:
    entry: etree._Element = make.Ntry(
        make.NtryRef(payment.bank_reference),
        make.Amt(f"{Decimal(payment.amount):.2f}", Ccy=payment.currency),
        make.CdtDbtInd("CRDT"),
        make.Sts(make.Cd("BOOK")),
        make.BookgDt(make.DtTm(payment.booked_at.astimezone(PLACE).isoformat(timespec="seconds"))),
        make.AcctSvcrRef(payment.bank_reference),
        make.NtryDtls(
            make.TxDtls(
                make.RltdPties(
                    make.Dbtr(make.Pty(make.Nm(payment.payer_name))),
                    make.DbtrAcct(make.Id(make.Othr(make.Id(payment.payer_account)))),
                ),
                make.RltdAgts(make.DbtrAgt(make.FinInstnId(make.ClrSysMmbId(make.MmbId(BANK_CODE))))),
                make.RmtInf(make.Ustrd(payment.remittance)),
            )
        ),
    )
    return entry
