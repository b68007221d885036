"""structlog, set up so that only allowed fields reach a log line."""

import logging
import os
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO, cast

import structlog

from deskhand.domain.sealed import MASK

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "logger",
        "account", "action", "attempt", "bot", "case", "cause", "client", "code", "count",
        "error", "file", "item", "kind", "lanes", "line", "milliseconds", "outcome", "place",
        "problem", "queue", "rows", "runbook", "seconds", "state", "step", "worker",
    }
)  # fmt: skip
"""The fields that may be logged. Every other one is dropped: deny by default."""


def set_up_logs(file: Path | None = None, *, verbose: bool = False) -> None:
    """Send operations logs, one JSON object a line, to a file, or to standard error."""
    stream: TextIO | LineFile = sys.stderr
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        stream = LineFile(file)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.DEBUG if verbose else logging.INFO
        ),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", stream)),
        cache_logger_on_first_use=False,
    )


class LineFile:
    """A file to which each line is appended by itself: nothing stays open between two lines.

    So a file that was moved away begins anew. A line that cannot be written is lost: work does
    not stop for want of an operations log.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Append a text; return its length."""
        with suppress(OSError):
            place = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(place, "a", encoding="utf-8") as stream:
                stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Do nothing: every line is written when it is told."""


def only_allowed(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop the fields that are not allowed; keep their names, so that one sees what is missing."""
    dropped = [name for name in event if name not in ALLOWED]
    for name in dropped:
        event[name] = MASK
    return event
