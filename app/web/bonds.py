"""The agency's side of bid bonds: its account, the bank's statements, and each lot's bonds once its deadline has passed.

Before the deadline nothing here tells whose bonds there are, nor how many a lot has (O87 28): of a statement only sums
are shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from flask import Blueprint, Response, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from app.foundation import documents
from app.foundation.documents import Document
from app.foundation.errors import Conflict, Invalid, Refusal
from app.foundation.foreign import kinds
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import organisations
from app.procurement import bids, bonds, projects, rules, tenders
from app.procurement.bonds import BankStatement, Bond, BondState, StatementEntry
from app.procurement.projects import Lot, Project
from app.procurement.tenders import Tender
from app.web import current, errors, files, words
from app.web.answers import redirect
from app.web.notices import notice
from app.web.supplier.bonding import STATES
from app.web.supplier.editing import attachment
from app.workflow import sealing
from app.workflow.feeding import kinds as feeding
from app.workflow.feeding.payments import PAYMENTS

blueprint = Blueprint("bonds", __name__, url_prefix="/bonds")

OUTCOMES: dict[str, tuple[str, Text]] = {
    "matched": ("done", Text("Matched to a bid bond", "已匹配")),
    "late": ("late", Text("Matched, but late", "逾期到账")),
    "wrong_amount": ("refused", Text("Amount differs from the bid bond", "金额不符")),
    "repeated": ("soon", Text("Paid twice", "重复交纳")),
    "unknown": ("waiting", Text("Reference matches no bid bond", "识别号无对应投标保证金")),
    "no_reference": ("waiting", Text("Without a reference", "无识别号")),
    bonds.ASKED: ("soon", Text("Needs your decision", "待人工确认")),
    bonds.KNOWN: ("done", Text("Already imported", "此前已导入")),
}
DOUBTS = (bonds.StatementIncomplete, bonds.EntryContradicts)
"""What a person may pass over, with reasons."""
MOST_SHOWN = 50
"""Lines of a table that are shown of each sort; the others are counted."""
FIELDS = ("holder", "account", "bank_name", "bank_code")


class NoFile(Invalid):
    """An import without a file."""

    text = Text("Choose the bank's file.", "请选择银行对账单文件。")


class NothingChosen(Invalid):
    """No bond was chosen."""

    code = "no-bond-chosen"
    text = Text("Choose at least one bid bond.", "请至少选择一笔投标保证金。")


class NoDecision(Invalid):
    """An entry is a payment of its own or it isn't."""

    code = "entry-no-decision"
    text = Text("Choose whether this is a new payment.", "请选择该笔入账是否为新的付款。")


class StillSecret(Conflict):
    """Before the deadline nobody sees a lot's bonds (O87 28)."""

    code = "bonds-still-secret"
    text = Text(
        "No one can see the bid bonds of this lot before the bid deadline.",
        "投标截止前，任何人不得查看本采购包的投标保证金情况。",
    )


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
    notice(Text("The bank account for bid bonds is saved.", "投标保证金账户已登记。"))
    return redirect("bonds.index")


@blueprint.post("/statements")
@files.takes_files([kinds.XML, kinds.SHEET, kinds.CSV])
def import_statement() -> AnyResponse | tuple[str, int]:
    """Take a bank statement in; of a table it is asked first what its columns mean."""
    try:
        data, name = _statement_file()
        if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
            return take_in(data, name, request.form.get("reasons", ""))
        kept = bonds.keep_table(current.session(), current.actor(), data=data, name=name)
    except (Invalid, Conflict) as refusal:
        current.session().rollback()
        return _index(errors.parts_of(refusal)), errors.status_of(type(refusal))
    current.commit()
    return redirect("bonds.table", document_id=kept.id)


def _statement_file() -> tuple[bytes, str]:
    """The file that was chosen; one that is no statement is told what it is and what to do."""
    chosen = next((file for field, file in files.chosen() if field == "file"), None)
    if chosen is None:
        raise NoFile(field="file")
    name = chosen.filename or ""
    try:
        files.look_at(chosen, "file")
    except kinds.KindRefused as refused:
        head = chosen.stream.read(kinds.HEAD)
        if name.lower().endswith((".xml", ".xlsx", ".csv")) and (head[:4] == b"PK\x03\x04" or bonds.is_text(head)):
            raise  # it is damaged or does harm: that is said by who looked at it
        raise bonds.NotAStatement(field="file", why=bonds.what_it_is(head, name)) from refused
    data = chosen.stream.read()
    if not bonds.is_text(data) and data[:1] != b"<" and data[:4] != b"PK\x03\x04":
        raise bonds.NotAStatement(field="file", why=bonds.what_it_is(data, name))
    return data, name


