"""Acts of the procedure: report, notify, reply, hear, decide, publish, lift."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Response, render_template, request
from sqlalchemy import or_, select
from werkzeug.wrappers import Response as AnyResponse

from app.foundation import documents
from app.foundation.documents import Document
from app.foundation.errors import Invalid, Refusal
from app.foundation.text import Text
from app.identity import organisations
from app.procurement import breaches
from app.procurement.breaches import GROUNDS
from app.procurement.projects import Lot, Project
from app.procurement.rules import laws
from app.web import current, errors, files
from app.web.answers import redirect
from app.web.breaches import blueprint
from app.web.breaches.views import page
from app.web.notices import notice
from app.workflow import sealing

REPORT_FIELDS = ("supplier", "lot", "ground", "facts")


class Unreadable(Invalid):
    """A field can't be read as what it should be."""

    code = "field-unreadable"
    text = Text("This cannot be read.", "填写内容无法识别。")


class GroundMissing(Invalid):
    """A report names what the supplier is held to have done."""

    text = Text("Choose the alleged breach.", "请选择违法违规情形。")


class SupplierMissing(Invalid):
    """A report names the supplier."""

    text = Text("Choose the supplier.", "请选择供应商。")


@blueprint.route("/report", methods=["GET", "POST"])
@files.takes_files(many=True)
def report() -> str | AnyResponse:
    """Report a supplier's breach."""
    values = {name: request.form.get(name, request.args.get(name, "")).strip() for name in REPORT_FIELDS}
    if request.method == "GET":
        return _reporting(values, [])
    session, actor = current.session(), current.actor()
    try:
        if not values["supplier"]:
            raise SupplierMissing(field="supplier")
        if values["ground"] not in GROUNDS:
            raise GroundMissing(field="ground")
        kept = _uploads("evidence")
        breach = breaches.report(
            session,
            actor,
            supplier_id=values["supplier"],
            ground=values["ground"],
            facts=values["facts"],
            evidence=[document.id for document in kept],
            lot_id=values["lot"] or None,
        )
        for document in kept:
            documents.share(session, actor, document, case=f"breach:{breach.id}")
        current.commit()
    except Refusal as refusal:
        session.rollback()
        return Response(_reporting(values, errors.parts_of(refusal)), errors.status_of(type(refusal)))
    notice(
        Text("Report %(number)s has been sent to the finance department.", "报告%(number)s已送交财政部门。").filled(
            number=breach.number
        )
    )
    return redirect("breaches.show", breach_id=breach.id)


def _reporting(values: dict[str, str], problems: list[Refusal]) -> str:
    session = current.session()
    return render_template(
        "breaches/report.html",
        values=values,
        problems=problems,
        suppliers=[(each.id, each.name) for each in organisations.of_kind(session, "supplier")],
        lots=_lots(),
        grounds=[(key, name, laws.citation(article)) for key, (name, article) in GROUNDS.items()],
    )


def _lots() -> list[tuple[str, Text]]:
    """The lots of procurements in which the person's organisation has its part."""
    place = current.actor().organisation_id
    parties = or_(Project.buyer_id == place, Project.agency_id == place, Project.finance_id == place)
    statement = select(Lot).join(Project, Project.id == Lot.project_id).where(parties).order_by(Project.number.desc())
    return [
        (lot.id, Text(*(f"{lot.project.number}-{lot.number} {name}" for name in lot.name)))
        for lot in current.session().scalars(statement.limit(200))
    ]


def _uploads(name: str) -> list[Document]:
    """The files that came with a form, kept private until the act hands them in."""
    return [
        documents.add(
            current.session(),
            current.actor(),
            name=file.filename or "",
            media_type=file.mimetype,
            source=file.stream,
            case=None,
            kind="breach",
            access="private",
        )
        for file in files.given(name)
    ]


