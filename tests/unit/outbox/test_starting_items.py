import json
from datetime import timedelta

import pytest

from deskhand.domain.retry_policy import RetryPolicy
from deskhand.domain.work_item import ItemState
from deskhand.errors import StoreConflictError
from deskhand.ports.item_store import ItemFilter
from deskhand.use_cases.deliver_events import Patience
from tests.unit.outbox.outbox_office import FOLLOW_UP, OutboxOffice, die_at
from tests.unit.use_cases.office import MEMBER

pytestmark = pytest.mark.asyncio
STEP = timedelta(minutes=30)


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


@pytest.mark.parametrize("error", [ArithmeticError(), StoreConflictError("no such reference")])
async def test_an_event_at_which_we_stumble_is_given_up_and_told_to_a_person(
    outbox: OutboxOffice, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("deskhand.runtime.outbox_loop.deliver_inside", stumble)
    outbox.patience = Patience(
        retry=RetryPolicy(tries=2, first=timedelta(seconds=1), max=timedelta(seconds=1)),
        give_up_after=timedelta(days=1),
    )
    outbox.office.accept("C-1")
    outbox.follow_up()
    outbox.emit("C-1", body='{"client": "lakeside", "claim_number": "C-1"}')

    for _ in range(2):
        await outbox.loop().tick()
        outbox.office.clock.turn(timedelta(minutes=1))

    assert outbox.states() == ["given_up"]
    assert outbox.dispatches()[0].problem == f"failed here ({type(error).__name__})"
    assert len(outbox.cases()) == 1


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
