"""A person sends again what failed: the same message, once, and the record says who."""

from dataclasses import replace
from functools import partial

import pytest

from deskhand.domain.notification import Notification
from deskhand.errors import DecisionRefusedError
from deskhand.ports.notifier import NotDelivered
from deskhand.use_cases.note_facts import LEASE, note_facts
from deskhand.use_cases.take_case import take_case
from deskhand.use_cases.tell_people import next_outgoing, note_failure
from tests.contracts.stores.racing import race
from tests.making import ANN, WORKER
from tests.practice.mailbox import Temper
from tests.unit.notifications.notify_office import HOUR, MINUTE, NotifyOffice, die_at
from tests.unit.notifications.test_fallbacks import ANN_AT, HELD, ONLY_HELD, held

pytestmark = pytest.mark.asyncio
BOB = replace(ANN, id="bob")
NO_FALLBACK = replace(ONLY_HELD, fallbacks={})


async def failed_page(told: NotifyOffice) -> Notification:
    """Let a page fail, and its mailbox be mended."""
    told.book = NO_FALLBACK
    told.mailbox.tempers[ANN_AT] = Temper.UNKNOWN_RECIPIENT
    await held(told)
    told.mailbox.tempers.clear()
    (failed,) = told.notifications()
    assert failed.state.value == "failed"
    return failed


async def test_what_failed_is_sent_again_under_its_id_and_its_case_is_closed(
    told: NotifyOffice,
) -> None:
    failed = await failed_page(told)

    told.retry(failed.id)
    await told.tick(MINUTE)

    assert told.subjects == [HELD]
    assert told.ids == [f"<{failed.id}@example.com>"]
    assert told.states() == ["sent"]
    assert told.records(failed.id) == [
        "notification.failed",
        "notification.retried",
        "notification.sent",
    ]
    assert [case.closed_by for case in told.cases()] == [ANN.name]


async def test_a_retry_that_fails_is_patient_once_more_and_then_a_new_case(
    told: NotifyOffice,
) -> None:
    failed = await failed_page(told)
    told.office.clock.turn(24 * HOUR)
    told.mailbox.tempers[ANN_AT] = Temper.PUTS_OFF

    told.retry(failed.id)
    await told.tick(*[15 * MINUTE] * 47)
    still = told.states()
    await told.tick(HOUR)

    assert (still, told.states()) == (["due"], ["failed"])
    assert sorted(case.came_back for case in told.cases()) == [False, True]


async def test_what_did_not_fail_is_not_retried(told: NotifyOffice) -> None:
    failed = await failed_page(told)
    told.retry(failed.id)

    with pytest.raises(DecisionRefusedError, match="is due; only what failed is retried"):
        told.retry(failed.id)


async def test_of_two_people_who_retry_the_same_one_does(told: NotifyOffice) -> None:
    failed = await failed_page(told)

    _, raised = race(*[partial(told.retry, failed.id)] * 2)
    await told.tick(MINUTE, HOUR)

    assert [type(error) for error in raised] == [DecisionRefusedError]
    assert told.subjects == [HELD]


async def test_nobody_else_retries_what_is_in_somebodys_hands(told: NotifyOffice) -> None:
    failed = await failed_page(told)
    (case,) = told.cases()
    office = told.office
    take_case(case.id, by=BOB, desk=office.desk)

    with pytest.raises(DecisionRefusedError, match="is with"):
        told.retry(failed.id)

    assert told.retry(failed.id, by=BOB).state.value == "due"


async def test_the_case_stays_open_while_something_else_of_the_target_failed(
    told: NotifyOffice,
) -> None:
    first = await failed_page(told)
    told.office.open_account("hill")
    told.mailbox.tempers[ANN_AT] = Temper.UNKNOWN_RECIPIENT
    told.lock_out("C-2", client="hill")
    await told.tick(HOUR)

    told.retry(first.id)
    left = [case.closed_by for case in told.cases()]
    (other,) = [one for one in told.notifications() if one.state.value == "failed"]
    told.retry(other.id)

    assert left == [None]
    assert [case.closed_by for case in told.cases()] == [ANN.name]


async def test_a_host_that_dies_after_it_sent_a_retry_sends_the_same_mail_again(
    told: NotifyOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = await failed_page(told)
    told.retry(failed.id)

    await die_at("deskhand.runtime.notifier_loop.note_told", told, monkeypatch)
    await told.tick(LEASE, HOUR)

    first, second = told.mailbox.wire
    assert first == second
    assert told.states() == ["sent"]


async def test_the_late_word_of_an_earlier_try_does_not_end_the_retry(told: NotifyOffice) -> None:
    told.book = NO_FALLBACK
    await told.tick()
    told.lock_out()
    loop = told.loop()
    secretary = loop.secretary
    note_facts(lookout=loop.lookout, holder=WORKER)
    (slow,) = next_outgoing(secretary=secretary, holder=WORKER)
    for_good = NotDelivered(problem="refused", for_good=True)
    note_failure(slow, for_good, chance=0.0, secretary=secretary)
    told.office.clock.turn(MINUTE)
    told.retry(slow.notification.id)
    (again,) = next_outgoing(secretary=secretary, holder=WORKER)

    given_up = note_failure(slow, for_good, chance=0.0, secretary=secretary)

    assert again.notification.tries == slow.notification.tries == 1
    assert (given_up, told.states()) == (False, ["due"])
