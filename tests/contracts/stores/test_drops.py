from dataclasses import replace
from datetime import timedelta

import pytest

from deskhand.domain.drop import DroppedFile
from deskhand.domain.identifiers import DropId, FileId
from deskhand.errors import StoreConflictError
from deskhand.ports.store import Store
from tests.making import NOW, WORKER, a_file, add_runbook
from tests.practice.drop_office import TRIGGER


def a_drop(number: int = 1, **changes: object) -> DroppedFile:
    drop = DroppedFile(
        id=DropId(f"20260504T09000{number}-00000000"),
        trigger=TRIGGER,
        client="lakeside",
        folder="inbox/lakeside/claims",
        name="claims.csv",
        holder=WORKER,
        tries=1,
        claimed_at=NOW,
    )
    return replace(drop, **changes)  # type: ignore[arg-type]


def test_a_drop_is_kept_as_it_was_written_last(store: Store) -> None:
    changed = a_drop(file=FileId("f1"), size=1 << 40, again=True, answer="done=1", ended_at=NOW)
    with store.transaction() as tx:
        add_runbook(tx)
        tx.files.add(a_file())
        tx.drops.add(a_drop())
        tx.drops.save(changed)

    with store.reading() as tx:
        assert tx.drops.find(a_drop().id) == changed
        assert tx.drops.find(DropId("another")) is None


def test_one_worker_only_begins_with_a_drop(store: Store) -> None:
    with store.transaction() as tx:
        tx.drops.add(a_drop())

    with pytest.raises(StoreConflictError), store.transaction() as tx:
        tx.drops.add(a_drop(claimed_at=NOW + timedelta(seconds=1)))


def test_drops_for_which_something_is_left_are_listed_oldest_first(store: Store) -> None:
    with store.transaction() as tx:
        add_runbook(tx)
        tx.files.add(a_file())
        for drop in (a_drop(3), a_drop(1), a_drop(2, ended_at=NOW, file=FileId("f1"))):
            tx.drops.add(drop)

    with store.reading() as tx:
        assert [drop.id for drop in tx.drops.unended()] == [a_drop(1).id, a_drop(3).id]
        assert [drop.id for drop in tx.drops.of_file(FileId("f1"))] == [a_drop(2).id]
        assert [drop.id for drop in tx.drops.since(NOW)] == [a_drop(2).id]
        assert tx.drops.since(NOW + timedelta(minutes=1)) == []