@blueprint.route("/tables/<document_id>", methods=["GET", "POST"])
def table(document_id: str) -> str | AnyResponse | tuple[str, int]:
    """Show what a bank's table says by its columns, and take it in once they are said."""
    session, actor = current.session(), current.actor()
    if request.method == "GET":
        return _table(document_id)
    chosen = {name: int(at) for name in bonds.TABLE_FIELDS if (at := request.form.get(name, "")).isdecimal()}
    if request.form.get("decision") != "import":
        return _table(document_id, chosen)
    try:
        imported = bonds.import_table(session, actor, document_id, chosen)
        for lot_id in _lots_past(imported.entries):
            bids.invalidate_late_bonds(session, actor, lot_id=lot_id)
    except (Invalid, Conflict) as refusal:
        session.rollback()
        return _table(document_id, chosen, errors.parts_of(refusal)), errors.status_of(type(refusal))
    current.commit()
    notice(Text("The statement is imported.", "对账单已导入。"), _what_came(imported))
    return redirect("bonds.index")


def _table(document_id: str, chosen: dict[str, int] | None = None, problems: list[Refusal] | None = None) -> str:
    """The table as its bringer sees it: what the file itself says, never what came of a line (O87 28)."""
    session, actor = current.session(), current.actor()
    read = bonds.look_at_table(session, actor, document_id, chosen)
    incoming = [line for line in read.lines if line.credit is not None]
    others = [line for line in read.lines if line.credit is None and not line.problems]
    shown = [*read.unread[:MOST_SHOWN], *incoming[:MOST_SHOWN], *others[:5]]
    return render_template(
        "bonds/table.html",
        file=bonds.kept_table(session, actor, document_id),
        table=read,
        fields=bonds.TABLE_FIELDS,
        places={name: read.heads.index(head) for name, head in read.layout.items()},
        lines=sorted(shown, key=lambda line: line.number),
        incoming=len(incoming),
        passed_over=len(others),
        sums=_sums(line.credit for line in incoming if line.credit is not None),
        problems=problems or [],
    )


def take_in(data: bytes, name: str, reasons: str = "") -> AnyResponse | tuple[str, int]:
    """Import a bank's file, and go back to the bonds with what came of it."""
    session, actor = current.session(), current.actor()
    try:
        imported = bonds.import_statement(session, actor, data=data, name=name, reasons=reasons)
        for lot_id in _lots_past(imported.entries):
            bids.invalidate_late_bonds(session, actor, lot_id=lot_id)
    except (Invalid, Conflict) as refusal:
        session.rollback()
        return _index(errors.parts_of(refusal)), errors.status_of(type(refusal))
    current.commit()
    notice(Text("The statement is imported.", "对账单已导入。"), _what_came(imported))
    return redirect("bonds.index")


def _what_came(imported: bonds.Imported) -> Text:
    """What is said of a file: the sum, and whose statements were left out."""
    new = _sums(entry for entry in imported.entries if entry.outcome != bonds.ASKED)
    english = ", ".join(words.money("en", amount, currency) for currency, amount in new.items()) or "nothing"
    chinese = "、".join(words.money("zh", amount, currency) for currency, amount in new.items()) or "无"
    said = Text(f"New credits: {english}.", f"新增入账：{chinese}。")
    if imported.others:
        rest = ", ".join(imported.others)
        said = Text(
            f"{said.en} Statements of other accounts were not imported: {rest}.",
            f"{said.zh}文件中其他账户的对账单未导入：{rest}。",
        )
    return said


@blueprint.get("/statements/<statement_id>")
def statement(statement_id: str) -> str:
    """Show a statement's entries: those that may be seen by now one by one, of the others the sum."""
    return _statement(statement_id)


@blueprint.post("/entries/<entry_id>")
def decide(entry_id: str) -> AnyResponse | tuple[str, int]:
    """Say of an entry whether it is a payment of its own."""
    session, chosen = current.session(), request.form.get("decision", "")
    entry = session.get(StatementEntry, entry_id)
    if entry is None or entry.id not in _seen([entry]):
        raise bonds.EntryUnknown
    statement_id = entry.bank_statement_id
    try:
        if chosen not in ("new", "same"):
            raise NoDecision(field="decision")
        reasons = request.form.get("reasons", "")
        decided = bonds.decide(session, current.actor(), entry_id=entry_id, is_new=chosen == "new", reasons=reasons)
        for lot_id in _lots_past([decided]):
            bids.invalidate_late_bonds(session, current.actor(), lot_id=lot_id)
    except (Invalid, Conflict) as refusal:
        session.rollback()
        return _statement(statement_id, errors.parts_of(refusal)), errors.status_of(type(refusal))
    current.commit()
    notice(Text("Your decision is recorded.", "确认结果已记录。"))
    return redirect("bonds.statement", statement_id=statement_id)


def _statement(statement_id: str, problems: list[Refusal] | None = None) -> str:
    session = current.session()
    found = session.get(BankStatement, statement_id)
    own = bonds.account_of(session, current.actor().organisation_id or "")
    if found is None or own is None or found.account != own.account:
        raise bonds.BondUnknown
    statement = select(StatementEntry).where(StatementEntry.bank_statement_id == found.id)
    entries = list(session.scalars(statement.order_by(StatementEntry.booked_at, StatementEntry.position)))
    seen = _seen(entries)
    return render_template(
        "bonds/statement.html",
        statement=found,
        entries=[entry for entry in entries if entry.id in seen],
        hidden=_sums(entry for entry in entries if entry.id not in seen),
        outcomes=OUTCOMES,
        asked=bonds.ASKED,
        problems=problems or [],
    )


