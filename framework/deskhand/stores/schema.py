"""Bringing a database to this version's schema, and refusing one from the future."""

from dataclasses import dataclass
from pathlib import Path

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from deskhand.errors import StoreUnavailableError, StoreVersionError
from deskhand.stores.database import reading_engine
from deskhand.stores.locks import lock_name
from deskhand.stores.tables import tables

_MIGRATIONS = Path(__file__).parent / "migrations"


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
    script = _script()
    head = str(script.get_current_head())
    place = engine.url.render_as_string(hide_password=True)
    try:
        # Read as everything is read that changes nothing: it waits for no writer.
        with reading_engine(engine).connect() as connection:
            found = _revision(connection)
            connection.rollback()
        if found == head:
            return Upgrade(found=found, now=head)
        _check_known(script, found, place=place)
        with engine.begin() as connection:
            # Others may be starting, too: whoever comes second finds nothing left to do.
            lock_name(connection, "schema")
            _run(connection, script)
    except DBAPIError as error:
        raise StoreUnavailableError(place, str(error.orig).strip()) from error
    return Upgrade(found=found, now=head)


def _script() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _check_known(script: ScriptDirectory, found: str | None, *, place: str) -> None:
    known = {revision.revision for revision in script.walk_revisions()}
    if found is not None and found not in known:
        raise StoreVersionError(place, found=found, known=str(script.get_current_head()))


def _run(connection: Connection, script: ScriptDirectory, *, to: str = "head") -> None:
    def upgrades(revision: object, _context: object) -> list[object]:
        return script._upgrade_revs(to, revision)  # type: ignore[arg-type,return-value]  # noqa: SLF001

    environment = EnvironmentContext(Config(), script, fn=upgrades)
    with environment:
        environment.configure(connection=connection, target_metadata=tables)
        with environment.begin_transaction():
            environment.run_migrations()
