"""The copy of a licence by which a registrar decides on a code that fails its check"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("supplier_registration", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paper_id", sa.String(length=32), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("supplier_registration", schema=None) as batch_op:
        batch_op.drop_column("paper_id")
