"""A browser remembers that somebody signed in here: others who guess at that account don't keep it out.

The cookie says nothing but whose browser it is, and holds no right: the password is asked for all the same.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response

from app.foundation import vouchers
from app.identity import accounts
from app.identity.accounts import Account
from app.identity.attempts import Whence
from app.web import current

LASTS = timedelta(days=180)
MOST = 5
"""How many people's browser it may be at once."""
BETWEEN = "!"


def whence(login: str) -> Whence:
    """Where the request at hand comes from, for an attempt with this sign-in name."""
    account = accounts.by_login(current.session(), login)
    device = _known().get(account.id, "") if account is not None else ""
    return Whence(request.remote_addr or "", device)


def remember(answer: Response, account: Account) -> None:
    """Let the browser say from now on that this person has signed in with it."""
    known = {account.id: _known().get(account.id) or secrets.token_hex(8), **_known()}
    value = BETWEEN.join(vouchers.vouched(_secret(), f"{whose}-{mark}") for whose, mark in list(known.items())[:MOST])
    secure = current.config().is_https
    answer.set_cookie(
        _cookie(), value, max_age=int(LASTS.total_seconds()), secure=secure, httponly=True, samesite="Lax", path="/"
    )


def _known() -> dict[str, str]:
    """The people whose browser it is, each with the browser's mark."""
    values = request.cookies.get(_cookie(), "")[:2000].split(BETWEEN)
    tokens = [vouchers.token_in(value) for value in values if vouchers.holds(_secret(), value)]
    return {account_id: mark for account_id, _, mark in (token.partition("-") for token in tokens)}


def _cookie() -> str:
    return current.cookie_name(current.config().is_https) + "-device"


def _secret() -> str:
    """Another key than that of sessions: neither cookie passes for the other."""
    return hashlib.sha256(f"devices\n{current.config().secret_key}".encode()).hexdigest()
