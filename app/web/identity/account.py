"""One's own account: name and address, language, password, where one is signed in, and for whom one acts."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request
from werkzeug.wrappers import Response

from app.foundation.errors import NotAllowed, Refusal
from app.foundation.text import Text
from app.identity import accounts, addresses, attempts, grants, organisations, passwords, sessions
from app.identity.accounts import Reminders
from app.identity.attempts import Whence
from app.web import current, errors
from app.web.answers import redirect
from app.web.identity import blueprint
from app.web.identity.passwords import NotTheSameTwice, new_password
from app.web.notices import notice

REMINDERS = (
    (
        Reminders.EACH,
        Text("Each by itself", "逐项提醒"),
        Text("One email when a task is due soon, another when it is late.", "任务即将到期和逾期时，各发送一封邮件。"),
    ),
    (
        Reminders.DIGEST,
        Text("Once a day", "每日汇总"),
        Text("All of a day's reminders in one email at 08:00.", "当日提醒汇总为一封邮件，于08:00发送。"),
    ),
    (Reminders.NONE, Text("None", "不提醒"), Text("Your inbox still shows what is due.", "待办列表仍会显示办理期限。")),
)
"""The choices of reminders, with what each means."""


class NotTheirOrganisation(NotAllowed):
    """Nobody acts for an organisation that gave them no role."""

    text = Text("You have no role at that organisation.", "您在该单位没有任何角色。")


class PasswordWrong(NotAllowed):
    """The present password is asked for before a new one is set, and this wasn't it."""

    code = "present-password-wrong"
    text = Text("This is not your current password.", "当前密码不正确。")


@blueprint.get("/account")
def my_account() -> str:
    """Show the person's own account."""
    return _page()


@blueprint.post("/account/details")
def change_details() -> Response | tuple[str, int]:
    """Change one's name and address."""
    name, email = request.form.get("name", ""), request.form.get("email", "")
    try:
        addresses.change(current.session(), current.actor(), account_id=_own(), name=name, email=email)
    except (accounts.NameMissing, accounts.AddressInvalid) as refusal:
        current.session().rollback()
        return _page(errors.parts_of(refusal), {"name": name, "email": email}), 422
    current.commit()
    notice(Text("Your details have been changed.", "个人信息已更新。"))
    return _back()


@blueprint.post("/account/reminders")
def choose_reminders() -> Response:
    """Choose which mails remind one of tasks that are due soon or late."""
    accounts.set_reminders(current.session(), account_id=_own(), reminders=request.form.get("reminders", ""))
    current.commit()
    notice(Text("Your choice of reminders has been saved.", "提醒方式已保存。"))
    return _back()


@blueprint.post("/account/address/refuse")
def refuse_address() -> Response:
    """Refuse another address that an administrator wants for one's account."""
    addresses.refuse(current.session(), current.actor(), account_id=_own())
    current.commit()
    notice(Text("Your email address has not been changed.", "您的邮箱未变更。"))
    return _back()


@blueprint.post("/account/password")
def change_password() -> Response | tuple[str, int]:
    """Change one's password; all other sessions end."""
    session, person = current.session(), current.person()
    whence = Whence(request.remote_addr or "", f"session {person.id}")
    try:
        attempts.refuse_if_too_many(session, person.login, whence)
        if not passwords.matches(request.form.get("present", ""), person.password_hash):
            attempts.count_failure(session, person.login, whence)
            current.commit()
            raise PasswordWrong(field="present")
        accounts.change_password(session, current.actor(), account_id=person.id, password=new_password())
    except (PasswordWrong, passwords.PasswordUnfit, NotTheSameTwice, attempts.TooManyAttempts) as refusal:
        session.rollback()
        return _page(errors.parts_of(refusal)), errors.status_of(type(refusal))
    _end_others()
    current.commit()
    notice(
        Text("Your password has been changed.", "密码已修改。"),
        Text("You have been signed out everywhere else.", "您在其他设备上的登录均已退出。"),
    )
    return _back()


@blueprint.post("/account/sessions/<session_id>/end")
def end_session(session_id: str) -> Response:
    """End one of one's own sessions."""
    sessions.end(current.session(), _own(), session_id)
    current.commit()
    notice(Text("That session has ended.", "该登录已退出。"))
    return _back()


@blueprint.post("/account/sessions/end-others")
def end_other_sessions() -> Response:
    """End all of one's sessions but this one."""
    ended = _end_others()
    current.commit()
    notice(Text("You have been signed out everywhere else (%(n)s).", "其他登录（%(n)s处）均已退出。").filled(n=ended))
    return _back()


@blueprint.post("/account/act-for")
def act_for() -> Response:
    """Act for another of one's organisations from now on."""
    wanted = request.form.get("organisation", "")
    found = current.signed_in()
    if found is None or wanted not in grants.places(grants.of_account(current.session(), _own())):
        raise NotTheirOrganisation
    sessions.act_for(found, wanted)
    current.commit()
    name = organisations.get(current.session(), wanted).name
    notice(Text("You now act for %(name)s.", "您现在代表%(name)s办理业务。").filled(name=name))
    return redirect("shell.home")


def _end_others() -> int:
    found = current.signed_in()
    return sessions.end_all(current.session(), _own(), except_id=found.id if found else None)


def _own() -> str:
    return current.person().id


def _back() -> Response:
    return redirect("identity.my_account")


def _page(problems: Sequence[Refusal] = (), entered: dict[str, str] | None = None) -> str:
    person, session = current.person(), current.session()
    held = grants.of_account(session, person.id)
    names = {place: organisations.get(session, place).name for place in grants.places(held)}
    found = current.signed_in()
    return render_template(
        "identity/account.html",
        problems=problems,
        values=entered or {"name": person.name, "email": person.email},
        held=[(grant, names.get(grant.organisation_id or "")) for grant in held],
        running=sessions.of_account(session, person.id),
        present=found.id if found else "",
        least=passwords.LEAST,
        changing=addresses.waiting(session, person.id),
        reminders=REMINDERS,
    )
