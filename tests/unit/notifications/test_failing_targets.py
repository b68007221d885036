"""Targets that are refused, or away for long: a person is asked, once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from deskhand.domain.notification import Rule
from deskhand.domain.notify_rules import rule_of
from deskhand.use_cases.note_facts import LEASE
from deskhand.use_cases.settle_case import settle_case
from deskhand.use_cases.tell_people import PATIENCE
from tests.practice.mailbox import Temper
from tests.unit.notifications.notify_office import (
    HOUR,
    MINUTE,
    TO_ALL,
    NotifyOffice,
    die_at,
)
from tests.unit.use_cases.office import word

pytestmark = pytest.mark.asyncio
GROUP = 10 * MINUTE
LATE = -HOUR
ONLY_OVERDUE = replace(TO_ALL, rules=(rule_of(Rule.CASE_OVERDUE, to=("ann",)),))


async def begin(told: NotifyOffice) -> None:
    """Let the first look pass: nobody is told of what was before."""
    await told.tick()


async def overdue(told: NotifyOffice, *claims: str) -> None:
    """Let cases be overdue, and the host notice it."""
    await begin(told)
    told.open(*claims, due=LATE)
    told.sweep()
    await told.tick()


async def test_a_target_that_is_refused_for_good_is_one_case_for_a_person(
    told: NotifyOffice,
) -> None:
    told.mailbox.temper = lambda: Temper.UNKNOWN_RECIPIENT

    await overdue(told, "C-1")
    await told.tick(GROUP, HOUR)

    (case,) = told.cases()
    assert (case.reference, case.queue, case.kind.value) == ("target ann", "ops", "system")
    assert set(told.states()) == {"failed"}
    with told.office.store.reading() as tx:
        notification = told.notifications()[0]
        (record,) = tx.audit_log.of_stream(notification.stream)
    assert record.type == "notification.failed"
    assert b"refused the recipient (550)" in record.body
    assert b"secret-words" not in record.body


async def test_a_target_that_fails_again_after_its_case_was_closed_has_another_one(
    told: NotifyOffice,
) -> None:
    told.mailbox.temper = lambda: Temper.UNKNOWN_RECIPIENT
    told.book = ONLY_OVERDUE
    await overdue(told, "C-1")
    await told.tick(GROUP)
    (first,) = told.cases()
    settle_case(word(first.id, reason="new mailbox"), desk=told.office.desk)
    told.open("C-2", due=LATE)
    told.sweep()

    await told.tick(timedelta(0), HOUR)

    assert [(case.id, case.came_back) for case in told.cases()] == [
        ("target-ann-1", False),
        ("target-ann-3", True),
    ]


async def test_a_target_that_is_away_too_long_is_given_up(told: NotifyOffice) -> None:
    told.mailbox.temper = lambda: Temper.PUTS_OFF
    await begin(told)
    told.lock_out()

    await told.tick(timedelta(0), *[15 * MINUTE] * 47)
    still = told.states()
    await told.tick(15 * MINUTE, 15 * MINUTE)

    assert still[0] == "due"
    assert told.states()[0] == "failed"
    assert len(told.cases()) == 1
    assert ("notification_given_up", "ann") in [
        (event, fields.get("place")) for event, fields in told.observer.heard
    ]


async def test_a_target_that_is_no_longer_there_is_told_to_a_person(told: NotifyOffice) -> None:
    await overdue(told, "C-1")
    told.missing = ("ann",)

    await told.tick(GROUP)

    assert set(told.states()) == {"failed"}
    assert told.notifications()[0].problem == "notify.yaml has no such target"
    assert len(told.cases()) == 1


async def test_one_target_that_is_away_keeps_no_other_waiting(told: NotifyOffice) -> None:
    told.book = replace(
        TO_ALL, rules=tuple(replace(rule, to=("bob", "ann")) for rule in TO_ALL.rules)
    )
    told.missing = ("bob",)
    await overdue(told, "C-1")

    await told.tick(GROUP)

    assert set(told.mailbox.recipients) == {"ann@example.com"}
    assert sorted(told.states()) == ["failed", "failed", "sent", "sent"]


async def test_a_message_that_ends_every_try_of_its_own_is_given_up(
    told: NotifyOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.book = ONLY_OVERDUE
    await overdue(told, "C-1")
    told.office.clock.turn(GROUP)

    for _ in range(PATIENCE.retry.tries):
        await die_at("deskhand.notifiers.mail.MailNotifier.deliver", told, monkeypatch)
        told.office.clock.turn(LEASE)
    await told.tick()

    assert told.states() == ["failed"]
    assert told.notifications()[0].problem == "no try of it came to an end"
    assert len(told.cases()) == 1
