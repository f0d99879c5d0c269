"""Registration, open to everybody: the declarations first, then the company, then its first person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.foundation.errors import Invalid, Refusal, refuse_all
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import accounts, attempts, organisations
from app.identity.accounts import AddressInvalid, LoginInvalid, LoginTaken, NameMissing
from app.identity.organisations import SocialCreditCodeInvalid
from app.procurement import suppliers
from app.web import current, errors, language
from app.web.identity.passwords import links
from app.web.supplier import blueprint

COMPANY = (
    "name_zh",
    "name_en",
    "legal_representative",
    "scale",
    "welfare",
    "address",
    "contact_name",
    "contact_phone",
    "bank_name",
    "bank_account",
)
"""What is asked of a company besides its code; nothing that the office can query itself (Notice 38/2019)."""
PERSON = ("person", "login", "email")
LONGEST = 300


class CompanyNameMissing(Invalid):
    """A company has a name."""

    text = Text("Enter the company's name as registered.", "请填写单位登记名称。")


class RepresentativeMissing(Invalid):
    """A company is represented by somebody."""

    text = Text("Enter the legal representative.", "请填写法定代表人。")


class ScaleMissing(Invalid):
    """A company declares its size (N46)."""

    text = Text("Choose the size of the company.", "请选择企业规模。")


class DeclarationsMissing(Invalid):
    """Every condition of GPL 22 is declared."""

    text = Text("All six declarations are needed to take part.", "须对六项条件全部作出声明方可参加政府采购活动。")
    statute = "GPL 22"


@blueprint.route("/register", methods=["GET", "POST"])
def register() -> str | AnyResponse | tuple[str, int]:
    """Register a supplier and make the account of its first person."""
    values = {
        name: request.form.get(name, "").strip()[:LONGEST] for name in ("uscc", "code_is_right", *COMPANY, *PERSON)
    }
    conditions = conditions_declared()
    if request.method == "GET":
        return _form(values | {"welfare": "none"}, conditions, [])
    try:
        attempts.spend(current.session(), "a registration", request.remote_addr or "")
        current.commit()  # it counts, whatever becomes of it
        refuse_all([*company_problems(values, conditions), *_person_problems(values)])
        attempts.spend(current.session(), "a mail", receiver=values["email"])
        current.commit()
        link = suppliers.register(
            current.session(),
            uscc=values["uscc"],
            name=company_name(values),
            login=values["login"],
            person=values["person"],
            email=values["email"],
            links=links(),
            language=language.language(),
            code_is_confirmed=values["code_is_right"] == "true",
            **declared(values, conditions),
        )[1]
    except suppliers.KnownAlready:
        current.session().rollback()
        person = {"person": values["person"], "email": values["email"], "language": language.language()}
        suppliers.tell_known(current.session(), uscc=values["uscc"], **person)
        link = None
    except (
        DeclarationsMissing,
        CompanyNameMissing,
        RepresentativeMissing,
        ScaleMissing,
        SocialCreditCodeInvalid,
        suppliers.NotASupplier,
        suppliers.EmailMissing,
        LoginInvalid,
        NameMissing,
        AddressInvalid,
        attempts.TooManyAttempts,
    ) as refusal:
        current.session().rollback()
        return _form(values, conditions, errors.parts_of(refusal)), errors.status_of(type(refusal))
    current.commit()
    return render_template(
        "supplier/registered.html",
        email=values["email"],
        link=link if current.config().demonstration else None,
    )


def conditions_declared() -> set[int]:
    """The conditions that the form declares."""
    given = request.form.getlist("conditions")
    return {number for number in suppliers.CONDITIONS if str(number) in given}


def company_problems(values: Mapping[str, str], conditions: set[int]) -> list[Refusal]:
    """Everything that is wrong with a company's form."""
    problems: list[Refusal] = []
    if conditions != set(suppliers.CONDITIONS):
        problems.append(DeclarationsMissing(field="conditions"))
    if "uscc" in values:
        try:
            organisations.checked_code(values["uscc"], is_confirmed=values["code_is_right"] == "true")
        except SocialCreditCodeInvalid as refusal:
            problems.append(refusal)
    if not values["name_zh"]:
        problems.append(CompanyNameMissing(field="name_zh"))
    if not values["legal_representative"]:
        problems.append(RepresentativeMissing(field="legal_representative"))
    if values["scale"] not in suppliers.SCALES:
        problems.append(ScaleMissing(field="scale"))
    return problems


def company_name(values: Mapping[str, str]) -> Text:
    """The company's name; its Chinese one serves both languages if it has no other."""
    return Text(values["name_en"] or values["name_zh"], values["name_zh"])


def declared(values: Mapping[str, str], conditions: set[int]) -> dict[str, Any]:
    """A company's form as ``suppliers.declare`` takes it, without code and name."""
    rest = {name: values[name] for name in COMPANY if not name.startswith("name_")}
    rest["welfare"] = rest["welfare"] if rest["welfare"] in suppliers.WELFARE else "none"
    return {**rest, "conditions": conditions}


def _person_problems(values: Mapping[str, str]) -> list[Refusal]:
    """Everything that is wrong with the first person's part; that a sign-in name is taken isn't told to strangers."""
    said = accounts.problems(current.session(), login=values["login"], name=values["person"], email=values["email"])
    found = [problem for problem in said if not isinstance(problem, LoginTaken)]
    for problem in found:
        problem.field = "person" if problem.field == "name" else problem.field
    return found if values["email"] else [*found, suppliers.EmailMissing(field="email")]


def _form(values: Mapping[str, str], conditions: set[int], problems: list[Refusal]) -> str:
    return render_template(
        "supplier/register.html",
        values=values,
        declared=conditions,
        conditions=suppliers.conditions(local_day(current.now())),
        scales=suppliers.SCALES,
        welfare=suppliers.WELFARE,
        problems=problems,
    )
