# ruff: noqa: D103 - a migration is a list of statements
"""Triggers: who paused them, how far they have come, and what became of each slot."""

import sqlalchemy as sa
from alembic import op

from deskhand.stores.guards import guards

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "trigger_state",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("decided_to", sa.BigInteger(), nullable=False),
        sa.Column("owed", sa.Integer(), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("paused_by", sa.Text(), nullable=True),
        sa.Column("paused_why", sa.Text(), nullable=True),
        sa.Column("paused_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_trigger_state")),
    )
    op.create_table(
        "trigger_slot",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("ask_until", sa.BigInteger(), nullable=False),
        sa.Column("stands_for", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("conflicts", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trigger_slot")),
        sa.UniqueConstraint(
            "trigger", "slot", "client", name=op.f("uq_trigger_slot_trigger_slot_client")
        ),
    )
    op.create_index(
        "ix_trigger_slot_due",
        "trigger_slot",
        ["state", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'due'"),
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index("ix_trigger_slot_trigger", "trigger_slot", ["trigger", "due_at"], unique=False)
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in ("trigger_state", "trigger_slot"):
        for statement in guards(table, sqlite=sqlite):
            op.execute(sa.text(statement.replace(":", r"\:")))
