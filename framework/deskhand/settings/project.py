"""`deskhand.toml`: where a project keeps things, and how its workers work."""

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from deskhand.domain.duration import parse_duration
from deskhand.domain.signed_request import LONGEST_MEMORY, SHORTEST_MEMORY
from deskhand.errors import ProjectNotFoundError, SettingsError
from deskhand.settings.environment import key_file_named, with_password_of
from deskhand.settings.files import FileSettings
from deskhand.settings.local_times import time_of_day, time_zone
from deskhand.settings.network import EventSettings, HttpSettings
from deskhand.settings.verification import AuditSettings
from deskhand.settings.worker import EvidencePolicy, OnceSettings, WorkerSettings

FILE_NAME = "deskhand.toml"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


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
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(str(error), file=file) from error
    except OSError as error:
        raise SettingsError(str(error.strerror), file=file) from error
    return _Reader(file, content, environment).project()


class _Reader:
    """Takes typed values out of the file's tables; whatever is left over is a mistake."""

    def __init__(
        self, file: Path, content: Mapping[str, Any], environment: Mapping[str, str]
    ) -> None:
        self._file = file
        self._folder = file.parent
        self._environment = environment
        self._tables: dict[str, dict[str, Any]] = {}
        for name, table in content.items():
            if not isinstance(table, dict):
                raise SettingsError("belongs into a table such as [worker]", file=file, where=name)
            self._tables[name] = dict(table)

    def project(self) -> Project:
        """Read everything; raises `SettingsError`."""
        state = self._path("state", "folder", ".deskhand")
        project = Project(
            folder=self._folder,
            runbooks=self._path("project", "runbooks", "runbooks"),
            bots=self._path("project", "bots", "bots"),
            accounts=self._settings_file("accounts"),
            queues=self._settings_file("queues"),
            people=self._settings_file("people"),
            calendars=self._settings_file("calendars"),
            state=state,
            logs=self._choice("state", "logs", ("file", "stderr")),
            database=self._database(state),
            vault=self._choice("vault", "adapter", ("file", "environment")),
            vault_file=self._path("vault", "file", "vault.sealed"),
            vault_key_file=self._key_file(),
            vault_key=self._environment.get("DESKHAND_VAULT_KEY") or None,
            log=self._take("project", "audit_log", "local/1", str),
            worker=self._worker(),
            once=self._once(),
            http=self._http(),
            receivers=self._settings_file("receivers"),
            events=self._events(),
            files=self._files(),
            audit=self._audit(),
            notify=self._settings_file("notify"),
            quality=self._settings_file("quality"),
        )
        self._nothing_left()
        return project

    def _worker(self) -> WorkerSettings:
        default = WorkerSettings()
        lanes = self._number("worker", "lanes", default.lanes, least=1, most=64)
        heartbeat = self._pause("worker", "heartbeat") or default.heartbeat
        given_up_after = self._pause("worker", "given_up_after") or default.given_up_after
        if given_up_after <= heartbeat:
            raise SettingsError(
                "expected more than worker.heartbeat: a living worker would be given up",
                file=self._file,
                where="worker.given_up_after",
            )
        policies = tuple(policy.value for policy in EvidencePolicy)
        return WorkerSettings(
            lanes=lanes,
            headed=self._take("worker", "headed", default.headed, bool),
            evidence=EvidencePolicy(self._choice("worker", "evidence", policies)),
            heartbeat=heartbeat,
            given_up_after=given_up_after,
            retry_first=self._time("worker", "retry_first"),
            retry_max=self._time("worker", "retry_max"),
        )

    def _once(self) -> OnceSettings:
        return OnceSettings(
            act_within=self._pause("once", "act_within") or OnceSettings().act_within,
            ask_after=self._time("once", "ask_after"),
            every=self._pause("once", "every"),
            patience=self._time("once", "patience"),
        )

    def _http(self) -> HttpSettings:
        default = HttpSettings()
        settings = HttpSettings(
            given="http" in self._tables,
            host=self._take("http", "host", default.host, str),
            port=self._number("http", "port", default.port, least=0, most=65_535),
            behind_proxy=self._take("http", "behind_proxy", default.behind_proxy, bool),
            certificate=self._optional_path("http", "certificate"),
            key=self._optional_path("http", "key"),
            requests_a_minute=self._number(
                "http", "requests_a_minute", default.requests_a_minute, least=1, most=1_000_000
            ),
            ids_kept=self._pause("http", "ids_kept") or default.ids_kept,
        )
        if not SHORTEST_MEMORY <= settings.ids_kept <= LONGEST_MEMORY:
            raise SettingsError(
                "expected 10m to 36500d: a request could be taken twice whose id is forgotten "
                "before its signature is too old",
                file=self._file,
                where="http.ids_kept",
            )
        if (settings.certificate is None) is not (settings.key is None):
            raise SettingsError(
                "expected certificate and key, or neither", file=self._file, where="http"
            )
        sealed = settings.certificate is not None or settings.behind_proxy
        if not sealed and settings.host not in _LOOPBACK:
            raise SettingsError(
                "expected a certificate and key, or behind_proxy = true: what clients send must "
                "not cross a network in clear",
                file=self._file,
                where="http.host",
            )
        return settings

    def _events(self) -> EventSettings:
        default = EventSettings()
        return EventSettings(
            tries=self._number("events", "tries", default.tries, least=1, most=10_000),
            give_up_after=self._pause("events", "give_up_after") or default.give_up_after,
            retry_first=self._pause("events", "retry_first") or default.retry_first,
            retry_max=self._pause("events", "retry_max") or default.retry_max,
        )

    def _files(self) -> FileSettings:
        default = FileSettings()
        return FileSettings(
            scan_every=self._pause("files", "scan_every") or default.scan_every,
            settle=self._pause("files", "settle") or default.settle,
            max_bytes=self._number("files", "max_bytes", default.max_bytes, least=1, most=1 << 40),
            archive=self._path("files", "archive", "archive"),
            outbox=self._path("files", "outbox", "outbox"),
        )

    def _audit(self) -> AuditSettings:
        default = AuditSettings()
        told = {
            "verify_every": self._pause("audit", "verify_every") or default.verify_every,
            "verify_at": self._read("audit", "verify_at", "03:00", time_of_day),
            "timezone": self._read("audit", "timezone", "UTC", time_zone),
            "whole_every": self._pause("audit", "whole_every") or default.whole_every,
        }
        try:
            return AuditSettings(**told)
        except ValueError as error:
            raise SettingsError(str(error), file=self._file, where="audit") from error

    def _database(self, state: Path) -> str:
        given = self._take("state", "database", "sqlite", str)
        given = self._environment.get("DESKHAND_DATABASE_URL") or given
        url = f"sqlite:///{state / 'deskhand.db'}" if given == "sqlite" else given
        return with_password_of(self._environment, url)

    def _key_file(self) -> Path:
        told = self._path("vault", "key_file", "vault.key")
        return key_file_named(self._environment) or told

    def _path(self, table: str, key: str, default: str) -> Path:
        name: str = self._take(table, key, default, str)
        return (self._folder / name).resolve()

    def _settings_file(self, key: str) -> Path:
        """Return where a file of the project lies. It may be missing, unless it is named.

        Unread, a file that says who may decide would let anybody decide.
        """
        named = key in self._tables.get("project", {})
        path = self._path("project", key, f"{key}.yaml")
        told = self._folder / f"{key}.yaml"
        if not path.is_file() and (named or path.exists() or told.is_symlink()):
            problem = f"{path} is no file that can be read; without such a file, leave the key out"
            raise SettingsError(problem, file=self._file, where=f"project.{key}")
        return path

    def _optional_path(self, table: str, key: str) -> Path | None:
        name: str = self._take(table, key, "", str)
        return (self._folder / name).resolve() if name else None

    def _number(self, table: str, key: str, default: int, *, least: int, most: int) -> int:
        number: int = self._take(table, key, default, int)
        if not least <= number <= most:
            expected = f"expected {least} to {most}"
            raise SettingsError(expected, file=self._file, where=f"{table}.{key}")
        return number

    def _time(self, table: str, key: str) -> timedelta | None:
        text = self._take(table, key, "", str)
        try:
            return parse_duration(text) if text else None
        except ValueError as error:
            raise SettingsError(str(error), file=self._file, where=f"{table}.{key}") from error

    def _read(self, table: str, key: str, default: str, of: Callable[[str], Any]) -> Any:
        text = self._take(table, key, default, str)
        try:
            return of(text)
        except ValueError as error:
            raise SettingsError(str(error), file=self._file, where=f"{table}.{key}") from error

    def _pause(self, table: str, key: str) -> timedelta | None:
        pause = self._time(table, key)
        if pause == timedelta(0):
            raise SettingsError("expected more than 0", file=self._file, where=f"{table}.{key}")
        return pause

    def _choice(self, table: str, key: str, options: tuple[str, ...]) -> str:
        value: str = self._take(table, key, options[0], str)
        if value not in options:
            expected = f"expected one of: {', '.join(options)}"
            raise SettingsError(expected, file=self._file, where=f"{table}.{key}")
        return value

    def _take(self, table: str, key: str, default: Any, kind: type) -> Any:
        value = self._tables.setdefault(table, {}).pop(key, default)
        if type(value) is not kind:
            expected = f"expected {kind.__name__}, found {type(value).__name__}"
            raise SettingsError(expected, file=self._file, where=f"{table}.{key}")
        return value

    def _nothing_left(self) -> None:
        known = ("project", "state", "vault", "worker", "once", "http", "events", "files", "audit")
        for name, table in self._tables.items():
            if name not in known:
                raise SettingsError(_unknown(name, known), file=self._file, where=name)
            for key in table:
                raise SettingsError("unknown key", file=self._file, where=f"{name}.{key}")


def _unknown(name: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(name, known, n=1)
    return (
        f"unknown table; did you mean [{close[0]}]?"
        if close
        else (f"unknown table; the known ones are {', '.join(known)}")
    )
