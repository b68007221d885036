# ruff: noqa: D103 - a migration is a list of statements
"""Requests that were taken, once an id; events on their way to each of their receivers."""

import sqlalchemy as sa
from alembic import op

from deskhand.stores.guards import guards

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "webhook_seen",
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("hook", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client", "hook", "id", name=op.f("pk_webhook_seen")),
    )
    op.add_column("outbox", sa.Column("addressed_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_outbox_unaddressed",
        "outbox",
        ["position"],
        unique=False,
        sqlite_where=sa.text("addressed_at IS NULL"),
        postgresql_where=sa.text("addressed_at IS NULL"),
    )
    op.create_table(
        "dispatch",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("next_try_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["position"], ["outbox.position"], name=op.f("fk_dispatch_position")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch")),
    )
    op.create_index("ix_dispatch_state", "dispatch", ["state", "next_try_at"], unique=False)
    op.create_index(
        "ix_dispatch_unfinished",
        "dispatch",
        ["stream", "receiver", "position"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'given_up')"),
        postgresql_where=sa.text("state IN ('waiting', 'given_up')"),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in guards("dispatch", sqlite=sqlite):
        op.execute(sa.text(statement.replace(":", r"\:")))
