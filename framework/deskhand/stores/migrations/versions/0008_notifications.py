# ruff: noqa: D103 - a migration is a list of statements
"""What people are told: notifications, the facts in them, and how far the log was read."""

import sqlalchemy as sa
from alembic import op

from deskhand.stores.guards import guards

revision = "0008"
down_revision = "0007"

_NOTED = (
    "type IN ('case.opened', 'case.at_risk', 'case.overdue', 'audit.verified', 'file.refused',"
    " 'trigger.failed', 'trigger.skipped')"
)


def upgrade() -> None:
    op.create_table(
        "notification",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("next_try_at", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
    )
    op.create_index(
        "ix_notification_latest", "notification", ["target", "topic", "opened_at"], unique=False
    )
    _index("notification", "ix_notification_due", ["state", "next_try_at"], "state = 'due'")
    op.create_table(
        "notice",
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("notification", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("case", sa.Text(), nullable=True),
        sa.Column("wakes", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["notification"], ["notification.id"], name=op.f("fk_notice_notification")
        ),
        sa.PrimaryKeyConstraint("target", "key", "at", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_notification", "notice", ["notification"], unique=False)
    op.create_table(
        "log_reading",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_log_reading")),
    )
    _index("audit_record", "ix_audit_record_noted", ["type", "position"], _NOTED)
    op.create_index("ix_exception_case_opened", "exception_case", ["opened_at"], unique=False)
    _index(
        "exception_case",
        "ix_exception_case_backlog",
        ["told", "queue", "client", "due_at"],
        "state != 'closed'",
    )
    for name, column in (("closed", "closed_at"), ("taken", "taken_at")):
        _index(
            "exception_case",
            f"ix_exception_case_{name}",
            ["queue", column],
            f"{column} IS NOT NULL",
        )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in guards("notification", sqlite=sqlite):
        op.execute(sa.text(statement.replace(":", r"\:")))


def _index(table: str, name: str, columns: list[str], where: str) -> None:
    op.create_index(
        name,
        table,
        columns,
        unique=False,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )
