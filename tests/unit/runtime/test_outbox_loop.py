import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deskhand.domain.dispatch import DispatchState
from deskhand.domain.exception_case import CaseKind
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.domain.work_item import ItemState
from deskhand.errors import DecisionRefusedError, StoreUnavailableError
from deskhand.ports.store import ItemFilter
from deskhand.runtime.store_thread import StoreThread
from deskhand.use_cases.check_log import verify_log
from deskhand.use_cases.decide_case import retry_case
from deskhand.use_cases.decide_dispatch import DispatchWord, drop_dispatch, retry_dispatch
from deskhand.use_cases.deliver_events import LEASE, Patience, note_arrival
from deskhand.use_cases.tell_story import case_detail
from tests.making import ANN, HandClock, migrated, sql_store, sqlite_url
from tests.practice.receiver import Manner, PracticeReceiver
from tests.unit.runtime.outbox_office import FOLLOW_UP, SECRET, OutboxOffice
from tests.unit.use_cases.office import MEMBER, Office, word

pytestmark = pytest.mark.asyncio

SOON = Patience(
    retry=RetryPolicy(tries=2, first=timedelta(seconds=5), max=timedelta(minutes=1)),
    give_up_after=timedelta(hours=24),
)
STEP = timedelta(minutes=30)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[OutboxOffice]:
    """An outbox over an SQLite store; every record and every state is checked afterwards."""
    # The receiver checks signatures by its own clock, which is the machine's.
    clock = HandClock(datetime.now(UTC))
    with migrated(sqlite_url(tmp_path)) as database:
        store = sql_store(database, clock=clock)
        thread = StoreThread()
        yield OutboxOffice(office=Office(store=store, clock=clock), thread=thread)
        thread.close()
        assert verify_log(by=ANN, store=store, clock=clock).findings == []


@pytest.fixture
def receiver() -> PracticeReceiver:
    return PracticeReceiver(SECRET)


async def test_an_event_is_told_as_a_signed_cloud_event(
    outbox: OutboxOffice, receiver: PracticeReceiver
) -> None:
    outbox.office.accept("C-1")
    outbox.emit("C-1", body='{"client": "lakeside", "outputs": {"confirmation": "ACM-1"}}')

    async with receiver.listening() as url:
        outbox.tell(url)
        await outbox.loop().tick()
        await outbox.loop().tick()

    (event,) = receiver.taken
    item = outbox.office.item("C-1")
    assert receiver.unsigned == 0
    assert event == {
        "specversion": "1.0",
        "id": event["id"],
        "source": "urn:deskhand:test/1",
        "type": "claims.submitted",
        "subject": item.id,
        "time": outbox.office.clock.at.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "deskhandclient": "lakeside",
        "data": {"client": "lakeside", "outputs": {"confirmation": "ACM-1"}},
    }
    assert outbox.states() == ["delivered"]
    assert outbox.office.types_of(item.id)[-1] == "event.delivered"


