"""Moments on a command line."""

from datetime import UTC, datetime


def moment(text: str) -> datetime:
    """Read a day or a moment, in UTC where it says nothing else; raises `ValueError`."""
    try:
        read = datetime.fromisoformat(text.strip())
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} is no moment; write 2026-05-01 or 2026-05-01T09:00") from error
