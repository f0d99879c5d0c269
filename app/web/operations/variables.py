"""Setting a variable of a case, or of one of its parts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import render_template, request

from app.engine import charts, instances
from app.engine.interventions import NoReasons
from app.foundation.errors import Invalid, Refusal, Several
from app.foundation.text import Text
from app.web import current
from app.web.answers import redirect
from app.web.notices import notice
from app.web.operations import blueprint, cases, literals
from app.web.operations.acting import Page, entered, locked_as_seen, reasons, refused
from app.web.operations.words import SCOPES

_NAME = re.compile(r"[^\W\d][\w]{0,99}\Z")


class NoName(Invalid):
    """A variable's name is a word that expressions can read."""

    code = "no-variable-name"
    text = Text(
        "Enter a name of letters, digits and underscores that begins with a letter.",
        "请填写变量名：以字母开头，仅含字母、数字与下划线。",
    )


@blueprint.route("/cases/<instance_id>/variable", methods=["GET", "POST"])
def set_variable(instance_id: str) -> Page | Any:
    """Ask for a value and why, then set the variable."""

    def page(problems: Sequence[Refusal] = ()) -> str:
        session = current.session()
        row = instances.get(session, instance_id)
        chart = charts.of_instance(current.engine(), session, row)
        scopes = cases.looked_into(row)[1]
        values = entered("scope", "name", "value", "reasons")
        if request.method == "GET":
            values |= {"scope": request.args.get("scope", ""), "name": request.args.get("name", "")}
            values["value"] = _present(scopes, values["scope"], values["name"])
        named = [(one.scope_id, _said(one.kind, cases.scope_name(chart, one))) for one in scopes]
        return render_template(
            "operations/variable.html", **cases.head(row), values=values, scopes=named, problems=problems
        )

    if request.method == "GET":
        return page()
    try:
        name, value, why = _form()
        locked_as_seen(instance_id)
        instances.set_variables(
            current.engine(),
            current.session(),
            current.actor(),
            instance_id,
            {name: value},
            request.form.get("scope") or None,
            reasons=why,
        )
    except Refusal as refusal:
        return refused(refusal, page)
    current.commit()
    notice(Text("“%(name)s” is set.", "已设置“%(name)s”。").filled(name=name))
    return redirect("operations.show", instance_id=instance_id, _anchor="variables")


def _form() -> tuple[str, Any, str]:
    """Name, value and reasons; all that is wrong is said at once."""
    problems: list[Refusal] = []
    name, value, why = request.form.get("name", "").strip(), None, ""
    if not _NAME.match(name):
        problems.append(NoName(field="name"))
    try:
        value = literals.read(request.form.get("value", ""), "value")
    except Invalid as wrong:
        problems.append(wrong)
    try:
        why = reasons()
    except NoReasons as missing:
        problems.append(missing)
    if problems:
        raise Several(problems)
    return name, value, why


def _present(scopes: Sequence[Any], scope_id: str, name: str) -> str:
    for scope in scopes:
        if scope_id in ("", scope.scope_id) and name in scope.variables:
            return literals.written(scope.variables[name])
    return ""


def _said(kind: str, name: Text) -> Text:
    return Text("%(name)s (%(kind)s)", "%(name)s（%(kind)s）").filled(
        name=name, kind=SCOPES.get(kind, Text(kind, kind))
    )
