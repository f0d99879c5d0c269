"""When a start timer was armed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("engine_timer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("armed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("engine_timer", schema=None) as batch_op:
        batch_op.drop_column("armed_at")
