"""Whom a message is to, and when it was read"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("recipient_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(op.f("ix_outbox_message_recipient_id_read_at"), ["recipient_id", "read_at"], unique=False)
    op.execute(
        "UPDATE outbox_message SET read_at = created_at, recipient_id = "
        "(SELECT account.id FROM account WHERE account.id = substr(outbox_message.key, length(outbox_message.key) - 31))"
    )


def downgrade() -> None:
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_outbox_message_recipient_id_read_at"))
        batch_op.drop_column("read_at")
        batch_op.drop_column("recipient_id")
