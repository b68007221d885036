"""At night a real mailbox gets what cannot wait, and the rest in the morning."""

from datetime import timedelta

import pytest

from deskhand.domain.exception_case import CaseKind
from tests.making import NOW
from tests.practice.mailbox import Temper
from tests.unit.notifications.notify_office import AT_NIGHT, HOUR, MINUTE, NotifyOffice

pytestmark = pytest.mark.asyncio
GROUP = 10 * MINUTE


async def test_at_night_only_the_lockout_pages_and_the_morning_tells_the_rest(
    told: NotifyOffice,
) -> None:
    told.book = AT_NIGHT
    await told.tick()
    told.open("C-1", "C-2", due=24 * HOUR)  # at risk at 04:12, due at 09:00
    told.office.clock.at = NOW.replace(hour=22)
    await told.tick()
    told.lock_out()
    await told.tick(timedelta(0), MINUTE)
    at_night = told.subjects

    while told.office.clock.at < NOW + 22 * HOUR:
        told.office.clock.turn(15 * MINUTE)
        told.sweep()
        await told.tick()
    morning = [(mail["Subject"], mail["Date"].datetime.hour) for mail in told.mailbox.taken[1:]]

    assert at_night == ["1 account is held: its items wait"]
    assert morning == [
        ("deskhand test/1, since the evening: 2 cases get close to their due time", 7)
    ]


async def test_what_should_have_left_by_day_wakes_nobody_when_the_host_is_back(
    told: NotifyOffice,
) -> None:
    told.book = AT_NIGHT
    told.office.clock.at = NOW.replace(hour=18, minute=30)
    await told.tick()
    told.open("C-1", kind=CaseKind.APPROVAL, due=20 * HOUR)
    await told.tick()  # … and the host is away, from before 18:40 until 23:00

    await told.tick(5 * HOUR - 30 * MINUTE, HOUR)
    at_night = told.subjects
    await told.tick(7 * HOUR)

    assert at_night == []
    assert told.subjects == ["1 question of a runbook waits for a person"]


async def test_a_mail_that_could_not_be_sent_by_day_is_not_tried_at_night(
    told: NotifyOffice,
) -> None:
    told.book = AT_NIGHT
    told.office.clock.at = NOW.replace(hour=18, minute=30)
    await told.tick()
    told.open("C-1", kind=CaseKind.APPROVAL, due=20 * HOUR)
    told.mailbox.temper = lambda: Temper.PUTS_OFF
    await told.tick(timedelta(0), GROUP)
    tries = len(told.mailbox.read)

    await told.tick(HOUR, HOUR)
    at_night = len(told.mailbox.read)
    told.mailbox.temper = lambda: Temper.TAKES
    await told.tick(11 * HOUR)

    assert (tries, at_night) == (1, 1)
    assert told.subjects == ["1 question of a runbook waits for a person"]
