"""The registrar's review: who declared themselves, what they declare, accepted with a certificate or returned with reasons."""

from __future__ import annotations

from flask import Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.foundation import documents
from app.foundation.errors import Refusal
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import organisations
from app.procurement import suppliers
from app.procurement.projects import ReasonsMissing
from app.procurement.suppliers import Registration, RegistrationState
from app.web import current, errors, language, listing
from app.web.answers import redirect
from app.web.notices import notice
from app.web.supplier import blueprint
from app.web.supplier.editing import attachment
from app.workflow import sealing

STATES: dict[str, tuple[str, Text]] = {
    RegistrationState.DECLARED: ("waiting", Text("Waiting for review", "待审核")),
    RegistrationState.RETURNED: ("stopped", Text("Returned", "已退回")),
    RegistrationState.ACTIVE: ("done", Text("Active", "有效")),
    RegistrationState.RESTRICTED: ("refused", Text("Excluded", "被限制参加")),
    RegistrationState.EXPIRED: ("late", Text("Expired", "已到期")),
}
SHOWN = ("", RegistrationState.DECLARED, RegistrationState.ACTIVE, RegistrationState.RETURNED)


@blueprint.get("/registrations")
def registrations() -> str | Response:
    """List the registrations, those that wait first."""
    session, asked = current.session(), listing.asked()
    state = listing.chosen("state", SHOWN)
    found, total = suppliers.find(session, state=state, search=asked.search, offset=asked.offset, limit=asked.limit)
    if asked.wants_csv:
        header = (
            Text("Name", "名称"),
            Text("Social credit code", "统一社会信用代码"),
            Text("State", "状态"),
            Text("Declared at", "申报时间"),
        )
        rows = ((r.organisation.name, r.organisation.uscc, STATES[state_of(r)][1], r.declared_at) for r in found)
        return listing.csv("registrations", header, rows)
    return render_template(
        "supplier/registrations.html",
        rows=listing.Rows(found, asked.page, asked.size, total),
        asked=asked,
        state=state,
        shown=SHOWN,
        states=STATES,
        state_of=state_of,
        waiting=len(suppliers.waiting(session)),
    )


@blueprint.get("/registrations/<registration_id>")
def registration(registration_id: str) -> str:
    """Show a registration to who reviews it."""
    return _page(registration_id)


@blueprint.post("/registrations/<registration_id>")
def review(registration_id: str) -> AnyResponse | tuple[str, int]:
    """Accept a registration, or return it with reasons."""
    decision, reasons = request.form.get("decision", ""), request.form.get("reasons", "")
    if decision not in ("approve", "return"):
        return _page(registration_id, [_NoDecision(field="decision")], reasons), 422
    try:
        made = suppliers.review(
            current.session(), current.actor(), registration_id=registration_id, decision=decision, reasons=reasons
        )
        if decision == "approve":
            sealing.certificate(current.session(), current.actor(), current.house().authority, made)
    except (ReasonsMissing, suppliers.PaperMissing) as refusal:
        current.session().rollback()
        return _page(registration_id, errors.parts_of(refusal), reasons, decision), errors.status_of(type(refusal))
    current.commit()
    if decision == "approve":
        notice(
            Text("%(name)s is registered.", "%(name)s注册审核通过。").filled(name=made.organisation.name),
            Text("The certificate is number %(number)s.", "证书编号：%(number)s。").filled(
                number=made.certificate_number
            ),
        )
    else:
        notice(Text("The registration was returned.", "注册申请已退回。"))
    return redirect("supplier.registrations", state=RegistrationState.DECLARED)


@blueprint.get("/registrations/<registration_id>/certificate.pdf")
def certificate(registration_id: str) -> Response:
    """Send the certificate in the language of the page."""
    found = suppliers.get(current.session(), registration_id)
    document_id = found.certificate_zh_id if language.language() == "zh" else found.certificate_en_id
    if document_id is None:
        raise suppliers.RegistrationUnknown
    document = documents.get(current.session(), document_id)
    return attachment(documents.read(current.session(), document_id), document.name, document.media_type)


@blueprint.get("/registrations/<registration_id>/paper")
def paper(registration_id: str) -> Response:
    """Send the copy of the licence that the supplier attached."""
    found = suppliers.get(current.session(), registration_id)
    if found.paper_id is None:
        raise suppliers.RegistrationUnknown
    document = documents.get(current.session(), found.paper_id)
    return attachment(documents.read(current.session(), document.id), document.name, document.media_type)


class _NoDecision(Refusal):
    """The registrar decides one way or the other."""

    code = "no-decision"
    text = Text("Choose a decision.", "请选择审核结论。")


def state_of(found: Registration) -> str:
    """A registration's state today."""
    session = current.session()
    return suppliers.state_on(session, found, local_day(current.now()))


def _page(registration_id: str, problems: list[Refusal] | None = None, reasons: str = "", decision: str = "") -> str:
    found = suppliers.get(current.session(), registration_id)
    return render_template(
        "supplier/registration.html",
        registration=found,
        organisation=found.organisation,
        doubts=organisations.code_doubts(found.organisation.uscc),
        needs_paper=suppliers.needs_paper(found),
        state=state_of(found),
        states=STATES,
        conditions=suppliers.conditions(local_day(found.declared_at)),
        scales=suppliers.SCALES,
        welfare=suppliers.WELFARE,
        problems=problems or [],
        reasons=reasons,
        decision=decision,
    )
