"""The list of people, one person's page, and adding, inviting, closing and opening accounts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from flask import render_template, request
from werkzeug.wrappers import Response

from app.foundation.errors import Invalid, Refusal
from app.foundation.text import LANGUAGES, Text
from app.identity import accounts, addresses, grants, organisations, people, resets, roles
from app.identity.accounts import Account
from app.web import current, errors, listing
from app.web.answers import redirect
from app.web.identity.passwords import links
from app.web.notices import notice
from app.web.people import blueprint
from app.web.people.words import ACTS, STATES, role_with_place, state_of

DETAILS_WRONG = (accounts.NameMissing, accounts.AddressInvalid)
ACCOUNT_WRONG = (*DETAILS_WRONG, accounts.LoginInvalid, accounts.LoginTaken)


class AddressNeeded(Invalid):
    """An invitation needs an address to go to."""

    text = Text("Enter an email address. The invitation is sent there.", "请填写电子邮箱，用于接收邀请。")


class ReasonsMissing(Invalid):
    """An account is closed for reasons that are written down."""

    text = Text("Enter the reason for closing the account.", "请填写停用原因。")


@blueprint.get("/people")
def index() -> str | Response:
    """List people, with search and filters."""
    session, place = current.session(), people.looks_after(current.actor())
    asked = listing.asked(sorts=("place", "name", "-since") if place is None else ("name", "-since"))
    wanted = people.Filters(
        search=asked.search,
        state=listing.chosen("state", people.STATES),
        role=listing.chosen("role", roles.ROLES),
        place=place,
    )
    found, total = people.find(session, wanted, sort=asked.sort, limit=asked.limit, offset=asked.offset)
    names = _place_names(found)
    if asked.wants_csv:
        header = (Text("Name", "姓名"), Text("Sign-in name", "登录名"), Text("Email address", "电子邮箱"))
        further = (Text("Roles", "角色"), Text("State", "状态"), Text("Since", "创建时间"))
        rows = (
            (
                *(one.account.name, one.account.login, one.account.email),
                "; ".join(str(role_with_place(grant, names)) for grant in one.held),
                *(STATES[state_of(one.account)], one.account.created_at.isoformat()),
            )
            for one in found
        )
        return listing.csv("people", (*header, *further), rows)
    return render_template(
        "people/index.html",
        rows=listing.Rows(found, asked.page, asked.size, total),
        asked=asked,
        wanted=wanted,
        counts=people.count_by_state(session, wanted),
        states=STATES,
        is_everybody=place is None,
        names=names,
        groups=_groups(found) if asked.by == "place" else [("", found)],
        roles=[role for role in roles.ROLES.values() if place is None or role.kind == "supplier"],
        state_of=state_of,
    )


@blueprint.get("/people/<account_id>")
def show(account_id: str) -> str:
    """Show a person: details, roles now and before, and what was done with the account."""
    return _page(accounts.get(current.session(), account_id))


@blueprint.route("/people/add", methods=["GET", "POST"])
def add() -> str | Response | tuple[str, int]:
    """Make an account and invite its person by mail.

    A supplier's administrator gives the first role with it; for an administrator the next page asks for it.
    """
    place = people.looks_after(current.actor())
    if request.method == "GET":
        return _add_form({"language": "zh"}, [])
    values = {name: request.form.get(name, "").strip() for name in ("login", "name", "email", "language", "role")}
    try:
        made = _create(values)
        if place is not None:
            grants.grant(
                current.session(), current.actor(), account_id=made.id, role=values["role"], organisation_id=place
            )
    except (AddressNeeded, grants.RoleUnknown, roles.RoleMissing, *ACCOUNT_WRONG) as refusal:
        current.session().rollback()
        return _add_form(values, errors.parts_of(refusal)), errors.status_of(type(refusal))
    _invite(made)
    current.commit()
    return redirect("people.show" if place is not None else "people.grant", account_id=made.id)


def _create(values: dict[str, str]) -> Account:
    if not values["email"]:
        raise AddressNeeded(field="email")
    return accounts.create(
        current.session(),
        current.actor(),
        login=values["login"] or values["email"],
        name=values["name"],
        email=values["email"],
        language=values["language"] if values["language"] in LANGUAGES else None,
    )


def _add_form(values: dict[str, str], problems: Sequence[Refusal]) -> str:
    offered = roles.of_kind("supplier") if people.looks_after(current.actor()) is not None else ()
    return render_template("people/add.html", problems=problems, values=values, offered=offered)


@blueprint.post("/people/<account_id>/details")
def change_details(account_id: str) -> Response | tuple[str, int]:
    """Change a person's name and address."""
    name, email = request.form.get("name", ""), request.form.get("email", "")
    try:
        waits = addresses.change(current.session(), current.actor(), account_id=account_id, name=name, email=email)
    except DETAILS_WRONG as refusal:
        current.session().rollback()
        account = accounts.get(current.session(), account_id)
        return _page(account, errors.parts_of(refusal), {"name": name, "email": email}), 422
    current.commit()
    if waits is None:
        notice(Text("The details have been changed.", "信息已更新。"))
    else:
        notice(
            Text("The change of the email address is waiting for confirmation.", "邮箱变更待确认。"),
            Text(
                "Both addresses are notified, and another administrator must confirm it.",
                "已通知新旧邮箱，须由其他管理员确认。",
            ),
        )
    return redirect("people.show", account_id=account_id)


