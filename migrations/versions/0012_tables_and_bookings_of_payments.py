"""Keep where payments are known from, and what the columns of a bank's tables mean"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("bank_statement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source", sa.String(length=12), server_default="camt.053", nullable=False))
    with op.batch_alter_table("bank_statement", schema=None) as batch_op:
        batch_op.alter_column("source", existing_type=sa.String(length=12), server_default=None)
    op.create_table(
        "statement_layout",
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("heads", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_statement_layout")),
    )


def downgrade() -> None:
    op.drop_table("statement_layout")
    with op.batch_alter_table("bank_statement", schema=None) as batch_op:
        batch_op.drop_column("source")
