"""The organisations of the house: buyers, agencies, suppliers, finance departments, the platform's office."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from app.foundation.errors import Refusal
from app.foundation.text import Text
from app.identity import organisations, people
from app.web import current, errors, listing
from app.web.answers import redirect
from app.web.notices import notice
from app.web.people import blueprint

FIELDS = ("kind", "uscc", "name_zh", "name_en", "region", "short_code", "address", "contact_name", "contact_phone")
CHOSEN = ("supervisor", "budget_level")
ENTERED = ("buyer", "agency", "finance", "platform")
"""The kinds that an administrator enters; suppliers declare themselves."""


@blueprint.get("/organisations", endpoint="organisations")
def index() -> str | Response:
    """List organisations, with search and filters."""
    session, asked = current.session(), listing.asked(sorts=("name", "uscc", "-since"))
    kind = listing.chosen("kind", organisations.KINDS)
    found, total = organisations.find(
        session, search=asked.search, kind=kind, sort=asked.sort, limit=asked.limit, offset=asked.offset
    )
    if asked.wants_csv:
        header = (Text("Name", "名称"), Text("Kind", "类别"), Text("Social credit code", "统一社会信用代码"))
        rows = ((one.name, organisations.KINDS[one.kind], one.uscc) for one in found)
        return listing.csv("organisations", header, rows)
    return render_template(
        "people/organisations.html",
        rows=listing.Rows(found, asked.page, asked.size, total),
        asked=asked,
        kind=kind,
        kinds=organisations.KINDS,
        counts=organisations.count_by_kind(session),
    )


@blueprint.get("/organisations/<organisation_id>", endpoint="organisation")
def show(organisation_id: str) -> str:
    """Show an organisation; who looks after people also sees who works there."""
    session = current.session()
    organisation = organisations.get(session, organisation_id)
    supervisor = organisations.get(session, organisation.supervisor_id) if organisation.supervisor_id else None
    place = people.looks_after(current.actor())
    sees_people = any(current.actor().has_role(role) for role in ("administrator", "auditor")) or (
        place == organisation.id and current.actor().has_role("supplier-admin")
    )
    found = people.find(session, people.Filters(place=organisation.id), limit=100)[0] if sees_people else []
    return render_template(
        "people/organisation.html",
        organisation=organisation,
        kinds=organisations.KINDS,
        levels=organisations.LEVELS,
        supervisor=supervisor,
        sees_people=sees_people,
        found=found,
    )


@blueprint.route("/organisations/add", methods=["GET", "POST"])
def add_organisation() -> str | Response | tuple[str, int]:
    """Enter a buyer, an agency, a finance department or an office of the platform."""
    values = {name: request.form.get(name, "").strip() for name in (*FIELDS, *CHOSEN)}
    if request.method == "GET":
        return _form(values | {"kind": "buyer", "region": "CN"}, [])
    try:
        entered = _register(values)
    except (
        organisations.SocialCreditCodeInvalid,
        organisations.OrganisationExists,
        organisations.OrganisationNameMissing,
        organisations.SupervisorUnfit,
        organisations.LevelUnfit,
    ) as refusal:
        current.session().rollback()
        return _form(values, errors.parts_of(refusal)), errors.status_of(type(refusal))
    current.commit()
    notice(Text("%(name)s is entered.", "已登记%(name)s。").filled(name=entered.name))
    return redirect("people.organisation", organisation_id=entered.id)


def _register(values: dict[str, str]) -> organisations.Organisation:
    is_buyer = values["kind"] == "buyer"
    if is_buyer and not values["supervisor"]:
        raise organisations.SupervisorUnfit(field="supervisor")
    return organisations.register(
        current.session(),
        current.actor(),
        kind=values["kind"] if values["kind"] in ENTERED else "buyer",
        uscc=values["uscc"],
        name=Text(values["name_en"] or values["name_zh"], values["name_zh"]),
        region=values["region"] or "CN",
        short_code=values["short_code"],
        address=values["address"],
        contact_name=values["contact_name"],
        contact_phone=values["contact_phone"],
        supervisor_id=values["supervisor"] if is_buyer else None,
        budget_level=values["budget_level"] if values["kind"] == "finance" else "",
    )


def _form(values: dict[str, str], problems: list[Refusal]) -> str:
    return render_template(
        "people/add_organisation.html",
        values=values,
        problems=problems,
        kinds={kind: organisations.KINDS[kind] for kind in ENTERED},
        levels=organisations.LEVELS,
        departments=organisations.of_kind(current.session(), "finance"),
    )
