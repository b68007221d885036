"""The tables of what comes in and goes out over the network."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from deskhand.domain.dispatch import UNFINISHED, DispatchState
from deskhand.stores.columns import Moment, Word
from deskhand.stores.tables import tables

webhook_seen = Table(
    "webhook_seen",
    tables,
    Column("client", Text, primary_key=True),
    Column("hook", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("seen_at", Moment, nullable=False),
)
Index("ix_webhook_seen_seen_at", webhook_seen.c.seen_at)

dispatch = Table(
    "dispatch",
    tables,
    Column("id", Text, primary_key=True),
    Column(
        "position",
        BigInteger().with_variant(Integer, "sqlite"),
        ForeignKey("outbox.position"),
        nullable=False,
    ),
    Column("event_id", Text, nullable=False),
    Column("receiver", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("state", Word(DispatchState), nullable=False),
    Column("audit_seq", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("since", Moment, nullable=False),
    Column("next_try_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("problem", Text),
)
Index("ix_dispatch_state", dispatch.c.state, dispatch.c.next_try_at)
Index(
    "ix_dispatch_unfinished",
    dispatch.c.stream,
    dispatch.c.receiver,
    dispatch.c.position,
    sqlite_where=dispatch.c.state.in_(UNFINISHED),
    postgresql_where=dispatch.c.state.in_(UNFINISHED),
)
