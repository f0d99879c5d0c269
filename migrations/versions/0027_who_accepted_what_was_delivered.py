"""The group that accepted a delivery, and what the supplier said to the certificate"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "acceptance_member",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("delivery_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("opinion", sa.String(length=10), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["acceptance.delivery_id"], name=op.f("fk_acceptance_member_delivery_id_acceptance")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance_member")),
        sa.UniqueConstraint("delivery_id", "position", name=op.f("uq_acceptance_member_delivery_id_position")),
    )
    with op.batch_alter_table("acceptance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("signed_sheets", sa.Text(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("supplier_opinion", sa.String(length=10), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("supplier_reasons", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("supplier_signed_by", sa.String(length=64), nullable=True))
        batch_op.add_column(
            sa.Column("supplier_signed_by_name", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("supplier_signed_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("acceptance", schema=None) as batch_op:
        batch_op.alter_column("signed_sheets", existing_type=sa.Text(), server_default=None)
        batch_op.alter_column("supplier_opinion", existing_type=sa.String(length=10), server_default=None)
        batch_op.alter_column("supplier_reasons", existing_type=sa.Text(), server_default=None)
        batch_op.alter_column("supplier_signed_by_name", existing_type=sa.String(length=200), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("acceptance", schema=None) as batch_op:
        for name in (
            "supplier_signed_at",
            "supplier_signed_by_name",
            "supplier_signed_by",
            "supplier_reasons",
            "supplier_opinion",
            "signed_sheets",
        ):
            batch_op.drop_column(name)
    op.drop_table("acceptance_member")
