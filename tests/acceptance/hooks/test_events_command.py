"""`deskhand events`, as a person types it, and the loop as a host makes it."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from deskhand.bootstrap.outbox import outbox_loop
from deskhand.bootstrap.workplace import Workplace, open_file_vault
from deskhand.cli.entry import deskhand
from deskhand.domain.sealed import Sealed
from deskhand.errors import DecisionRefusedError
from deskhand.ports.item_store import ItemFilter
from deskhand.ports.log_store import Event
from deskhand.runtime.store_thread import StoreThread
from deskhand.settings.project import load_project
from tests.bench.practice import Practice, take_in, write_project
from tests.making import WORKER
from tests.practice.receiver import PracticeReceiver
from tests.unit.outbox.outbox_office import SECRET

SETTINGS = """
[events]
tries = 1
"""
RECEIVER = (
    "receivers: [{name: emr, url: '%s', events: ['claims.*'], secret: receivers/emr/secret}]\n"
)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    """A project with one item, whose two events a receiver that is away should hear of."""
    made = write_project(tmp_path, clients=["lakeside"])
    with (tmp_path / "deskhand.toml").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS)
    open_file_vault(made.project).put("receivers/emr/secret", Sealed(SECRET))
    receive_at(made, "http://127.0.0.1:9/")
    practice = Practice(today=datetime.now(UTC).date())
    take_in(made, practice.alike(practice.clinics[0], count=1), client="lakeside", name="claims")
    with made.store.transaction() as tx:
        (item,) = tx.items.find(ItemFilter(), limit=2)
        for name in ("claims.submitted", "claims.paid"):
            tx.outbox.add(
                Event(
                    event=name,
                    item=item.id,
                    subject=item.id,
                    body='{"client": "lakeside"}',
                    emitted_at=made.clock.now(),
                )
            )
    yield made
    made.store.close()


def receive_at(place: Workplace, url: str) -> None:
    place.project.receivers.write_text(RECEIVER % url, encoding="utf-8")


async def deliver(place: Workplace) -> None:
    thread = StoreThread()
    try:
        await outbox_loop(_anew(place), thread=thread, holder=WORKER, runbooks=[]).tick()
    finally:
        thread.close()


def _anew(place: Workplace) -> Workplace:
    """The settings and the vault as a new process reads them."""
    fresh = Workplace(load_project(place.project.folder))
    fresh.__dict__["store"] = place.store
    return fresh


def typed(place: Workplace, *words: str) -> Any:
    """Type a command; return its JSON, or its text."""
    ended = CliRunner().invoke(deskhand, ["--project", str(place.project.folder), *words])
    if ended.exception is not None:
        raise ended.exception
    return json.loads(ended.output) if "--json" in words else ended.output


def test_what_was_given_up_is_seen_retried_and_arrives(place: Workplace) -> None:
    asyncio.run(deliver(place))
    given_up = typed(place, "events", "list", "--state", "given_up", "--json")
    cases = typed(place, "exceptions", "list", "--json")

    async def retried() -> PracticeReceiver:
        receiver = PracticeReceiver(SECRET)
        async with receiver.listening() as url:
            receive_at(place, url)
            typed(place, "events", "retry", given_up[0]["id"][:12], "--as", "Ann")
            await deliver(place)
        return receiver

    receiver = asyncio.run(retried())

    assert [(one["event"], one["receiver"], one["tries"]) for one in given_up] == [
        ("claims.submitted", "emr", 1)
    ]
    assert [case["code"] for case in cases] == ["EVENT_UNDELIVERED"]
    assert [event["type"] for event in receiver.taken] == ["claims.submitted", "claims.paid"]
    assert receiver.unsigned == 0
    assert typed(place, "exceptions", "list", "--json") == []
    assert "delivered" in typed(place, "events", "list")
    assert typed(place, "events", "retry", "--receiver", "emr") == "nothing was given up\n"


def test_what_a_receiver_need_not_know_is_dropped_with_a_reason(place: Workplace) -> None:
    asyncio.run(deliver(place))

    with pytest.raises(DecisionRefusedError, match="needs a reason"):
        typed(place, "events", "drop", "--receiver", "emr")
    dropped = typed(
        place, "events", "drop", "--receiver", "emr", "--reason", "told by phone", "--json"
    )

    assert [one["state"] for one in dropped] == ["dropped"]
    left = typed(place, "events", "list", "--json")
    assert [(one["event"], one["state"]) for one in left] == [
        ("claims.submitted", "dropped"),
        ("claims.paid", "waiting"),
    ]
