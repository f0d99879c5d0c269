"""The centralised catalogues and central procurement bodies as rows, and what a plan says of them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catalogue_item",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name_zh", sa.String(length=300), nullable=False),
        sa.Column("name_en", sa.String(length=300), nullable=False),
        sa.Column("carried_out_by", sa.String(length=12), nullable=False),
        sa.Column("from_amount", sa.BigInteger(), nullable=True),
        sa.Column("jurisdiction", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("counts_from", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_item")),
        sa.UniqueConstraint(
            "code",
            "jurisdiction",
            "level",
            "valid_from",
            name=op.f("uq_catalogue_item_code_jurisdiction_level_valid_from"),
        ),
    )
    op.create_table(
        "central_body",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("counts_from", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_central_body_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_central_body")),
        sa.UniqueConstraint(
            "organisation_id",
            "jurisdiction",
            "level",
            "valid_from",
            name=op.f("uq_central_body_organisation_id_jurisdiction_level_valid_from"),
        ),
    )
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("budget_level", sa.String(length=12), nullable=False, server_default=""))
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.add_column(sa.Column("by_department", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("catalogue_reasons", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.alter_column("budget_level", existing_type=sa.String(length=12), server_default=None)
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.alter_column("by_department", existing_type=sa.Boolean(), server_default=None)
        batch_op.alter_column("catalogue_reasons", existing_type=sa.Text(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_column("catalogue_reasons")
        batch_op.drop_column("by_department")
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_column("budget_level")
    op.drop_table("central_body")
    op.drop_table("catalogue_item")
