"""A supplier's bid bonds: where to pay under which reference, a letter of guarantee instead, and where each stands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from flask import render_template, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from app.foundation import documents
from app.foundation.errors import Invalid, Refusal, Several
from app.foundation.text import Text
from app.procurement import bids, bonds, projects, tenders
from app.procurement.bonds import BondState
from app.procurement.projects import Lot
from app.procurement.tenders import Tender
from app.web import current, errors, files
from app.web.answers import redirect
from app.web.notices import notice
from app.web.supplier import blueprint
from app.web.supplier.tendering import head, lot_and_tender

STATES: dict[str, tuple[str, Text]] = {
    BondState.REQUESTED: ("waiting", Text("Not arrived yet", "待到账")),
    BondState.HELD: ("done", Text("Received", "已到账")),
    BondState.LATE: ("late", Text("Arrived late", "逾期到账")),
    BondState.DUE_BACK: ("now", Text("Return by", "待退还")),
    BondState.RETURNED: ("done", Text("Returned", "已退还")),
    BondState.CONVERTED: ("done", Text("Performance bond", "转为履约保证金")),
    BondState.FORFEITED: ("refused", Text("Forfeited", "不予退还")),
}


class LetterMissing(Invalid):
    """A guarantee is proved by its letter."""

    text = Text("Attach the letter of guarantee.", "请上传保函文件。")


class NumberMissing(Invalid):
    """A letter of guarantee has a number."""

    code = "letter-number-missing"
    text = Text("Enter the number of the letter of guarantee.", "请填写保函编号。")


class IssuerMissing(Invalid):
    """A letter of guarantee is issued by somebody."""

    code = "letter-issuer-missing"
    text = Text("Enter the issuer.", "请填写出具机构。")


class AmountUnreadable(Invalid):
    """Not an amount."""

    code = "letter-amount-unreadable"
    text = Text("Enter the amount in yuan.", "请填写担保金额（元）。")


class DayUnreadable(Invalid):
    """Not a day."""

    code = "letter-day-unreadable"
    text = Text("Enter the last day of the letter of guarantee.", "请填写有效期届满日。")


@blueprint.get("/supplier/bonds", endpoint="bonds")
def index() -> str:
    """List the bonds of the person's supplier."""
    session, supplier_id = current.session(), current.actor().organisation_id or ""
    found = []
    for bond in bonds.all_of_supplier(session, supplier_id):
        found.append((bond, projects.lot(session, bond.lot_id), tenders.of_lot(session, bond.lot_id)))
    return render_template("supplier/bonds.html", bonds=found, states=STATES, grounds=bonds.GROUNDS)


@blueprint.get("/supplier/lots/<lot_id>/bond")
def bond(lot_id: str) -> str:
    """Show how a lot's bond is paid or guaranteed, and whether it has arrived."""
    return _page(*lot_and_tender(lot_id))


@blueprint.post("/supplier/lots/<lot_id>/bond")
def ask_reference(lot_id: str) -> AnyResponse:
    """Ask for the payment reference."""
    bonds.request(current.session(), current.actor(), lot_id=lot_id, arrived_at=current.arrived_at())
    current.commit()
    return redirect("supplier.bond", lot_id=lot_id)


@blueprint.post("/supplier/lots/<lot_id>/bond/guarantee")
@files.takes_files()
def lodge_guarantee(lot_id: str) -> AnyResponse | str | tuple[str, int]:
    """Hand a letter of guarantee in."""
    session, actor = current.session(), current.actor()
    values = {name: request.form.get(name, "").strip()[:200] for name in ("number", "issuer", "amount", "valid_until")}
    lot_and_tender(lot_id)
    try:
        amount, until, letter = _read(values)
        document = documents.add(
            session,
            actor,
            name=letter.filename or "letter",
            source=letter.stream,
            case=None,
            kind="letter_of_guarantee",
            access="private",
            media_type=letter.mimetype,
        )
        bonds.lodge_guarantee(
            session,
            actor,
            lot_id=lot_id,
            number=values["number"],
            issuer=values["issuer"],
            amount=amount,
            valid_until=until,
            document_id=document.id,
            arrived_at=current.arrived_at(),
        )
    except (Several, bonds.GuaranteeTooSmall, bonds.GuaranteeTooShort) as refusal:
        session.rollback()
        again = lot_and_tender(lot_id)
        return _page(*again, errors.parts_of(refusal), values), errors.status_of(type(refusal))
    current.commit()
    notice(Text("The letter of guarantee has been received.", "保函已接收。"))
    return redirect("supplier.bond", lot_id=lot_id)


def _read(values: dict[str, str]) -> tuple[Decimal, date, FileStorage]:
    """The letter's amount, last day and file; raises all that is missing at once."""
    problems: list[Refusal] = []
    amount = bids.read_amount(values["amount"])
    until = _day(values["valid_until"])
    if not values["number"]:
        problems.append(NumberMissing(field="number"))
    if not values["issuer"]:
        problems.append(IssuerMissing(field="issuer"))
    if amount is None:
        problems.append(AmountUnreadable(field="amount"))
    if until is None:
        problems.append(DayUnreadable(field="valid_until"))
    letter = _letter(problems)
    if problems or amount is None or until is None or letter is None:
        raise Several(problems)
    return amount, until, letter


def _letter(problems: list[Refusal]) -> FileStorage | None:
    letters, wrong = files.sorted_out("letter")
    problems += wrong if letters or wrong else [LetterMissing(field="letter")]
    return next(iter(letters), None)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _page(lot: Lot, tender: Tender, problems: list[Refusal] | None = None, values: dict[str, str] | None = None) -> str:
    session, supplier_id = current.session(), current.actor().organisation_id or ""
    found = bonds.of_supplier(session, lot.id, supplier_id)
    return render_template(
        "supplier/bond.html",
        **head(tender, "supplier.bond", lot),
        bond=found,
        amount=bonds.amount_for(lot, tender),
        account=bonds.account_of(session, tender.agency_id),
        valid_until=bonds.bids_valid_until(tender),
        states=STATES,
        grounds=bonds.GROUNDS,
        problems=problems or [],
        values=values or {},
    )
