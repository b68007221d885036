"""Bringing a database to this version's schema, and refusing one from the future."""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from deskhand.errors import StoreUnavailableError, StoreVersionError
from deskhand.stores.database import reading_engine
from deskhand.stores.locks import lock_name

HEAD = "0012"
"""The schema of this version: the last of the migrations. A command that finds it loads none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """From which schema a database came to which; None: it had no tables."""

    found: str | None
    now: str


def upgrade(engine: Engine) -> Upgrade:
    """Run the migrations that the database has not seen; a new one gets them all.

    Raises `StoreVersionError` when a newer deskhand made it, `StoreUnavailableError` when it
    cannot be reached or written.
    """
    place = engine.url.render_as_string(hide_password=True)
    try:
        # Read as everything is read that changes nothing: it waits for no writer.
        with reading_engine(engine).connect() as connection:
            found = _revision(connection)
            connection.rollback()
        if found == HEAD:
            return Upgrade(found=found, now=HEAD)
        from deskhand.stores.migrating import known_schemas, migrate  # noqa: PLC0415 - loads slowly

        if found is not None and found not in known_schemas():
            raise StoreVersionError(place, found=found, known=HEAD)
        with engine.begin() as connection:
            # Others may be starting, too: whoever comes second finds nothing left to do.
            lock_name(connection, "schema")
            migrate(connection)
    except DBAPIError as error:
        raise StoreUnavailableError(place, str(error.orig).strip()) from error
    return Upgrade(found=found, now=HEAD)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(
        text("select version_num from alembic_version")
    ).scalar()
    return revision
