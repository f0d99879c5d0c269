"""Whatever has a state or a kind of a closed set has one of its values: the tables refuse any other."""

from __future__ import annotations

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

VALUES = {
    "account": ("reminders", ["each", "digest", "none"]),
    "agreement": ("state", ["proposed", "agency_signed", "signed", "declined"]),
    "award": ("state", ["decided", "published", "revoked"]),
    "bank_statement": ("source", ["camt.053", "table", "by_hand"]),
    "bid": ("state", ["sealed", "replaced", "withdrawn", "unopened", "opened", "undecryptable", "invalid", "unqualified", "nonconforming", "conforming", "ranked", "candidate", "winner", "lost"]),
    "bond": ("state", ["requested", "held", "late", "due_back", "returned", "converted", "forfeited"]),
    "breach": ("state", ["reported", "notified", "decided", "published", "dismissed"]),
    "calendar_day": ("kind", ["statutory", "off", "workday"]),
    "calendar_year": ("status", ["published", "provisional"]),
    "committee_member": ("state", ["called", "accepted", "declined", "recused", "silent"]),
    "contract": ("state", ["drafted", "supplier_signed", "active", "completed"]),
    "engine_definition": ("kind", ["process", "decision"]),
    "engine_deployment": ("state", ["draft", "proposed", "deployed", "rejected", "retired"]),
    "engine_instance": ("state", ["active", "suspended", "completed", "cancelled"]),
    "engine_instance_change": ("kind", ["migrate", "modify"]),
    "engine_message": ("kind", ["message", "signal", "buffered"]),
    "engine_offer": ("kind", ["holder", "group", "user"]),
    "engine_subscription": ("kind", ["message", "signal", "conditional"]),
    "engine_task": ("kind", ["user", "manual", "receive"]),
    "evaluation_report": ("state", ["drafted", "signed", "delivered"]),
    "expert": ("state", ["active", "suspended", "left"]),
    "invoice": ("state", ["requested", "returned", "checked", "approved", "paid"]),
    "lot": ("state", ["planned", "bidding", "opened", "evaluating", "decided", "notified", "contracted", "performing", "accepted", "paid", "archived", "failed", "cancelled"]),
    "organisation": ("kind", ["buyer", "agency", "supplier", "finance", "platform"]),
    "outbox_message": ("state", ["waiting", "sent", "failed"]),
    "project": ("state", ["applied", "returned", "reviewed", "filed", "planned", "entrusted", "published", "closed"]),
    "proposal": ("state", ["draft", "waiting", "confirmed", "rejected", "withdrawn"]),
    "statute_entry": ("status", ["V", "S", "R", "P"]),
    "supplier_query": ("state", ["open", "answered"]),
    "supplier_registration": ("state", ["declared", "returned", "active", "restricted", "expired"]),
    "tender": ("state", ["drafting", "checked", "confirmed", "published", "closed", "terminated"]),
}
"""The column of each table, with the values that it has."""
OLD = ("calendar_day", "organisation", "proposal")
"""The tables that refused other values before, in other words."""


def upgrade() -> None:
    for table, (column, values) in VALUES.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            if table in OLD:
                batch_op.drop_constraint(op.f(f"ck_{table}_{column}"), type_="check")
            batch_op.create_check_constraint(op.f(f"ck_{table}_{column}"), f"{column} IN {_listed(values)}")


def downgrade() -> None:
    for table, (column, values) in VALUES.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(f"ck_{table}_{column}"), type_="check")
            if table in OLD:
                batch_op.create_check_constraint(op.f(f"ck_{table}_{column}"), f"{column} IN {_listed(values)}")


def _listed(values: list[str]) -> str:
    return "({})".format(", ".join(f"\x27{value}\x27" for value in values))
