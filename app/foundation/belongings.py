"""What belongs to a session: each part of the program that needs something for as long as one lives keeps it here, for itself.

A typed place of its own, in the module that uses it, instead of names in ``Session.info`` that anybody may read and write.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session, sessionmaker

T = TypeVar("T")


class Belonging(Generic[T]):
    """One thing that each session has: its own, else its factory's, else one made when it is first asked for."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._own: WeakKeyDictionary[Session, T] = WeakKeyDictionary()
        self._of_factory: WeakKeyDictionary[type[Session], T] = WeakKeyDictionary()

    def of(self, session: Session) -> T:
        """What a session has."""
        found = self.known(session)
        if found is None:
            found = self._of_factory.get(type(session))
            found = self._own[session] = self._make() if found is None else found
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
