"""Two hosts take the same requests and deliver the same events, each with a store of its own."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from deskhand.ports.inbox import HookRequest, Refused, Taken
from deskhand.ports.item_store import ItemFilter
from deskhand.ports.reader import Row
from deskhand.runtime.store_thread import StoreThread
from deskhand.use_cases.check_log import verify_log
from tests.making import ANN, HandClock, migrated, sql_store
from tests.unit.outbox.outbox_office import OutboxOffice
from tests.unit.triggers.hook_desk import ROW, HookDesk
from tests.unit.use_cases.office import MEMBER, Office

pytestmark = pytest.mark.asyncio


@pytest.fixture
def hosts(database_url: str) -> Iterator[list[HookDesk]]:
    """Two hosts on one database; every record and every state is checked afterwards."""
    clock = HandClock()
    with ExitStack() as stack:
        made = []
        for _ in range(2):
            store = sql_store(stack.enter_context(migrated(database_url)), clock=clock)
            thread = StoreThread()
            stack.callback(thread.close)
            made.append(HookDesk(office=Office(store=store, clock=clock), thread=thread))
        yield made
        store = made[0].office.store
        assert verify_log(by=ANN, store=store, clock=clock).findings == []


def request(message: str, claim: str) -> HookRequest:
    values = {**ROW, "claim_number": claim}
    return HookRequest(
        client="lakeside",
        hook="claims",
        id=message,
        content=json.dumps(values).encode(),
        rows=[Row(number=1, line=1, values=values)],
    )


async def taken_by_both(
    hosts: list[HookDesk], requests: list[HookRequest]
) -> list[Taken | Refused]:
    inboxes = [host.inbox() for host in hosts]
    return await asyncio.gather(*(inbox.take(one) for one in requests for inbox in inboxes))


async def test_the_same_request_at_both_hosts_is_taken_once(hosts: list[HookDesk]) -> None:
    requests = [request(f"msg-{number}", f"C-{number}") for number in range(15)]

    answers = await taken_by_both(hosts, requests)

    assert answers == [Taken(accepted=1, repeats=0, conflicts=0)] * 30
    assert len(hosts[0].items()) == 15


async def test_the_same_row_in_different_requests_at_both_hosts_is_one_item(
    hosts: list[HookDesk],
) -> None:
    requests = [request(f"msg-{number}", "C-1") for number in range(8)]
    others = [request(f"other-{number}", "C-1") for number in range(8)]
    first, second = (host.inbox() for host in hosts)

    answers = await asyncio.gather(
        *(first.take(one) for one in requests), *(second.take(one) for one in others)
    )

    counts = [(one.accepted, one.repeats) for one in answers if isinstance(one, Taken)]
    assert sorted(counts) == [(0, 1)] * 15 + [(1, 0)]
    assert len(hosts[0].items()) == 1


async def test_two_loops_start_one_item_an_event(hosts: list[HookDesk]) -> None:
    offices = [OutboxOffice(office=host.office, thread=host.thread) for host in hosts]
    claims = [f"C-{number}" for number in range(10)]
    offices[0].office.accept(*claims)
    for office in offices:
        office.follow_up()
    for claim in claims:
        body = {"client": "lakeside", "claim_number": claim, "member_id": MEMBER}
        offices[0].emit(claim, body=json.dumps(body))

    await asyncio.gather(offices[0].loop().tick(), offices[1].loop(other=True).tick())

    with offices[0].office.store.reading() as tx:
        items = tx.items.find(ItemFilter(runbook="claims.follow_up"), limit=100)
    assert sorted(item.reference for item in items) == sorted(claims)
    assert offices[0].states() == ["delivered"] * 10
