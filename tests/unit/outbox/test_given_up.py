import json
from datetime import timedelta

import pytest

from deskhand.domain.dispatch import DispatchState
from deskhand.domain.exception_case import CaseKind, Decision, ExceptionCase
from deskhand.domain.queue import DEFAULTS, Person, Queue, QueueBook
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.errors import DecisionRefusedError
from deskhand.use_cases.decide_case import retry_case
from deskhand.use_cases.decide_dispatch import DispatchWord, drop_dispatch, retry_dispatch
from deskhand.use_cases.deliver_events import Patience
from deskhand.use_cases.tell_story import CaseDetail, case_detail
from tests.making import ANN
from tests.practice.receiver import PracticeReceiver
from tests.unit.outbox.outbox_office import OutboxOffice
from tests.unit.use_cases.asking import BOB
from tests.unit.use_cases.office import word

pytestmark = pytest.mark.asyncio
SOON = Patience(
    retry=RetryPolicy(tries=2, first=timedelta(seconds=5), max=timedelta(minutes=1)),
    give_up_after=timedelta(hours=24),
)
STEP = timedelta(minutes=30)


def detail_of(case: ExceptionCase, outbox: OutboxOffice) -> CaseDetail:
    office = outbox.office
    return case_detail(case.id, store=office.store, seal=office.seal, library=office.library)


async def test_an_event_that_is_given_up_is_one_case_and_holds_back_what_follows(
    outbox: OutboxOffice,
) -> None:
    outbox.patience = SOON
    outbox.office.accept("C-1", "C-2")
    for claim in ("C-1", "C-2"):
        outbox.emit(claim, "claims.submitted")
        outbox.emit(claim, "claims.paid")
    outbox.tell("http://127.0.0.1:9/gone")

    for _ in range(3):
        await outbox.loop().tick()
        outbox.office.clock.turn(STEP)

    assert sorted(outbox.states()) == ["given_up", "given_up", "waiting", "waiting"]
    (case,) = outbox.cases()
    assert (case.kind, case.code, case.reference) == (
        CaseKind.SYSTEM,
        "EVENT_UNDELIVERED",
        "receiver emr",
    )
    detail = detail_of(case, outbox)
    assert "not reached (ConnectError)" in detail.message
    assert "deskhand events retry --receiver emr" in detail.hint
    with pytest.raises(DecisionRefusedError, match="deskhand events list"):
        retry_case(word(case.id), desk=outbox.office.desk)


async def test_a_person_retries_and_drops_and_the_last_one_closes_the_case(
    outbox: OutboxOffice, receiver: PracticeReceiver
) -> None:
    outbox.patience = SOON
    outbox.office.accept("C-1", "C-2")
    for claim in ("C-1", "C-2"):
        outbox.emit(claim, "claims.submitted")
        outbox.emit(claim, "claims.paid")
    outbox.tell("http://127.0.0.1:9/gone")
    for _ in range(3):
        await outbox.loop().tick()
        outbox.office.clock.turn(STEP)
    first, second = (one.id for one in outbox.dispatches(DispatchState.GIVEN_UP))
    store, clock = outbox.office.store, outbox.office.clock

    retry_dispatch(DispatchWord(dispatch=first, by=ANN), store=store, clock=clock, book=DEFAULTS)
    still_open = len(outbox.cases())
    by_phone = DispatchWord(dispatch=second, by=ANN, reason="told by phone")
    drop_dispatch(by_phone, store=store, clock=clock, book=DEFAULTS)
    outbox.receivers.clear()
    async with receiver.listening() as url:
        outbox.tell(url)
        await outbox.loop().tick()

    assert (still_open, outbox.cases()) == (1, [])
    assert sorted(outbox.states()) == ["delivered"] * 3 + ["dropped"]
    assert [event["type"] for event in receiver.taken].count("claims.paid") == 2


async def test_dropping_needs_a_reason_and_only_what_was_given_up_is_decided(
    outbox: OutboxOffice,
) -> None:
    outbox.office.accept("C-1")
    outbox.emit("C-1")
    outbox.tell("http://127.0.0.1:9/gone")
    await outbox.loop().tick()
    (dispatch,) = outbox.dispatches()
    store, clock = outbox.office.store, outbox.office.clock

    with pytest.raises(DecisionRefusedError, match="needs a reason"):
        drop_dispatch(
            DispatchWord(dispatch=dispatch.id, by=ANN), store=store, clock=clock, book=DEFAULTS
        )
    with pytest.raises(DecisionRefusedError, match="is waiting"):
        retry_dispatch(
            DispatchWord(dispatch=dispatch.id, by=ANN), store=store, clock=clock, book=DEFAULTS
        )


async def test_events_are_decided_by_who_may_decide_their_receivers_case(
    outbox: OutboxOffice,
) -> None:
    outbox.patience = SOON
    outbox.office.accept("C-1")
    outbox.emit("C-1")
    outbox.tell("http://127.0.0.1:9/gone")
    for _ in range(3):
        await outbox.loop().tick()
        outbox.office.clock.turn(STEP)
    (dispatch,) = outbox.dispatches(DispatchState.GIVEN_UP)
    store, clock = outbox.office.store, outbox.office.clock
    ops = Queue(name="ops", role="engineer", may=frozenset({Decision.RETRY}))
    bob = Person(name="bob", roles=frozenset({"engineer"}))
    book = QueueBook(queues={"ops": ops}, people={"bob": bob})

    with pytest.raises(DecisionRefusedError, match=r"role engineer.* who may: bob"):
        retry_dispatch(
            DispatchWord(dispatch=dispatch.id, by=ANN), store=store, clock=clock, book=book
        )
    with pytest.raises(DecisionRefusedError, match="ops does not allow to reject"):
        drop_dispatch(
            DispatchWord(dispatch=dispatch.id, by=BOB, reason="known"),
            store=store,
            clock=clock,
            book=book,
        )
    anew = retry_dispatch(
        DispatchWord(dispatch=dispatch.id, by=BOB), store=store, clock=clock, book=book
    )

    assert anew.state is DispatchState.WAITING
    assert outbox.cases() == []


async def test_an_event_whose_data_does_not_fit_goes_to_a_person_at_once(
    outbox: OutboxOffice,
) -> None:
    outbox.follow_up()
    outbox.office.accept("C-1")
    body = {"client": "lakeside", "claim_number": "C-1", "member_id": "odd number 4711!"}
    outbox.emit("C-1", body=json.dumps(body))

    await outbox.loop().tick()

    (case,) = outbox.cases()
    detail = detail_of(case, outbox)
    assert case.reference == "receiver runbook:claims.follow_up"
    assert "member_id" in detail.message
    assert "4711" not in detail.message
    assert outbox.dispatches()[0].problem == "its data does not fit the runbook"
    assert outbox.states() == ["given_up"]


async def test_a_receiver_that_is_no_longer_listed_is_told_to_a_person(
    outbox: OutboxOffice,
) -> None:
    outbox.patience = SOON
    outbox.office.accept("C-1")
    outbox.emit("C-1")
    outbox.tell("http://127.0.0.1:9/gone")
    await outbox.loop().tick()
    outbox.receivers.clear()
    outbox.office.clock.turn(STEP)

    await outbox.loop().tick()

    assert outbox.dispatches()[0].problem == "receivers.yaml has no such receiver"
    assert len(outbox.cases()) == 1
