"""The agency's side of bid bonds: its account, the bank's statements, and each lot's bonds once its deadline has passed.

Before the deadline nothing here tells whose bonds there are, nor how many a lot has (O87 28): a statement says only what
came of its entries in all.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, render_template, request
from sqlalchemy import func, select
from werkzeug.wrappers import Response as AnyResponse

from app.foundation import documents
from app.foundation.documents import Document
from app.foundation.errors import Conflict, Invalid, Refusal
from app.foundation.foreign import kinds
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import organisations
from app.procurement import bids, bonds, projects, tenders
from app.procurement.bonds import BankStatement, Bond, BondState, StatementEntry
from app.procurement.projects import Lot, Project
from app.procurement.tenders import Tender
from app.web import current, errors, files
from app.web.answers import redirect
from app.web.notices import notice
from app.web.supplier.bonding import STATES
from app.web.supplier.editing import attachment

blueprint = Blueprint("bonds", __name__, url_prefix="/bonds")

OUTCOMES: dict[str, tuple[str, Text]] = {
    "matched": ("done", Text("Matched to a bond", "已匹配")),
    "late": ("late", Text("Matched, but late", "逾期到账")),
    "wrong_amount": ("refused", Text("Another amount than the bond", "金额不符")),
    "repeated": ("soon", Text("Paid a second time", "重复缴纳")),
    "unknown": ("waiting", Text("Reference of no bond", "识别号无对应保证金")),
    "no_reference": ("waiting", Text("Without a reference", "无识别号")),
}
FIELDS = ("holder", "account", "bank_name", "bank_code")


class NoFile(Invalid):
    """An import without a file."""

    code = "no-file"
    text = Text("Choose the bank's file.", "请选择银行对账单文件。")


class NothingChosen(Invalid):
    """No bond was chosen."""

    code = "no-bond-chosen"
    text = Text("Choose at least one bond.", "请至少选择一笔保证金。")


class StillSecret(Conflict):
    """Before the deadline nobody sees a lot's bonds (O87 28)."""

    code = "bonds-still-secret"
    text = Text(
        "Until the bid deadline nobody sees the bonds of this lot.", "投标截止前，任何人不得查看本采购包的保证金情况。"
    )
    statute = "O87 28"


@blueprint.get("")
def index() -> str:
    """Show the account, the statements, and the lots whose deadline has passed."""
    return _index()


@blueprint.post("/account")
def set_account() -> AnyResponse | tuple[str, int]:
    """Name the agency's account for bonds."""
    values = {name: request.form.get(name, "").strip()[:140] for name in FIELDS}
    try:
        bonds.set_account(current.session(), current.actor(), **values)
    except Invalid as refusal:
        current.session().rollback()
        return _index(errors.parts_of(refusal), values), errors.status_of(type(refusal))
    current.commit()
    notice(Text("The account for bonds is set.", "保证金账户已登记。"))
    return redirect("bonds.index")


@blueprint.post("/statements")
@files.takes_files([kinds.XML])
def import_statement() -> AnyResponse | tuple[str, int]:
    """Take a bank statement in."""
    try:
        file = files.one("file")
        if file is None:
            raise NoFile(field="file")
    except Invalid as refusal:
        return _index(errors.parts_of(refusal)), errors.status_of(type(refusal))
    return take_in(file.stream.read(), file.filename or "")


def take_in(data: bytes, name: str) -> AnyResponse | tuple[str, int]:
    """Import a bank's file, and go back to the bonds with what came of it."""
    session, actor = current.session(), current.actor()
    try:
        entries = bonds.import_statement(session, actor, data=data, name=name)
        for lot_id in _lots_past(entries):
            bids.invalidate_late_bonds(session, actor, lot_id=lot_id)
    except (Invalid, Conflict) as refusal:
        session.rollback()
        return _index(errors.parts_of(refusal)), errors.status_of(type(refusal))
    current.commit()
    matched = sum(entry.outcome == "matched" for entry in entries)
    notice(
        Text("The statement is imported.", "对账单已导入。"),
        Text("%(n)s credits, %(m)s of them matched.", "共%(n)s笔入账，其中%(m)s笔已匹配。").filled(
            n=len(entries), m=matched
        ),
    )
    return redirect("bonds.index")


