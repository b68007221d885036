"""A log that does not hold wakes somebody each night, and health tells of it until it does."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from deskhand.domain.identifiers import WorkerId
from deskhand.domain.verification import VerificationRhythm
from deskhand.ports.inbox import Health
from deskhand.runtime.verifier import Verifier
from deskhand.use_cases import watch_log
from deskhand.use_cases.check_log import verify_log
from deskhand.use_cases.pass_on import UNHEARD_AFTER
from deskhand.use_cases.watch_health import health_now
from deskhand.use_cases.watch_log import LEASE, Watch
from tests.making import ANN, OTHER_WORKER, WORKER
from tests.unit.notifications.notify_office import AT_NIGHT, HOUR, NotifyOffice

pytestmark = pytest.mark.asyncio
RHYTHM = VerificationRhythm()
DAY = timedelta(days=1)
DAMAGED = "the audit log was checked and does not hold"


def verifier(told: NotifyOffice, *, holder: WorkerId = WORKER) -> Verifier:
    office = told.office
    watch = Watch(store=office.store, clock=office.clock, rhythm=RHYTHM, holder=holder)
    return Verifier(watch=watch, thread=told.thread, observer=told.observer)


async def verified(told: NotifyOffice) -> int:
    """Let a host verify until nothing is due; return how often it looked."""
    loop, looks = verifier(told), 0
    while True:
        loop.wake.clear()
        await loop.tick()
        looks += 1
        if not loop.wake.is_set():
            return looks


def health(told: NotifyOffice) -> Health:
    office = told.office
    return health_now(store=office.store, clock=office.clock, rhythm=RHYTHM)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    (file,) = tmp_path.glob("*.db")
    return file


def alter(database: Path, *statements: str) -> None:
    """Change the database as its owner may, with the guards out of the way."""
    connection = sqlite3.connect(database, isolation_level=None)
    for act in ("update", "delete"):
        connection.execute(f"drop trigger if exists audit_record_{act}_guard")
    for statement in statements:
        connection.execute(statement)
    connection.close()


SPOIL = "update audit_record set type = type || 'x' where stream like 'item:%' and seq = 1"
MEND = "update audit_record set type = 'item.created' where stream like 'item:%' and seq = 1"


async def test_a_damaged_log_wakes_somebody_each_night_until_it_holds(
    told: NotifyOffice, database: Path
) -> None:
    told.book = AT_NIGHT
    clock = told.office.clock
    clock.at = clock.at.replace(hour=3)
    told.office.accept("C-1")
    await verified(told)
    await told.tick()
    alter(database, SPOIL)
    clock.turn(7 * DAY)  # the night in which all of the log is read

    await verified(told)
    await told.tick()
    first_night = told.subjects
    clock.turn(DAY)
    await verified(told)
    await told.tick()
    warned = health(told).warnings
    alter(database, MEND)
    verify_log(by=ANN, store=told.office.store, clock=clock)
    by_hand = health(told).warnings
    clock.turn(DAY)
    await verified(told)
    await told.tick()

    assert first_night == [DAMAGED]
    assert told.subjects == [DAMAGED, DAMAGED]
    assert warned == ["the audit log does not hold: deskhand audit verify"]
    assert (by_hand, health(told).warnings) == ([], [])
    heard = [event for event, _ in told.observer.heard]
    assert heard.count("audit_log_damaged") == 2
    assert heard.count("audit_log_verified") == 2


async def test_a_host_that_ends_or_dies_between_two_parts_leaves_no_verdict(
    told: NotifyOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_log, "PART_RECORDS", 1)
    told.office.accept("C-1", "C-2", "C-3")
    loop = verifier(told)
    await loop.tick()
    in_the_middle = loop.wake.is_set()
    meanwhile = health(told).notes

    told.office.clock.turn(LEASE)
    other = verifier(told, holder=WorkerId(OTHER_WORKER))
    looks = 0
    while looks == 0 or other.wake.is_set():
        other.wake.clear()
        await other.tick()
        looks += 1

    assert in_the_middle
    assert meanwhile == ["the audit log was not verified yet"]
    assert looks > 2
    assert health(told).notes == ["the audit log was verified at 2026-05-04 09:05 UTC"]


async def test_a_look_at_a_time_when_nothing_is_due_writes_nothing(told: NotifyOffice) -> None:
    told.office.accept("C-1")
    first = await verified(told)
    with told.office.store.reading() as tx:
        before = tx.notices.head()

    told.office.clock.turn(HOUR)
    second = await verified(told)

    with told.office.store.reading() as tx:
        assert tx.notices.head() == before
    assert (first, second) == (1, 1)


async def test_a_store_that_is_away_at_the_end_has_it_done_anew(
    told: NotifyOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.office.accept("C-1")
    loop = verifier(told)

    def dies(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr("deskhand.runtime.verifier.note_verdict", dies)
        with pytest.raises(ConnectionError):
            await loop.tick()
    await loop.tick()

    assert health(told).notes != ["the audit log was not verified yet"]
    assert [event for event, _ in told.observer.heard] == ["audit_log_verified"]


async def test_health_tells_of_pages_that_nobody_heard_and_of_a_log_that_was_not_verified(
    told: NotifyOffice,
) -> None:
    clock = told.office.clock
    await verified(told)
    await told.tick()
    told.lock_out()
    told.missing = ("ann",)
    await told.tick()
    before = health(told)
    clock.turn(UNHEARD_AFTER)
    unheard = health(told)
    clock.turn(2 * DAY)
    late = health(told)

    assert (before.ready, before.warnings) == (True, [])
    assert unheard.warnings == ["1 page was heard by nobody: deskhand notify list"]
    assert late.warnings == [
        "1 page was heard by nobody: deskhand notify list",
        "the audit log was not verified since 2026-05-04 09:00 UTC",
    ]
    assert late.problems == ["no worker has shown life for a minute"]


async def test_a_verification_of_new_records_is_small(told: NotifyOffice) -> None:
    told.office.accept(*(f"C-{number}" for number in range(50)))
    await verified(told)
    told.office.accept("C-new")
    told.office.clock.turn(DAY)

    await verified(told)

    first, second = (
        fields for event, fields in told.observer.heard if event == "audit_log_verified"
    )
    assert (first["whole"], second["whole"]) == (True, False)
    assert int(str(first["records"])) >= 50
    assert int(str(second["records"])) < 10
