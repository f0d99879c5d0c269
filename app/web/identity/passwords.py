"""A forgotten password, and the page behind a mailed link."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from app.foundation.errors import Invalid, Refusal
from app.foundation.text import Text
from app.identity import attempts, resets
from app.identity.passwords import LEAST, PasswordUnfit
from app.web import current, errors
from app.web.answers import redirect
from app.web.identity import blueprint
from app.web.notices import notice


class NotTheSameTwice(Invalid):
    """The repetition of a new password differs."""

    text = Text("The passwords do not match.", "两次输入的密码不一致。")


class NothingEntered(Invalid):
    """Neither a sign-in name nor an address."""

    text = Text("Enter your sign-in name or email address.", "请填写登录名或电子邮箱。")


@blueprint.route("/forgotten-password", methods=["GET", "POST"])
def forgotten() -> str | tuple[str, int]:
    """Mail a link to who forgot their password; whether there is such a person isn't said."""
    if request.method == "GET":
        return render_template("identity/forgotten.html", problems=[], sent=False)
    wanted, session, address = request.form.get("login", "").strip(), current.session(), request.remote_addr or ""
    if not wanted:
        return render_template("identity/forgotten.html", problems=[NothingEntered(field="login")], sent=False), 422
    attempts.spend(session, "a link", address)  # so that nobody asks for a whole office's links
    resets.ask(session, wanted, links())
    current.commit()
    return render_template("identity/forgotten.html", problems=[], sent=True)


@blueprint.route("/set-password/<token>", methods=["GET", "POST"])
def set_password(token: str) -> str | Response | tuple[str, int]:
    """Set a password by a mailed link."""
    account = resets.account_of(current.session(), token)
    problems: list[Refusal] = []
    if request.method == "POST":
        try:
            resets.set_password(current.session(), token=token, password=new_password())
        except (PasswordUnfit, NotTheSameTwice) as refusal:
            problems = errors.parts_of(refusal)
        else:
            current.commit()
            notice(
                Text("Your password has been set.", "密码已设置。"),
                Text("Sign in with it now.", "请使用新密码登录。"),
            )
            return redirect("identity.sign_in")
    page = render_template("identity/set_password.html", person_named=account, problems=problems, least=LEAST)
    return (page, 422) if problems else page


def links() -> resets.Links:
    """Makes the addresses that mails hold."""
    return resets.Links(current.config().secret_key, current.config().base_url)


def new_password() -> str:
    """The new password of a form, typed twice.

    :raises NotTheSameTwice:
    """
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        raise NotTheSameTwice(field="again")
    return password
