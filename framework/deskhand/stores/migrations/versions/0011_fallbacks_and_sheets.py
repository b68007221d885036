# ruff: noqa: D103 - a migration is a list of statements
"""Targets have fallbacks, what failed is retried, and files name the sheet that was read."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("notification", sa.Column("since", sa.BigInteger(), nullable=True))
    op.add_column("notification", sa.Column("in_place_of", sa.Text(), nullable=True))
    op.add_column("notification", sa.Column("pages_from", sa.BigInteger(), nullable=True))
    op.add_column("notification", sa.Column("passed_on_at", sa.BigInteger(), nullable=True))
    # What is being tried keeps the patience that it has left.
    op.execute("update notification set since = left_at where left_at is not null")
    op.create_index("ix_notification_in_place_of", "notification", ["in_place_of", "target"])
    pages = sa.text("pages_from IS NOT NULL")
    op.create_index(
        "ix_notification_pages",
        "notification",
        ["state", "pages_from"],
        sqlite_where=pages,
        postgresql_where=pages,
    )
    op.create_index("ix_notice_key", "notice", ["key"])
    op.add_column("intake_file", sa.Column("sheet", sa.Text(), nullable=True))
