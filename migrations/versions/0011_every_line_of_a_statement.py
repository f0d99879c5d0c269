"""Keep every line of a bank's statement, also of a bank that repeats its references"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("statement_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("payer_bank", sa.String(length=40), server_default="", nullable=False))
    op.execute("UPDATE statement_entry SET position = id")
    with op.batch_alter_table("statement_entry", schema=None) as batch_op:
        batch_op.alter_column("position", existing_type=sa.String(length=32), nullable=False)
        batch_op.alter_column("payer_bank", existing_type=sa.String(length=40), server_default=None)
        batch_op.drop_constraint(op.f("uq_statement_entry_account_bank_reference"), type_="unique")
        batch_op.create_unique_constraint(
            op.f("uq_statement_entry_bank_statement_id_position"), ["bank_statement_id", "position"]
        )
        batch_op.create_index(op.f("ix_statement_entry_account_booked_at"), ["account", "booked_at"], unique=False)
