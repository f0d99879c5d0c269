"""The expert pool: its list, one expert with ties, absences and conduct, and what experts declare of themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.foundation.errors import Invalid, Refusal
from app.foundation.text import Text
from app.identity import accounts, grants
from app.procurement import experts
from app.procurement.experts import Expert, lists
from app.web import current, errors, listing, notices
from app.web.answers import redirect

blueprint = Blueprint("experts", __name__, url_prefix="/experts")

TONES = {"active": "now", "suspended": "stopped", "left": "plain"}


class DayMissing(Invalid):
    """A day is needed, and none, or none that can be read, was entered."""

    text = Text("Enter the day.", "请填写日期。")


class AccountMissing(Invalid):
    """Nobody was chosen."""

    text = Text("Choose a person.", "请选择人员。")


# -- looking


@blueprint.get("")
def index() -> AnyResponse | str:
    """List the pool."""
    session = current.session()
    asked = listing.asked(sorts=("name", "region", "since"))
    state = listing.chosen("state", experts.STATES)
    speciality = listing.chosen("speciality", experts.SPECIALITIES)
    rows, total = lists.find(
        session,
        search=asked.search,
        state=state,
        speciality=speciality,
        by=asked.by,
        descending=asked.is_descending,
        offset=asked.offset,
        limit=asked.limit,
    )
    if asked.wants_csv:
        header = (
            Text("Name", "姓名"),
            Text("State", "状态"),
            Text("Fields of expertise", "评审专业"),
            Text("Region", "地区"),
            Text("Senior since", "取得高级职称日期"),
        )
        return listing.csv(
            "experts", header, ((e.name, experts.STATES[e.state], _named(e), e.region, e.senior_since) for e in rows)
        )
    return render_template(
        "experts/index.html",
        rows=listing.Rows(rows, asked.page, asked.size, total),
        asked=asked,
        state=state,
        states={"": Text("All", "全部"), **experts.STATES},
        speciality=speciality,
        specialities=experts.SPECIALITIES,
        counts=lists.counts(session, search=asked.search, speciality=speciality),
        tones=TONES,
        named=_named,
    )


@blueprint.get("/mine")
def mine() -> AnyResponse | str:
    """Go to one's own entry in the pool, or say that there is none yet."""
    own = experts.of_account(current.session(), current.actor().id)
    if own is None:
        return render_template("experts/mine.html")
    return redirect("experts.show", expert_id=own.id)


@blueprint.get("/<expert_id>")
def show(expert_id: str) -> str:
    """Show an expert: what they are drawn for, what binds them, when they are away, how they did the duty."""
    expert = experts.get(current.session(), expert_id)
    return render_template(
        "experts/show.html",
        expert=expert,
        account=accounts.get(current.session(), expert.account_id),
        states=experts.STATES,
        tones=TONES,
        named=_named,
        ties=experts.TIES,
        conduct=experts.CONDUCT,
        served=lists.served(current.session(), expert.id),
        is_own=expert.account_id == current.actor().id,
        keeps=experts.keeps(current.actor()),
    )


def _named(expert: Expert) -> Text:
    words = [experts.SPECIALITIES[code] for code in expert.specialities if code in experts.SPECIALITIES]
    return Text(", ".join(word.en for word in words), "、".join(word.zh for word in words))


# -- entering and changing


@blueprint.route("/enter", methods=["GET", "POST"])
def enter() -> AnyResponse | str:
    """Take a person with the role of an expert into the pool."""
    session, actor = current.session(), current.actor()
    known = {expert.account_id for expert in experts.everybody(session)}
    people = [account for account in grants.holders(session, "expert") if account.id not in known]

    def act(given: Mapping[str, Any]) -> str:
        if not given["account"]:
            raise AccountMissing(field="account")
        made = experts.enter(
            session,
            actor,
            account_id=given["account"],
            specialities=request.form.getlist("specialities"),
            senior_since=_day("senior_since"),
            region=given["region"],
            phone=given["phone"],
        )
        return made.id

    return _form(
        "experts/edit.html",
        act,
        Text("The expert has been added to the pool.", "已纳入专家库。"),
        expert=None,
        people=[(account.id, Text(account.name, account.name)) for account in people],
        values={"account": "", "region": "CN", "phone": "", "senior_since": ""},
        chosen=request.form.getlist("specialities"),
    )


