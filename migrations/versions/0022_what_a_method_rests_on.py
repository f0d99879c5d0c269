"""Whether a purchase is in the centralised catalogue, and which approval another method rests on"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.add_column(sa.Column("in_catalogue", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("approval", sa.String(length=200), nullable=False, server_default=""))
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.alter_column("approval", existing_type=sa.String(length=200), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_column("approval")
        batch_op.drop_column("in_catalogue")
