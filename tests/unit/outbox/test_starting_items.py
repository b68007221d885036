import json
from datetime import timedelta

import pytest

from deskhand.domain.work_item import ItemState
from deskhand.ports.store import ItemFilter
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
