"""The tables of quality: re-checks, held versions, and read-backs field by field."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from deskhand.domain.quality import Grade, RecheckState
from deskhand.stores.columns import Moment, Names, Word
from deskhand.stores.tables import tables

recheck = Table(
    "recheck",
    tables,
    Column("item", Text, ForeignKey("item.id"), primary_key=True),
    Column("case", Text, ForeignKey("exception_case.id"), nullable=False),
    Column("runbook", Text, nullable=False),
    Column("runbook_hash", Text, ForeignKey("runbook.hash"), nullable=False),
    Column("client", Text, nullable=False),
    Column("state", Word(RecheckState), nullable=False),
    Column("audit_seq", Integer, nullable=False),
    Column("why", Names, nullable=False),
    Column("fields", Names, nullable=False),
    Column("chosen_at", Moment, nullable=False),
    Column("ordinal", Integer),
    Column("answered_by", Text),
    Column("answered_at", Moment),
    Column("sealed_answer", LargeBinary),
    Column("differing", Names, nullable=False),
    Column("grade", Word(Grade)),
    Column("graded_by", Text),
    Column("graded_at", Moment),
    # Two items never have the same number among the first of a version.
    UniqueConstraint("runbook_hash", "client", "ordinal"),
)

runbook_hold = Table(
    "runbook_hold",
    tables,
    Column("hash", Text, ForeignKey("runbook.hash"), primary_key=True),
    Column("runbook", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("audit_seq", Integer, nullable=False),
    Column("held", Boolean, nullable=False),
    Column("held_by", Text),
    Column("held_at", Moment),
    Column("case", Text),
)

read_back_field = Table(
    "read_back_field",
    tables,
    Column("attempt", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("checked", Integer, nullable=False),
    Column("wrong", Integer, nullable=False),
    ForeignKeyConstraint(["attempt", "step"], ["read_back.attempt", "read_back.step"]),
)
