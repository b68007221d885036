"""Who is told of what, and when; every moment is said as a clock in New York shows it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from deskhand.domain.business_hours import BusinessHours, Opening
from deskhand.domain.notification import MORNING, Fact, Notification, NotificationState, Rule
from deskhand.domain.notify_rules import (
    Digest,
    Gathering,
    NotifyBook,
    NotifyRule,
    Told,
    gathered,
    rule_of,
    shift_between,
)
from tests.making_notifications import a_fact, a_notification

NEW_YORK = ZoneInfo("America/New_York")
OFFICE = BusinessHours(
    timezone=NEW_YORK,
    week=(*[(Opening(time(8), time(17)),)] * 5, (), ()),
    closed=frozenset({date(2026, 5, 25)}),
)
ANN = ("ann",)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OVERDUE = NotifyRule(rule=Rule.CASE_OVERDUE, to=ANN)


def at(text: str) -> datetime:
    """Return a moment: `05-04 12:00` in the year 2026."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=NEW_YORK).astimezone(UTC)


def shift(*, ends: int = 7, begins: int = 19, working: bool = True) -> BusinessHours:
    return shift_between(
        ends=time(ends),
        begins=time(begins),
        timezone=NEW_YORK,
        working_days=OFFICE if working else None,
    )


def book(*rules: NotifyRule, night: bool = True) -> NotifyBook:
    return NotifyBook(rules=rules or (OVERDUE,), shift=shift() if night else None)


def told(
    *latest: Notification, noticed: Iterable[tuple[str, datetime]] = (), target: str = "ann"
) -> Told:
    return Told(
        latest={(one.target, one.topic): one for one in latest},
        noticed={(target, key): moment for key, moment in noticed},
    )


def sent(moment: datetime, **changes: object) -> Notification:
    one = a_notification(
        opened_at=moment, next_try_at=moment, left_at=moment, state=NotificationState.SENT
    )
    return replace(one, **changes)  # type: ignore[arg-type]


def only(gatherings: list[Gathering]) -> Gathering:
    (gathering,) = gatherings
    return gathering


def test_facts_of_one_rule_are_one_message_that_leaves_a_while_later() -> None:
    now = at("05-04 12:00")
    facts = [a_fact("log:1"), a_fact("log:2", client="hill"), a_fact("log:3", queue="ops")]

    message = only(gathered(facts, book=book(), told=Told(), now=now))

    assert (message.target, message.topic, message.leaves_at) == (
        "ann",
        "case.overdue",
        now + 10 * MINUTE,
    )
    assert (message.facts, message.joins) == (tuple(facts), None)


def test_a_fact_joins_a_message_that_has_not_left_and_does_not_put_it_off() -> None:
    now = at("05-04 12:00")
    gathering = a_notification(opened_at=now - 5 * MINUTE, next_try_at=now + 5 * MINUTE)

    message = only(gathered([a_fact()], book=book(), told=told(gathering), now=now))

    assert (message.joins, message.leaves_at) == (gathering, now + 5 * MINUTE)


def test_nothing_joins_a_message_that_was_handed_over() -> None:
    now = at("05-04 12:00")
    left = a_notification(opened_at=now - HOUR, left_at=now - MINUTE, tries=1, next_try_at=now)

    message = only(gathered([a_fact()], book=book(), told=told(left), now=now))

    assert (message.joins, message.leaves_at) == (None, now - MINUTE + HOUR)


def test_what_is_late_takes_along_what_has_come_since() -> None:
    now = at("05-04 12:00")
    late = a_notification(opened_at=now - 2 * HOUR, next_try_at=now - HOUR)

    message = only(gathered([a_fact()], book=book(), told=told(late), now=now))

    assert (message.joins, message.leaves_at) == (late, now - HOUR)


