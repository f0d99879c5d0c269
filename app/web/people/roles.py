"""Giving a person a role at an organisation, and taking it away."""

from __future__ import annotations

from datetime import date, datetime

from flask import render_template, request
from werkzeug.wrappers import Response

from app.foundation import workdays
from app.foundation.errors import Invalid, Refusal
from app.foundation.text import Text
from app.identity import accounts, grants, organisations, people, roles
from app.identity.organisations import Organisation
from app.identity.roles import Role
from app.web import current, errors
from app.web.answers import redirect
from app.web.notices import notice
from app.web.people import blueprint

MOST_OFFERED = 100
"""So many organisations are offered to choose from; of more, one searches."""

REFUSED = (
    roles.RoleMissing,
    grants.RoleUnknown,
    grants.DutiesMixed,
    grants.AlreadyGranted,
    grants.OwnGrant,
    grants.EndsBefore,
    organisations.OrganisationUnknown,
)


class DayInvalid(Invalid):
    """Not a day."""

    text = Text("Enter the last day as year-month-day.", "请按“年-月-日”填写最后一日。")


@blueprint.route("/people/<account_id>/roles/add", methods=["GET", "POST"])
def grant(account_id: str) -> str | Response | tuple[str, int]:
    """Choose a role, then the organisation that grants it, and grant it."""
    account = accounts.get(current.session(), account_id)
    role = roles.ROLES.get(request.values.get("role", ""))
    if request.method == "GET" or role is None:
        return _page(account, role)
    try:
        granted = grants.grant(
            current.session(),
            current.actor(),
            account_id=account.id,
            role=role.id,
            organisation_id=request.form.get("organisation") or None,
            to_at=_last_instant(request.form.get("to", "")),
        )
    except (DayInvalid, *REFUSED) as refusal:
        current.session().rollback()
        return _page(account, role, errors.parts_of(refusal)), errors.status_of(type(refusal))
    current.commit()
    said = Text("%(name)s is now: %(role)s.", "%(name)s现已担任：%(role)s。")
    notice(said.filled(name=account.name, role=granted.role_name), _where_next(role))
    return redirect("people.show", account_id=account.id)


@blueprint.post("/people/<account_id>/roles/<grant_id>/revoke")
def revoke(account_id: str, grant_id: str) -> Response:
    """Take a role away, at once."""
    granted = grants.revoke(current.session(), current.actor(), grant_id=grant_id, account_id=account_id)
    current.commit()
    notice(Text("The role “%(role)s” has been removed.", "已收回“%(role)s”角色。").filled(role=granted.role_name))
    return redirect("people.show", account_id=account_id)


def _where_next(role: Role) -> Text:
    return Text(
        "This takes effect immediately. The person %(duty)s. The tasks are now in their inbox.",
        "立即生效。职责：%(duty)s。相应任务已出现在其待办中。",
    ).filled(duty=role.duty)


def _last_instant(to: str) -> datetime | None:
    """The end of the last day of a role."""
    if not to.strip():
        return None
    try:
        return workdays.end_of(date.fromisoformat(to.strip()), current.zone())
    except ValueError as error:
        raise DayInvalid(field="to") from error


def _page(account: accounts.Account, role: Role | None, problems: list[Refusal] | None = None) -> str:
    place = people.looks_after(current.actor())
    search = request.values.get("q", "").strip()
    offered, total = _offered(role, place, search)
    return render_template(
        "people/grant.html",
        account=account,
        role=role,
        possible=[one for one in roles.ROLES.values() if place is None or one.kind == "supplier"],
        kinds=organisations.KINDS,
        offered=offered,
        more=total > len(offered),
        search=search,
        problems=problems or [],
        values=request.form,
    )


def _offered(role: Role | None, place: str | None, search: str) -> tuple[list[Organisation], int]:
    """The organisations that may grant a role, and how many there are in all."""
    if role is None or role.kind is None:
        return [], 0
    if place is not None:
        return [organisations.get(current.session(), place)], 1
    return organisations.find(current.session(), search=search, kind=role.kind, limit=MOST_OFFERED)
