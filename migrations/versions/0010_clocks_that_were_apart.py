"""Clocks that were found apart, and who looked at them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('clock_doubt',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('clock', sa.String(length=10), nullable=False),
    sa.Column('node', sa.String(length=64), nullable=False),
    sa.Column('seconds', sa.BigInteger(), nullable=False),
    sa.Column('noticed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_by', sa.String(length=64), nullable=True),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clock_doubt'))
    )


def downgrade() -> None:
    op.drop_table('clock_doubt')
