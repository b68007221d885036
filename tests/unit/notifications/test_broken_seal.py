"""A worker with another seal's key: the item goes to a person, and somebody is woken."""

from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import pytest

from deskhand.domain.cause import SystemCode
from deskhand.evidence_stores.folder import FolderEvidenceStore
from deskhand.ports.action import Assignment, Session
from deskhand.ports.case_store import CaseFilter
from deskhand.runtime.once_run import OnceOverrides
from deskhand.runtime.performer import Performer
from deskhand.vaults.seal import AesSeal
from tests.making import NOW, WORKER
from tests.unit.notifications.notify_office import AT_NIGHT, MINUTE, NotifyOffice

pytestmark = pytest.mark.asyncio


class NoStage:
    """No portal is asked about an item that cannot be opened."""

    def session(self, assignment: Assignment) -> AbstractAsyncContextManager[Session]:
        raise AssertionError(f"a session for {assignment.item}")

    async def start(self) -> None:
        raise AssertionError("nothing is to be started")

    async def stop(self) -> None:
        raise AssertionError("nothing is to be stopped")


async def test_an_item_that_cannot_be_opened_wakes_somebody(
    told: NotifyOffice, tmp_path: Path
) -> None:
    told.book = AT_NIGHT
    told.office.clock.at = NOW.replace(hour=23)
    await told.tick()
    office = told.office
    office.accept("C-1")
    (attempt,) = office.feed()
    office.register()
    seal = AesSeal([b"another key of thirty-two bytes."])
    performer = Performer(
        store=office.store,
        seal=seal,
        clock=office.clock,
        library=office.library,
        evidence_store=FolderEvidenceStore(tmp_path, seal=seal),
        stage=NoStage(),
        observer=told.observer,
        thread=told.thread,
        worker=WORKER,
        overrides=OnceOverrides(act_within=timedelta(seconds=10)),
        book=office.book,
    )

    ended = await performer.perform(attempt)
    await told.tick(timedelta(0), MINUTE)

    with office.store.reading() as tx:
        (case,) = tx.cases.find(CaseFilter(), limit=2)
    assert (ended, case.code) == ("needs_person", SystemCode.SEAL_BROKEN)
    assert told.subjects == ["1 item cannot be opened: its seal is broken"]
