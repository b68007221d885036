# ruff: noqa: D103 - a migration is a list of statements
"""Questions of runbooks, and what people answered."""

import sqlalchemy as sa
from alembic import op

from deskhand.stores.guards import guards

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("exception_case", sa.Column("expires_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "answer",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("after_attempt", sa.Integer(), nullable=False),
        sa.Column("sealed_values", sa.LargeBinary(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["exception_case.id"], name=op.f("fk_answer_case")),
        sa.ForeignKeyConstraint(["item"], ["item.id"], name=op.f("fk_answer_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
    )
    op.create_index("ix_answer_item", "answer", ["item"], unique=False)
    for statement in guards("answer", sqlite=op.get_bind().dialect.name == "sqlite"):
        op.execute(sa.text(statement.replace(":", r"\:")))