def _seen(entries: Sequence[StatementEntry]) -> set[str]:
    agency_id = current.actor().organisation_id or ""
    return bonds.seen_by_agency(current.session(), agency_id, entries, current.now())


def _sums(entries: Iterable[StatementEntry | bonds.Credit]) -> dict[str, Decimal]:
    """What entries come to, by currency; what was known before counts no second time."""
    found: dict[str, Decimal] = {}
    for entry in entries:
        if getattr(entry, "outcome", "") != bonds.KNOWN:
            found[entry.currency] = found.get(entry.currency, Decimal(0)) + entry.amount
    return found


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
        sealing.bond_list(session, current.actor(), current.house().authority, lot_id)
    except (Invalid, Conflict) as refusal:
        session.rollback()
        return _lot(lot_id, errors.parts_of(refusal)), errors.status_of(type(refusal))
    current.commit()
    notice(
        Text("The payment file has been created.", "付款文件已生成。"),
        Text(
            "Send it to your bank today. The bid bonds are recorded as returned.",
            "请于当日提交银行，投标保证金已登记为退还。",
        ),
    )
    return redirect("bonds.lot", lot_id=lot_id)


@blueprint.get("/bonds/<bond_id>/letter")
def letter(bond_id: str) -> Response:
    """Send a letter of guarantee to the agency it was lodged with, after the deadline."""
    session = current.session()
    found = session.get(Bond, bond_id)
    if found is None or found.guarantee_document_id is None:
        raise bonds.BondUnknown
    _bonds_of(found.lot_id)
    document = documents.get(session, found.guarantee_document_id)
    return attachment(documents.read(session, document.id), document.name, document.media_type)


@blueprint.post("/bonds/<bond_id>/forfeit")
def forfeit(bond_id: str) -> AnyResponse | tuple[str, int]:
    """Keep a bond on a lawful ground."""
    session = current.session()
    found = session.get(Bond, bond_id)
    if found is None:
        raise bonds.BondUnknown
    lot_id = found.lot_id
    _bonds_of(lot_id)
    try:
        bonds.forfeit(session, current.actor(), bond_id=bond_id, ground=request.form.get("ground", ""))
    except (Conflict, bonds.GroundUnknown) as refusal:
        session.rollback()
        return _lot(lot_id, errors.parts_of(refusal)), errors.status_of(type(refusal))
    current.commit()
    notice(Text("The bid bond is forfeited.", "该投标保证金不予退还。"))
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
        waiting=[each for each in feeding.waiting_for(session, current.actor()) if each.kind == PAYMENTS.id],
        problems=problems or [],
        may_go_on=bool(problems) and all(isinstance(each, DOUBTS) for each in problems or []),
    )


def _statements(account: str) -> list[tuple[BankStatement, dict[str, int], dict[str, Decimal]]]:
    """The newest statements of an account: how many entries came to what, and the sums of those not to be seen yet."""
    session = current.session()
    newest = select(BankStatement).where(BankStatement.account == account).order_by(BankStatement.imported_at.desc())
    found = list(session.scalars(newest.limit(50)))
    statement = select(StatementEntry).where(StatementEntry.bank_statement_id.in_([each.id for each in found]))
    entries = list(session.scalars(statement))
    seen = _seen(entries)
    rows = []
    for each in found:
        own = [entry for entry in entries if entry.bank_statement_id == each.id]
        counts = Counter(entry.outcome for entry in own if entry.id in seen)
        rows.append((each, dict(counts), _sums(entry for entry in own if entry.id not in seen)))
    return rows


def _lots(agency_id: str) -> list[tuple[Lot, Tender, dict[str, int]]]:
    """The agency's lots past their deadline that had bonds, the most urgent returns first."""
    session, now = current.session(), current.now()
    statement = (
        select(Lot, Tender)
        .join(Project, Project.id == Lot.project_id)
        .join(Tender, Tender.project_id == Project.id)
        .where(Tender.agency_id == agency_id, Tender.bid_deadline_at <= now)
        .order_by(Tender.bid_deadline_at.desc())
    )
    found = []
    for lot, tender in session.execute(statement):
        states = [bond.state for bond in bonds.of_lot(session, lot.id)]
        if states:
            found.append((lot, tender, {state: states.count(BondState(state)) for state in STATES if state in states}))
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
        raise projects.LotUnknown
    if tender.bid_deadline_at is None or current.now() < tender.bid_deadline_at:
        raise StillSecret(under=rules.law(session, tender.project))
    return bonds.of_lot(session, lot_id)


def _files(batch: bonds.ReturnBatch) -> list[Document]:
    ids = [batch.document_id, batch.list_zh_id, batch.list_en_id]
    return [documents.get(current.session(), id_) for id_ in ids if id_]


def _lots_past(entries: Sequence[StatementEntry]) -> set[str]:
    """The lots of late bonds."""
    ids = [entry.bond_id for entry in entries if entry.outcome == "late" and entry.bond_id]
    return {current.session().get_one(Bond, bond_id).lot_id for bond_id in ids}
