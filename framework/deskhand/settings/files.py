"""Files that clients drop into folders: a table of `deskhand.toml`."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path


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
