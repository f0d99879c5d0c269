"""My company: what is registered, its state and certificate, its declaration anew after a return or an expiry."""

from __future__ import annotations

from collections.abc import Mapping

from flask import render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.foundation import documents
from app.foundation.errors import Invalid, Refusal, refuse_all
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import organisations
from app.procurement import suppliers
from app.procurement.suppliers import RegistrationState
from app.web import current, errors, files
from app.web.answers import redirect
from app.web.notices import notice
from app.web.supplier import blueprint
from app.web.supplier.registering import COMPANY, LONGEST, company_name, company_problems, conditions_declared, declared
from app.web.supplier.reviewing import STATES, state_of

AGAIN = (RegistrationState.RETURNED, RegistrationState.EXPIRED)
"""The states in which a registration is declared anew."""


class PaperNotChosen(Invalid):
    """No file was chosen."""

    text = Text("Choose the copy of your licence.", "请选择证照副本文件。")


@blueprint.get("/supplier/company")
def company() -> str:
    """Show what is registered of the person's company."""
    return _page({}, [])


@blueprint.post("/supplier/company")
def declare_again() -> AnyResponse | str | tuple[str, int]:
    """Declare the company anew."""
    session, actor = current.session(), current.actor()
    values = {name: request.form.get(name, "").strip()[:LONGEST] for name in COMPANY}
    conditions = conditions_declared()
    own = organisations.get(session, actor.organisation_id or "")
    try:
        refuse_all(company_problems(values, conditions))
        suppliers.declare(session, actor, uscc=own.uscc, name=company_name(values), **declared(values, conditions))
    except (Invalid, suppliers.DeclarationMissing) as refusal:
        session.rollback()
        return _page(values, errors.parts_of(refusal), conditions), errors.status_of(type(refusal))
    current.commit()
    notice(
        Text("Your registration has been submitted again.", "注册信息已重新提交。"),
        Text("It will be reviewed. We will email you the result.", "注册审核员将进行审核，结果以邮件通知。"),
    )
    return redirect("supplier.company")


@blueprint.post("/supplier/company/paper")
@files.takes_files()
def attach_paper() -> AnyResponse | str | tuple[str, int]:
    """Hand in a copy of the licence, by which the registrar decides on the code."""
    session, actor = current.session(), current.actor()
    try:
        file = files.one("paper")
        if file is None:
            raise PaperNotChosen(field="paper")
        kept = documents.add(
            session,
            actor,
            name=file.filename or "",
            source=file.stream,
            case=f"organisation:{actor.organisation_id}",
            kind="registration_paper",
            access="private",
        )
        suppliers.attach_paper(session, actor, document_id=kept.id)
    except (Invalid, suppliers.RegistrationNotOpen) as refusal:
        session.rollback()
        return _page({}, errors.parts_of(refusal)), errors.status_of(type(refusal))
    current.commit()
    notice(Text("The copy is with the registrar.", "证照副本已提交审核。"))
    return redirect("supplier.company")


def _page(values: Mapping[str, str], problems: list[Refusal], conditions: set[int] | None = None) -> str:
    session, actor = current.session(), current.actor()
    own = organisations.get(session, actor.organisation_id or "")
    registration = suppliers.of_organisation(session, own.id)
    state = state_of(registration) if registration is not None else None
    known = {
        "name_zh": own.name_zh,
        "name_en": "" if own.name_en == own.name_zh else own.name_en,
        "address": own.address,
        "contact_name": own.contact_name,
        "contact_phone": own.contact_phone,
    }
    if registration is not None:
        known |= {
            "legal_representative": registration.legal_representative,
            "scale": registration.scale,
            "welfare": registration.welfare,
            "bank_name": registration.bank_name,
            "bank_account": registration.bank_account,
        }
    return render_template(
        "supplier/company.html",
        organisation=own,
        registration=registration,
        state=state,
        states=STATES,
        exclusion=suppliers.exclusion_on(session, own.id, local_day(current.now())),
        wants_paper=registration is not None
        and state in (*AGAIN, RegistrationState.DECLARED)
        and suppliers.needs_paper(registration),
        may_declare=actor.has_role("supplier-admin", own.id) and (state is None or state in AGAIN),
        values={"welfare": "none", **known, **values},
        declared=conditions or set(),
        conditions=suppliers.conditions(local_day(current.now())),
        scales=suppliers.SCALES,
        welfare=suppliers.WELFARE,
        problems=problems,
    )
