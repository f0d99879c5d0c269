"""Say which change of the documents cured what was rightly held against them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("supplier_query", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cured_by_id", sa.String(length=32), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_supplier_query_cured_by_id_tender_change"), "tender_change", ["cured_by_id"], ["id"]
        )
