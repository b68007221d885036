# ruff: noqa: D103 - a migration is a list of statements
"""What is asked of one item no longer reads all of them."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_index("ix_read_back_item", "read_back", ["item", "step"])
    op.create_index("ix_item_reference", "item", ["reference"])
