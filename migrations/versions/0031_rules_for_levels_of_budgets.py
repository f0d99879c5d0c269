"""For which levels of budgets an entered rule of law is"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("statute_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("levels", sa.Text(), nullable=False, server_default="[]"))
    with op.batch_alter_table("statute_entry", schema=None) as batch_op:
        batch_op.alter_column("levels", existing_type=sa.Text(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("statute_entry", schema=None) as batch_op:
        batch_op.drop_column("levels")
