"""Nothing of an item leaves the house in a message to people."""

import asyncio
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

from deskhand.bootstrap.workplace import Workplace
from deskhand.use_cases.sweep_cases import sweep_cases
from tests.acceptance.notify.desk import at, look, write
from tests.making import HandClock, a_case, add_items, an_entry, an_item
from tests.practice.mailbox import Certified, Mailbox
from tests.practice.receiver import PracticeReceiver
from tests.unit.outbox.outbox_office import SECRET

MARK = "Zqx4711"


def open_marked(tx: Any, clock: HandClock) -> None:
    """Open cases of every kind, of which every text is a marker."""
    items = [
        an_item(
            f"i{number}",
            reference=f"{MARK}-{number}",
            runbook=MARK,
            account=f"{MARK}/lakeside",
            portal_number=MARK,
            reason=MARK,
        )
        for number in range(25)
    ]
    add_items(tx, *items)
    for number, item in enumerate(items):
        case = a_case(
            f"{item.id}-1",
            item=item.id,
            reference=MARK,
            runbook=MARK,
            account=item.account,
            code=MARK,
            step=MARK,
            cause_group=MARK,
            taken_by=MARK if number else None,
            due_at=clock.at,
            risk_at=clock.at,
            opened_at=clock.at,
        )
        entry = an_entry(case.stream, f"case:{case.id}", case.state.value, type="case.opened")
        tx.cases.add(case.at_record(tx.record(entry)))


def test_nothing_of_an_item_is_in_any_message(
    place: Workplace, mailbox: Mailbox, certificate: Certified
) -> None:
    """Every text of the database but the names of queues and clients is a marker."""
    clock = HandClock(datetime.now(UTC))

    async def told() -> PracticeReceiver:
        receiver = PracticeReceiver(SECRET)
        async with receiver.listening() as url:
            write(place, mailbox, certificate, url)
            settings = place.project.notify
            everything = settings.read_text(encoding="utf-8").partition("rules:")[0]
            settings.write_text(f'{everything}digest: "00:00"\n', encoding="utf-8")
            desk = at(place, clock)
            await look(desk)
            with place.store.transaction() as tx:
                open_marked(tx, clock)
            sweep_cases(store=place.store, clock=clock, book=place.book)
            for _ in range(3):
                await look(desk)
                clock.turn(timedelta(hours=12))
        return receiver

    receiver = asyncio.run(told())

    said = "".join(f"{mail['Subject']}{mail.get_content()}" for mail in mailbox.taken)
    sent = b"".join(mailbox.wire) + said.encode() + json.dumps(receiver.taken).encode()
    assert len(mailbox.wire) >= 5
    assert MARK.lower().encode() not in sent.lower()
    assert sent.count(b"lakeside") > 5
    database = sqlite3.connect(str(place.project.state / "deskhand.db"))
    marked = database.execute("select count(*) from exception_case where reference like ?", [MARK])
    assert marked.fetchone()[0] > 20, "the markers were there to be found"
    database.close()
