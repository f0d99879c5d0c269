"""Sign the checkpoints, name their chains, and note what the scrubber finds"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("journal_checkpoint", schema=None) as batch_op:
        batch_op.add_column(sa.Column("whole", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("changed", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("root", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("signature", sa.String(length=100), nullable=True))
    op.create_table(
        "journal_scrub",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("at", name=op.f("pk_journal_scrub")),
    )
