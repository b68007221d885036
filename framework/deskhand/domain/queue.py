"""Queues: how soon a case must be decided, and by whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from enum import Enum

from deskhand.domain.account import portal_of
from deskhand.domain.business_hours import BusinessTime, Hours
from deskhand.domain.calendars import ALWAYS, Calendars
from deskhand.domain.exception_case import NO_ACCOUNT, CaseKind, Decision
from deskhand.domain.identifiers import AccountName
from deskhand.domain.person_name import folded

RISK_AT = 80
"""The share of its time, in percent, after which a case is at risk."""

_FOUR_HOURS = BusinessTime(hours=timedelta(hours=4))
_ONE_DAY = BusinessTime(days=1)
_HURRIED = (CaseKind.SYSTEM, CaseKind.UNCERTAIN)


class ClockKind(Enum):
    """Which time counts against a case."""

    BUSINESS = "business"  # the open time of the client's calendar, and of the portal's
    ALWAYS = "always"  # all time


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTimes:
    """When a case must be decided, and when it gets close to that."""

    risk_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Cases of one kind of work: who handles them, how soon, and what may be decided.

    Without `role` anybody may. Without `within` the kind of the case says how soon. `may` lists
    the decisions that a person may take here, None means all of them. Cases above
    `second_person_above` need a second person. `skills` are what a person needs to be handed a
    case.
    """

    name: str
    role: str | None = None
    within: BusinessTime | None = None
    risk_at: int = RISK_AT
    clock: ClockKind = ClockKind.BUSINESS
    escalate_to: str | None = None
    second_person_above: Decimal | None = None
    may: frozenset[Decision] | None = None
    skills: frozenset[str] = frozenset()

    def times(self, kind: CaseKind, opened: datetime, *, hours: Hours) -> CaseTimes:
        """Return the times of a case that opens now, by the hours that count."""
        due = hours.after(opened, self.within or (_FOUR_HOURS if kind in _HURRIED else _ONE_DAY))
        risky = hours.between(opened, due) * self.risk_at / 100
        return CaseTimes(risk_at=min(hours.add(opened, risky), due), due_at=due)

    def allows(self, decision: Decision) -> bool:
        """Whether a decision may be taken here, by whoever may take one."""
        return self.may is None or decision in self.may


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who decides cases. Without `queues` or `clients` they may see all of them."""

    name: str
    roles: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()
    clients: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()

    def may(self, queue: Queue, client: str) -> bool:
        """Whether they may work on a client's cases in a queue."""
        return (
            (queue.role is None or queue.role in self.roles)
            and (not self.queues or queue.name in self.queues)
            and (not self.clients or client in self.clients)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueBook:
    """All that is laid down about queues, people and calendars; empty, the defaults hold."""

    queues: Mapping[str, Queue] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    calendars: Calendars = field(default_factory=Calendars)
    _listed: Mapping[str, Person] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Folded once: whoever is handed a case is looked up for every queue and client.
        listed = {folded(person.name): person for person in self.people.values()}
        object.__setattr__(self, "_listed", listed)

    def of(self, name: str) -> Queue:
        """Return a queue; one that nobody described has the defaults."""
        return self.queues.get(name) or Queue(name=name)

    def clock(self, queue: str, client: str, *, portal: str = "") -> Hours:
        """Return the hours that count for a client's cases in a queue, of a portal if of one."""
        always = self.of(queue).clock is ClockKind.ALWAYS
        return ALWAYS if always else self.calendars.shared(client, portal)

    def zone(self, client: str) -> tzinfo:
        """Return where a client's day begins and ends: the time zone of their calendar."""
        return self.calendars.of_client(client).timezone

    def times(
        self,
        queue: str,
        kind: CaseKind,
        client: str,
        *,
        opened: datetime,
        account: AccountName = NO_ACCOUNT,
    ) -> CaseTimes:
        """Return the times of a client's case that opens now; `account` tells whose portal."""
        hours = self.clock(queue, client, portal=portal_of(account))
        return self.of(queue).times(kind, opened, hours=hours)

    def may(self, person: str, queue: str, client: str) -> bool:
        """Whether somebody may take or decide a client's cases in a queue.

        Whoever is not listed may work only where no role is asked for.
        """
        asked = self.of(queue)
        known = self._listed.get(folded(person))
        return asked.role is None if known is None else known.may(asked, client)

    def knows(self, person: str) -> bool:
        """Whether somebody is listed, or nobody is."""
        return not self._listed or folded(person) in self._listed

    def who_may(self, queue: str, client: str) -> Iterator[str]:
        """Yield the names of the listed people who may work on a client's cases in a queue."""
        for person in self.people.values():
            if person.may(self.of(queue), client):
                yield person.name

    def skilled(self, person: str, queue: str, *, skills: frozenset[str] = frozenset()) -> bool:
        """Whether somebody has what a queue asks for: by the book, or as they say now."""
        known = self._listed.get(folded(person))
        return self.of(queue).skills <= (skills or (known.skills if known else frozenset()))


DEFAULTS = QueueBook()
"""The book of a project that laid nothing down."""