@blueprint.route("/<expert_id>/change", methods=["GET", "POST"])
def change(expert_id: str) -> AnyResponse | str:
    """Enter an expert's data anew, suspend an expert, or let one leave."""
    expert = experts.get(current.session(), expert_id)

    def act(given: Mapping[str, Any]) -> str:
        experts.change(
            current.session(),
            current.actor(),
            expert_id=expert_id,
            specialities=request.form.getlist("specialities"),
            senior_since=_day("senior_since"),
            region=given["region"],
            phone=given["phone"],
            state=given["state"],
        )
        return expert_id

    return _form(
        "experts/edit.html",
        act,
        Text("The entry has been changed.", "专家信息已更新。"),
        expert=expert,
        people=[],
        values={
            "region": expert.region,
            "phone": expert.phone,
            "senior_since": str(expert.senior_since),
            "state": expert.state,
        },
        chosen=request.form.getlist("specialities") if request.method == "POST" else expert.specialities,
    )


# -- declaring and recording


@blueprint.route("/<expert_id>/ties", methods=["GET", "POST"])
def tie(expert_id: str) -> AnyResponse | str:
    """Declare what binds an expert to an organisation."""

    def act(given: Mapping[str, Any]) -> str:
        experts.declare_tie(
            current.session(),
            current.actor(),
            expert_id=expert_id,
            kind=given["kind"],
            organisation_name=given["organisation_name"],
            uscc=given["uscc"].strip(),
            relative=given["relative"],
            from_on=_day("from_on", needed=False),
            to_on=_day("to_on", needed=False),
        )
        return expert_id

    return _form(
        "experts/tie.html",
        act,
        Text("The conflict of interest has been declared.", "利害关系已登记。"),
        expert=experts.get(current.session(), expert_id),
        values={"kind": "employee", "organisation_name": "", "uscc": "", "relative": "", "from_on": "", "to_on": ""},
        kinds=list(experts.TIES.items()),
    )


@blueprint.route("/<expert_id>/absences", methods=["GET", "POST"])
def absence(expert_id: str) -> AnyResponse | str:
    """Say on which days an expert can't serve."""

    def act(_given: Mapping[str, Any]) -> str:
        experts.declare_absence(
            current.session(), current.actor(), expert_id=expert_id, from_on=_day("from_on"), to_on=_day("to_on")
        )
        return expert_id

    return _form(
        "experts/absence.html",
        act,
        Text("These days are saved. You will not be invited on them.", "已登记，该期间不参与抽取。"),
        expert=experts.get(current.session(), expert_id),
        values={"from_on": "", "to_on": ""},
    )


@blueprint.route("/<expert_id>/conduct", methods=["GET", "POST"])
def conduct(expert_id: str) -> AnyResponse | str:
    """Record how an expert did the duty."""

    def act(given: Mapping[str, Any]) -> str:
        experts.record_conduct(
            current.session(),
            current.actor(),
            expert_id=expert_id,
            kind=given["kind"],
            reasons=given["reasons"],
            suspend="suspend" in request.form,
        )
        return expert_id

    return _form(
        "experts/conduct.html",
        act,
        Text("The conduct is recorded.", "履职记录已登记。"),
        expert=experts.get(current.session(), expert_id),
        values={"kind": "fulfilled", "reasons": ""},
        kinds=list(experts.CONDUCT.items()),
    )


def _form(
    template: str, act: Callable[[Mapping[str, Any]], str], said: Text, *, values: Mapping[str, Any], **shown: Any
) -> AnyResponse | str:
    """Show a form; when it is posted do the act, or show it again with what is wrong beside the fields."""
    if request.method == "GET":
        return render_template(
            template, values=values, problems=[], specialities=experts.SPECIALITIES, states=experts.STATES, **shown
        )
    given = {name: request.form.get(name, default) for name, default in values.items()}
    try:
        expert_id = act(given)
        current.commit()
    except Refusal as refusal:
        current.session().rollback()
        page = render_template(
            template,
            values=given,
            problems=errors.parts_of(refusal),
            specialities=experts.SPECIALITIES,
            states=experts.STATES,
            **shown,
        )
        return Response(page, errors.status_of(type(refusal)))
    notices.notice(said)
    return redirect("experts.show", expert_id=expert_id)


def _day(name: str, *, needed: bool = True) -> Any:
    """A day that was entered.

    :raises DayMissing: where one is needed or can't be read
    """
    typed = request.form.get(name, "").strip()
    if not typed and not needed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise DayMissing(field=name) from error
