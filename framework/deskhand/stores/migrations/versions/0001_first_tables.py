# ruff: noqa: D103 - a migration is a list of statements
"""The first tables, and the guards that hold them to the audit log."""

import sqlalchemy as sa
from alembic import op

from deskhand.stores.guards import guards, log_guards

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "account_health",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("held_for", sa.Text(), nullable=True),
        sa.Column("held_at", sa.BigInteger(), nullable=True),
        sa.Column("last_cause", sa.Text(), nullable=True),
        sa.Column("in_a_row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_account_health")),
    )
    op.create_table(
        "audit_record",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_record")),
        sa.UniqueConstraint("stream", "seq", name=op.f("uq_audit_record_stream_seq")),
    )
    op.create_table(
        "feeder_lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_feeder_lease")),
    )
    op.create_table(
        "login_lock",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_login_lock")),
    )
    op.create_table(
        "login_state",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("sealed_state", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_login_state")),
    )
    op.create_table(
        "runbook",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_runbook")),
        sa.UniqueConstraint("name", "number", name=op.f("uq_runbook_name_number")),
    )
    op.create_table(
        "worker",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("process", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
    )
    op.create_table(
        "intake_file",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("runbook", sa.Text(), nullable=False),
        sa.Column("runbook_hash", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("taken_rows", sa.Integer(), nullable=False),
        sa.Column("rejected_rows", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["runbook_hash"], ["runbook.hash"], name=op.f("fk_intake_file_runbook_hash")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_file")),
        sa.UniqueConstraint(
            "runbook", "client", "sha256", name=op.f("uq_intake_file_runbook_client_sha256")
        ),
    )
    op.create_table(
        "file_row",
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["file"], ["intake_file.id"], name=op.f("fk_file_row_file")),
        sa.PrimaryKeyConstraint("file", "row", name=op.f("pk_file_row")),
    )
    op.create_table(
        "item",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("runbook", sa.Text(), nullable=False),
        sa.Column("runbook_hash", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("sealed_fields", sa.LargeBinary(), nullable=False),
        sa.Column("fields_digest", sa.Text(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("amount", sa.Text(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("deadline", sa.BigInteger(), nullable=True),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("portal_number", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("sealed_outputs", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["file"], ["intake_file.id"], name=op.f("fk_item_file")),
        sa.ForeignKeyConstraint(
            ["runbook_hash"], ["runbook.hash"], name=op.f("fk_item_runbook_hash")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint(
            "runbook",
            "client",
            "reference",
            "occurrence",
            name=op.f("uq_item_runbook_client_reference_occurrence"),
        ),
    )
    op.create_index("ix_item_file", "item", ["file"], unique=False)
    op.create_index("ix_item_state", "item", ["state", "id"], unique=False)
    op.create_index(
        "ix_item_waiting",
        "item",
        ["account", "priority", "due", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("enqueued_at", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("cause_group", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["item"], ["item.id"], name=op.f("fk_attempt_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("item", "number", name=op.f("uq_attempt_item_number")),
    )
    op.create_index(
        "ix_attempt_open",
        "attempt",
        ["state", "owner"],
        unique=False,
        sqlite_where=sa.text("state IN ('enqueued', 'running')"),
        postgresql_where=sa.text("state IN ('enqueued', 'running')"),
    )
    op.create_table(
        "exception_case",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("runbook", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed_detail", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=True),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("came_back", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["item.id"], name=op.f("fk_exception_case_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exception_case")),
    )
    op.create_index("ix_exception_case_item", "exception_case", ["item"], unique=False)
    op.create_index("ix_exception_case_state", "exception_case", ["state", "queue"], unique=False)
    op.create_table(
        "outbox",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("emitted_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["item.id"], name=op.f("fk_outbox_item")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_outbox")),
        sa.UniqueConstraint("event", "subject", name=op.f("uq_outbox_event_subject")),
    )
    op.create_table(
        "account_slot",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["attempt"], ["attempt.id"], name=op.f("fk_account_slot_attempt")),
        sa.PrimaryKeyConstraint("account", "slot", name=op.f("pk_account_slot")),
        sa.UniqueConstraint("attempt", name=op.f("uq_account_slot_attempt")),
    )
    op.create_table(
        "effect",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("iteration", sa.Integer(), nullable=False),
        sa.Column("act_no", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("intended_at", sa.BigInteger(), nullable=False),
        sa.Column("act_by", sa.BigInteger(), nullable=False),
        sa.Column("ask_at", sa.BigInteger(), nullable=False),
        sa.Column("patience_until", sa.BigInteger(), nullable=False),
        sa.Column("sealed_receipt", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_by_hand", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["attempt"], ["attempt.id"], name=op.f("fk_effect_attempt")),
        sa.ForeignKeyConstraint(["item"], ["item.id"], name=op.f("fk_effect_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_effect")),
        sa.UniqueConstraint(
            "item", "step", "iteration", "act_no", name=op.f("uq_effect_item_step_iteration_act_no")
        ),
    )
    op.create_table(
        "evidence",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["attempt"], ["attempt.id"], name=op.f("fk_evidence_attempt")),
        sa.ForeignKeyConstraint(["item"], ["item.id"], name=op.f("fk_evidence_item")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_evidence")),
    )
    op.create_index("ix_evidence_item", "evidence", ["item"], unique=False)
    op.create_table(
        "read_back",
        sa.Column("attempt", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("runbook_hash", sa.Text(), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("wrong_fields", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["attempt"], ["attempt.id"], name=op.f("fk_read_back_attempt")),
        sa.ForeignKeyConstraint(["item"], ["item.id"], name=op.f("fk_read_back_item")),
        sa.PrimaryKeyConstraint("attempt", "step", name=op.f("pk_read_back")),
    )
    op.create_table(
        "step_result",
        sa.Column("attempt", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("iteration", sa.Integer(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("sealed_value", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["attempt"], ["attempt.id"], name=op.f("fk_step_result_attempt")),
        sa.ForeignKeyConstraint(["item"], ["item.id"], name=op.f("fk_step_result_item")),
        sa.PrimaryKeyConstraint("attempt", "step", "iteration", name=op.f("pk_step_result")),
    )
    op.create_index("ix_step_result_item", "step_result", ["item"], unique=False)
    sqlite = op.get_bind().dialect.name == "sqlite"
    statements = [*log_guards(sqlite=sqlite)]
    for table in ("item", "effect", "exception_case", "account_health"):
        statements += guards(table, sqlite=sqlite)
    for statement in statements:
        op.execute(sa.text(statement.replace(":", r"\:")))
