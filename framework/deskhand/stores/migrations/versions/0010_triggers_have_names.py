# ruff: noqa: D103 - a migration is a list of statements
"""What a trigger's times were, when it left and began anew; requests are forgotten."""

import sqlalchemy as sa
from alembic import op

from deskhand.stores.guards import memory_guards

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("trigger_state", sa.Column("times", sa.Text(), nullable=True))
    op.add_column("trigger_state", sa.Column("left_at", sa.BigInteger(), nullable=True))
    op.add_column(
        "trigger_state", sa.Column("anew_seq", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_index("ix_webhook_seen_seen_at", "webhook_seen", ["seen_at"], unique=False)
    for statement in memory_guards(sqlite=op.get_bind().dialect.name == "sqlite"):
        op.execute(sa.text(statement.replace(":", r"\:")))