def test_the_next_message_waits_for_the_cool_down() -> None:
    now = at("05-04 12:00")
    last = sent(now - 20 * MINUTE)
    long_ago = sent(now - 3 * HOUR)

    soon = only(gathered([a_fact()], book=book(), told=told(last), now=now))
    later = only(gathered([a_fact()], book=book(), told=told(long_ago), now=now))

    assert soon.leaves_at == last.opened_at + HOUR
    assert later.leaves_at == now + 10 * MINUTE


def test_the_cool_down_is_of_one_rule_and_one_target() -> None:
    now = at("05-04 12:00")
    others = [sent(now, topic="case.at_risk"), sent(now, target="bob")]

    message = only(gathered([a_fact()], book=book(), told=told(*others), now=now))

    assert message.leaves_at == now + 10 * MINUTE


def test_what_is_read_twice_is_told_once() -> None:
    now = at("05-04 12:00")
    known = told(noticed=[("log:1", now - HOUR)])

    message = only(gathered([a_fact("log:1"), a_fact("log:2")], book=book(), told=known, now=now))

    assert [fact.key for fact in message.facts] == ["log:2"]


def test_what_lasts_is_told_again_after_the_cool_down_only() -> None:
    now = at("05-04 12:00")
    rule = replace(rule_of(Rule.QUEUE_STOPPED, to=ANN), after=HOUR)
    stopped = a_fact("stopped:claims", Rule.QUEUE_STOPPED, lasts=True, quiet=2 * HOUR)

    def again(noticed: datetime) -> list[Gathering]:
        known = told(noticed=[(stopped.key, noticed)])
        return gathered([stopped], book=book(rule), told=known, now=now)

    assert again(now - 3 * HOUR) == []
    assert only(again(now - 4 * HOUR)).leaves_at == now


def test_what_lasts_through_the_night_is_in_the_mornings_message_once() -> None:
    now = at("05-05 05:00")
    rule = rule_of(Rule.QUEUE_STOPPED, to=ANN)
    stopped = a_fact("stopped:claims", Rule.QUEUE_STOPPED, lasts=True, quiet=9 * HOUR)
    waiting = a_notification(
        topic=MORNING, opened_at=at("05-04 20:00"), next_try_at=at("05-05 07:00")
    )
    known = told(waiting, noticed=[(stopped.key, at("05-04 20:00"))])

    assert gathered([stopped], book=book(rule), told=known, now=now) == []


def test_everybody_is_told_once_by_the_first_rule_that_says_so() -> None:
    urgent = replace(OVERDUE, queues=("claims*",), to=("boss",), group=timedelta(0))
    usual = replace(OVERDUE, to=("ann", "boss"))
    now = at("05-04 12:00")

    messages = gathered([a_fact()], book=book(urgent, usual), told=Told(), now=now)

    assert {one.target: one.leaves_at - now for one in messages} == {
        "boss": timedelta(0),
        "ann": 10 * MINUTE,
    }


@pytest.mark.parametrize(
    ("rule", "fact", "wanted"),
    [
        (OVERDUE, a_fact(), True),
        (OVERDUE, a_fact(rule=Rule.CASE_AT_RISK), False),
        (replace(OVERDUE, queues=("aid.*",)), a_fact(), False),
        (replace(OVERDUE, clients=("lake*",)), a_fact(), True),
        (replace(OVERDUE, clients=("lake*",)), a_fact(client=""), False),
        (rule_of(Rule.CAUSE_BURST, to=ANN), a_fact(rule=Rule.CAUSE_BURST, weight=20), False),
        (rule_of(Rule.CAUSE_BURST, to=ANN), a_fact(rule=Rule.CAUSE_BURST, weight=21), True),
        (
            rule_of(Rule.QUEUE_STOPPED, to=ANN),
            a_fact(rule=Rule.QUEUE_STOPPED, quiet=2 * HOUR - MINUTE),
            False,
        ),
        (
            rule_of(Rule.QUEUE_STOPPED, to=ANN),
            a_fact(rule=Rule.QUEUE_STOPPED, quiet=2 * HOUR),
            True,
        ),
    ],
)
def test_a_rule_wants_what_it_names(rule: NotifyRule, fact: Fact, wanted: bool) -> None:
    assert rule.wants(fact) is wanted


