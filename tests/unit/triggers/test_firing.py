"""What becomes of a slot's rows, and of a source that does not answer."""

from datetime import timedelta

import pytest

from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.exception_case import CaseKind, CaseState, Decision, ExceptionCase
from deskhand.domain.schedule import SlotState, TriggerSlot
from deskhand.errors import DecisionRefusedError
from deskhand.ports.action import Absent, Doubtful, Failed
from deskhand.ports.case_store import CaseFilter
from deskhand.ports.item_store import ItemFilter
from deskhand.use_cases.decide_case import reject_case
from deskhand.use_cases.desk import Word
from deskhand.use_cases.settle_case import settle_case
from deskhand.use_cases.take_slot import LEASE, enter_account, let_go
from deskhand.use_cases.tell_story import case_detail
from tests.making import ANN
from tests.practice.clockwork import Clockwork, down, rows
from tests.unit.triggers.conftest import Wound

HOUR = timedelta(hours=1)


def due_slot(clockwork: Clockwork) -> TriggerSlot:
    clockwork.clock.turn(HOUR)
    (slot,) = clockwork.look()
    return slot


def items(clockwork: Clockwork) -> int:
    with clockwork.store.reading() as tx:
        return len(tx.items.find(ItemFilter(), limit=100))


def cases(clockwork: Clockwork) -> list[ExceptionCase]:
    with clockwork.store.reading() as tx:
        return tx.cases.find(CaseFilter(), limit=100)


def counts(slot: TriggerSlot) -> tuple[int, int, int, int]:
    return (slot.accepted, slot.repeats, slot.conflicts, slot.rejected)


def test_the_rows_of_a_source_become_items(wound: Wound) -> None:
    clockwork = wound()

    fired = clockwork.fire(due_slot(clockwork), rows("S1000001", "S1000002"))

    assert (fired.state, counts(fired)) == (SlotState.FIRED, (2, 0, 0, 0))
    assert items(clockwork) == 2
    assert clockwork.due() == []


def test_rows_that_are_listed_again_are_repeats_and_other_content_is_a_conflict(
    wound: Wound,
) -> None:
    clockwork = wound()
    clockwork.fire(due_slot(clockwork), rows("S1000001", "S1000002"))
    clockwork.clock.turn(timedelta(hours=23))

    fired = clockwork.fire(due_slot(clockwork), rows("S1000001", "S1000003"))

    assert counts(fired) == (1, 1, 0, 0)
    clockwork.clock.turn(timedelta(hours=23))
    fired = clockwork.fire(due_slot(clockwork), rows("S1000001", amount="99.00"))
    assert counts(fired) == (0, 0, 1, 0)


def test_a_source_that_has_nothing_to_list_has_fired(wound: Wound) -> None:
    clockwork = wound()

    fired = clockwork.fire(due_slot(clockwork), Absent())

    assert (fired.state, counts(fired)) == (SlotState.FIRED, (0, 0, 0, 0))


def test_rows_that_do_not_fit_open_one_case_that_says_which_and_why_and_no_value(
    wound: Wound,
) -> None:
    clockwork = wound()

    fired = clockwork.fire(due_slot(clockwork), rows("S1000001", "no number at all", ""))

    assert counts(fired) == (1, 0, 0, 2)
    (case,) = cases(clockwork)
    assert (case.kind, case.code, case.client) == (CaseKind.BUSINESS, "ROWS_REJECTED", "harbor")
    assert case.reference == "trigger aid.check/cron-0.6.x.x.x"
    told = case_detail(
        case.id, store=clockwork.store, seal=clockwork.seal, library=clockwork.library
    ).message
    assert told.startswith("2 of 3 rows do not fit and were set aside; row 2: student_id: ")
    assert "row 3: student_id" in told
    assert "no number" not in told


def test_the_same_faulty_rows_are_told_once_until_a_person_has_seen_to_them(wound: Wound) -> None:
    clockwork = wound()
    for _ in range(2):
        clockwork.fire(due_slot(clockwork), rows("S1000001", ""))
        clockwork.clock.turn(timedelta(hours=23))
    (case,) = cases(clockwork)

    closed = settle_case(Word(case=case.id, by=ANN, reason="corrected"), desk=clockwork.desk)
    clockwork.fire(due_slot(clockwork), rows("S1000001", ""))

    assert (closed.state, closed.decision) == (CaseState.CLOSED, Decision.SETTLED)
    assert [one.state for one in cases(clockwork)] == [CaseState.CLOSED, CaseState.OPEN]


def test_other_faulty_rows_are_another_case(wound: Wound) -> None:
    clockwork = wound()
    clockwork.fire(due_slot(clockwork), rows("S1000001", ""))
    clockwork.clock.turn(timedelta(hours=23))

    clockwork.fire(due_slot(clockwork), rows("S1000001", "", ""))

    assert [case.came_back for case in cases(clockwork)] == [False, True]


