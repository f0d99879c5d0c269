"""What somebody has entered in a start form, before anything is started"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "engine_start_draft",
        sa.Column("process_id", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("entered", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("process_id", "person_id", name=op.f("pk_engine_start_draft")),
    )


def downgrade() -> None:
    op.drop_table("engine_start_draft")
