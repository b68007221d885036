"""Calendars by name: which client and which portal keep which hours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, time

from deskhand.domain.business_hours import BusinessHours, Hours, Opening, SharedHours
from deskhand.errors import NotFoundError

STANDARD = "standard"
"""The calendar of whoever has none of their own: Monday to Friday, 09:00 to 17:00 UTC."""


ALWAYS = BusinessHours(timezone=UTC, week=((Opening(time(0), time(0)),),) * 7)
"""The hours of whoever never closes."""

_STANDARD = BusinessHours(timezone=UTC, week=(*[(Opening(time(9), time(17)),)] * 5, (), ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendars:
    """The calendars of a project; `clients` and `portals` name theirs."""

    hours: Mapping[str, BusinessHours] = field(default_factory=dict)
    clients: Mapping[str, str] = field(default_factory=dict)
    portals: Mapping[str, str] = field(default_factory=dict)

    def named(self, name: str) -> BusinessHours:
        """Return a calendar; raises `NotFoundError`."""
        if name in self.hours:
            return self.hours[name]
        if name == STANDARD:
            return _STANDARD
        known = ", ".join(sorted({*self.hours, STANDARD}))
        raise NotFoundError("calendar", name, advice=f"calendars.yaml has: {known}")

    def of_client(self, client: str) -> BusinessHours:
        """Return a client's hours."""
        return self.named(self.clients.get(client, STANDARD))

    def shared(self, client: str, portal: str) -> Hours:
        """Return when a client's people work and the portal is open; it is, where none is named."""
        office = self.of_client(client)
        if portal not in self.portals:
            return office
        return SharedHours(office, self.named(self.portals[portal]))
