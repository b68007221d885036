"""How often the audit log is verified by itself: the table `[audit]` of `deskhand.toml`."""

from dataclasses import dataclass
from datetime import UTC, time, timedelta, tzinfo

from deskhand.domain.verification import VerificationRhythm
from deskhand.settings.local_times import time_of_day, time_zone
from deskhand.settings.toml_tables import TomlTables

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSettings:
    """When the new records are verified, and when all of the log is.

    `verify_at` is a time of day in `timezone`. Raises `ValueError` for a time between two
    verifications that is too short or too long.
    """

    verify_every: timedelta = timedelta(days=1)
    verify_at: time = time(3)
    timezone: tzinfo = UTC
    whole_every: timedelta = timedelta(days=7)

    def __post_init__(self) -> None:
        for pause in (self.verify_every, self.whole_every):
            if not SHORTEST <= pause <= LONGEST:
                raise ValueError("expected verify_every and whole_every to be 5m to 366d")

    @property
    def rhythm(self) -> VerificationRhythm:
        """The same, to ask when it is due."""
        return VerificationRhythm(
            every=self.verify_every,
            at=self.verify_at,
            timezone=self.timezone,
            whole_every=self.whole_every,
        )


def read_audit(tables: TomlTables) -> AuditSettings:
    """Read the table `[audit]`; raises `SettingsError`."""
    default = AuditSettings()
    every = tables.pause("audit", "verify_every") or default.verify_every
    at = tables.read("audit", "verify_at", "03:00", time_of_day)
    timezone = tables.read("audit", "timezone", "UTC", time_zone)
    whole_every = tables.pause("audit", "whole_every") or default.whole_every
    try:
        return AuditSettings(
            verify_every=every, verify_at=at, timezone=timezone, whole_every=whole_every
        )
    except ValueError as error:
        raise tables.mistake(str(error), "audit") from error
