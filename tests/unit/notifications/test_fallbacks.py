"""What a target could not be told goes to its fallback, and a page that nobody hears to a case."""

from dataclasses import replace
from datetime import timedelta

import pytest

from deskhand.domain.notification import Rule
from deskhand.domain.notify_rules import Fallback, rule_of
from deskhand.use_cases.note_facts import LEASE
from deskhand.use_cases.settle_case import settle_case
from tests.practice.mailbox import Temper
from tests.unit.notifications.happenings import refuse_a_file
from tests.unit.notifications.notify_office import (
    AT_NIGHT,
    HOUR,
    MINUTE,
    TO_ALL,
    NotifyOffice,
    die_at,
)
from tests.unit.use_cases.office import word

pytestmark = pytest.mark.asyncio
ANN_AT, BOB_AT = "ann@example.com", "bob@example.com"
GROUP = 10 * MINUTE
LATE = -HOUR
FALLBACKS = {"ann": Fallback(to="bob")}
ONLY_OVERDUE = replace(
    TO_ALL, rules=(rule_of(Rule.CASE_OVERDUE, to=("ann",)),), fallbacks=FALLBACKS
)
ONLY_HELD = replace(TO_ALL, rules=(rule_of(Rule.ACCOUNT_HELD, to=("ann",)),), fallbacks=FALLBACKS)
HELD = "1 account is held: its items wait"
OVERDUE = "1 case is overdue"
FOR_ANN = " (for ann, not reached)"


async def overdue(told: NotifyOffice, claim: str = "C-1") -> None:
    """Let a case be overdue, and its message leave for the first time."""
    await told.tick()
    told.open(claim, due=LATE)
    told.sweep()
    await told.tick(timedelta(0), GROUP)


async def held(told: NotifyOffice) -> None:
    """Let a portal lock an account out, and the page of it leave for the first time."""
    await told.tick()
    told.lock_out()
    await told.tick()


async def test_what_a_target_is_refused_is_told_to_its_fallback_once(told: NotifyOffice) -> None:
    told.book = ONLY_OVERDUE
    told.mailbox.tempers[ANN_AT] = Temper.UNKNOWN_RECIPIENT

    await overdue(told)
    await told.tick(MINUTE, HOUR)
    await told.tick(LEASE, other=True)

    assert told.told_to(BOB_AT) == [OVERDUE + FOR_ANN]
    (mail,) = told.mailbox.taken
    said = mail.get_content().splitlines()
    assert said[0] == "ann could not be told of this. You are, in their place."
    stand_in, failed = told.notifications()
    assert (failed.state.value, stand_in.state.value) == ("failed", "sent")
    assert stand_in.in_place_of == failed.id
    assert told.records(failed.id) == ["notification.failed", "notification.passed_on"]
    assert told.records(stand_in.id) == ["notification.sent"]
    assert [case.reference for case in told.cases()] == ["target ann"]


async def test_a_page_that_is_not_taken_in_time_is_told_to_the_fallback_too(
    told: NotifyOffice,
) -> None:
    told.book = ONLY_HELD
    told.mailbox.tempers[ANN_AT] = Temper.PUTS_OFF
    await held(told)

    await told.tick(14 * MINUTE)
    before = told.subjects
    await told.tick(2 * MINUTE)
    passed_on, unheard = told.subjects, told.unheard()
    told.mailbox.tempers.clear()
    await told.tick(HOUR)

    assert before == []
    assert passed_on == [HELD + FOR_ANN]
    assert unheard == 0
    assert told.subjects == [HELD + FOR_ANN, HELD]
    assert told.states() == ["sent", "sent"]
    assert told.cases() == []
    assert ("page_not_taken", "ann") in [
        (event, fields.get("place")) for event, fields in told.observer.heard
    ]


async def test_a_page_that_a_dying_server_may_have_taken_is_told_to_the_fallback_too(
    told: NotifyOffice,
) -> None:
    told.book = ONLY_HELD
    told.mailbox.tempers[ANN_AT] = Temper.TAKES_AND_HANGS_UP
    await held(told)

    await told.tick(MINUTE, 15 * MINUTE)
    told.mailbox.tempers.clear()
    await told.tick(HOUR)

    assert told.told_to(BOB_AT) == [HELD + FOR_ANN]
    assert told.told_to(ANN_AT) == [HELD] * 4
    by_ann = {
        mail for mail, to in zip(told.ids, told.mailbox.recipients, strict=True) if to == ANN_AT
    }
    assert len(by_ann) == 1, "the same mail each time"
    assert told.states() == ["sent", "sent"]


async def test_a_fallback_waits_as_long_as_it_says(told: NotifyOffice) -> None:
    told.book = replace(ONLY_HELD, fallbacks={"ann": Fallback(to="bob", after=HOUR)})
    told.mailbox.tempers[ANN_AT] = Temper.PUTS_OFF
    await held(told)

    await told.tick(59 * MINUTE)
    before = told.subjects
    await told.tick(MINUTE)

    assert (before, told.subjects) == ([], [HELD + FOR_ANN])


async def test_what_wakes_nobody_waits_until_it_is_given_up(told: NotifyOffice) -> None:
    told.book = ONLY_OVERDUE
    told.mailbox.tempers[ANN_AT] = Temper.PUTS_OFF
    await overdue(told)

    await told.tick(*[HOUR] * 11)
    before = told.subjects
    await told.tick(HOUR, HOUR)

    assert (before, told.subjects) == ([], [OVERDUE + FOR_ANN])


