"""Keep a price that the parts of a bid made wrong, as it was corrected, and what its bidder answered"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "price_correction",
        sa.Column("bid_id", sa.String(length=32), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("unit_prices", sa.Text(), nullable=False),
        sa.Column("corrections", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("answered_by", sa.String(length=64), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("document_zh_id", sa.String(length=64), nullable=True),
        sa.Column("document_en_id", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["bid_id"], ["opened_bid.bid_id"], name=op.f("fk_price_correction_bid_id_opened_bid")
        ),
        sa.PrimaryKeyConstraint("bid_id", name=op.f("pk_price_correction")),
    )