@blueprint.get("/statements/<statement_id>")
def statement(statement_id: str) -> str:
    """Show a statement's entries: those of lots past their deadline whole, the others without whose they are."""
    session = current.session()
    found = session.get(BankStatement, statement_id)
    own = bonds.account_of(session, current.actor().organisation_id or "")
    if found is None or own is None or found.account != own.account:
        raise bonds.BondUnknown()
    query = (
        select(StatementEntry).where(StatementEntry.bank_statement_id == found.id).order_by(StatementEntry.booked_at)
    )
    return render_template(
        "bonds/statement.html",
        statement=found,
        entries=[(entry, _is_open_to_see(entry)) for entry in session.scalars(query)],
        outcomes=OUTCOMES,
    )


@blueprint.get("/lots/<lot_id>")
def lot(lot_id: str) -> str:
    """Show a lot's bonds, after its deadline."""
    return _lot(lot_id)


@blueprint.post("/lots/<lot_id>/return")
def send_back(lot_id: str) -> AnyResponse | tuple[str, int]:
    """Send chosen bonds back: the bank's file and the list are made."""
    session, chosen = current.session(), request.form.getlist("bonds")
    of_lot = {bond.id for bond in _bonds_of(lot_id)}
    try:
        if not chosen or not of_lot.issuperset(chosen):
            raise NothingChosen(field="bonds")
        bonds.send_back(session, current.actor(), bond_ids=chosen)
    except (Invalid, Conflict) as refusal:
        session.rollback()
        return _lot(lot_id, errors.parts_of(refusal)), errors.status_of(type(refusal))
    current.commit()
    notice(
        Text("The payment file is made.", "付款文件已生成。"),
        Text("Hand it to your bank today: the bonds count as returned.", "请于当日提交银行，保证金已登记为退还。"),
    )
    return redirect("bonds.lot", lot_id=lot_id)


@blueprint.get("/bonds/<bond_id>/letter")
def letter(bond_id: str) -> Response:
    """Send a letter of guarantee to the agency it was lodged with, after the deadline."""
    session = current.session()
    found = session.get(Bond, bond_id)
    if found is None or found.guarantee_document_id is None:
        raise bonds.BondUnknown()
    _bonds_of(found.lot_id)
    document = documents.get(session, found.guarantee_document_id)
    return attachment(documents.read(session, document.id), document.name, document.media_type)


@blueprint.post("/bonds/<bond_id>/forfeit")
def forfeit(bond_id: str) -> AnyResponse | tuple[str, int]:
    """Keep a bond on a lawful ground."""
    session = current.session()
    found = session.get(Bond, bond_id)
    if found is None:
        raise bonds.BondUnknown()
    lot_id = found.lot_id
    _bonds_of(lot_id)
    try:
        bonds.forfeit(session, current.actor(), bond_id=bond_id, ground=request.form.get("ground", ""))
    except (Conflict, bonds.GroundUnknown) as refusal:
        session.rollback()
        return _lot(lot_id, errors.parts_of(refusal)), errors.status_of(type(refusal))
    current.commit()
    notice(Text("The bond is kept.", "该保证金不予退还。"))
    return redirect("bonds.lot", lot_id=lot_id)


def _index(problems: list[Refusal] | None = None, values: dict[str, str] | None = None) -> str:
    session, agency_id = current.session(), current.actor().organisation_id or ""
    account = bonds.account_of(session, agency_id)
    known = {name: getattr(account, name) for name in FIELDS} if account is not None else {}
    return render_template(
        "bonds/index.html",
        account=account,
        values=values or known,
        statements=_statements(account.account) if account is not None else [],
        outcomes=OUTCOMES,
        lots=_lots(agency_id),
        states=STATES,
        problems=problems or [],
    )


