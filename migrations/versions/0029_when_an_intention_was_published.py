"""When and where a procurement intention was published, or why none is due"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

KINDS = {
    "intention": sa.String(length=12),
    "intention_address": sa.String(length=500),
    "intention_reasons": sa.Text(),
}


def upgrade() -> None:
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.add_column(sa.Column("intention_on", sa.Date(), nullable=True))
        for name, kind in KINDS.items():
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=""))
    with op.batch_alter_table("project", schema=None) as batch_op:
        for name, kind in KINDS.items():
            batch_op.alter_column(name, existing_type=kind, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("project", schema=None) as batch_op:
        for name in ("intention_on", *KINDS):
            batch_op.drop_column(name)
