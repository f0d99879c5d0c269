"""The shell: where each kind of person lands, the language, help, search, and whether the house is alive."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template, request, url_for
from sqlalchemy import text
from werkzeug.wrappers import Response as AnyResponse

from app.foundation.text import LANGUAGES
from app.identity import accounts
from app.identity.accounts import LanguageUnknown
from app.web import answers, current, guides, language, places, searching
from app.web.answers import redirect_to
from app.web.permissions import allows

blueprint = Blueprint("shell", __name__)

FIRST_PAGES = {"analyst": "studio.index", "administrator": "operations.index", "auditor": "cases.index"}
"""Where people land who hold no other roles than these; everybody else begins with the inbox."""


@blueprint.get("/")
def home() -> AnyResponse:
    """Send each kind of person to where their work is, and the public to the portal."""
    return redirect_to(first_page())


def first_page() -> str:
    """The address at which the person at hand begins."""
    if current.account() is None:
        return url_for(_first_open("portal.index", "identity.sign_in"))
    held = {group for group in current.actor().groups if "@" not in group}
    if places.is_supplier():
        return url_for(_first_open("supplier.index", "inbox.index", "identity.my_account"))
    others = [FIRST_PAGES[role] for role in FIRST_PAGES if role in held] if held <= FIRST_PAGES.keys() else []
    return url_for(_first_open(*others, "inbox.index", "identity.my_account"))


def _first_open(*endpoints: str) -> str:
    """The first of these pages that is there and open to the person."""
    return next(name for name in endpoints if allows(name))


@blueprint.post("/language")
def set_language() -> AnyResponse:
    """Choose the language; who is signed in has it kept in the account."""
    wanted = request.form.get("language", "")
    if wanted not in LANGUAGES:
        raise LanguageUnknown(field="language")
    account = current.account()
    if account is not None:
        accounts.set_language(current.session(), account_id=account.id, language=wanted)
        current.commit()
    answer = redirect_to(answers.local_address(request.form.get("next")) or url_for("shell.home"))
    language.choose(answer, wanted)
    return answer


@blueprint.get("/search")
def search() -> str:
    """Search everything the person may see."""
    wanted = request.args.get("q", "").strip()[:200]
    return render_template("shell/search.html", wanted=wanted, sections=searching.search(wanted))


@blueprint.get("/help")
def help_page() -> str:
    """Explain the house to each kind of user."""
    own, others = guides.guides_for(current.actor().groups)
    return render_template("shell/help.html", own=own, others=others)


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """Send the mark where browsers look for it by themselves, beside an answer that is no page: open data, a feed."""
    return current_app.send_static_file("favicon.ico")


@blueprint.get("/alive")
def is_alive() -> Response:
    """Say whether the database answers, for whoever watches over the machines."""
    current.session().execute(text("SELECT 1"))
    answer = Response("alive\n", mimetype="text/plain")
    answer.headers["Cache-Control"] = "no-store"
    return answer
