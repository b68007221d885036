"""Who is told of what, and when: grouping, cool-down, the night, the digest. Pure.

A fact opens a message that leaves a while later; facts of the same topic join it until then.
The next message of the topic leaves a cool-down after the last one at the earliest. What comes
at night and can wait leaves in the morning, with everything else that could.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from fnmatch import fnmatchcase

from deskhand.domain.business_hours import BusinessHours, Opening
from deskhand.domain.notification import MORNING, Fact, Notification, Rule
from deskhand.domain.schedule import WorkingDays

BURST_WITHIN = timedelta(minutes=10)
"""How close together cases of one cause must come to be a burst."""

FALLBACK_AFTER = timedelta(minutes=15)
"""After so long a page that its target has not taken goes to the fallback, too."""

_MIDNIGHT = time()
_NO_TIME = timedelta(0)
_AT_ONCE = frozenset(
    {
        Rule.ACCOUNT_HELD,
        Rule.VERSION_HELD,
        Rule.SEAL_FAILED,
        Rule.AUDIT_FAILED,
        Rule.CAUSE_BURST,
        Rule.QUEUE_STOPPED,
    }
)
_ALWAYS_PAGES = frozenset({Rule.SEAL_FAILED, Rule.AUDIT_FAILED})
_GROUP = timedelta(minutes=10)
_COOL_DOWN = timedelta(hours=1)
_COOL_DOWNS = {Rule.ACCOUNT_HELD: timedelta(minutes=10), Rule.QUEUE_STOPPED: timedelta(hours=4)}


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyRule:
    """Of what, where, and whom to tell.

    `group` is how long a message gathers facts, `cool_down` the least time between two of them.
    `at_night` overrides the night's rule. A burst is `more_than` so many cases; a queue stands
    still when nobody has acted `after` so much open time.
    """

    rule: Rule
    to: tuple[str, ...]
    queues: tuple[str, ...] = ("*",)
    clients: tuple[str, ...] = ("*",)
    group: timedelta = _GROUP
    cool_down: timedelta = _COOL_DOWN
    at_night: bool | None = None
    more_than: int = 20
    after: timedelta = timedelta(hours=2)

    def wants(self, fact: Fact) -> bool:
        """Whether it tells of a fact."""
        return (
            fact.rule is self.rule
            and _fits(fact.queue, self.queues)
            and _fits(fact.client, self.clients)
            and (fact.rule is not Rule.CAUSE_BURST or fact.weight > self.more_than)
            and (fact.rule is not Rule.QUEUE_STOPPED or fact.quiet >= self.after)
        )

    def wakes(self, fact: Fact) -> bool | None:
        """Whether somebody is woken for a fact; None when that depends on when it is due."""
        if self.at_night is not None:
            return self.at_night
        if fact.lockout or fact.rule in _ALWAYS_PAGES:
            return True
        return False if fact.lasts or fact.due_at is None else None


def rule_of(rule: Rule, *, to: tuple[str, ...]) -> NotifyRule:
    """Return a rule with its defaults: what is urgent gathers nothing."""
    return NotifyRule(
        rule=rule,
        to=to,
        group=_NO_TIME if rule in _AT_ONCE else _GROUP,
        cool_down=_COOL_DOWNS.get(rule, _COOL_DOWN),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What is open, told once a day at a local time, on working days only where there are any."""

    at: time
    timezone: tzinfo
    to: tuple[str, ...]
    working_days: WorkingDays | None = None

    def last_one(self, *, now: datetime) -> tuple[date, datetime] | None:
        """Return today's, when its time has come: the local day, and the moment."""
        day = now.astimezone(self.timezone).date()
        moment = datetime.combine(day, self.at, tzinfo=self.timezone).astimezone(UTC)
        works = self.working_days is None or self.working_days.works_on(day)
        return (day, moment) if works and moment <= now else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """Who is told what a target could not be told: when it is given up, a page `after` so long."""

    to: str
    after: timedelta = FALLBACK_AFTER


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyBook:
    """All that is laid down about notifications.

    `shift` is when somebody is at work, all other time is night; without it there is none.
    Due times are told in `timezone`; `link` is where the console is. `fallbacks` are by target,
    and lead in no circle.
    """

    rules: tuple[NotifyRule, ...]
    digest: Digest | None = None
    shift: BusinessHours | None = None
    timezone: tzinfo = UTC
    link: str = ""
    fallbacks: Mapping[str, Fallback] = field(default_factory=dict)

    def addressees(self, fact: Fact) -> Iterator[tuple[str, NotifyRule]]:
        """Yield who is told of a fact, each once, by the first rule that says so."""
        told: set[str] = set()
        for rule in self.rules:
            if rule.wants(fact):
                for target in rule.to:
                    if target not in told:
                        told.add(target)
                        yield target, rule

    def morning(self, at: datetime) -> datetime | None:
        """Return when the night is over that a moment lies in; None by day."""
        if self.shift is None:
            return None
        begins = self.shift.add(at, _NO_TIME)
        return begins if begins > at else None


