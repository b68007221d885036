"""`notify.yaml`: who is told of what, by which way, and when they are left in peace."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, time, timedelta, tzinfo
from fnmatch import fnmatchcase
from pathlib import Path

from deskhand.domain.business_hours import BusinessHours
from deskhand.domain.calendars import STANDARD, Calendars
from deskhand.domain.duration import parse_duration
from deskhand.domain.notification import Rule
from deskhand.domain.notify_rules import Digest, NotifyBook, NotifyRule, rule_of, shift_between
from deskhand.domain.receiver import Receiver
from deskhand.domain.target import MailServer
from deskhand.errors import SettingsError
from deskhand.settings.local_times import time_of_day, time_zone
from deskhand.settings.notify_fallbacks import fallbacks
from deskhand.settings.notify_targets import (
    MAIL_KEYS,
    link,
    mail_server,
    people,
    webhooks,
    whole_number,
)
from deskhand.settings.yaml_file import Entry, read_yaml, suggestion

FILE_KEYS = ("mail", "link", "people", "webhooks", "fallbacks", "rules", "digest", "night")
RULE_KEYS = (
    "rule",
    "to",
    "queues",
    "clients",
    "group",
    "cool_down",
    "at_night",
    "more_than",
    "after",
)
DIGEST_KEYS = ("at", "to", "timezone")
NIGHT_KEYS = ("from", "to", "timezone", "calendar")
RULES = tuple(rule.value for rule in Rule if rule is not Rule.CASE_OPEN)

_LONGEST = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySettings:
    """What `notify.yaml` says: the rules, and how each target is reached."""

    book: NotifyBook
    mail: MailServer | None = None
    people: Mapping[str, str] = field(default_factory=dict)
    webhooks: Mapping[str, Receiver] = field(default_factory=dict)

    @property
    def targets(self) -> Sequence[str]:
        """The names of all that can be told."""
        return [*self.people, *self.webhooks]


def load_notify(file: Path, *, calendars: Calendars) -> NotifySettings | None:
    """Read who is told of what; None where there is no file. Raises `SettingsError`."""
    content = read_yaml(file)
    if content is None:
        return None
    entry = Entry(content, known=FILE_KEYS, file=file, where="")
    mail = mail_server(_inner(entry, "mail", MAIL_KEYS)) if "mail" in entry else None
    known = dict(people(entry, mail))
    hooks = dict(webhooks(entry, known))
    targets = (*known, *hooks)
    if not targets:
        raise entry.mistake(
            "nobody is told: `people` and `webhooks` are missing; one is "
            "people: {ann: ann@example.com}"
        )
    night = _inner(entry, "night", NIGHT_KEYS) if "night" in entry else None
    hours = _calendar(night, calendars) if night is not None else None
    zone = _zone(night, hours) if night is not None else None
    book = NotifyBook(
        rules=tuple(_rules(entry, targets)),
        digest=_digest(entry, targets, zone=zone, hours=hours) if "digest" in entry else None,
        shift=_shift(night, zone, hours) if night is not None and zone is not None else None,
        timezone=zone or UTC,
        link=link(entry),
        fallbacks=fallbacks(entry, targets),
    )
    return NotifySettings(book=book, mail=mail, people=known, webhooks=hooks)


def _inner(entry: Entry, key: str, known: Sequence[str]) -> Entry:
    return Entry(entry.of(key), known=known, file=entry.file, where=key)


def _rules(entry: Entry, targets: Sequence[str]) -> Iterator[NotifyRule]:
    if "rules" not in entry:
        yield from (rule_of(Rule(word), to=tuple(targets)) for word in RULES)
        return
    listed = entry.of("rules")
    if not isinstance(listed, list) or not listed:
        raise entry.mistake("`rules` is a list of rules; leave it out to tell everybody of all")
    for number, told in enumerate(listed, start=1):
        inner = Entry(told, known=RULE_KEYS, file=entry.file, where=f"rule {number}")
        yield _rule(inner, targets)


def _rule(entry: Entry, targets: Sequence[str]) -> NotifyRule:
    word = entry.text("rule")
    if word not in RULES:
        raise entry.mistake(f"no rule `{word}`; {suggestion(word, RULES)}")
    usual = rule_of(Rule(word), to=_to(entry, targets))
    for key, of in (("more_than", Rule.CAUSE_BURST), ("after", Rule.QUEUE_STOPPED)):
        if key in entry and usual.rule is not of:
            raise entry.mistake(f"`{key}` is for the rule {of.value} only")
    return NotifyRule(
        rule=usual.rule,
        to=usual.to,
        queues=_patterns(entry, "queues"),
        clients=_patterns(entry, "clients"),
        group=_time(entry, "group", usual.group),
        cool_down=_time(entry, "cool_down", usual.cool_down),
        at_night=_yes_or_no(entry, "at_night"),
        more_than=whole_number(entry, "more_than", usual.more_than, least=1, most=1_000_000),
        after=_time(entry, "after", usual.after),
    )


def _to(entry: Entry, targets: Sequence[str]) -> tuple[str, ...]:
    named = entry.texts("to")
    if "to" in entry and not named:
        raise entry.mistake("`to` names nobody; leave it out for everybody")
    for name in named:
        if name not in targets:
            raise entry.mistake(f"`to` has no `{name}`; {suggestion(name, targets)}")
    return named or tuple(targets)


def _patterns(entry: Entry, key: str) -> tuple[str, ...]:
    named = entry.texts(key)
    if key in entry and not named:
        raise entry.mistake(f"`{key}` names none; leave it out for all of them")
    return named or ("*",)


def _time(entry: Entry, key: str, default: timedelta) -> timedelta:
    if key not in entry:
        return default
    try:
        told = parse_duration(entry.text(key))
    except ValueError as error:
        raise entry.mistake(f"`{key}`: {error}") from error
    if told > _LONGEST:
        raise entry.mistake(f"`{key}` is a week at most")
    return told


def _yes_or_no(entry: Entry, key: str) -> bool | None:
    if key not in entry:
        return None
    value = entry.of(key)
    if value not in (True, False, "yes", "no"):
        raise entry.mistake(f"`{key}` is yes or no; leave it out for the rule of the night")
    return value in (True, "yes")


def _digest(
    entry: Entry, targets: Sequence[str], *, zone: tzinfo | None, hours: BusinessHours | None
) -> Digest:
    told = entry.of("digest")
    content = {"at": told} if isinstance(told, str) else told
    inner = Entry(content, known=DIGEST_KEYS, file=entry.file, where="digest")
    own = _named_zone(inner, inner.text("timezone")) if "timezone" in inner else None
    return Digest(
        at=_clock_time(inner, "at"),
        timezone=own or zone or UTC,
        to=_to(inner, targets),
        working_days=hours,
    )


def _clock_time(entry: Entry, key: str) -> time:
    try:
        return time_of_day(entry.text(key))
    except ValueError as error:
        raise entry.mistake(f"`{key}` {error}") from error


def _calendar(night: Entry, calendars: Calendars) -> BusinessHours | None:
    if "calendar" not in night:
        return None
    name = night.text("calendar")
    known = sorted({*calendars.hours, STANDARD})
    if name not in known:
        raise night.mistake(f"no calendar `{name}`; {suggestion(name, known)}")
    return calendars.named(name)


def _zone(night: Entry, hours: BusinessHours | None) -> tzinfo:
    if "timezone" in night:
        return _named_zone(night, night.text("timezone"))
    if hours is not None:
        return hours.timezone
    raise night.mistake("`timezone` or `calendar` is missing: whose night is it?")


def _named_zone(entry: Entry, name: str) -> tzinfo:
    try:
        return time_zone(name)
    except ValueError as error:
        raise entry.mistake(str(error)) from error


def _shift(night: Entry, zone: tzinfo, hours: BusinessHours | None) -> BusinessHours:
    begins = _clock_time(night, "from") if "from" in night else time(19)
    ends = _clock_time(night, "to") if "to" in night else time(7)
    try:
        return shift_between(ends=ends, begins=begins, timezone=zone, working_days=hours)
    except ValueError as error:
        raise night.mistake(str(error)) from error


def strangers(
    settings: NotifySettings, *, file: Path, queues: Collection[str], clients: Collection[str]
) -> Iterator[SettingsError]:
    """Yield what rules name and nobody knows: mistakes, though the file can be read.

    A rule for such a queue or client would never tell anybody of anything.
    """
    for number, rule in enumerate(settings.book.rules, start=1):
        for key, patterns, known in (
            ("queues", rule.queues, queues),
            ("clients", rule.clients, clients),
        ):
            for pattern in patterns:
                if known and not any(fnmatchcase(name, pattern) for name in known):
                    yield SettingsError(
                        f"`{key}` has `{pattern}`, which is none; "
                        f"{suggestion(pattern, sorted(known))}",
                        file=file,
                        where=f"rule {number}",
                    )
