"""Files that clients drop into folders: a table of `deskhand.toml`."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from deskhand.settings.toml_tables import TomlTables


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSettings:
    """How drop folders are watched, and where files and answers go.

    A file that has not changed for `settle` is taken for whole; one of more than `max_bytes` is
    refused. Files that were taken in go to `archive`, answers to `outbox`, a folder a client.
    """

    scan_every: timedelta = timedelta(seconds=1)
    settle: timedelta = timedelta(seconds=2)
    max_bytes: int = 500_000_000
    archive: Path = Path("archive")
    outbox: Path = Path("outbox")


def read_files(tables: TomlTables) -> FileSettings:
    """Read the table `[files]`; raises `SettingsError`."""
    default = FileSettings()
    return FileSettings(
        scan_every=tables.pause("files", "scan_every") or default.scan_every,
        settle=tables.pause("files", "settle") or default.settle,
        max_bytes=tables.number("files", "max_bytes", default.max_bytes, least=1, most=1 << 40),
        archive=tables.path("files", "archive", "archive"),
        outbox=tables.path("files", "outbox", "outbox"),
    )