async def test_receivers_hear_what_they_asked_for(
    outbox: OutboxOffice, receiver: PracticeReceiver
) -> None:
    outbox.office.accept("C-1")
    outbox.emit("C-1", "claims.submitted")
    outbox.emit("C-1", "aid.verified")

    async with receiver.listening() as url:
        outbox.tell(url, events=("claims.*",))
        await outbox.loop().tick()

    assert [event["type"] for event in receiver.taken] == ["claims.submitted"]


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_a_receiver_does_every_event_arrives_and_in_its_items_order(
    outbox: OutboxOffice, receiver: PracticeReceiver, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's own dice
    bad = [Manner.FAILS, Manner.HANGS_UP, Manner.DAWDLES, Manner.SENDS_AWAY]
    receiver.manner = lambda: chance.choice([Manner.TAKES] * 4 + bad)
    claims = [f"C-{number}" for number in range(6)]
    outbox.office.accept(*claims)
    for number in range(4):
        for claim in claims:
            outbox.emit(claim, f"claims.step_{number}")

    async with receiver.listening() as url:
        outbox.tell(url)
        for _ in range(60):
            await outbox.loop(other=chance.random() < 0.5).tick()
            if set(outbox.states()) == {"delivered"}:
                break
            outbox.office.clock.turn(STEP)

    assert set(outbox.states()) == {"delivered"}
    assert set(receiver.paths) == {"/events"}, "no redirect is followed"
    for claim in claims:
        subject = outbox.office.item(claim).id
        heard = [event["type"] for event in receiver.read if event["subject"] == subject]
        assert list(dict.fromkeys(heard)) == [f"claims.step_{number}" for number in range(4)]
        assert heard == sorted(heard), "an earlier event never comes again after a later one"
    ids = {event["id"] for event in receiver.read}
    assert len(ids) == 24, "an event that comes again is known by its id"


async def test_what_others_answer_is_in_no_record_and_no_log(
    outbox: OutboxOffice, receiver: PracticeReceiver
) -> None:
    receiver.manner = lambda: Manner.FAILS
    outbox.office.accept("C-1")
    outbox.emit("C-1")

    async with receiver.listening() as url:
        outbox.tell(url + "?key=secret")
        await outbox.loop().tick()

    (dispatch,) = outbox.dispatches()
    assert (dispatch.tries, dispatch.problem) == (1, "answered 500")
    assert "secret" not in repr(outbox.observer.heard)


async def test_a_receiver_may_ask_for_time(
    outbox: OutboxOffice, receiver: PracticeReceiver
) -> None:
    receiver.manner = lambda: Manner.ASKS_FOR_TIME
    outbox.office.accept("C-1")
    outbox.emit("C-1")

    async with receiver.listening() as url:
        outbox.tell(url)
        await outbox.loop().tick()

    (dispatch,) = outbox.dispatches()
    assert dispatch.next_try_at == outbox.office.clock.at + timedelta(seconds=600)


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
    detail = case_detail(case, seal=outbox.office.seal)
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

    retry_dispatch(DispatchWord(dispatch=first, by=ANN), store=store, clock=clock)
    still_open = len(outbox.cases())
    by_phone = DispatchWord(dispatch=second, by=ANN, reason="told by phone")
    drop_dispatch(by_phone, store=store, clock=clock)
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
        drop_dispatch(DispatchWord(dispatch=dispatch.id, by=ANN), store=store, clock=clock)
    with pytest.raises(DecisionRefusedError, match="is waiting"):
        retry_dispatch(DispatchWord(dispatch=dispatch.id, by=ANN), store=store, clock=clock)


async def test_one_host_at_a_time_delivers_and_another_takes_over(
    outbox: OutboxOffice, receiver: PracticeReceiver
) -> None:
    outbox.office.accept("C-1")
    outbox.emit("C-1", "claims.submitted")
    async with receiver.listening() as url:
        outbox.tell(url)
        await outbox.loop().tick()
        outbox.emit("C-1", "claims.paid")

        await outbox.loop(other=True).tick()
        meanwhile = len(receiver.taken)
        outbox.office.clock.turn(LEASE)
        await outbox.loop(other=True).tick()

    assert (meanwhile, len(receiver.taken)) == (1, 2)


async def test_two_who_note_the_same_arrival_note_it_once(
    outbox: OutboxOffice, receiver: PracticeReceiver
) -> None:
    outbox.office.accept("C-1")
    outbox.emit("C-1")
    async with receiver.listening() as url:
        outbox.tell(url)
        loop = outbox.loop()
        (parcel,) = await loop._next()

        for _ in range(2):
            note_arrival(parcel, store=outbox.office.store, clock=outbox.office.clock)

    types = outbox.office.types_of(outbox.office.item("C-1").id)
    assert types.count("event.delivered") == 1


async def test_an_event_starts_an_item_of_a_runbook_that_listens_exactly_once(
    outbox: OutboxOffice,
) -> None:
    outbox.follow_up()
    outbox.office.accept("C-1")
    body = {"client": "lakeside", "claim_number": "C-1", "member_id": MEMBER}
    outbox.emit("C-1", body=json.dumps(body))

    await outbox.loop().tick()
    await outbox.loop(other=True).tick()

    with outbox.office.store.reading() as tx:
        (item,) = tx.items.find(ItemFilter(runbook="claims.follow_up"), limit=10)
    assert (item.reference, item.client, item.state) == ("C-1", "lakeside", ItemState.WAITING)
    assert outbox.states() == ["delivered"]


async def test_an_event_whose_data_does_not_fit_goes_to_a_person_at_once(
    outbox: OutboxOffice,
) -> None:
    outbox.follow_up()
    outbox.office.accept("C-1")
    body = {"client": "lakeside", "claim_number": "C-1", "member_id": "odd number 4711!"}
    outbox.emit("C-1", body=json.dumps(body))

    await outbox.loop().tick()

    (case,) = outbox.cases()
    detail = case_detail(case, seal=outbox.office.seal)
    assert case.reference == "receiver runbook:claims.follow_up"
    assert "member_id" in detail.message
    assert "4711" not in detail.message
    assert outbox.states() == ["given_up"]


async def test_a_runbook_whose_client_has_no_account_waits_for_it(outbox: OutboxOffice) -> None:
    outbox.follow_up(FOLLOW_UP)
    outbox.office.accept("C-1")
    body = {"client": "hillside", "claim_number": "C-1", "member_id": MEMBER}
    outbox.emit("C-1", body=json.dumps(body))

    await outbox.loop().tick()
    (waiting,) = outbox.dispatches()
    outbox.office.open_account("hillside")
    outbox.office.clock.turn(STEP)
    await outbox.loop().tick()

    assert waiting.problem == "there is no account payer_portal/hillside"
    assert outbox.states() == ["delivered"]


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


async def test_without_its_secret_nothing_is_sent(
    outbox: OutboxOffice, receiver: PracticeReceiver
) -> None:
    outbox.secrets.clear()
    outbox.office.accept("C-1")
    outbox.emit("C-1")

    async with receiver.listening() as url:
        outbox.tell(url)
        await outbox.loop().tick()

    assert receiver.read == []
    assert "secret in the vault is missing" in str(outbox.dispatches()[0].problem)


async def die_at(place: str, outbox: OutboxOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a host deliver until it comes to this place."""

    def dies(*_: object, **__: object) -> None:
        raise StoreUnavailableError("here", "the process dies")

    with monkeypatch.context() as patched:
        patched.setattr(place, dies)
        with pytest.raises(StoreUnavailableError):
            await outbox.loop().tick()


async def test_an_arrival_that_could_not_be_noted_is_sent_again_under_the_same_id(
    outbox: OutboxOffice, receiver: PracticeReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.office.accept("C-1", "C-2")
    for claim in ("C-1", "C-2"):
        outbox.emit(claim, "claims.submitted")
        outbox.emit(claim, "claims.paid")
    async with receiver.listening() as url:
        outbox.tell(url)
        await die_at("deskhand.runtime.outbox_loop.note_arrival", outbox, monkeypatch)
        await outbox.loop().tick()

    assert set(outbox.states()) == {"delivered"}
    assert len(receiver.taken) == 6
    assert len({event["id"] for event in receiver.taken}) == 4
    for claim in ("C-1", "C-2"):
        subject = outbox.office.item(claim).id
        heard = [event["type"] for event in receiver.taken if event["subject"] == subject]
        assert heard == ["claims.submitted", "claims.submitted", "claims.paid"]


async def test_an_item_and_the_mark_that_its_event_started_it_are_one(
    outbox: OutboxOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.follow_up()
    outbox.office.accept("C-1")
    body = {"client": "lakeside", "claim_number": "C-1", "member_id": MEMBER}
    outbox.emit("C-1", body=json.dumps(body))
    started = ItemFilter(runbook="claims.follow_up")
    await die_at("deskhand.use_cases.deliver_events._end", outbox, monkeypatch)
    with outbox.office.store.reading() as tx:
        before = tx.items.find(started, limit=10)

    await outbox.loop().tick()

    with outbox.office.store.reading() as tx:
        (item,) = tx.items.find(started, limit=10)
    assert (before, outbox.states()) == ([], ["delivered"])
    assert outbox.office.types_of(item.id) == ["item.created"]
