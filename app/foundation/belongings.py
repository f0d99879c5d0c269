"""What belongs to a session: each part of the program that needs something for as long as one lives keeps it here, for itself.

A typed place of its own, in the module that uses it, instead of names in ``Session.info`` that anybody may read and write.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, event
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

T = TypeVar("T")


class Belonging(Generic[T]):
    """One thing that each session has: its own, else its factory's, else one made when it is first asked for.

    ``in_transaction``: it goes with the transaction that it was made in.
    """

    def __init__(self, make: Callable[[Session], T], *, in_transaction: bool = False) -> None:
        self._make = make
        if in_transaction:
            _PASSING.append(self)
        self._own: WeakKeyDictionary[Session, T] = WeakKeyDictionary()
        self._of_factory: WeakKeyDictionary[type[Session], T] = WeakKeyDictionary()

    def of(self, session: Session) -> T:
        """What a session has."""
        found = self.known(session)
        if found is None:
            found = self._of_factory.get(type(session))
            found = self._own[session] = self._make(session) if found is None else found
        return found

    def known(self, session: Session) -> T | None:
        """What a session has been given or asked for already."""
        return self._own.get(session)

    def give(self, holder: Session | sessionmaker[Session], value: T) -> None:
        """Let a session, or all that a factory makes from now on, have this one."""
        if isinstance(holder, Session):
            self._own[holder] = value
        else:
            self._of_factory[holder.class_] = value  # a factory makes a class of its own

    def forget(self, session: Session) -> None:
        """A session has it no more; asked again, it begins anew."""
        self._own.pop(session, None)


_PASSING: list[Belonging[Any]] = []


@event.listens_for(Session, "after_transaction_end")
def _ended(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        for each in _PASSING:
            each.forget(session)


_CONNECTIONS: Belonging[Connection] = Belonging(lambda session: session.connection(), in_transaction=True)


def connection(session: Session) -> Connection:
    """The connection of a session's transaction: asked of the session once, as each asking costs what a small statement does."""
    return _CONNECTIONS.of(session)
