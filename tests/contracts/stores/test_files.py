from dataclasses import replace
from datetime import timedelta

import pytest

from deskhand.domain.evidence import Evidence, EvidenceKind
from deskhand.domain.identifiers import AttemptId, FileId, ItemId, RunbookHash
from deskhand.domain.intake_file import FileRow, FileState, RowFate
from deskhand.errors import NotFoundError, StoreConflictError
from deskhand.ports.log_store import Event
from deskhand.ports.store import Store
from tests.making import (
    NOW,
    a_file,
    a_running_attempt,
    add_attempt,
    add_items,
    add_runbook,
    an_item,
)


@pytest.fixture
def _attempt(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item())
        add_attempt(tx, a_running_attempt())


def test_a_runbook_is_kept_once_a_content_and_numbered_by_its_name(store: Store) -> None:
    def add(hash: str, name: str) -> int:
        with store.transaction() as tx:
            return tx.runbooks.add(
                RunbookHash(hash), name=name, source=f"runbook: {name}", by="ann", at=NOW
            )

    numbers = [add("h1", "claims"), add("h2", "claims"), add("h3", "aid"), add("h1", "claims")]

    assert numbers == [1, 2, 1, 1]
    with store.reading() as tx:
        kept = tx.runbooks.get(RunbookHash("h2"))
        assert (kept.name, kept.number, kept.source) == ("claims", 2, "runbook: claims")
        with pytest.raises(NotFoundError, match="h9"):
            tx.runbooks.get(RunbookHash("h9"))


def test_a_file_is_found_by_its_content_whatever_its_name(store: Store) -> None:
    file = a_file(state=FileState.TAKING)
    with store.transaction() as tx:
        add_runbook(tx)
        tx.files.add(file)
        tx.files.add(a_file("f0", received_at=NOW - timedelta(days=1)))

    with store.reading() as tx:
        assert tx.files.begun() == [file]

    taken = replace(file, state=FileState.TAKEN, taken_rows=3, rejected_rows=1)
    with store.transaction() as tx:
        tx.files.save(taken)

    with store.reading() as tx:
        assert tx.files.begun() == []
        assert tx.files.get(file.id) == taken
        assert tx.files.by_content(file.runbook, file.client, file.sha256) == taken
        assert tx.files.by_content(file.runbook, "hill", file.sha256) is None
        assert [one.id for one in tx.files.everything()] == ["f0", "f1"]
        with pytest.raises(NotFoundError, match="no file"):
            tx.files.get(FileId("f9"))


def test_the_same_content_is_taken_in_once(store: Store) -> None:
    with store.transaction() as tx:
        add_runbook(tx)
        tx.files.add(a_file())

    with pytest.raises(StoreConflictError), store.transaction() as tx:
        tx.files.add(replace(a_file(), id=FileId("f2")))


def test_a_files_rows_come_back_in_order_and_complete(store: Store) -> None:
    rows = [
        FileRow(
            file=FileId("f1"),
            row=number,
            line=number + 1,
            fate=RowFate.REJECTED if number % 2 else RowFate.ACCEPTED,
            reference=f"C-{number}",
            item=None if number % 2 else ItemId(f"i{number}"),
            field="total" if number % 2 else "",
            problem="is no amount" if number % 2 else "",
        )
        for number in range(1, 2502)
    ]
    with store.transaction() as tx:
        add_runbook(tx)
        tx.files.add(a_file())
        tx.files.add_rows(rows[1000:])
        tx.files.add_rows(rows[:1000])
        tx.files.add_rows([])

    with store.reading() as tx:
        assert list(tx.files.rows(FileId("f1"))) == rows


@pytest.mark.usefixtures("_attempt")
def test_evidence_is_listed_by_item_oldest_first(store: Store) -> None:
    def piece(sha256: str, *, seconds: int) -> Evidence:
        return Evidence(
            sha256=sha256,
            kind=EvidenceKind.SCREENSHOT,
            item=ItemId("i1"),
            attempt=AttemptId("i1:1"),
            step="end",
            size=10,
            taken_at=NOW + timedelta(seconds=seconds),
        )

    late, early = piece("b", seconds=2), piece("a", seconds=1)
    with store.transaction() as tx:
        tx.evidence.add(late)
        tx.evidence.add(early)

    with store.reading() as tx:
        assert tx.evidence.of_item(ItemId("i1")) == [early, late]
        assert tx.evidence.of_item(ItemId("i2")) == []


@pytest.mark.usefixtures("_attempt")
def test_an_event_goes_out_once_a_subject(store: Store) -> None:
    event = Event(
        event="claim.submitted",
        item=ItemId("i1"),
        subject="i1",
        body='{"item": "i1"}',
        emitted_at=NOW,
    )
    with store.transaction() as tx:
        tx.outbox.add(event)
        tx.outbox.add(replace(event, body="another"))
        tx.outbox.add(other := replace(event, event="claim.proven"))

    with store.reading() as tx:
        assert tx.outbox.of_item(ItemId("i1")) == [event, other]


def test_a_file_of_a_runbook_that_is_not_kept_is_refused(store: Store) -> None:
    with pytest.raises(StoreConflictError), store.transaction() as tx:
        tx.files.add(replace(a_file(), runbook_hash=RunbookHash("unknown")))

    with store.reading() as tx:
        assert tx.files.everything() == []
