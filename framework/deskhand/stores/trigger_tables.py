"""The tables of triggers."""

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, UniqueConstraint

from deskhand.domain.schedule import SlotState
from deskhand.stores.columns import Moment, Word
from deskhand.stores.tables import tables

trigger_state = Table(
    "trigger_state",
    tables,
    Column("name", Text, primary_key=True),
    Column("decided_to", Moment, nullable=False),
    Column("owed", Integer, nullable=False),
    Column("audit_seq", Integer, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("paused_by", Text),
    Column("paused_why", Text),
    Column("paused_at", Moment),
    Column("times", Text),
    Column("left_at", Moment),
    Column("anew_seq", Integer, nullable=False, server_default="0"),
)

trigger_slot = Table(
    "trigger_slot",
    tables,
    Column("id", Text, primary_key=True),
    Column("trigger", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("state", Word(SlotState), nullable=False),
    Column("audit_seq", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("ask_until", Moment, nullable=False),
    Column("stands_for", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("not_before", Moment),
    Column("reason", Text),
    Column("accepted", Integer, nullable=False),
    Column("repeats", Integer, nullable=False),
    Column("conflicts", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("ended_at", Moment),
    # Who claims a slot is who inserts its row: with any number of hosts, one.
    UniqueConstraint("trigger", "slot", "client"),
)
Index(
    "ix_trigger_slot_due",
    trigger_slot.c.state,
    trigger_slot.c.due_at,
    trigger_slot.c.id,
    sqlite_where=trigger_slot.c.state == SlotState.DUE,
    postgresql_where=trigger_slot.c.state == SlotState.DUE,
)
Index("ix_trigger_slot_trigger", trigger_slot.c.trigger, trigger_slot.c.due_at)
