# ruff: noqa: D103 - a migration is a list of statements
"""Cases have clocks: when they are due, what was told of it, what goes together.

Added column by column, so that the guards of the table stand; the outbox, which has none, is
told that an event may be about no item.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_OPEN = "state = 'open'"
_UNCLOSED = "state != 'closed'"
_INDEXES = (
    ("ix_exception_case_next", ["state", "due_at", "id"], _OPEN),
    ("ix_exception_case_place", ["state", "queue", "client"], _OPEN),
    ("ix_exception_case_risk", ["told", "risk_at"], _UNCLOSED),
    ("ix_exception_case_due", ["told", "due_at"], _UNCLOSED),
    ("ix_exception_case_cause", ["cause_group"], _UNCLOSED),
)


def upgrade() -> None:
    for column in (
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("risk_at", sa.BigInteger()),
        sa.Column("snoozed_until", sa.BigInteger()),
        sa.Column("told", sa.Text(), nullable=False, server_default="nothing"),
        sa.Column("escalated_from", sa.Text()),
        sa.Column("cause_group", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("incident", sa.Text()),
    ):
        op.add_column("exception_case", column)
    for name, columns, where in _INDEXES:
        condition = sa.text(where)
        op.create_index(
            name,
            "exception_case",
            columns,
            unique=False,
            sqlite_where=condition,
            postgresql_where=condition,
        )
    with op.batch_alter_table("outbox") as outbox:
        outbox.alter_column("item", existing_type=sa.Text(), nullable=True)
