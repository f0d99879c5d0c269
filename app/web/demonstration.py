"""What only a demonstration has: the bar that turns its clock, its bank, and sample files of what can be imported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, current_app, g, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.foundation.documents import NoSuchDocument
from app.foundation.text import Text
from app.procurement import bonds
from app.procurement.bonds import Bond
from app.procurement.projects import Project
from app.procurement.tenders import Tender
from app.web import bonds as bond_pages
from app.web import current
from app.web.answers import local_address, redirect, redirect_to
from app.web.notices import notice
from app.web.permissions import allows
from app.web.supplier.editing import attachment

if TYPE_CHECKING:
    from app.demonstration.bank import Bank
    from app.demonstration.turning import Turn, Turning, Waited

blueprint = Blueprint("demonstration", __name__, url_prefix="/demonstration")

PATIENCE = 1.5
"""Seconds that a turn may take before its progress is shown instead of its end."""


@dataclass(frozen=True)
class Bar:
    """What the bar shows: the time, and what is waited for next."""

    now: datetime
    next: Waited | None


@blueprint.record_once
def _install(state: object) -> None:
    app: Flask = state.app  # type: ignore[attr-defined]
    app.jinja_env.globals.update(clock_bar=bar, samples_for=samples, is_paid=is_paid, unread_payments=unread_payments)


def turning() -> Turning:
    """What turns the clock of this application; only where there is a demonstration is it loaded."""
    from app.demonstration.turning import Turning

    found: Turning = current_app.extensions.setdefault("tenderway-turning", Turning(current.house()))
    return found


def bar() -> Bar | None:
    """The bar of a page, or None where the clock can't be turned; an answer that may not ask the database has none."""
    from app.foundation.clock import KeptClock

    if not current.config().demonstration or not isinstance(current.house().engine.clock, KeptClock):
        return None
    if "clock_bar" not in g:
        from app.demonstration.turning import waited_for

        g.clock_bar = Bar(current.now(), waited_for(current.engine(), current.session(), current.now()))
    found: Bar = g.clock_bar
    return found


@blueprint.get("/clock")
def clock() -> str | Response:
    """Show how far the clock has been turned, and when it is done what that caused."""
    turn = turning().last
    if turn is not None and turn.is_over and "back" in request.args:
        return _back(turn)
    over = turn if turn is not None and turn.is_over else None
    happened = [(each, _place_of(each.instance_id, each.number)) for each in (over.happened if over else [])]
    return render_template("demonstration/turn.html", turn=turn, happened=happened)


def _place_of(instance_id: str, number: str | None) -> str | None:
    """Where a case can be looked at by who asks: its page, or its tender on the portal."""
    if allows("cases.show", instance_id=instance_id):
        return url_for("cases.show", instance_id=instance_id)
    statement = select(Tender.id).join(Project, Project.id == Tender.project_id)
    tender_id = current.session().scalar(statement.where(Project.number == number, Tender.published_at.is_not(None)))
    return url_for("portal.tender", tender_id=tender_id) if tender_id else None


@blueprint.post("/clock")
def turn() -> Response:
    """Turn the clock by a step; go back when it is done, or to its progress when that takes longer."""
    begun = turning().begin(request.form.get("by", ""))
    if begun.ended.wait(PATIENCE):
        return _back(begun)
    back = local_address(request.form.get("back")) or url_for("shell.home")
    return redirect("demonstration.clock", back=back)


def _back(turn: Turn) -> Response:
    """Back to where the clock was turned, with what that caused."""
    from app.web.templating import when

    if turn.failed:
        notice(
            Text("The clock could not be moved all the way.", "时钟未能调整到位。"),
            Text("What was done is kept. Try again.", "已完成的事项不受影响，请重试。"),
            tone="bad",
        )
    else:
        caused = Text(
            f"{', '.join(each.en for each in turn.caused)}.", f"{'，'.join(each.zh for each in turn.caused)}。"
        )
        nothing = Text("Nothing was due until then.", "期间没有到期事项。")
        link = (url_for("demonstration.clock"), Text("See each", "查看明细")) if turn.happened else None
        title = Text("It is %(at)s.", "现在是%(at)s。").filled(at=when(turn.until, "long"))
        notice(title, caused if turn.caused else nothing, link=link)
    return redirect_to(local_address(request.values.get("back")) or url_for("shell.home"))


# -- the bank


def bank() -> Bank:
    """The demonstration's bank."""
    from app.demonstration.bank import Bank

    return Bank(current.config().demonstration_folder / "bank.jsonl")


def is_paid(bond: Bond) -> bool:
    """Whether the bank has booked the payment of a bond, read or not."""
    return bank().has_booked(bond.reference)


def unread_payments() -> int:
    """How many payments wait in the bank's statement of today for the agency at hand."""
    account = bonds.account_of(current.session(), current.actor().organisation_id or "")
    return len(bank().unread(current.session(), account.account)) if account is not None else 0


@blueprint.post("/lots/<lot_id>/bond")
def pay_bond(lot_id: str) -> Response:
    """Pay the bond of a lot at the demonstration's bank."""
    payment = bank().pay_bond(current.session(), current.actor(), lot_id=lot_id)
    notice(
        Text("The bank has paid your bid bond.", "银行已转出投标保证金。"),
        Text(
            "The procurement agency sees it when it imports today's bank statement (%(reference)s).",
            "采购代理机构导入当日银行对账单后即可确认到账（%(reference)s）。",
        ).filled(reference=payment.remittance),
    )
    return redirect("supplier.bond", lot_id=lot_id)


@blueprint.get("/statement")
def statement() -> Response:
    """Send the bank's statement of today for the agency's account, as a file."""
    return attachment(_statement(), "statement.xml", "application/xml")


@blueprint.post("/statement")
def import_statement() -> Response | tuple[str, int]:
    """Import the bank's statement of today at once."""
    return bond_pages.take_in(_statement(), "statement.xml")


def _statement() -> bytes:
    account = bonds.require_account(current.session(), current.actor().organisation_id or "")
    return bank().statement(current.session(), account.account)


# -- samples


def samples(endpoint: str) -> list[tuple[str, Text]]:
    """The sample files for a page that takes files: address and title; none but in a demonstration."""
    if not current.config().demonstration:
        return []
    from app.demonstration import samples as known

    return [
        (url_for("demonstration.sample", name=name), sample.title)
        for name, sample in known.of(endpoint).items()
        if allows("demonstration.sample")
    ]


@blueprint.get("/samples/<name>")
def sample(name: str) -> Response:
    """Send a sample file."""
    from app.demonstration.samples import SAMPLES

    if name not in SAMPLES:
        raise NoSuchDocument
    found = SAMPLES[name]
    return attachment(found.make(current.session(), current.actor(), current.config()), name, found.media_type)
