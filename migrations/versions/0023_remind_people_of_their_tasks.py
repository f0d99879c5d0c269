"""When people are reminded of their tasks, and how they want to be"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("engine_task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(op.f("ix_engine_task_remind_at"), ["remind_at"], unique=False)
    # what turned late before isn't brought up again; of the others people are told when they turn late
    op.execute("UPDATE engine_task SET remind_at = due_at WHERE due_at > CURRENT_TIMESTAMP")
    op.create_table(
        "engine_reminder",
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "account_id", name=op.f("pk_engine_reminder")),
    )
    with op.batch_alter_table("engine_reminder", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_engine_reminder_send_at"), ["send_at"], unique=False)
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reminders", sa.String(length=10), nullable=True))
    op.execute("UPDATE account SET reminders = 'each'")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.alter_column("reminders", existing_type=sa.String(length=10), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("reminders")
    op.drop_table("engine_reminder")
    with op.batch_alter_table("engine_task", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_engine_task_remind_at"))
        batch_op.drop_column("remind_at")
