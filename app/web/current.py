"""The request at hand: its session, person, language, time and the parts of the house."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import cast
from zoneinfo import ZoneInfo

from flask import Flask, abort, current_app, g, has_request_context, request
from flask import Response as FlaskResponse
from flask_login import LoginManager, current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.bootstrap import House
from app.engine.engine import Engine
from app.foundation import arrivals, vouchers, workdays
from app.foundation import clock as clocks
from app.foundation.actor import Actor
from app.foundation.text import Text
from app.identity import grants, sessions
from app.identity.accounts import Account
from app.identity.sessions import SignedIn
from app.procurement import disclosure
from app.procurement.rules import entries
from app.web.storage import RequestSession, db
from config import COOKIES, Config

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
NOBODY = Actor("nobody", "")
"""Who asks without having signed in: no groups, no acts."""


def install(app: Flask) -> None:
    """Let Flask-Login find the person of a request, and note that their session is in use."""
    login = LoginManager()
    login.init_app(app, add_context_processor=False)  # an error page mustn't ask the database who reads it
    login.session_protection = None  # our sessions are rows; Flask-Login keeps nothing
    login.request_loader(lambda _request: _recognise())
    app.before_request(_know_the_law)
    app.after_request(_note_use)


LAW_LASTS = 60.0
"""For how many seconds a process decides by the rules of law it has read (they count from tomorrow at the earliest)."""


def _know_the_law() -> None:
    """Read the rows of law that the office entered, also where no clock beats beside the pages."""
    extensions, now = current_app.extensions, time.monotonic()
    if now - extensions.get("tenderway-law-read", -LAW_LASTS) >= LAW_LASTS:
        extensions["tenderway-law-read"] = now
        entries.refresh(house().database)


def config() -> Config:
    """The installation's settings."""
    return cast(Config, current_app.extensions["tenderway-config"])


def house() -> House:
    """The parts of the running application."""
    return cast(House, current_app.extensions["tenderway"])


def engine() -> Engine:
    """The engine."""
    return house().engine


def _session() -> RequestSession:
    return cast(RequestSession, db.session())


def session() -> Session:
    """The request's session; it only reads until a view that acts begins. Such views commit it themselves."""
    found = _session()
    if not found.prepared:
        found.prepared = True
        found.read_only = has_request_context()
        disclosure.use(found, house().publisher)
        turned = house().engine.clock
        if turned is not None:
            clocks.use(found, turned)
    return found


def commit() -> None:
    """Make the request's act durable."""
    session().commit()


def account() -> Account | None:
    """Who is signed in."""
    return current_user if isinstance(current_user._get_current_object(), Account) else None


def person() -> Account:
    """Who is signed in, where the permission table has made sure of it."""
    found = account()
    if found is None:
        abort(401)
    return found


def signed_in() -> SignedIn | None:
    """The session the person is signed in with."""
    return g.get("signed_in") if account() is not None else None


def become(opened: SignedIn, recognised: Account) -> None:
    """Go on in this request as the person who has just signed in, in their language."""
    g.signed_in, g._login_user = opened, recognised
    for known in ("actor", "held", "acting", "language", "place"):
        g.pop(known, None)
    if recognised.language:
        g.language = recognised.language


def actor() -> Actor:
    """Who acts in this request, with the roles held now; NOBODY for whoever isn't signed in."""
    if "actor" not in g:
        found = account()
        acting_for = g.signed_in.organisation_id if found is not None else None
        g.actor = NOBODY if found is None else grants.acting(found, held(), acting_for)
    known: Actor = g.actor
    return known


def held() -> list[grants.Grant]:
    """The roles that the person holds now, at all their places; read once a request."""
    if "held" not in g:
        found = account()
        g.held = [] if found is None else grants.of_account(session(), found.id)
    found_grants: list[grants.Grant] = g.held
    return found_grants


def now() -> datetime:
    """The request's time: the same until its transaction ends."""
    return clocks.now(session())


def arrived_at() -> datetime:
    """When the request's last byte had reached the server: what a deadline is measured by.

    A server that doesn't say (any but ours) is taken to have had it when it had been read whole, just before the view.
    By the clock that deadlines are kept by; where one is turned by hand, its time.
    """
    return house().time_at(request.environ.get(arrivals.ENVIRON) or g.read_at)


@contextmanager
def looking() -> Iterator[Session]:
    """A session beside the request's that only reads and keeps no writer waiting."""
    with house().sessions() as found:
        found.connection(execution_options={"read_only": True})
        yield found
        found.rollback()


def begin_acting() -> None:
    """Before the view of a request that acts: who it is has been read, and so has all it brought; now it may write.

    Until here it held no lock: on SQLite nobody waits while a large request is taken apart or a person is recognised.
    """
    g.setdefault("read_at", datetime.now(UTC))
    session()
    found = _session()
    if request.method not in SAFE and found.read_only:
        g.pop("held", None)
        found.rollback()
        found.read_only = False


def zone() -> ZoneInfo:
    """The place's zone."""
    return config().zone


def calendar() -> workdays.Calendar:
    """The working days, read once a request."""
    if "calendar" not in g:
        g.calendar = workdays.load(session())
    known: workdays.Calendar = g.calendar
    return known


def office() -> Text:
    """The office's name."""
    return Text(*config().office_name)


def cookie_name(is_https: bool) -> str:
    """The session cookie's name; with https, one that no other host and no http page can set."""
    return COOKIES[is_https]


def set_cookie(response: Response, token: str) -> None:
    """Give the browser the token of a new session."""
    secure = config().is_https
    longest = int(sessions.LONGEST.total_seconds())
    response.set_cookie(
        cookie_name(secure),
        vouchers.vouched(config().secret_key, token),
        max_age=longest,
        secure=secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def cookie_token() -> str | None:
    """The token that the browser holds, if any."""
    value = request.cookies.get(cookie_name(config().is_https))
    return vouchers.token_in(value) if value else None


def clear_cookie(response: Response) -> None:
    """Take the token back."""
    secure = config().is_https
    response.delete_cookie(cookie_name(secure), secure=secure, httponly=True, samesite="Lax", path="/")


def is_known() -> bool:
    """Whether the browser is one that somebody signed in with, if long ago: who comes back to a form may send it.

    It is asked in a short look of its own: before the request's body is read, nothing may wait for anything.
    """
    token = cookie_token()
    if token is None:
        return False
    with house().database.connect().execution_options(read_only=True) as looking, house().sessions(bind=looking) as own:
        return sessions.whose(own, token) is not None


def _recognise() -> Account | None:
    found = sessions.find(session(), cookie_token(), house().uses)
    if found is None or (found[1].demonstration and not config().demonstration):
        return None
    g.signed_in, recognised = found
    return recognised


def _note_use(response: FlaskResponse) -> FlaskResponse:
    """Note now and then that a session is in use; it is written down by who acts, or later by a heartbeat."""
    used: SignedIn | None = g.get("signed_in")
    looks_on = request.endpoint == "identity.session_state" and request.method in SAFE
    if used is None or looks_on or response.status_code >= 500:
        return response
    if sessions.is_to_be_noted(session(), used, house().uses):
        house().uses.note(used.id, now())
        if request.method not in SAFE:
            db.session.remove()
            house().in_transaction(house().uses.write)
    return response