def _statements(account: str) -> list[tuple[BankStatement, dict[str, int]]]:
    """The newest statements of an account, with how many of their entries came to what."""
    session = current.session()
    newest = select(BankStatement).where(BankStatement.account == account).order_by(BankStatement.imported_at.desc())
    found = list(session.scalars(newest.limit(50)))
    counted: dict[str, dict[str, int]] = {}
    counts = (
        select(StatementEntry.bank_statement_id, StatementEntry.outcome, func.count())
        .where(StatementEntry.bank_statement_id.in_([each.id for each in found]))
        .group_by(StatementEntry.bank_statement_id, StatementEntry.outcome)
    )
    for statement_id, outcome, count in session.execute(counts):
        counted.setdefault(statement_id, {})[outcome] = count
    return [(each, counted.get(each.id, {})) for each in found]


def _lots(agency_id: str) -> list[tuple[Lot, Tender, dict[str, int]]]:
    """The agency's lots past their deadline that had bonds, the most urgent returns first."""
    session, now = current.session(), current.now()
    query = (
        select(Lot, Tender)
        .join(Project, Project.id == Lot.project_id)
        .join(Tender, Tender.project_id == Project.id)
        .where(Tender.agency_id == agency_id, Tender.bid_deadline_at <= now)
        .order_by(Tender.bid_deadline_at.desc())
    )
    found = []
    for lot, tender in session.execute(query):
        states = [bond.state for bond in bonds.of_lot(session, lot.id)]
        if states:
            found.append((lot, tender, {state: states.count(state) for state in STATES if state in states}))
    return sorted(found, key=lambda each: BondState.DUE_BACK not in each[2])


def _lot(lot_id: str, problems: list[Refusal] | None = None) -> str:
    session, found = current.session(), _bonds_of(lot_id)
    today = local_day(current.now())
    return render_template(
        "bonds/lot.html",
        lot=projects.lot(session, lot_id),
        tender=tenders.of_lot(session, lot_id),
        bonds=[(bond, organisations.get(session, bond.supplier_id), bonds.interest_on(bond, today)) for bond in found],
        states=STATES,
        grounds=bonds.GROUNDS,
        shared={supplier for group in bonds.shared_accounts(session, lot_id) for supplier in group},
        batches=[(batch, _files(batch)) for batch in bonds.batches_of(session, lot_id)],
        today=today,
        problems=problems or [],
    )


def _bonds_of(lot_id: str) -> list[Bond]:
    """A lot's bonds, for the agency that runs it, once its deadline has passed."""
    session = current.session()
    tender = tenders.of_lot(session, lot_id)
    if tender.agency_id != current.actor().organisation_id:
        raise projects.LotUnknown()
    if tender.bid_deadline_at is None or current.now() < tender.bid_deadline_at:
        raise StillSecret()
    return bonds.of_lot(session, lot_id)


def _files(batch: bonds.ReturnBatch) -> list[Document]:
    ids = [batch.document_id, batch.list_zh_id, batch.list_en_id]
    return [documents.get(current.session(), id_) for id_ in ids if id_]


def _is_open_to_see(entry: StatementEntry) -> bool:
    """Whether an entry may show who paid: its bond's tender is past its deadline."""
    if entry.bond_id is None:
        return False
    bond = current.session().get_one(Bond, entry.bond_id)
    return bonds.visible_to(current.actor(), bond, tenders.of_lot(current.session(), bond.lot_id), current.now())


def _lots_past(entries: Sequence[StatementEntry]) -> set[str]:
    """The lots of late bonds."""
    ids = [entry.bond_id for entry in entries if entry.outcome == "late" and entry.bond_id]
    return {current.session().get_one(Bond, bond_id).lot_id for bond_id in ids}
