"""Keep the files of drafts and the sealed packages in pieces"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from app.foundation.ciphered import CipheredBytes

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

PIECE = 1024 * 1024
BID = sa.table("bid", sa.column("id", sa.String), sa.column("sealed", sa.LargeBinary))
BID_PIECE = sa.table(
    "bid_piece", sa.column("bid_id", sa.String), sa.column("position", sa.Integer), sa.column("content", sa.LargeBinary)
)
FILE = sa.table("bid_draft_file", sa.column("id", sa.String), sa.column("data", CipheredBytes))
FILE_PIECE = sa.table(
    "bid_draft_piece",
    sa.column("file_id", sa.String),
    sa.column("position", sa.Integer),
    sa.column("data", CipheredBytes),
)


def upgrade() -> None:
    """Cut each content, one at a time; what a draft holds is encrypted piece by piece."""
    op.create_table(
        "bid_piece",
        sa.Column("bid_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_bid_piece_bid_id_bid")),
        sa.PrimaryKeyConstraint("bid_id", "position", name=op.f("pk_bid_piece")),
    )
    op.create_table(
        "bid_draft_piece",
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["bid_draft_file.id"], name=op.f("fk_bid_draft_piece_file_id_bid_draft_file")
        ),
        sa.PrimaryKeyConstraint("file_id", "position", name=op.f("pk_bid_draft_piece")),
    )
    _cut(BID, "sealed", BID_PIECE, "bid_id", "content")
    _cut(FILE, "data", FILE_PIECE, "file_id", "data")
    op.execute("ALTER TABLE bid DROP COLUMN sealed")
    op.execute("ALTER TABLE bid_draft_file DROP COLUMN data")


def downgrade() -> None:
    for table, column, pieces, key, content in (
        (BID, "sealed", BID_PIECE, "bid_id", "content"),
        (FILE, "data", FILE_PIECE, "file_id", "data"),
    ):
        empty = sa.text("X''") if op.get_bind().dialect.name == "sqlite" else sa.text("''")
        op.add_column(table.name, sa.Column(column, sa.LargeBinary(), nullable=False, server_default=empty))
        _join(table, column, pieces, key, content)
        with op.batch_alter_table(table.name) as batch_op:
            batch_op.alter_column(column, server_default=None)
        op.drop_table(pieces.name)


def _contents(table: sa.TableClause, column: str) -> Iterator[tuple[str, bytes]]:
    connection = op.get_bind()
    for identity in connection.scalars(sa.select(table.c.id)).all():
        yield identity, connection.scalar(sa.select(table.c[column]).where(table.c.id == identity))


def _cut(table: sa.TableClause, column: str, pieces: sa.TableClause, key: str, content: str) -> None:
    for identity, whole in _contents(table, column):
        for position, start in enumerate(range(0, len(whole), PIECE)):
            values = {key: identity, "position": position, content: whole[start : start + PIECE]}
            op.get_bind().execute(sa.insert(pieces).values(values))


def _join(table: sa.TableClause, column: str, pieces: sa.TableClause, key: str, content: str) -> None:
    connection = op.get_bind()
    for identity in connection.scalars(sa.select(table.c.id)).all():
        found = sa.select(pieces.c[content]).where(pieces.c[key] == identity).order_by(pieces.c.position)
        whole = b"".join(connection.scalars(found))
        connection.execute(sa.update(table).where(table.c.id == identity).values({column: whole}))
