"""Running the migrations that a database has not seen: with Alembic, which loads slowly."""

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from deskhand.stores.tables import tables

_MIGRATIONS = Path(__file__).parent / "migrations"


def scripts() -> ScriptDirectory:
    """Return the migrations of this version."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def known_schemas() -> frozenset[str]:
    """Return every schema that this version can begin with."""
    return frozenset(revision.revision for revision in scripts().walk_revisions())


def migrate(connection: Connection, *, to: str = "head") -> None:
    """Run what the database has not seen, in the caller's transaction."""
    script = scripts()

    def upgrades(revision: object, _context: object) -> list[object]:
        return script._upgrade_revs(to, revision)  # type: ignore[arg-type,return-value]  # noqa: SLF001

    environment = EnvironmentContext(Config(), script, fn=upgrades)
    with environment:
        environment.configure(connection=connection, target_metadata=tables)
        with environment.begin_transaction():
            environment.run_migrations()
