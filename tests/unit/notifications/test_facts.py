"""Every rule, from what really happens; and that nothing of an item is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, time, timedelta

import pytest

from deskhand.domain.notify_rules import Digest
from deskhand.use_cases.note_facts import READ_AT_ONCE, READ_ON_AFTER
from deskhand.use_cases.preview_notifications import previewed
from deskhand.use_cases.take_case import take_case
from tests.making import ANN, NOW, an_entry
from tests.unit.notifications.happenings import (
    MARK,
    ask,
    break_a_seal,
    burst,
    fail_a_verification,
    fail_at_a_drop,
    failed_verification,
    hold_a_version,
    hold_by_lockout,
    hold_by_wear,
    lose_a_receiver,
    miss_a_slot,
    no_burst,
    pass_a_verification,
    refuse_a_file,
    skip_on_purpose,
)
from tests.unit.notifications.notify_office import HOUR, MINUTE, TO_ALL, NotifyOffice

pytestmark = pytest.mark.asyncio
GROUP = 10 * MINUTE


@pytest.mark.parametrize(
    ("happens", "subject", "place"),
    [
        (hold_by_lockout, "1 account is held: its items wait", "client lakeside, 1"),
        (hold_by_wear, "1 account is held: its items wait", "client lakeside, 1"),
        (break_a_seal, "1 item cannot be opened: its seal is broken", "client lakeside, 1"),
        (fail_a_verification, "the audit log was checked and does not hold", "  1"),
        (ask, "1 question of a runbook waits for a person", "  queue claims, client lakeside"),
        (burst, "21 new cases in bursts of one cause", "  queue claims, client hill, 10"),
        (refuse_a_file, "1 file was refused: nothing of it was taken in", "  client lakeside, 1"),
        (hold_a_version, "1 version of a runbook is held: its items wait", "client lakeside, 1"),
        (fail_at_a_drop, "1 drop folder, or a file in it, cannot be seen to", "lakeside, 1"),
        (miss_a_slot, "2 slots of time tables were missed", "  client lakeside, 2"),
        (lose_a_receiver, "1 receiver gets no events", "  queue ops, 1"),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
async def test_what_happens_is_told(
    told: NotifyOffice, happens: Callable[[NotifyOffice], None], subject: str, place: str
) -> None:
    await told.tick()
    happens(told)

    await told.tick(timedelta(0), GROUP, MINUTE)

    (mail,) = told.mailbox.taken
    assert told.subjects == [subject]
    assert place in mail.get_content()
    assert MARK not in str(mail)


@pytest.mark.parametrize("happens", [pass_a_verification, no_burst, skip_on_purpose])
async def test_what_is_as_it_should_be_is_not_told(
    told: NotifyOffice, happens: Callable[[NotifyOffice], None]
) -> None:
    await told.tick()
    happens(told)

    await told.tick(timedelta(0), GROUP, MINUTE)

    assert told.subjects == []


async def test_a_queue_stands_still_when_nobody_acts_in_open_time(told: NotifyOffice) -> None:
    await told.tick()
    (first, _) = told.open("C-1", "C-2", due=timedelta(0), queue="claims")  # Monday, 09:00
    told.sweep()
    await told.tick(HOUR)
    office = told.office
    take_case(first.id, by=ANN, desk=office.desk)
    await told.tick(HOUR)
    after_two_hours = [one for one in told.subjects if "nobody is at work" in one]

    await told.tick(HOUR, HOUR, HOUR)

    stopped = [one for one in told.subjects if "nobody is at work" in one]
    assert after_two_hours == []
    assert stopped == ["2 cases are overdue where nobody is at work"]


async def test_the_night_is_no_time_in_which_a_queue_stands_still(told: NotifyOffice) -> None:
    told.office.clock.at = NOW.replace(hour=16, minute=30)
    await told.tick()
    told.open("C-1", due=timedelta(0))
    told.sweep()

    await told.tick(*[HOUR] * 16)
    before_the_office_opens = [one for one in told.subjects if "nobody is at work" in one]
    await told.tick(*[HOUR] * 3)

    assert before_the_office_opens == []
    assert "1 case is overdue where nobody is at work" in told.subjects


async def test_items_that_wait_for_a_held_account_are_told_when_nobody_releases_it(
    told: NotifyOffice,
) -> None:
    await told.tick()
    told.office.accept("C-1", "C-2")
    told.lock_out("C-0")

    await told.tick(timedelta(0), HOUR, HOUR, MINUTE)

    assert told.subjects == ["1 account is held: its items wait", "3 items wait for a held account"]


async def test_a_digest_is_told_once_a_day_and_says_what_is_open(told: NotifyOffice) -> None:
    told.book = replace(
        TO_ALL, rules=(), digest=Digest(at=time(8), timezone=UTC, to=("ann", "bob"))
    )
    await told.tick(timedelta(0), MINUTE)  # at 09:00: today's time has passed
    of_today = len(told.ids)
    told.open("C-1", "C-2", due=24 * HOUR)
    told.open("C-3", due=HOUR)
    told.office.clock.turn(22 * HOUR)
    told.sweep()

    before = len(told.ids)
    await told.tick(HOUR + MINUTE, HOUR, 5 * HOUR, other=True)
    first_day = [*told.subjects]
    await told.tick(20 * HOUR)

    assert (of_today, before) == (0, 0)
    assert first_day == ["today: 1 case is overdue; 2 cases get close to their due time"] * 2
    assert len(told.ids) == 4
    assert sorted(told.mailbox.recipients) == ["ann@example.com"] * 2 + ["bob@example.com"] * 2


async def test_more_facts_than_are_read_at_once_are_one_message(told: NotifyOffice) -> None:
    await told.tick()
    many = READ_AT_ONCE + 3
    with told.office.store.transaction() as tx:
        for _ in range(many):
            tx.record(failed_verification())

    await told.tick()

    assert told.subjects == [f"the audit log was checked {many:,} times and does not hold"]


async def test_a_log_without_news_is_read_on_all_the_same(told: NotifyOffice) -> None:
    await told.tick()
    with told.office.store.transaction() as tx:
        tx.record_first(an_entry(f"item:x{number}", "item") for number in range(READ_ON_AFTER + 1))
        head = tx.notices.head()

    await told.tick()

    with told.office.store.reading() as tx:
        reading = tx.notices.reading()
    assert reading is not None
    assert reading.settled == head


async def test_a_look_at_which_nothing_is_new_waits_for_no_writer(told: NotifyOffice) -> None:
    await told.tick()
    told.lock_out()
    await told.tick(timedelta(0), GROUP)

    with told.office.store.transaction():  # SQLite has one writer
        await told.tick(MINUTE)


async def test_a_preview_says_what_would_be_told_and_changes_nothing(told: NotifyOffice) -> None:
    await told.tick()
    told.open("C-1", due=-HOUR)
    told.sweep()
    await told.tick()
    told.open("C-2", due=-HOUR)
    told.lock_out()
    told.sweep()
    loop = told.loop()

    coming = previewed(lookout=loop.lookout, wording=loop.secretary.wording)

    subjects = {one.announcement.subject.partition(": ")[2]: one.leaves_at for one in coming}
    assert subjects["2 cases are overdue"] == NOW + GROUP
    assert subjects["1 account is held: its items wait"] == NOW
    assert told.states() == ["due", "due"]
    assert told.subjects == []