def shift_between(
    *, ends: time, begins: time, timezone: tzinfo, working_days: WorkingDays | None
) -> BusinessHours:
    """Return the hours between the night's end and its next beginning.

    Without working days every day has a shift. Raises `ValueError` when the two are one time.
    """
    if ends == begins:
        raise ValueError("the night ends when it begins; leave it out to have none")
    if ends < begins or begins == _MIDNIGHT:
        openings: tuple[Opening, ...] = (Opening(ends, begins),)
    elif ends == _MIDNIGHT:
        openings = (Opening(_MIDNIGHT, begins),)
    else:
        openings = (Opening(_MIDNIGHT, begins), Opening(ends, _MIDNIGHT))
    closed: Container[date] = frozenset() if working_days is None else _NotWorking(working_days)
    return BusinessHours(timezone=timezone, week=(openings,) * 7, closed=closed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was told already, as far as it decides about what comes.

    `latest` has the newest notification of a target and topic; `noticed` when a target's
    messages took a fact up for the last time, by its key.
    """

    latest: Mapping[tuple[str, str], Notification] = field(default_factory=dict)
    noticed: Mapping[tuple[str, str], datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """Facts for one target's message: a new one that leaves then, or one that is gathering."""

    target: str
    topic: str
    leaves_at: datetime
    facts: tuple[Fact, ...]
    joins: Notification | None = None


def gathered(
    facts: Sequence[Fact], *, book: NotifyBook, told: Told, now: datetime
) -> list[Gathering]:
    """Decide whose message each fact goes into, and when that leaves."""
    found: dict[tuple[str, str], Gathering] = {}
    for fact in facts:
        for target, rule in book.addressees(fact):
            topic, leaves_at = _leaving(fact, rule, target, book=book, told=told, now=now)
            joins = _gathering_one(told, target, topic)
            if _known(fact, rule, target, joins=joins, told=told, now=now):
                continue
            if joins is not None:
                leaves_at = min(leaves_at, joins.next_try_at)
            so_far = found.get((target, topic)) or Gathering(
                target=target, topic=topic, leaves_at=leaves_at, facts=(), joins=joins
            )
            found[target, topic] = replace(
                so_far,
                leaves_at=min(so_far.leaves_at, leaves_at),
                facts=(*so_far.facts, replace(fact, wakes=rule.wakes(fact))),
            )
    return list(found.values())


def _leaving(
    fact: Fact, rule: NotifyRule, target: str, *, book: NotifyBook, told: Told, now: datetime
) -> tuple[str, datetime]:
    """Return the topic under which a fact leaves, and when."""
    topic = rule.rule.value
    leaves_at = now + rule.group
    last = told.latest.get((target, topic))
    if last is not None and last.left_at is not None:
        leaves_at = max(leaves_at, last.left_at + rule.cool_down)
    morning = book.morning(leaves_at)
    if morning is None or _cannot_wait(fact, rule, morning):
        return topic, leaves_at
    return MORNING, morning


def _cannot_wait(fact: Fact, rule: NotifyRule, morning: datetime) -> bool:
    wakes = rule.wakes(fact)
    return (fact.due_at is not None and fact.due_at < morning) if wakes is None else wakes


def _gathering_one(told: Told, target: str, topic: str) -> Notification | None:
    latest = told.latest.get((target, topic))
    return latest if latest is not None and latest.gathers else None


def _known(
    fact: Fact,
    rule: NotifyRule,
    target: str,
    *,
    joins: Notification | None,
    told: Told,
    now: datetime,
) -> bool:
    """Whether the target knows already, or will from a message that has not left."""
    at = told.noticed.get((target, fact.key))
    if at is None or not fact.lasts:
        return at is not None
    return at + rule.cool_down > now or (joins is not None and at >= joins.opened_at)


class _NotWorking(Container[date]):
    """The days on which nobody works."""

    def __init__(self, working_days: WorkingDays) -> None:
        self._working_days = working_days

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and not self._working_days.works_on(day)


def _fits(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