def _act(
    breach_id: str, name: str, fields: tuple[str, ...], act: Callable[[dict[str, str]], Any], said: Text
) -> AnyResponse:
    """Do one act of the procedure; where it is refused, the page again with what was entered."""
    values = {field: request.form.get(field, "").strip() for field in fields}
    try:
        act(values)
        current.commit()
    except Refusal as refusal:
        current.session().rollback()
        shown = page(breach_id, values, errors.parts_of(refusal), name)
        return Response(shown, errors.status_of(type(refusal)))
    notice(said)
    return redirect("breaches.show", breach_id=breach_id)


@blueprint.post("/<breach_id>/notify")
def notify(breach_id: str) -> AnyResponse:
    """Tell the supplier, and let it reply."""
    return _act(
        breach_id,
        "notify",
        ("intended",),
        lambda values: breaches.notify(
            current.session(), current.actor(), breach_id=breach_id, intended=values["intended"]
        ),
        Text("The supplier has been notified and can now reply.", "已告知供应商，供应商可陈述、申辩或者要求听证。"),
    )


@blueprint.post("/<breach_id>/reply")
@files.takes_files(many=True)
def reply(breach_id: str) -> AnyResponse:
    """State one's case, or ask for a hearing."""

    def act(values: dict[str, str]) -> None:
        session, actor, kept = current.session(), current.actor(), _uploads("attachments")
        breaches.reply(
            session,
            actor,
            breach_id=breach_id,
            statement=values["statement"],
            attachments=[document.id for document in kept],
            wants_hearing=values["hearing"] == "true",
            arrived_at=current.arrived_at(),
        )
        for document in kept:
            documents.share(session, actor, document, case=f"breach:{breach_id}")

    return _act(
        breach_id, "reply", ("statement", "hearing"), act, Text("Your reply has been sent.", "陈述申辩意见已提交。")
    )


@blueprint.post("/<breach_id>/hear")
def hear(breach_id: str) -> AnyResponse:
    """Record the hearing."""
    return _act(
        breach_id,
        "hear",
        ("heard_on", "record"),
        lambda values: breaches.hear(
            current.session(),
            current.actor(),
            breach_id=breach_id,
            heard_on=_day(values["heard_on"], "heard_on"),
            record=values["record"],
        ),
        Text("The hearing is recorded.", "听证情况已记录。"),
    )


@blueprint.post("/<breach_id>/decide")
def decide(breach_id: str) -> AnyResponse:
    """Decide: exclude the supplier for a time, or dismiss the report."""
    return _act(
        breach_id,
        "decide",
        ("decision", "years", "fine", "reasons"),
        lambda values: breaches.decide(
            current.session(),
            current.actor(),
            breach_id=breach_id,
            decision="exclude" if values["decision"] == "exclude" else "dismiss",
            reasons=values["reasons"],
            years=int(_number(values["years"] or "0", "years")),
            fine=_number(values["fine"] or "0", "fine"),
        ),
        Text("The decision is recorded and the supplier has been notified.", "处理决定已作出并告知供应商。"),
    )


@blueprint.post("/<breach_id>/publish")
def publish(breach_id: str) -> AnyResponse:
    """Publish the decision."""
    return _act(
        breach_id,
        "publish",
        (),
        lambda _: _published(breach_id),
        Text("The decision is published.", "处罚决定已公告。"),
    )


def _published(breach_id: str) -> None:
    breach = breaches.publish(current.session(), current.actor(), breach_id=breach_id)
    sealing.decision(current.session(), current.actor(), current.house().authority, breach)


@blueprint.post("/<breach_id>/lift")
def lift(breach_id: str) -> AnyResponse:
    """End an exclusion whose decision was set aside."""
    return _act(
        breach_id,
        "lift",
        ("reasons",),
        lambda values: breaches.lift(
            current.session(), current.actor(), breach_id=breach_id, reasons=values["reasons"]
        ),
        Text("The exclusion has been lifted.", "已解除禁止参加采购活动的限制。"),
    )


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Unreadable(field=field) from error


def _number(text: str, field: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation as error:
        raise Unreadable(field=field) from error
    if not number.is_finite():
        raise Unreadable(field=field)
    return number
