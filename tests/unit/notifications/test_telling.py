"""From a fact to a mailbox, whatever dies or refuses on the way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from deskhand.domain.notification import NotificationState, Rule
from deskhand.domain.notify_rules import rule_of
from deskhand.use_cases.note_facts import LEASE
from tests.practice.mailbox import Temper
from tests.unit.notifications.notify_office import (
    HOUR,
    MINUTE,
    TO_ALL,
    NotifyOffice,
    die_at,
)

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


async def test_an_overdue_case_is_told_once(told: NotifyOffice) -> None:
    await begin(told)
    told.open("C-1", due=HOUR)
    told.office.clock.turn(HOUR)
    told.sweep()

    await told.tick(timedelta(0), GROUP - MINUTE)
    before = told.subjects
    await told.tick(MINUTE, MINUTE, HOUR)

    assert before == []
    assert sorted(told.subjects) == ["1 case gets close to its due time", "1 case is overdue"]
    assert told.mailbox.recipients == ["ann@example.com"] * 2
    assert told.states() == ["sent", "sent"]


async def test_many_cases_are_one_mail_with_their_count(told: NotifyOffice) -> None:
    told.book = ONLY_OVERDUE
    await begin(told)
    for number in range(30):
        told.open(f"C-{number}", due=LATE)
    told.sweep()
    await told.tick()
    told.open("C-30", "C-31", due=LATE)
    told.sweep()

    await told.tick(5 * MINUTE, 5 * MINUTE, GROUP, HOUR)

    assert told.subjects == ["32 cases are overdue"]


async def test_who_was_told_what_is_in_the_log_and_no_items_data_is(told: NotifyOffice) -> None:
    await overdue(told, "C-1", "C-2")
    await told.tick(GROUP)

    (mail,) = (one for one in told.notifications() if one.topic == "case.overdue")
    with told.office.store.reading() as tx:
        (record,) = tx.audit_log.of_stream(mail.stream)
    assert (record.type, record.state) == ("notification.sent", "sent")
    assert b'"target":"ann"' in record.body
    assert b'"rules":[{"count":2,"rule":"case.overdue"}]' in record.body
    assert b"C-1" not in record.body


async def test_nobody_is_told_of_what_was_before_the_first_look(told: NotifyOffice) -> None:
    told.open("C-1", due=LATE)
    told.sweep()

    await told.tick(timedelta(0), GROUP, HOUR)

    assert told.subjects == []


async def test_what_was_decided_meanwhile_is_not_told(told: NotifyOffice) -> None:
    await begin(told)
    (first, second) = told.open("C-1", "C-2", due=LATE)
    told.sweep()
    await told.tick()
    told.close(first)
    one_left = told.notifications()
    told.close(second)

    await told.tick(GROUP)

    assert len(one_left) == 2
    assert told.subjects == []
    assert set(told.states()) == {"dropped"}


async def test_what_was_dropped_makes_nobody_wait(told: NotifyOffice) -> None:
    await begin(told)
    (case,) = told.open("C-1", due=LATE)
    told.sweep()
    await told.tick()
    told.close(case)
    await told.tick(GROUP)
    told.open("C-2", due=LATE)
    told.sweep()

    await told.tick(timedelta(0), GROUP)

    assert "1 case is overdue" in told.subjects


async def test_a_server_that_is_away_for_a_while_gets_it_later_and_once(
    told: NotifyOffice,
) -> None:
    tempers = [Temper.PUTS_OFF, Temper.BUSY_RECIPIENT, Temper.HANGS_UP]
    told.mailbox.temper = lambda: tempers.pop() if tempers else Temper.TAKES
    told.book = ONLY_OVERDUE
    await overdue(told, "C-1")

    await told.tick(GROUP, *[5 * MINUTE] * 8)

    assert told.subjects == ["1 case is overdue"]
    (notification,) = told.notifications()
    assert (notification.state, notification.problem) == (NotificationState.SENT, None)
    assert notification.tries > 1
    heard = {event for event, _ in told.observer.heard}
    assert heard == {"notification_not_taken"}
    assert "secret-words" not in repr(told.observer.heard)


async def test_one_that_could_not_be_noted_comes_again_under_the_same_id(
    told: NotifyOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(told)
    told.lock_out()

    await die_at("deskhand.runtime.notifier_loop.note_told", told, monkeypatch)
    await told.tick(MINUTE)
    soon = len(told.ids)
    await told.tick(LEASE, HOUR)

    assert soon == 1
    assert len(told.ids) == 2
    assert len(set(told.ids)) == 1
    assert told.states() == ["sent"]


async def test_one_that_was_marked_and_never_sent_is_sent_once(
    told: NotifyOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(told)
    told.lock_out()

    await die_at("deskhand.notifiers.mail.MailNotifier.deliver", told, monkeypatch)
    await told.tick(MINUTE, LEASE, HOUR)

    assert told.subjects == ["1 account is held: its items wait"]
    assert told.states() == ["sent"]


async def test_what_is_sent_again_says_the_same_though_the_case_was_closed(
    told: NotifyOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.book = ONLY_OVERDUE
    await begin(told)
    cases = told.open("C-1", "C-2", due=LATE)
    told.sweep()
    await told.tick()
    told.office.clock.turn(GROUP)
    await die_at("deskhand.runtime.notifier_loop.note_told", told, monkeypatch)
    told.close(cases[0])

    await told.tick(LEASE)

    first, second = told.mailbox.wire
    assert first == second


async def test_one_host_at_a_time_tells_and_another_takes_over(told: NotifyOffice) -> None:
    told.book = replace(TO_ALL, rules=(rule_of(Rule.ACCOUNT_HELD, to=("ann",)),))
    await begin(told)
    told.lock_out("C-1")
    await told.tick()
    told.book = replace(TO_ALL, rules=(rule_of(Rule.ACCOUNT_HELD, to=("bob",)),))
    told.office.open_account("hill")
    told.lock_out("C-2", client="hill")

    await told.tick(MINUTE, other=True)
    meanwhile = len(told.ids)
    await told.tick(LEASE, other=True)

    assert (meanwhile, len(told.ids)) == (1, 2)
