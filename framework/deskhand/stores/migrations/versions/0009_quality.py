# ruff: noqa: D103 - a migration is a list of statements
"""Re-checks of what bots did, versions that are held, and read-backs field by field."""

import sqlalchemy as sa
from alembic import op

from deskhand.stores.guards import guards

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "recheck",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("runbook", sa.Text(), nullable=False),
        sa.Column("runbook_hash", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("chosen_at", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("sealed_answer", sa.LargeBinary(), nullable=True),
        sa.Column("differing", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("graded_by", sa.Text(), nullable=True),
        sa.Column("graded_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["exception_case.id"], name=op.f("fk_recheck_case")),
        sa.ForeignKeyConstraint(["item"], ["item.id"], name=op.f("fk_recheck_item")),
        sa.ForeignKeyConstraint(
            ["runbook_hash"], ["runbook.hash"], name=op.f("fk_recheck_runbook_hash")
        ),
        sa.PrimaryKeyConstraint("item", name=op.f("pk_recheck")),
        sa.UniqueConstraint(
            "runbook_hash",
            "client",
            "ordinal",
            name=op.f("uq_recheck_runbook_hash_client_ordinal"),
        ),
    )
    op.create_table(
        "runbook_hold",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("runbook", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("held_by", sa.Text(), nullable=True),
        sa.Column("held_at", sa.BigInteger(), nullable=True),
        sa.Column("case", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["hash"], ["runbook.hash"], name=op.f("fk_runbook_hold_hash")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_runbook_hold")),
    )
    op.create_table(
        "read_back_field",
        sa.Column("attempt", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt", "step"],
            ["read_back.attempt", "read_back.step"],
            name=op.f("fk_read_back_field_attempt_step"),
        ),
        sa.PrimaryKeyConstraint("attempt", "step", "field", name=op.f("pk_read_back_field")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in ("recheck", "runbook_hold"):
        for statement in guards(table, sqlite=sqlite):
            op.execute(sa.text(statement.replace(":", r"\:")))
