"""What a test of edited runbooks asks of a clockwork's store."""

from deskhand.domain.exception_case import ExceptionCase
from deskhand.domain.identifiers import TriggerName
from deskhand.domain.schedule import KnownTrigger
from deskhand.ports.case_store import CaseFilter
from deskhand.use_cases.pause_trigger import TriggerWord, pause_trigger
from tests.making import ANN
from tests.practice.clockwork import Clockwork, runbook_with

SIX = ("0 6 * * *", "latest")
SEVEN = ("0 7 * * *", "latest")
EIGHT = ("0 8 * * *", "all")
NIGHTLY = TriggerName("aid.check/nightly")
AT_SIX = TriggerName("aid.check/cron-0.6.x.x.x")


def known(clockwork: Clockwork, name: TriggerName) -> KnownTrigger:
    with clockwork.store.reading() as tx:
        found = tx.triggers.known(name)
    assert found is not None
    return found


def cases(clockwork: Clockwork) -> list[ExceptionCase]:
    with clockwork.store.reading() as tx:
        return tx.cases.find(CaseFilter(), limit=100)


def types(clockwork: Clockwork, name: TriggerName) -> list[str]:
    with clockwork.store.reading() as tx:
        return [record.type for record in tx.audit_log.of_stream(f"trigger:{name}")]


def told(clockwork: Clockwork, name: TriggerName) -> list[tuple[str, str]]:
    """Return the slots of a trigger, by day and hour, and what became of each."""
    with clockwork.store.reading() as tx:
        slots = tx.triggers.slots_of(name)
    return [(slot.slot[8:], slot.reason or slot.state.value) for slot in slots]


def named(clockwork: Clockwork, *, cron: str = "0 6 * * *", **more: str) -> Clockwork:
    """Start a host whose only time table is called nightly."""
    return clockwork.restarted(runbook_with((cron, "latest"), name="nightly", **more))


def pause_it(clockwork: Clockwork, name: TriggerName) -> None:
    word = TriggerWord(name=name, by=ANN, reason="the portal moves house")
    pause_trigger(word, store=clockwork.store, clock=clockwork.clock)
