"""What really happens in a back office, and people should know of, or need not."""

from dataclasses import replace

from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.entry import Entry, RecordType
from deskhand.domain.exception_case import CaseKind, ExceptionCase
from deskhand.domain.identifiers import AccountName, WorkerId
from deskhand.domain.intake_file import FileState
from deskhand.domain.notify_rules import BURST_WITHIN
from deskhand.domain.outcome import NeedsPerson
from deskhand.domain.receiver import Receiver
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.domain.schedule import SlotState
from deskhand.ports.log_store import Event
from deskhand.ports.sender import NotTaken
from deskhand.use_cases import deliver_events
from deskhand.use_cases.check_log import verify_log
from deskhand.use_cases.hold_version import QUALITY_CRITICAL
from deskhand.use_cases.receive_rows import Reception
from deskhand.use_cases.watch_drops import DROP_FAILED
from tests.making import ANN, NOW, WORKER, a_case, a_file, an_entry
from tests.making_triggers import a_slot, add_slot
from tests.unit.notifications.notify_office import HOUR, NotifyOffice

MARK = "Marker4711"
"""What must be in no message."""


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


def hold_a_version(told: NotifyOffice) -> None:
    told.record(about_no_item("version-1", "runbook:claims.tiny", code=QUALITY_CRITICAL))


def fail_at_a_drop(told: NotifyOffice) -> None:
    told.record(about_no_item("drop-1", "trigger:claims.tiny/files-inbox.csv", code=DROP_FAILED))


def about_no_item(id: str, stream: str, *, code: str) -> ExceptionCase:
    """Return a case as those who open it would have it."""
    nobody = AccountName("")
    return a_case(id, item=None, account=nobody, stream=stream, code=code, reference=MARK)


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
