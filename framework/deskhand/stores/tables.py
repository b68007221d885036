"""Every table. A change here needs a migration beside it; a contract test compares the two."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from deskhand.domain.attempt import AttemptState
from deskhand.domain.effect import EffectState
from deskhand.domain.evidence import EvidenceKind
from deskhand.domain.exception_case import CaseKind, CaseState, Decision, Told
from deskhand.domain.intake_file import FileState, RowFate
from deskhand.domain.question import AnswerState
from deskhand.domain.work_item import ItemState
from deskhand.stores.columns import Moment, Word

tables = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

audit_record = Table(
    "audit_record",
    tables,
    # SQLite counts only an INTEGER primary key by itself.
    Column(
        "position",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
    Column("stream", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("stream", "seq"),
)

runbook = Table(
    "runbook",
    tables,
    Column("hash", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("added_by", Text, nullable=False),
    UniqueConstraint("name", "number"),
)

intake_file = Table(
    "intake_file",
    tables,
    Column("id", Text, primary_key=True),
    Column("runbook", Text, nullable=False),
    Column("runbook_hash", Text, ForeignKey("runbook.hash"), nullable=False),
    Column("client", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("state", Word(FileState), nullable=False),
    Column("taken_rows", Integer, nullable=False),
    Column("rejected_rows", Integer, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("sheet", Text),
    UniqueConstraint("runbook", "client", "sha256"),
)

item = Table(
    "item",
    tables,
    Column("id", Text, primary_key=True),
    Column("runbook", Text, nullable=False),
    Column("runbook_hash", Text, ForeignKey("runbook.hash"), nullable=False),
    Column("client", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("account", Text, nullable=False),
    Column("state", Word(ItemState), nullable=False),
    Column("version", Integer, nullable=False),
    Column("audit_seq", Integer, nullable=False),
    Column("sealed_fields", LargeBinary, nullable=False),
    Column("fields_digest", Text, nullable=False),
    Column("accepted_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("file", Text, ForeignKey("intake_file.id")),
    Column("row", Integer),
    Column("amount", Text),
    Column("priority", Integer, nullable=False),
    Column("due", Moment),
    Column("deadline", Moment),
    Column("not_before", Moment),
    Column("tries", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("portal_number", Text),
    Column("reason", Text),
    Column("sealed_outputs", LargeBinary),
    UniqueConstraint("runbook", "client", "reference", "occurrence"),
)
Index("ix_item_file", item.c.file, item.c.state)
Index(
    "ix_item_waiting",
    item.c.account,
    item.c.priority,
    item.c.due,
    item.c.id,
    sqlite_where=item.c.state == ItemState.WAITING,
    postgresql_where=item.c.state == ItemState.WAITING,
)
Index("ix_item_state", item.c.state, item.c.id)
Index("ix_item_reference", item.c.reference)

file_row = Table(
    "file_row",
    tables,
    Column("file", Text, ForeignKey("intake_file.id"), primary_key=True),
    Column("row", Integer, primary_key=True),
    Column("line", Integer, nullable=False),
    Column("fate", Word(RowFate), nullable=False),
    Column("reference", Text, nullable=False),
    Column("item", Text),
    Column("field", Text, nullable=False),
    Column("problem", Text, nullable=False),
)

attempt = Table(
    "attempt",
    tables,
    Column("id", Text, primary_key=True),
    Column("item", Text, ForeignKey("item.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("account", Text, nullable=False),
    Column("state", Word(AttemptState), nullable=False),
    Column("enqueued_at", Moment, nullable=False),
    Column("owner", Text),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    Column("outcome", Text),
    Column("cause_group", Text),
    UniqueConstraint("item", "number"),
)
Index(
    "ix_attempt_open",
    attempt.c.state,
    attempt.c.owner,
    sqlite_where=attempt.c.state.in_([AttemptState.ENQUEUED, AttemptState.RUNNING]),
    postgresql_where=attempt.c.state.in_([AttemptState.ENQUEUED, AttemptState.RUNNING]),
)

step_result = Table(
    "step_result",
    tables,
    Column("attempt", Text, ForeignKey("attempt.id"), primary_key=True),
    Column("step", Text, primary_key=True),
    Column("iteration", Integer, primary_key=True),
    Column("item", Text, ForeignKey("item.id"), nullable=False),
    Column("sealed_value", LargeBinary, nullable=False),
    Column("recorded_at", Moment, nullable=False),
)
Index("ix_step_result_item", step_result.c.item)

effect = Table(
    "effect",
    tables,
    Column("id", Text, primary_key=True),
    Column("item", Text, ForeignKey("item.id"), nullable=False),
    Column("step", Text, nullable=False),
    Column("iteration", Integer, nullable=False),
    Column("act_no", Integer, nullable=False),
    Column("attempt", Text, ForeignKey("attempt.id"), nullable=False),
    Column("state", Word(EffectState), nullable=False),
    Column("audit_seq", Integer, nullable=False),
    Column("intended_at", Moment, nullable=False),
    Column("act_by", Moment, nullable=False),
    Column("ask_at", Moment, nullable=False),
    Column("patience_until", Moment, nullable=False),
    Column("sealed_receipt", LargeBinary),
    Column("sealed_by_hand", LargeBinary),
    UniqueConstraint("item", "step", "iteration", "act_no"),
)

read_back = Table(
    "read_back",
    tables,
    Column("attempt", Text, ForeignKey("attempt.id"), primary_key=True),
    Column("step", Text, primary_key=True),
    Column("item", Text, ForeignKey("item.id"), nullable=False),
    Column("runbook_hash", Text, nullable=False),
    Column("checked", Integer, nullable=False),
    Column("wrong", Integer, nullable=False),
    Column("wrong_fields", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
)
Index("ix_read_back_item", read_back.c.item, read_back.c.step)

exception_case = Table(
    "exception_case",
    tables,
    Column("id", Text, primary_key=True),
    Column("item", Text, ForeignKey("item.id")),
    Column("account", Text, nullable=False),
    Column("runbook", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("kind", Word(CaseKind), nullable=False),
    Column("code", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("state", Word(CaseState), nullable=False),
    Column("stream", Text, nullable=False),
    Column("audit_seq", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("sealed_detail", LargeBinary, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("taken_by", Text),
    Column("taken_at", Moment),
    Column("closed_at", Moment),
    Column("closed_by", Text),
    Column("decision", Word(Decision)),
    Column("came_back", Boolean, nullable=False),
    Column("expires_at", Moment),
    Column("due_at", Moment),
    Column("risk_at", Moment),
    Column("snoozed_until", Moment),
    Column("told", Word(Told), nullable=False, server_default=Told.NOTHING.value),
    Column("escalated_from", Text),
    Column("cause_group", Text, nullable=False, server_default=text("''")),
    Column("incident", Text),
)
Index("ix_exception_case_item", exception_case.c.item)
Index("ix_exception_case_state", exception_case.c.state, exception_case.c.queue)
# Each is for one question that is asked every few seconds: what is next, what is to be told.
_IS_OPEN = exception_case.c.state == CaseState.OPEN
_IS_UNCLOSED = exception_case.c.state != CaseState.CLOSED
for _name, _columns, _where in (
    ("next", (exception_case.c.state, exception_case.c.due_at, exception_case.c.id), _IS_OPEN),
    ("place", (exception_case.c.state, exception_case.c.queue, exception_case.c.client), _IS_OPEN),
    ("risk", (exception_case.c.told, exception_case.c.risk_at), _IS_UNCLOSED),
    ("due", (exception_case.c.told, exception_case.c.due_at), _IS_UNCLOSED),
    ("cause", (exception_case.c.cause_group,), _IS_UNCLOSED),
):
    Index(f"ix_exception_case_{_name}", *_columns, sqlite_where=_where, postgresql_where=_where)

answer = Table(
    "answer",
    tables,
    Column("id", Text, primary_key=True),
    Column("item", Text, ForeignKey("item.id"), nullable=False),
    Column("step", Text, nullable=False),
    Column("case", Text, ForeignKey("exception_case.id"), nullable=False),
    Column("state", Word(AnswerState), nullable=False),
    Column("audit_seq", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("meaning", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("after_attempt", Integer, nullable=False),
    Column("sealed_values", LargeBinary, nullable=False),
    Column("given_at", Moment, nullable=False),
)
Index("ix_answer_item", answer.c.item)

account_health = Table(
    "account_health",
    tables,
    Column("name", Text, primary_key=True),
    Column("audit_seq", Integer, nullable=False),
    Column("held", Boolean, nullable=False),
    Column("held_for", Text),
    Column("held_at", Moment),
    Column("last_cause", Text),
    Column("in_a_row", Integer, nullable=False),
)

account_slot = Table(
    "account_slot",
    tables,
    Column("account", Text, primary_key=True),
    Column("slot", Integer, primary_key=True),
    Column("attempt", Text, ForeignKey("attempt.id"), nullable=False, unique=True),
)

account_visit = Table(
    "account_visit",
    tables,
    Column("visitor", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("entered", Boolean, nullable=False),
)
Index("ix_account_visit_account", account_visit.c.account)

login_state = Table(
    "login_state",
    tables,
    Column("account", Text, primary_key=True),
    Column("sealed_state", LargeBinary, nullable=False),
    Column("saved_at", Moment, nullable=False),
)

login_lock = Table(
    "login_lock",
    tables,
    Column("account", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Moment, nullable=False),
)

worker = Table(
    "worker",
    tables,
    Column("id", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("process", Integer, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ended_at", Moment),
)

feeder_lease = Table(
    "feeder_lease",
    tables,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Moment, nullable=False),
)

evidence = Table(
    "evidence",
    tables,
    Column("sha256", Text, primary_key=True),
    Column("kind", Word(EvidenceKind), nullable=False),
    Column("item", Text, ForeignKey("item.id"), nullable=False),
    Column("attempt", Text, ForeignKey("attempt.id"), nullable=False),
    Column("step", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("taken_at", Moment, nullable=False),
)
Index("ix_evidence_item", evidence.c.item)

outbox = Table(
    "outbox",
    tables,
    Column(
        "position",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
    Column("event", Text, nullable=False),
    Column("item", Text, ForeignKey("item.id")),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("emitted_at", Moment, nullable=False),
    Column("addressed_at", Moment),
    UniqueConstraint("event", "subject"),
)
Index(
    "ix_outbox_unaddressed",
    outbox.c.position,
    sqlite_where=outbox.c.addressed_at.is_(None),
    postgresql_where=outbox.c.addressed_at.is_(None),
)
