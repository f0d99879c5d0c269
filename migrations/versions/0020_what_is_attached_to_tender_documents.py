"""What is attached to tender documents"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tender_attachment",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tender_id", sa.String(length=32), nullable=False),
        sa.Column("lot_id", sa.String(length=32), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title_zh", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("document_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_tender_attachment_document_id_document")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_tender_attachment_lot_id_lot")),
        sa.ForeignKeyConstraint(["tender_id"], ["tender.id"], name=op.f("fk_tender_attachment_tender_id_tender")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tender_attachment")),
        sa.UniqueConstraint("tender_id", "number", name=op.f("uq_tender_attachment_tender_id_number")),
    )


def downgrade() -> None:
    op.drop_table("tender_attachment")
