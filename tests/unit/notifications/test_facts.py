"""Every rule, from what really happens; and that nothing of an item is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, time, timedelta

import pytest

from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.entry import Entry, RecordType
from deskhand.domain.exception_case import CaseKind
from deskhand.domain.identifiers import WorkerId
from deskhand.domain.intake_file import FileState
from deskhand.domain.notify_rules import BURST_WITHIN, Digest
from deskhand.domain.outcome import NeedsPerson
from deskhand.domain.receiver import Receiver
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.domain.schedule import SlotState
from deskhand.ports.sender import NotTaken
from deskhand.ports.store import Event
from deskhand.use_cases import deliver_events
from deskhand.use_cases.check_log import verify_log
from deskhand.use_cases.note_facts import READ_AT_ONCE, READ_ON_AFTER
from deskhand.use_cases.preview_notifications import previewed
from deskhand.use_cases.receive_rows import Reception
from deskhand.use_cases.take_case import take_case
from tests.making import ANN, NOW, WORKER, a_file, an_entry
from tests.making_triggers import a_slot, add_slot
from tests.unit.notifications.notify_office import HOUR, MINUTE, TO_ALL, NotifyOffice

pytestmark = pytest.mark.asyncio
GROUP = 10 * MINUTE
MARK = "Marker4711"


def hold_by_lockout(told: NotifyOffice) -> None:
    told.lock_out()


def hold_by_wear(told: NotifyOffice) -> None:
    claims = [f"C-{number}" for number in range(5)]
    told.office.accept(*claims)
    down = Cause(kind=CauseKind.SYSTEM, code="CONFIGURATION", message=MARK)
    for _ in claims:
        told.office.perform(NeedsPerson(cause=down))


def break_a_seal(told: NotifyOffice) -> None:
    told.office.accept("C-1")
    broken = Cause(kind=CauseKind.SYSTEM, code=SystemCode.SEAL_BROKEN, message=MARK)
    told.office.perform(NeedsPerson(cause=broken))


def fail_a_verification(told: NotifyOffice) -> None:
    with told.office.store.transaction() as tx:
        tx.record(failed_verification())


def failed_verification() -> Entry:
    facts = {"clean": False, "records": 3, "findings": 1}
    return replace(an_entry("log", "log", type=RecordType.AUDIT_VERIFIED), data=facts)


def pass_a_verification(told: NotifyOffice) -> None:
    verify_log(by=ANN, store=told.office.store, clock=told.office.clock)


def ask(told: NotifyOffice) -> None:
    told.open("C-1", kind=CaseKind.APPROVAL, due=9 * HOUR)


def burst(told: NotifyOffice) -> None:
    told.open(*(f"C-{number}" for number in range(11)), due=9 * HOUR, cause_group="x/y@a")
    told.open(
        *(f"D-{number}" for number in range(10)), due=9 * HOUR, cause_group="x/y@a", client="hill"
    )


def no_burst(told: NotifyOffice) -> None:
    told.open(*(f"C-{number}" for number in range(20)), due=9 * HOUR, cause_group="x/y@a")
    told.open("D-1", due=9 * HOUR, cause_group="another@a")
    told.office.clock.turn(BURST_WITHIN)
    told.open("D-2", due=9 * HOUR, cause_group="x/y@a")


def refuse_a_file(told: NotifyOffice) -> None:
    with told.office.store.transaction() as tx:
        tx.runbooks.add(a_file().runbook_hash, name="r", source="s", by="ann", at=NOW)
        file = a_file(name=f"{MARK}.csv", path=MARK, state=FileState.REFUSED)
        tx.record(an_entry(file.stream, "file", "refused", type=RecordType.FILE_REFUSED))
        tx.files.add(file)


def miss_a_slot(told: NotifyOffice) -> None:
    slots = {
        RecordType.TRIGGER_SKIPPED: a_slot("2026-05-04T05:00", state=SlotState.SKIPPED),
        RecordType.TRIGGER_FAILED: a_slot("2026-05-04T06:00", state=SlotState.FAILED),
    }
    with told.office.store.transaction() as tx:
        for fact, slot in slots.items():
            reasoned = replace(slot, reason="passed")
            tx.record(an_entry(slot.stream, slot.subject, slot.state.value, type=fact))
            add_slot(tx, reasoned)


def skip_on_purpose(told: NotifyOffice) -> None:
    slot = a_slot(state=SlotState.SKIPPED, reason="paused")
    with told.office.store.transaction() as tx:
        tx.record(an_entry(slot.stream, slot.subject, "skipped", type=RecordType.TRIGGER_SKIPPED))
        add_slot(tx, slot)


def lose_a_receiver(told: NotifyOffice) -> None:
    """Let an event's last try fail; the receiver's name and answer are nobody's business here."""
    office = told.office
    office.accept("C-1")
    with office.store.transaction() as tx:
        item = office.item("C-1").id
        tx.outbox.add(
            Event(event="claims.submitted", item=item, subject=item, body="{}", emitted_at=NOW)
        )
    emr = Receiver(name=MARK, url="https://emr.example", events=("*",), secret="s")
    addressees = deliver_events.Addressees(log="test/1", receivers={MARK: emr}, runbooks={})
    (parcel,) = deliver_events.next_parcels(
        store=office.store, clock=office.clock, addressees=addressees, holder=WorkerId(WORKER)
    )
    deliver_events.note_failure(
        parcel,
        deliver_events.FailedTry(why=NotTaken(problem=MARK), chance=0.0),
        store=office.store,
        reception=Reception(seal=office.seal, clock=office.clock, library=office.library),
        patience=deliver_events.Patience(retry=RetryPolicy(tries=1), give_up_after=HOUR),
    )


