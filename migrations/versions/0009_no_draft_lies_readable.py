"""Encrypt the drafts of bids that an earlier release left readable"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.foundation.ciphered import CipheredBytes, CipheredJson

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

DRAFT = sa.table('bid_draft', sa.column('id', sa.String), sa.column('content', CipheredJson))
FILE = sa.table('bid_draft_file', sa.column('id', sa.String), sa.column('data', CipheredBytes))


def upgrade() -> None:
    """Write each value again: it is read as it is and stored encrypted, one at a time."""
    _write_again(DRAFT, 'content')
    _write_again(FILE, 'data')


def downgrade() -> None:
    """What is encrypted stays so: this release reads both."""


def _write_again(table: sa.TableClause, column: str) -> None:
    connection = op.get_bind()
    for identity in connection.scalars(sa.select(table.c.id)).all():
        value = connection.scalar(sa.select(table.c[column]).where(table.c.id == identity))
        connection.execute(sa.update(table).where(table.c.id == identity).values({column: value}))
