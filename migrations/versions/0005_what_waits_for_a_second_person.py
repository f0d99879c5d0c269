"""What waits for a second person"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'proposal',
        sa.Column('id', sa.String(32), nullable=False),
        sa.Column('kind', sa.String(40), nullable=False),
        sa.Column('organisation_id', sa.String(32), nullable=True),
        sa.Column('subject_en', sa.String(300), nullable=False),
        sa.Column('subject_zh', sa.String(300), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column('why', sa.Text(), nullable=False),
        sa.Column('state', sa.String(12), nullable=False),
        sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('proposed_by', sa.String(64), nullable=False),
        sa.Column('proposed_by_name', sa.String(200), nullable=False),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('decided_by', sa.String(64), nullable=True),
        sa.Column('decided_by_name', sa.String(200), nullable=False),
        sa.Column('reasons', sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('draft','waiting','confirmed','rejected','withdrawn')", name=op.f('ck_proposal_state')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal')),
    )
    with op.batch_alter_table('proposal') as batch:
        batch.create_index(batch.f('ix_proposal_kind_state_proposed_at'), ['kind', 'state', 'proposed_at'])


def downgrade() -> None:
    op.drop_table('proposal')