@blueprint.post("/people/<account_id>/address/confirm")
def confirm_address(account_id: str) -> Response:
    """Let the change of a person's address count that another administrator asked for."""
    addresses.confirm(current.session(), current.actor(), account_id=account_id)
    current.commit()
    notice(Text("The email address has been changed.", "邮箱已变更。"))
    return redirect("people.show", account_id=account_id)


@blueprint.post("/people/<account_id>/address/refuse")
def refuse_address(account_id: str) -> Response:
    """Give the change of a person's address up."""
    addresses.refuse(current.session(), current.actor(), account_id=account_id)
    current.commit()
    notice(Text("The email address has not been changed.", "邮箱未变更。"))
    return redirect("people.show", account_id=account_id)


@blueprint.post("/people/<account_id>/invite")
def invite(account_id: str) -> Response:
    """Send a link with which the person sets a (new) password."""
    _invite(accounts.get(current.session(), account_id))
    current.commit()
    return redirect("people.show", account_id=account_id)


@blueprint.post("/people/<account_id>/disable")
def disable(account_id: str) -> Response | tuple[str, int]:
    """Close an account: all its sessions are over."""
    reasons = request.form.get("reasons", "").strip()
    if not reasons:
        account = accounts.get(current.session(), account_id)
        return _page(account, [ReasonsMissing(field="reasons")]), 422
    account = accounts.disable(current.session(), current.actor(), account_id=account_id, reasons=reasons)
    current.commit()
    notice(Text("The account of %(name)s has been closed.", "%(name)s的账号已停用。").filled(name=account.name))
    return redirect("people.show", account_id=account_id)


@blueprint.post("/people/<account_id>/enable")
def enable(account_id: str) -> Response:
    """Let a person sign in again."""
    account = accounts.enable(current.session(), current.actor(), account_id=account_id)
    current.commit()
    notice(Text("%(name)s can sign in again.", "%(name)s可以重新登录。").filled(name=account.name))
    return redirect("people.show", account_id=account_id)


def _invite(account: Account) -> None:
    """Mail the link; where no mail can go, show it to who invites, to be handed over."""
    link = resets.invite(current.session(), current.actor(), account, links())
    if account.email and current.config().smtp_url:
        told = Text("An invitation has been sent to %(email)s.", "邀请邮件将发送至%(email)s。").filled(
            email=account.email
        )
        notice(told, Text("The link in it works once, within 7 days.", "其中的链接7日内有效，仅可使用一次。"))
        return
    notice(
        Text(
            "This service does not send email. Pass the link on yourself.", "本平台未配置邮件发送，请自行转交以下链接。"
        ),
        Text("It works once, within 7 days.", "链接7日内有效，仅可使用一次。"),
        tone="soon",
        link=(link, Text(link, link)),
    )


def _page(account: Account, problems: Sequence[Refusal] = (), entered: dict[str, str] | None = None) -> str:
    session = current.session()
    every = grants.of_account(session, account.id, all_times=True)
    now = {grant.id for grant in grants.of_account(session, account.id)}
    return render_template(
        "people/show.html",
        account=account,
        problems=problems,
        values=entered or {"name": account.name, "email": account.email},
        held=[grant for grant in every if grant.id in now],
        ended=[grant for grant in every if grant.id not in now],
        names=_names_of({grant.organisation_id for grant in every if grant.organisation_id}),
        history=people.history(session, account.id),
        changing=addresses.waiting(session, account.id),
        acts=ACTS,
        states=STATES,
        state=state_of(account),
    )


def _groups(found: list[people.Person]) -> list[tuple[str, list[people.Person]]]:
    """A page's people by the organisation under which they are listed; an empty id: people of none."""
    return [(place or "", list(there)) for place, there in groupby(found, lambda one: one.place)]


def _place_names(found: list[people.Person]) -> dict[str, Text]:
    return _names_of({grant.organisation_id for one in found for grant in one.held if grant.organisation_id})


def _names_of(ids: set[str]) -> dict[str, Text]:
    return {row.id: row.name for row in organisations.by_ids(current.session(), ids)}
