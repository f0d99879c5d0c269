"""How large a body may be, said by the header alone: a stranger's is never taken in to be refused afterwards."""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie

from app.foundation import vouchers
from app.foundation.limits import STRANGERS


def by_cookies(secret: str, cookie: str, most: int) -> Callable[[str], int]:
    """The most bytes of a body, by a request's ``Cookie``: ``most`` for a browser that was signed in here, else few."""

    def largest(header: str) -> int:
        try:
            found = SimpleCookie(header).get(cookie)
        except CookieError:
            return STRANGERS
        return most if found is not None and vouchers.holds(secret, found.value) else STRANGERS

    return largest