NIGHTLY = [
    (a_fact(rule=Rule.ACCOUNT_HELD, lockout=True), True),
    (a_fact(rule=Rule.ACCOUNT_HELD), False),
    (a_fact(rule=Rule.SEAL_FAILED), True),
    (a_fact(rule=Rule.AUDIT_FAILED, queue="", client=""), True),
    (a_fact(rule=Rule.CASE_AT_RISK, due_at=at("05-05 06:59")), True),
    (a_fact(rule=Rule.CASE_OVERDUE, due_at=at("05-05 01:00")), True),
    (a_fact(rule=Rule.CASE_AT_RISK, due_at=at("05-05 07:00")), False),
    (a_fact(rule=Rule.CASE_AT_RISK, due_at=at("05-05 12:00")), False),
    (a_fact(rule=Rule.APPROVAL_WAITING, due_at=None), False),
    (a_fact(rule=Rule.CAUSE_BURST, weight=100), False),
    (
        a_fact(rule=Rule.QUEUE_STOPPED, lasts=True, quiet=9 * HOUR, due_at=at("05-04 12:00")),
        False,
    ),
    (a_fact(rule=Rule.DISPATCH_DEAD), False),
    (a_fact(rule=Rule.FILE_REFUSED), False),
    (a_fact(rule=Rule.TRIGGER_MISSED), False),
]


@pytest.mark.parametrize(("fact", "pages"), NIGHTLY, ids=[fact.rule.value for fact, _ in NIGHTLY])
def test_at_night_only_what_cannot_wait_leaves(fact: Fact, pages: bool) -> None:
    now = at("05-05 02:00")
    everything = tuple(rule_of(rule, to=ANN) for rule in Rule)

    message = only(gathered([fact], book=book(*everything), told=Told(), now=now))

    if pages:
        assert message.topic == fact.rule.value
        assert message.leaves_at <= now + 10 * MINUTE
    else:
        assert (message.topic, message.leaves_at) == (MORNING, at("05-05 07:00"))


def test_what_could_wait_is_one_message_in_the_morning() -> None:
    rules = [rule_of(rule, to=ANN) for rule in (Rule.CASE_AT_RISK, Rule.FILE_REFUSED)]
    facts = [a_fact("log:1", Rule.CASE_AT_RISK), a_fact("log:2", Rule.FILE_REFUSED)]

    message = only(gathered(facts, book=book(*rules), told=Told(), now=at("05-04 23:00")))

    assert (message.topic, message.facts) == (MORNING, tuple(facts))


@pytest.mark.parametrize(
    ("at_night", "topic"), [(True, "file.refused"), (False, MORNING), (None, MORNING)]
)
def test_a_rule_may_say_otherwise_than_the_night(at_night: bool | None, topic: str) -> None:
    rule = replace(rule_of(Rule.FILE_REFUSED, to=ANN), at_night=at_night)
    now = at("05-04 23:00")

    refused = only(
        gathered([a_fact(rule=Rule.FILE_REFUSED)], book=book(rule), told=Told(), now=now)
    )

    assert refused.topic == topic


def test_a_rule_may_leave_people_asleep_even_for_a_lockout() -> None:
    rule = replace(rule_of(Rule.ACCOUNT_HELD, to=ANN), at_night=False)
    fact = a_fact(rule=Rule.ACCOUNT_HELD, lockout=True)

    message = only(gathered([fact], book=book(rule), told=Told(), now=at("05-04 23:00")))

    assert message.topic == MORNING


def test_what_would_leave_in_the_night_because_it_gathers_waits_for_the_morning() -> None:
    now = at("05-04 18:55")

    message = only(gathered([a_fact()], book=book(), told=Told(), now=now))

    assert (message.topic, message.leaves_at) == (MORNING, at("05-05 07:00"))


