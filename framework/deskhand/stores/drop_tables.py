"""The table of dropped files."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text

from deskhand.stores.columns import Moment
from deskhand.stores.tables import tables

dropped_file = Table(
    "dropped_file",
    tables,
    Column("id", Text, primary_key=True),
    Column("trigger", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("folder", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("claimed_at", Moment, nullable=False),
    Column("file", Text, ForeignKey("intake_file.id")),
    Column("size", BigInteger, nullable=False),
    Column("again", Boolean, nullable=False),
    Column("problem", Text),
    Column("answer", Text, nullable=False),
    Column("ended_at", Moment),
)
Index("ix_dropped_file_file", dropped_file.c.file)
Index(
    "ix_dropped_file_unended",
    dropped_file.c.id,
    sqlite_where=dropped_file.c.ended_at.is_(None),
    postgresql_where=dropped_file.c.ended_at.is_(None),
)
