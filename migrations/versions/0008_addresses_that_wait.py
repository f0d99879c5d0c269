"""Changes of mail addresses that wait for a second person"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('account_address_change',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('account_id', sa.String(length=32), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('asked_by', sa.String(length=32), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_account_address_change_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_address_change'))
    )
    with op.batch_alter_table('account_address_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_account_address_change_account_id'), ['account_id'], unique=False)


def downgrade() -> None:
    op.drop_table('account_address_change')
