"""Keep on a lot what its contract owes, which is what it binds of the budget line"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.add_column(sa.Column("contracted", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE lot SET contracted = (SELECT c.price + COALESCE((SELECT SUM(a.amount) FROM contract_amendment a"
        " WHERE a.contract_id = c.id AND a.agreed_at IS NOT NULL), 0) FROM contract c"
        " WHERE c.lot_id = lot.id AND c.signed_at IS NOT NULL)"
    )
