"""What a bid's file says of itself"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('bid_file', schema=None) as batch_op:
        batch_op.add_column(sa.Column('described', sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('bid_file', schema=None) as batch_op:
        batch_op.drop_column('described')
