"""`deskhand.toml`: where a project keeps things, and how its workers work."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deskhand.errors import ProjectNotFoundError
from deskhand.settings.environment import key_file_named, with_password_of
from deskhand.settings.files import FileSettings, read_files
from deskhand.settings.network import EventSettings, HttpSettings, read_events, read_http
from deskhand.settings.toml_tables import TomlTables, read_tables
from deskhand.settings.verification import AuditSettings, read_audit
from deskhand.settings.worker import OnceSettings, WorkerSettings, read_once, read_worker

FILE_NAME = "deskhand.toml"
TABLES = ("project", "state", "vault", "worker", "once", "http", "events", "files", "audit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project's folder and its settings; every path is absolute."""

    folder: Path
    runbooks: Path
    bots: Path
    accounts: Path
    queues: Path
    people: Path
    calendars: Path
    state: Path
    logs: str
    database: str
    vault: str
    vault_file: Path
    vault_key_file: Path
    vault_key: str | None
    log: str
    worker: WorkerSettings
    once: OnceSettings
    http: HttpSettings
    receivers: Path
    events: EventSettings
    files: FileSettings
    audit: AuditSettings
    notify: Path
    quality: Path

    @property
    def evidence(self) -> Path:
        """Where evidence lies."""
        return self.state / "evidence"


def find_project(start: Path) -> Path:
    """Return the folder that holds `deskhand.toml`: `start` or one above it."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise ProjectNotFoundError(start)


def load_project(folder: Path, *, environment: Mapping[str, str] | None = None) -> Project:
    """Read a project's settings; raises `SettingsError` with the place and what is expected."""
    if environment is None:
        environment = os.environ  # noqa: TID251 - this is the edge
    file = folder / FILE_NAME
    return read_project(TomlTables(file, read_tables(file)), environment)


def read_project(tables: TomlTables, environment: Mapping[str, str]) -> Project:
    """Read a project's settings out of its tables; raises `SettingsError`."""
    state = tables.path("state", "folder", ".deskhand")
    project = Project(
        folder=tables.folder,
        runbooks=tables.path("project", "runbooks", "runbooks"),
        bots=tables.path("project", "bots", "bots"),
        accounts=_settings_file(tables, "accounts"),
        queues=_settings_file(tables, "queues"),
        people=_settings_file(tables, "people"),
        calendars=_settings_file(tables, "calendars"),
        state=state,
        logs=tables.choice("state", "logs", ("file", "stderr")),
        database=_database(tables, environment, state=state),
        vault=tables.choice("vault", "adapter", ("file", "environment")),
        vault_file=tables.path("vault", "file", "vault.sealed"),
        vault_key_file=_key_file(tables, environment),
        vault_key=environment.get("DESKHAND_VAULT_KEY") or None,
        log=tables.take("project", "audit_log", "local/1", str),
        worker=read_worker(tables),
        once=read_once(tables),
        http=read_http(tables),
        receivers=_settings_file(tables, "receivers"),
        events=read_events(tables),
        files=read_files(tables),
        audit=read_audit(tables),
        notify=_settings_file(tables, "notify"),
        quality=_settings_file(tables, "quality"),
    )
    tables.nothing_left(TABLES)
    return project


def _settings_file(tables: TomlTables, key: str) -> Path:
    """Return where a file of the project lies. It may be missing, unless it is named.

    Unread, a file that says who may decide would let anybody decide.
    """
    named = tables.names("project", key)
    path = tables.path("project", key, f"{key}.yaml")
    told = tables.folder / f"{key}.yaml"
    if not path.is_file() and (named or path.exists() or told.is_symlink()):
        problem = f"{path} is no file that can be read; without such a file, leave the key out"
        raise tables.mistake(problem, f"project.{key}")
    return path


def _database(tables: TomlTables, environment: Mapping[str, str], *, state: Path) -> str:
    given = tables.take("state", "database", "sqlite", str)
    given = environment.get("DESKHAND_DATABASE_URL") or given
    url = f"sqlite:///{state / 'deskhand.db'}" if given == "sqlite" else given
    return with_password_of(environment, url)


def _key_file(tables: TomlTables, environment: Mapping[str, str]) -> Path:
    told = tables.path("vault", "key_file", "vault.key")
    return key_file_named(environment) or told
