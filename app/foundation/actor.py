"""Who acts: all that the engine and the domain need to know of a person."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Actor:
    """A person (or the system) in one request.

    ``groups`` are role@organisation strings (``buyer-handler@ORG-ID``) and the bare role names; ``organisation_id``
    is the organisation the person acts for. ``id`` is the account's id, ``name`` as it is shown and journalled.
    """

    id: str
    name: str
    organisation_id: str | None = None
    groups: frozenset[str] = field(default_factory=frozenset)

    def has_role(self, role: str, organisation_id: str | None = None) -> bool:
        """Whether this person holds ``role`` (for ``organisation_id``, when given)."""
        return (role if organisation_id is None else f"{role}@{organisation_id}") in self.groups


SYSTEM = Actor(id="system", name="Tenderway", groups=frozenset({"system"}))
"""Who acts when a timer fires or an automatic step runs."""
