"""Who is told of what, and when; every moment is said as a clock in New York shows it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from deskhand.domain.notification import MORNING, Fact, Rule
from deskhand.domain.notify_rules import Gathering, NotifyRule, Told, gathered, rule_of
from tests.making_notifications import a_fact, a_notification
from tests.unit.domain.notify_moments import ANN, HOUR, MINUTE, OVERDUE, at, book, only, sent, told


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
