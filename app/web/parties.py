"""Parties of procurement as one looks them up: suppliers with their registration, contracts, ratings and exclusions."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import organisations
from app.procurement import acceptance, breaches, contracts, standings, suppliers
from app.procurement.acceptance import RATINGS
from app.procurement.contracts import lists
from app.procurement.suppliers import RegistrationState
from app.web import current, listing

blueprint = Blueprint("parties", __name__, url_prefix="/parties")

STATES = {
    "": Text("All", "全部"),
    "active": Text("Can take part", "可参加采购"),
    "excluded": Text("Excluded", "禁止参加"),
    "waiting": Text("Waiting for review", "待注册审核"),
}
NAMES: dict[str, Text] = {
    RegistrationState.DECLARED: Text("waiting for review", "待审核"),
    RegistrationState.RETURNED: Text("returned", "已退回"),
    RegistrationState.ACTIVE: Text("registered", "已注册"),
    RegistrationState.RESTRICTED: Text("excluded", "禁止参加"),
    RegistrationState.EXPIRED: Text("expired", "已过期"),
}
TONES: dict[str, str] = {
    RegistrationState.DECLARED: "waiting",
    RegistrationState.RETURNED: "refused",
    RegistrationState.ACTIVE: "done",
    RegistrationState.RESTRICTED: "stopped",
    RegistrationState.EXPIRED: "late",
}


@blueprint.get("/suppliers", endpoint="suppliers")
def index() -> Response | str:
    """List suppliers and how they stand today."""
    session, today = current.session(), local_day(current.now())
    asked, state = listing.asked(), listing.chosen("state", STATES)
    found, total = standings.find(
        session, today, state=state, search=asked.search, offset=asked.offset, limit=asked.limit
    )
    if asked.wants_csv:
        header = (Text("Supplier", "供应商"), Text("Code", "统一社会信用代码"), Text("State", "状态"), Text("Size", "规模"),
                  Text("Rating", "履约评价"), Text("Contracts", "合同数"), Text("Amount", "合同金额"))  # fmt: skip
        lines = (
            (one.organisation.name, one.organisation.uscc, NAMES[one.state], suppliers.SCALES[one.registration.scale],
             one.rating, one.contracts, one.amount)
            for one in found
        )  # fmt: skip
        return listing.csv("suppliers", header, lines)
    return render_template(
        "parties/suppliers.html",
        rows=listing.Rows(found, asked.page, asked.size, total),
        asked=asked,
        state=state,
        states=STATES,
        names=NAMES,
        tones=TONES,
        scales=suppliers.SCALES,
        counts={key: standings.count(session, today, state=key, search=asked.search) for key in STATES},
    )


@blueprint.get("/suppliers/<organisation_id>", endpoint="supplier")
def show(organisation_id: str) -> str:
    """Show a supplier: registration, contracts one may see, what buyers said, exclusions and reports."""
    session, actor, today = current.session(), current.actor(), local_day(current.now())
    organisation = organisations.get(session, organisation_id, kind="supplier")
    return render_template(
        "parties/supplier.html",
        organisation=organisation,
        standing=standings.of(session, organisation_id, today),
        names=NAMES,
        tones=TONES,
        scales=suppliers.SCALES,
        contracts=lists.of_supplier(session, actor, organisation_id),
        states=contracts.STATE_NAMES,
        feedback=acceptance.feedback_on(session, organisation_id),
        ratings=RATINGS,
        breaches=[each for each in breaches.visible(session, actor) if each.supplier_id == organisation_id],
        breach_states=breaches.STATE_NAMES,
    )
