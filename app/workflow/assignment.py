"""Who a task is for: a role of the diagram becomes the role at the organisation that has its part in the case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PARTIES = {
    "buyer": "buyer_id",
    "payment": "buyer_id",
    "finance": "finance_id",
    "agency": "agency_id",
    "supplier": "supplier_id",
}
"""The first word of a role, and the process variable that holds its organisation."""


def resolve_group(group: str, variables: Mapping[str, Any]) -> str:
    """``buyer-handler`` in a case of the buyer B is ``buyer-handler@B``; a role without a party stays as it is.

    A group that already names its organisation, and a case that has no such party, are left alone: then nobody but
    holders of the role as such may take the task.
    """
    if "@" in group:
        return group
    organisation = variables.get(PARTIES.get(group.partition("-")[0], ""))
    return f"{group}@{organisation}" if isinstance(organisation, str) else group