@pytest.mark.parametrize(
    ("moment", "morning"),
    [
        ("05-04 07:00", None),
        ("05-04 18:59", None),
        ("05-04 19:00", "05-05 07:00"),
        ("05-05 06:59", "05-05 07:00"),
        ("05-08 20:00", "05-11 07:00"),  # Friday evening: over the weekend
        ("05-09 12:00", "05-11 07:00"),
        ("05-22 20:00", "05-26 07:00"),  # a holiday behind it
        ("03-06 20:00", "03-09 07:00"),  # the clocks go forward
        ("10-30 20:00", "11-02 07:00"),  # … and back
    ],
)
def test_the_night_lasts_until_somebody_works_again(moment: str, morning: str | None) -> None:
    expected = None if morning is None else at(morning)

    assert book().morning(at(moment)) == expected


@pytest.mark.parametrize("day", ["03-08", "11-01"])
def test_the_night_in_which_the_clocks_change_ends_at_the_same_local_time(day: str) -> None:
    every_day = NotifyBook(rules=(), shift=shift(working=False))

    assert every_day.morning(at(f"{day} 00:30")) == at(f"{day} 07:00")
    assert every_day.morning(at(f"{day} 07:00")) is None


@pytest.mark.parametrize(
    ("ends", "begins", "moment", "morning"),
    [
        (5, 1, "05-04 02:00", "05-04 05:00"),  # a night within one day
        (5, 1, "05-04 00:30", None),
        (5, 1, "05-04 23:59", None),
        (7, 0, "05-04 00:00", "05-04 07:00"),
        (7, 0, "05-04 23:59", None),
        (0, 19, "05-04 20:00", "05-05 00:00"),
        (0, 19, "05-04 03:00", None),
    ],
)
def test_a_night_may_lie_anywhere(ends: int, begins: int, moment: str, morning: str | None) -> None:
    odd = NotifyBook(rules=(), shift=shift(ends=ends, begins=begins, working=False))

    assert odd.morning(at(moment)) == (None if morning is None else at(morning))


def test_a_night_of_no_length_is_none() -> None:
    with pytest.raises(ValueError, match="leave it out"):
        shift(ends=7, begins=7)


def test_without_a_night_everything_leaves_at_once() -> None:
    now = at("05-05 02:00")

    message = only(gathered([a_fact()], book=book(night=False), told=Told(), now=now))

    assert (message.topic, message.leaves_at) == ("case.overdue", now + 10 * MINUTE)


@pytest.mark.parametrize(
    ("moment", "day", "told_at"),
    [
        ("05-04 07:59", None, None),
        ("05-04 08:00", date(2026, 5, 4), "05-04 08:00"),
        ("05-04 23:00", date(2026, 5, 4), "05-04 08:00"),
        ("05-09 12:00", None, None),  # a Saturday
        ("05-25 12:00", None, None),  # a holiday
    ],
)
def test_a_digest_is_told_once_a_working_day(
    moment: str, day: date | None, told_at: str | None
) -> None:
    digest = Digest(at=time(8), timezone=NEW_YORK, to=ANN, working_days=OFFICE)

    last = digest.last_one(now=at(moment))

    assert last == (None if day is None or told_at is None else (day, at(told_at)))


@pytest.mark.parametrize("day", ["03-08", "11-01"])
def test_a_digest_in_an_hour_that_is_left_out_or_comes_twice_has_one_moment(day: str) -> None:
    digest = Digest(at=time(1 if day == "11-01" else 2, 30), timezone=NEW_YORK, to=ANN)
    noon = at(f"{day} 12:00")

    last = digest.last_one(now=noon)

    assert last is not None
    assert digest.last_one(now=last[1]) == last
    assert digest.last_one(now=last[1] - MINUTE) is None
