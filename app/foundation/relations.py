"""A relation follows its key: who sets the id of another record finds that record behind the relation from the flush on.

The unit of work leaves a relation that was read before as it was, for as long as somebody holds its record.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import InstanceState, Mapper, RelationshipDirection, Session, UOWTransaction

from app.foundation.belongings import Belonging

_FOLLOWING: Belonging[list[tuple[object, list[str]]]] = Belonging(lambda _: [])


@cache
def _keys(mapper: Mapper[Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The relations to one record, each with the attributes of its key."""
    return tuple(
        (relation.key, tuple(mapper.get_property_by_column(column).key for column in relation.local_columns))
        for relation in mapper.relationships
        if relation.direction is RelationshipDirection.MANYTOONE
    )


def _stale(state: InstanceState[Any]) -> Iterator[str]:
    """The relations that were read and whose key was set by itself."""
    untouched = state.unmodified
    for relation, key in _keys(state.mapper):
        if relation in state.dict and relation in untouched and not untouched.issuperset(key):
            yield relation


def follow() -> None:
    """Let the relations of all sessions follow their keys."""
    event.listen(Session, "after_flush", _look)
    event.listen(Session, "after_flush_postexec", _follow)


def _look(session: Session, _context: UOWTransaction) -> None:
    for changed in session.dirty:
        found = list(_stale(inspect(changed)))
        if found:
            _FOLLOWING.of(session).append((changed, found))


def _follow(session: Session, _context: UOWTransaction) -> None:
    following = _FOLLOWING.known(session) or ()
    _FOLLOWING.forget(session)
    for changed, relations in following:
        session.expire(changed, relations)
