# ruff: noqa: D103 - a migration is a list of statements
"""Sources take a session of their account, as attempts do."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "account_visit",
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("entered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("visitor", name=op.f("pk_account_visit")),
    )
    op.create_index("ix_account_visit_account", "account_visit", ["account"])