@pytest.mark.parametrize(
    ("happens", "subject", "place"),
    [
        (hold_by_lockout, "1 account is held: its items wait", "client lakeside, 1"),
        (hold_by_wear, "1 account is held: its items wait", "client lakeside, 1"),
        (break_a_seal, "1 item cannot be opened: its seal is broken", "client lakeside, 1"),
        (fail_a_verification, "the audit log was checked and does not hold", "  1"),
        (ask, "1 question of a runbook waits for a person", "  queue claims, client lakeside"),
        (burst, "21 new cases in bursts of one cause", "  queue claims, client hill, 10"),
        (refuse_a_file, "1 file was refused: nothing of it was taken in", "  client lakeside, 1"),
        (miss_a_slot, "2 slots of time tables were missed", "  client lakeside, 2"),
        (lose_a_receiver, "1 receiver gets no events", "  queue ops, 1"),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
async def test_what_happens_is_told(
    told: NotifyOffice, happens: Callable[[NotifyOffice], None], subject: str, place: str
) -> None:
    await told.tick()
    happens(told)

    await told.tick(timedelta(0), GROUP, MINUTE)

    (mail,) = told.mailbox.taken
    assert told.subjects == [subject]
    assert place in mail.get_content()
    assert MARK not in str(mail)


@pytest.mark.parametrize("happens", [pass_a_verification, no_burst, skip_on_purpose])
async def test_what_is_as_it_should_be_is_not_told(
    told: NotifyOffice, happens: Callable[[NotifyOffice], None]
) -> None:
    await told.tick()
    happens(told)

    await told.tick(timedelta(0), GROUP, MINUTE)

    assert told.subjects == []


async def test_a_queue_stands_still_when_nobody_acts_in_open_time(told: NotifyOffice) -> None:
    await told.tick()
    (first, _) = told.open("C-1", "C-2", due=timedelta(0), queue="claims")  # Monday, 09:00
    told.sweep()
    await told.tick(HOUR)
    office = told.office
    take_case(first.id, by=ANN, store=office.store, clock=office.clock, book=office.book)
    await told.tick(HOUR)
    after_two_hours = [one for one in told.subjects if "nobody is at work" in one]

    await told.tick(HOUR, HOUR, HOUR)

    stopped = [one for one in told.subjects if "nobody is at work" in one]
    assert after_two_hours == []
    assert stopped == ["2 cases are overdue where nobody is at work"]


async def test_the_night_is_no_time_in_which_a_queue_stands_still(told: NotifyOffice) -> None:
    told.office.clock.at = NOW.replace(hour=16, minute=30)
    await told.tick()
    told.open("C-1", due=timedelta(0))
    told.sweep()

    await told.tick(*[HOUR] * 16)
    before_the_office_opens = [one for one in told.subjects if "nobody is at work" in one]
    await told.tick(*[HOUR] * 3)

    assert before_the_office_opens == []
    assert "1 case is overdue where nobody is at work" in told.subjects


async def test_items_that_wait_for_a_held_account_are_told_when_nobody_releases_it(
    told: NotifyOffice,
) -> None:
    await told.tick()
    told.office.accept("C-1", "C-2")
    told.lock_out("C-0")

    await told.tick(timedelta(0), HOUR, HOUR, MINUTE)

    assert told.subjects == ["1 account is held: its items wait", "3 items wait for a held account"]


async def test_a_digest_is_told_once_a_day_and_says_what_is_open(told: NotifyOffice) -> None:
    told.book = replace(
        TO_ALL, rules=(), digest=Digest(at=time(8), timezone=UTC, to=("ann", "bob"))
    )
    await told.tick(timedelta(0), MINUTE)  # at 09:00: today's time has passed
    of_today = len(told.ids)
    told.open("C-1", "C-2", due=24 * HOUR)
    told.open("C-3", due=HOUR)
    told.office.clock.turn(22 * HOUR)
    told.sweep()

    before = len(told.ids)
    await told.tick(HOUR + MINUTE, HOUR, 5 * HOUR, other=True)
    first_day = [*told.subjects]
    await told.tick(20 * HOUR)

    assert (of_today, before) == (0, 0)
    assert first_day == ["today: 1 case is overdue; 2 cases get close to their due time"] * 2
    assert len(told.ids) == 4
    assert sorted(told.mailbox.recipients) == ["ann@example.com"] * 2 + ["bob@example.com"] * 2


async def test_more_facts_than_are_read_at_once_are_one_message(told: NotifyOffice) -> None:
    await told.tick()
    many = READ_AT_ONCE + 3
    with told.office.store.transaction() as tx:
        for _ in range(many):
            tx.record(failed_verification())

    await told.tick()

    assert told.subjects == [f"the audit log was checked {many:,} times and does not hold"]


async def test_a_log_without_news_is_read_on_all_the_same(told: NotifyOffice) -> None:
    await told.tick()
    with told.office.store.transaction() as tx:
        tx.record_first(an_entry(f"item:x{number}", "item") for number in range(READ_ON_AFTER + 1))
        head = tx.notices.head()

    await told.tick()

    with told.office.store.reading() as tx:
        reading = tx.notices.reading()
    assert reading is not None
    assert reading.settled == head


async def test_a_look_at_which_nothing_is_new_waits_for_no_writer(told: NotifyOffice) -> None:
    await told.tick()
    told.lock_out()
    await told.tick(timedelta(0), GROUP)

    with told.office.store.transaction():  # SQLite has one writer
        await told.tick(MINUTE)


async def test_a_preview_says_what_would_be_told_and_changes_nothing(told: NotifyOffice) -> None:
    await told.tick()
    told.open("C-1", due=-HOUR)
    told.sweep()
    await told.tick()
    told.open("C-2", due=-HOUR)
    told.lock_out()
    told.sweep()
    loop = told.loop()

    coming = previewed(lookout=loop.lookout, wording=loop.secretary.wording)

    subjects = {one.announcement.subject.partition(": ")[2]: one.leaves_at for one in coming}
    assert subjects["2 cases are overdue"] == NOW + GROUP
    assert subjects["1 account is held: its items wait"] == NOW
    assert told.states() == ["due", "due"]
    assert told.subjects == []
