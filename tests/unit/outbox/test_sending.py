import random
from datetime import timedelta

import pytest

from deskhand.use_cases.deliver_events import AT_ONCE, LEASE, note_arrival
from tests.practice.receiver import Manner, PracticeReceiver
from tests.unit.outbox.outbox_office import IMPATIENT, SECRET, OutboxOffice, die_at

pytestmark = pytest.mark.asyncio
STEP = timedelta(minutes=30)


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
    outbox.answer_within = IMPATIENT
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


@pytest.mark.parametrize("wish", [b"1234567 s", b"9" * 14, b"Wed, 21 Oct 2026 07:28:00 GMT"])
async def test_what_a_receiver_asks_for_in_odd_words_is_a_failed_try_as_any_other(
    outbox: OutboxOffice, receiver: PracticeReceiver, wish: bytes
) -> None:
    receiver.manner, receiver.retry_after = (lambda: Manner.ASKS_FOR_TIME), wish
    outbox.office.accept("C-1")
    outbox.emit("C-1")

    async with receiver.listening() as url:
        outbox.tell(url)
        await outbox.loop().tick()

    (dispatch,) = outbox.dispatches()
    assert (dispatch.tries, dispatch.problem) == (1, "answered 503")
    assert dispatch.next_try_at <= outbox.office.clock.at + outbox.patience.retry.max


@pytest.mark.parametrize("address", ["https://localhost:99999/", "https://xn--/"])
async def test_an_address_that_is_none_is_a_failed_try_and_keeps_nobody_else_waiting(
    outbox: OutboxOffice, receiver: PracticeReceiver, address: str
) -> None:
    for number in range(AT_ONCE + 1):
        outbox.office.accept(f"C-{number}")
        outbox.emit(f"C-{number}")

    async with receiver.listening() as url:
        outbox.tell(address, name="mistyped")
        outbox.tell(url)
        for _ in range(8):
            await outbox.loop().tick()
            outbox.office.clock.turn(timedelta(seconds=1))

    assert len({event["id"] for event in receiver.taken}) == AT_ONCE + 1
    failed = [one for one in outbox.dispatches() if one.receiver == "mistyped"]
    assert {(one.tries > 0, one.state.value) for one in failed} == {(True, "waiting")}


async def test_a_receiver_that_does_not_answer_keeps_nobody_else_waiting(
    outbox: OutboxOffice, receiver: PracticeReceiver
) -> None:
    silent = PracticeReceiver(SECRET, manner=lambda: Manner.HANGS_UP)
    claims = [f"C-{number}" for number in range(AT_ONCE + 8)]
    outbox.office.accept(*claims)
    for claim in claims:
        outbox.emit(claim)
    outbox.emit("C-1", "claims.paid")

    async with receiver.listening() as url, silent.listening() as nowhere:
        outbox.tell(nowhere, name="silent", events=("claims.submitted",))
        outbox.tell(url, events=("claims.paid",))
        await outbox.loop().tick()

    assert [event["type"] for event in receiver.taken] == ["claims.paid"]
    assert len(silent.read) == AT_ONCE
    assert outbox.states().count("waiting") == len(claims)


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
