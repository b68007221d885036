"""The time of this machine."""

from datetime import UTC, datetime


class SystemClock:
    """Reads the system's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this is the clock
