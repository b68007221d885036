"""An outbox whose receiver fails half the time: what never arrives, and what arrives out of order.

A thousand events of forty items go to one real HTTP server on this machine, which by a seeded die
answers half of the requests with an error, sends them to another address, or hangs up after it
has read them. Two hosts take turns. Time between the rounds is simulated, so that pauses cost
none. An event that comes again is known by its id; within an item none may come before one that
was emitted earlier.
"""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from deskhand.runtime.store_thread import StoreThread
from tests.bench.figures import Figure, at_least, at_most, told
from tests.making import HandClock, migrated, sql_store, sqlite_url
from tests.practice.receiver import Manner, PracticeReceiver
from tests.unit.outbox.outbox_office import SECRET, OutboxOffice
from tests.unit.use_cases.office import Office

ITEMS = 40
EVENTS_AN_ITEM = 25
_ROUNDS = 5_000
_BETWEEN = timedelta(minutes=30)
_BAD = (Manner.FAILS, Manner.HANGS_UP, Manner.SENDS_AWAY)


def measure() -> list[Figure]:
    """Deliver until everything has arrived."""
    with TemporaryDirectory() as folder, migrated(sqlite_url(Path(folder))) as database:
        clock = HandClock(datetime.now(UTC))
        store = sql_store(database, clock=clock)
        thread = StoreThread()
        outbox = OutboxOffice(office=Office(store=store, clock=clock), thread=thread)
        try:
            receiver = asyncio.run(_delivered(outbox))
        finally:
            thread.close()
        arrived = {event["id"] for event in receiver.taken}
        return [
            at_least("events that arrived", len(arrived), "events", bar=ITEMS * EVENTS_AN_ITEM),
            at_most("events out of their item's order", _out_of_order(receiver), "events", bar=0),
            told("requests for an event", len(receiver.read) / len(arrived), "requests"),
        ]


async def _delivered(outbox: OutboxOffice) -> PracticeReceiver:
    chance = random.Random(7)  # noqa: S311 - no secret
    receiver = PracticeReceiver(SECRET)
    receiver.manner = lambda: chance.choice(_BAD) if chance.random() < 0.5 else Manner.TAKES
    claims = [f"C-{number}" for number in range(ITEMS)]
    outbox.office.accept(*claims)
    for number in range(EVENTS_AN_ITEM):
        for claim in claims:
            outbox.emit(claim, f"claims.step_{number:02}")
    async with receiver.listening() as url:
        outbox.tell(url)
        for number in range(_ROUNDS):
            await outbox.loop(other=number % 2 == 1).tick()
            if len({event["id"] for event in receiver.taken}) == ITEMS * EVENTS_AN_ITEM:
                break
            outbox.office.clock.turn(_BETWEEN)
    return receiver


def _out_of_order(receiver: PracticeReceiver) -> int:
    """Count the events that were read behind a later one of their item."""
    latest: dict[str, str] = {}
    late = 0
    for event in receiver.read:
        subject, kind = str(event["subject"]), str(event["type"])
        late += kind < latest.get(subject, "")
        latest[subject] = max(kind, latest.get(subject, ""))
    return late
