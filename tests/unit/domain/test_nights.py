"""What wakes people, what waits for the morning, and when the morning is."""

from dataclasses import replace
from datetime import date, time

import pytest

from deskhand.domain.notification import MORNING, Fact, Rule
from deskhand.domain.notify_rules import Digest, NotifyBook, Told, gathered, rule_of
from tests.making_notifications import a_fact
from tests.unit.domain.notify_moments import (
    ANN,
    HOUR,
    MINUTE,
    NEW_YORK,
    OFFICE,
    at,
    book,
    only,
    shift,
)

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
