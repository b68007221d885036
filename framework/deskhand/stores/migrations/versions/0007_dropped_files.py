# ruff: noqa: D103 - a migration is a list of statements
"""Files that came through drop folders: who sees to them, and what their clients were told."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "dropped_file",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.BigInteger(), nullable=False),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["file"], ["intake_file.id"], name=op.f("fk_dropped_file_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dropped_file")),
    )
    op.create_index("ix_dropped_file_file", "dropped_file", ["file"], unique=False)
    op.create_index(
        "ix_dropped_file_unended",
        "dropped_file",
        ["id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    # Whether a file's items are at rest is read off the index alone.
    op.drop_index("ix_item_file", table_name="item")
    op.create_index("ix_item_file", "item", ["file", "state"], unique=False)