def test_a_case_about_a_trigger_is_closed_as_such_and_with_a_reason(wound: Wound) -> None:
    clockwork = wound()
    clockwork.fire(due_slot(clockwork), rows(""))
    (case,) = cases(clockwork)

    with pytest.raises(DecisionRefusedError, match="is about a trigger aid"):
        reject_case(Word(case=case.id, by=ANN, reason="no"), desk=clockwork.desk)
    with pytest.raises(DecisionRefusedError, match="needs a reason"):
        settle_case(Word(case=case.id, by=ANN), desk=clockwork.desk)


@pytest.mark.parametrize("answer", [down(), Doubtful(reason="its index is behind")])
def test_a_source_that_fails_is_asked_again_after_a_while(
    wound: Wound, answer: Failed | Doubtful
) -> None:
    clockwork = wound()

    put_off = clockwork.fire(due_slot(clockwork), answer)

    assert (put_off.state, put_off.tries) == (SlotState.DUE, 1)
    assert clockwork.due() == []
    clockwork.clock.turn(timedelta(minutes=1))
    (again,) = clockwork.due()
    assert clockwork.fire(again, rows("S1000001")).state is SlotState.FIRED
    assert cases(clockwork) == []


def test_a_source_that_fails_for_as_long_as_the_grace_lasts_opens_one_case(wound: Wound) -> None:
    clockwork = wound(grace="10m")
    slot = clockwork.fire(due_slot(clockwork), down())
    while slot.state is SlotState.DUE:
        clockwork.clock.turn(timedelta(minutes=1))
        for one in clockwork.due():
            slot = clockwork.fire(one, down())

    assert (slot.state, slot.reason) == (SlotState.FAILED, SystemCode.PORTAL_DOWN)
    assert slot.tries > 3
    (case,) = cases(clockwork)
    assert (case.kind, case.code, case.queue) == (CaseKind.SYSTEM, "SOURCE_FAILED", "ops")


def test_what_asking_again_does_not_change_is_a_case_at_once(wound: Wound) -> None:
    clockwork = wound()
    faulty = Failed(cause=Cause(kind=CauseKind.SYSTEM, code=SystemCode.BOT_FAULTY))

    failed = clockwork.fire(due_slot(clockwork), faulty)

    assert failed.state is SlotState.FAILED
    assert len(cases(clockwork)) == 1


def test_a_portal_that_wants_a_person_holds_the_account_and_no_source_is_asked_on_it(
    wound: Wound,
) -> None:
    clockwork = wound()
    captcha = Failed(cause=Cause(kind=CauseKind.STOP, code="CAPTCHA"))

    failed = clockwork.fire(due_slot(clockwork), captcha)
    clockwork.clock.turn(timedelta(hours=23))
    firing = clockwork.take(due_slot(clockwork))

    assert failed.state is SlotState.FAILED
    (case,) = cases(clockwork)
    assert (case.code, case.account) == ("CAPTCHA", "ledger/harbor")
    assert firing is not None
    refusal = enter_account(firing, at_once=None, desk=clockwork.desk)
    assert refusal is not None
    assert refusal.cause.code == SystemCode.ACCOUNT_HELD
    assert refusal.cause.message == "the account ledger/harbor is held: CAPTCHA"
    put_off = clockwork.settle(firing, refusal)
    assert put_off is not None
    assert put_off.state is SlotState.DUE


def test_a_slot_that_one_host_holds_no_other_takes(wound: Wound) -> None:
    clockwork = wound()
    slot = due_slot(clockwork)

    assert clockwork.take(slot, holder="one") is not None
    assert clockwork.take(slot, holder="two") is None


def test_a_host_that_died_while_it_asked_is_followed_when_its_lease_has_run_out(
    wound: Wound,
) -> None:
    clockwork = wound()
    slot = due_slot(clockwork)
    dead = clockwork.take(slot, holder="one")
    assert dead is not None
    clockwork.clock.turn(LEASE)

    alive = clockwork.take(slot, holder="two")
    assert alive is not None
    settled = clockwork.settle(alive, rows("S1000001"))

    assert settled is not None
    assert clockwork.settle(dead, rows("S1000001")) is None
    assert items(clockwork) == 1


def test_one_that_wakes_up_while_another_asks_writes_nothing(wound: Wound) -> None:
    clockwork = wound()
    slot = due_slot(clockwork)
    asleep = clockwork.take(slot, holder="one")
    clockwork.clock.turn(LEASE)
    assert clockwork.take(slot, holder="two") is not None
    assert asleep is not None

    assert clockwork.settle(asleep, rows("S1000001")) is None

    assert items(clockwork) == 0


def test_a_slot_that_is_let_go_can_be_taken_at_once(wound: Wound) -> None:
    clockwork = wound()
    slot = due_slot(clockwork)
    assert clockwork.take(slot, holder="one") is not None

    let_go(slot.id, holder="one", store=clockwork.store)

    assert clockwork.take(slot, holder="two") is not None