async def test_the_fallback_of_a_fallback_is_told_and_the_last_one_is_a_case(
    told: NotifyOffice,
) -> None:
    told.book = replace(
        ONLY_HELD, fallbacks={"ann": Fallback(to="gone"), "gone": Fallback(to="bob")}
    )
    told.missing = ("ann",)
    told.mailbox.tempers[BOB_AT] = Temper.PUTS_OFF

    await held(told)
    await told.tick(16 * MINUTE)
    asked = [case.reference for case in told.cases()]
    unheard = told.unheard()
    told.mailbox.tempers.clear()
    await told.tick(HOUR)

    assert sorted(asked) == ["target ann", "target bob", "target gone"]
    assert unheard == 1
    assert told.subjects == [HELD + FOR_ANN]
    assert told.unheard() == 0


async def test_a_page_that_nobody_hears_is_a_case_while_it_is_still_tried(
    told: NotifyOffice,
) -> None:
    told.book = replace(ONLY_HELD, fallbacks={})
    told.mailbox.temper = lambda: Temper.PUTS_OFF
    await held(told)

    await told.tick(14 * MINUTE)
    before = (len(told.cases()), told.unheard())
    await told.tick(2 * MINUTE)
    late = (len(told.cases()), told.unheard(), told.states())
    told.mailbox.temper = lambda: Temper.TAKES
    await told.tick(HOUR)

    assert before == (0, 0)
    assert late == (1, 1, ["due"])
    assert (told.subjects, told.states(), told.unheard()) == ([HELD], ["sent"], 0)
    assert len(told.cases()) == 1


async def test_a_page_that_failed_is_loud_until_a_person_has_seen_to_its_case(
    told: NotifyOffice,
) -> None:
    told.book = replace(ONLY_HELD, fallbacks={})
    told.missing = ("ann",)
    await held(told)
    await told.tick(HOUR)
    before = told.unheard()
    (case,) = told.cases()

    settle_case(word(case.id, reason="told by telephone"), desk=told.office.desk)

    assert (before, told.unheard()) == (1, 0)


async def test_a_page_that_another_target_was_told_was_heard(told: NotifyOffice) -> None:
    told.book = replace(
        ONLY_HELD, rules=(rule_of(Rule.ACCOUNT_HELD, to=("ann", "bob")),), fallbacks={}
    )
    told.mailbox.tempers[ANN_AT] = Temper.PUTS_OFF
    await held(told)

    await told.tick(HOUR)

    assert told.told_to(BOB_AT) == [HELD]
    assert (told.unheard(), told.cases()) == (0, [])


async def test_a_fallback_that_is_told_by_a_message_of_its_own_gets_no_second_one(
    told: NotifyOffice,
) -> None:
    told.book = replace(ONLY_HELD, rules=(rule_of(Rule.ACCOUNT_HELD, to=("ann", "bob")),))
    told.mailbox.tempers[ANN_AT] = Temper.UNKNOWN_RECIPIENT

    await held(told)
    await told.tick(HOUR)

    assert told.subjects == [HELD]
    assert sorted(told.states()) == ["failed", "sent"]


async def test_a_host_that_dies_while_it_passes_a_page_on_passes_it_on_once(
    told: NotifyOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.book = ONLY_HELD
    told.mailbox.tempers[ANN_AT] = Temper.PUTS_OFF
    await held(told)
    told.office.clock.turn(16 * MINUTE)

    await die_at("deskhand.stores.notifications.SqlNotifications.save", told, monkeypatch)
    rolled_back = len(told.notifications())
    await told.tick(MINUTE, LEASE, HOUR, other=True)

    assert rolled_back == 1
    assert told.told_to(BOB_AT) == [HELD + FOR_ANN]


async def test_a_host_that_dies_when_the_fallback_has_the_message_sends_the_same_one_again(
    told: NotifyOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.book = ONLY_OVERDUE
    told.missing = ("ann",)
    await told.tick()
    told.open("C-1", "C-2", due=LATE)
    told.sweep()
    await told.tick()
    told.office.clock.turn(GROUP)

    await die_at("deskhand.runtime.notifier_loop.note_told", told, monkeypatch)
    await told.tick(MINUTE)
    soon = len(told.ids)
    await told.tick(LEASE, HOUR)

    first, second = told.mailbox.wire
    assert soon == 1
    assert first == second
    assert told.states() == ["failed", "sent"]


async def test_a_fallback_is_not_told_of_what_was_decided_meanwhile(told: NotifyOffice) -> None:
    told.book = ONLY_OVERDUE
    told.mailbox.tempers[ANN_AT] = Temper.PUTS_OFF
    await told.tick()
    (case,) = told.open("C-1", due=LATE)
    told.sweep()
    await told.tick(timedelta(0), GROUP)
    told.close(case)

    await told.tick(*[HOUR] * 14)

    assert told.subjects == []
    assert told.states() == ["failed", "dropped"]


async def test_at_night_a_fallback_is_woken_for_pages_only(told: NotifyOffice) -> None:
    told.book = replace(AT_NIGHT, fallbacks=FALLBACKS)
    told.office.clock.at = told.office.clock.at.replace(hour=18, minute=30)
    told.missing = ("ann",)
    await told.tick()
    told.open("C-1", due=20 * HOUR)
    refuse_a_file(told)
    await told.tick(timedelta(0), GROUP + 25 * MINUTE)  # given up at 19:05
    told.lock_out()
    await told.tick(MINUTE, HOUR)
    at_night = told.subjects

    await told.tick(12 * HOUR)

    assert at_night == [HELD + FOR_ANN]
    assert len(told.subjects) > 1
