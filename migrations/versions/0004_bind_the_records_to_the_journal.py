"""Bind the records to the journal"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import CreateSequence

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(CreateSequence(sa.Sequence("journal_position")))
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("records", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("seal", sa.String(length=20), nullable=True))
        batch_op.create_index(batch_op.f("ix_journal_entry_position"), ["position"], unique=False)
