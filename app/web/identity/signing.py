"""Signing in and out; in a demonstration also by one click."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

import flask
from flask import render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from app.foundation.errors import NotAllowed, Refusal
from app.foundation.text import Text
from app.identity import accounts, attempts, sessions
from app.web import current, errors, kept, language
from app.web.answers import local_address, redirect, redirect_to
from app.web.identity import blueprint, devices, stories
from app.web.permissions import SignInNeeded


class NotOfTheDemonstration(NotAllowed):
    """One click signs in people of the demonstration town only."""

    text = Text("This is not a person of the demonstration.", "该人员不是演示人员。")


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> str | Response | tuple[str, int]:
    """Ask for name and password (and list the people of a demonstration), or open a session for whoever knows them."""
    if request.method == "GET":
        return _page()
    login, password = request.form.get("login", ""), request.form.get("password", "")
    try:
        verified = _verify(login, password)
        opened = sessions.admit(
            current.session(),
            verified,
            whence=devices.whence(login),
            browser=_browser(),
            is_demonstration=current.config().demonstration,
        )
    except (sessions.WrongPassword, attempts.TooManyAttempts) as refusal:
        current.commit()  # the failure is counted
        return _page([refusal], login), errors.status_of(type(refusal))
    return _let_in(opened)


@blueprint.post("/sign-in/as")
def sign_in_as() -> Response:
    """Sign in as a person of the demonstration town by one click."""
    account = accounts.get(current.session(), request.form.get("account", ""))
    if not current.config().demonstration or not account.demonstration or not account.is_active:
        raise NotOfTheDemonstration
    return _let_in(sessions.open_for(current.session(), account, address=_address(), browser=_browser()))


@blueprint.app_errorhandler(SignInNeeded)
def ask_again(_: SignInNeeded) -> Response:
    """Answer a form whose sender isn't signed in (any more): the sign-in page, with the form kept in it."""
    form = kept.posted(kept.ended_session_of())
    return flask.make_response(_page(sealed=kept.sealed_form(form), next_=_page_of_the_form()), 401)


@blueprint.get("/session")
def session_state() -> Response:
    """Tell a script who is signed in, for how long, and a form token that counts; asking doesn't lengthen the session."""
    return _state()


@blueprint.post("/session")
def stay() -> Response:
    """Stay signed in: the session counts as used now."""
    found = current.signed_in()
    assert found is not None  # the table has made sure of it
    sessions.note_use(current.session(), found.id)
    current.commit()
    current.session().refresh(found)
    return _state()


@blueprint.get("/signed-in")
def signed_in_again() -> str:
    """Say, in the tab in which somebody signed in again, that the other one goes on."""
    return render_template("identity/signed_in.html")


def _state() -> Response:
    found = current.signed_in()
    left = sessions.left(current.session(), found) if found is not None else timedelta(0)
    answer = flask.jsonify(
        person=found.account_id if found is not None else "", left=int(left.total_seconds()), token=generate_csrf()
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page_of_the_form() -> str:
    """The page that a form was on, as the browser says, if it is one of ours."""
    parts = urlsplit(request.referrer or "")
    there = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return there if parts.netloc == request.host else ""


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End the session."""
    found = current.signed_in()
    if found is not None:
        sessions.end(current.session(), found.account_id, found.id)
        current.commit()
    answer = redirect("identity.sign_in")
    current.clear_cookie(answer)
    flask.session.clear()
    return answer


def _verify(login: str, password: str) -> sessions.Verified:
    """Look at the password in a session of its own, while nothing is locked."""
    whence = devices.whence(login)
    current.session().rollback()
    with current.house().sessions() as looking:
        looking.connection(execution_options={"read_only": True})
        return sessions.verify(looking, login=login, password=password, whence=whence)


def _let_in(opened: sessions.Opened) -> Response:
    """Give the browser its new session; the one it had is over, and so are the form tokens of before."""
    earlier = current.signed_in()
    if earlier is not None:
        sessions.end(current.session(), earlier.account_id, earlier.id)
    person = accounts.get(current.session(), opened.session.account_id)
    current.commit()
    flask.session.clear()
    form = kept.opened_for(person)
    if form is not None:
        current.become(opened.session, person)
        answer: Response = kept.page(form, kept.ENDED)
    else:
        answer = redirect_to(local_address(request.form.get("next")) or url_for("shell.home"))
    current.set_cookie(answer, opened.token)
    devices.remember(answer, person)
    if person.language:
        language.choose(answer, person.language)
    return answer


def _page(problems: Sequence[Refusal] = (), login: str = "", *, sealed: str = "", next_: str = "") -> str:
    shows_people = current.config().demonstration
    told = stories.told() if shows_people else ([], {})
    return render_template(
        "identity/sign_in.html",
        problems=problems,
        login=login,
        next=next_ or local_address(request.values.get("next")) or "",
        sealed=sealed or request.form.get(kept.SEALED, ""),
        stories=told[0],
        people=told[1],
        password=_password() if shows_people else "",
    )


def _password() -> str:
    from app.demonstration import PASSWORD  # the town is loaded only where it is shown

    return PASSWORD


def _address() -> str:
    return request.remote_addr or ""


def _browser() -> str:
    return request.user_agent.string
