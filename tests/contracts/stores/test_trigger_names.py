"""A runbook's triggers are put in another order again and again: no slot twice, none missed."""

from datetime import timedelta
from random import Random

import pytest

from deskhand.domain.identifiers import TriggerName
from deskhand.stores.store import SqlStore
from deskhand.use_cases.pause_trigger import TriggerWord, pause_trigger
from tests.campaign import more
from tests.contracts.stores.racing import race
from tests.making import ANN, NOW, HandClock
from tests.practice.clockwork import SOURCE, STEPS, TRIGGER, Clockwork

STEP = timedelta(hours=1)
DAYS = 3
MIDNIGHT = NOW.replace(hour=0, minute=10)
PAUSED = TriggerName("aid.check/cron-30.6.x.x.x")
COMES_AND_GOES = "0 8 * * *"
TABLES = {
    "0 6 * * *": "",
    "30 6 * * *": "",
    "0 */3 * * *": "name: hourly\n    ",
    "30 22 * * mon-fri": "name: evening\n    ",
    COMES_AND_GOES: "",
}


def text(crons: list[str]) -> str:
    """Return a runbook whose time tables stand in this order."""
    told = {"catch_up": "all", "grace": "30m", "zone": "UTC"}
    return "".join(
        [SOURCE, *(TRIGGER.format(cron=one, name=TABLES[one], **told) for one in crons), STEPS]
    )


def reordered(crons: list[str], random: Random) -> list[str]:
    """Return the time tables in another order; the one that comes and goes may be left out."""
    kept = [one for one in crons if one != COMES_AND_GOES or random.random() < 0.5]
    return random.sample(kept, len(kept))


def hours(clockwork: Clockwork, name: str) -> list[str]:
    with clockwork.store.reading() as tx:
        return [slot.slot[8:] for slot in tx.triggers.slots_of(TriggerName(name))]


@pytest.mark.parametrize("seed", [0, *more(*range(1, 20))])
def test_every_slot_is_decided_about_once_in_whatever_order_the_triggers_stand(
    store: SqlStore, seed: int
) -> None:
    random, clock = Random(seed), HandClock(MIDNIGHT)  # noqa: S311 - the same seed, the same edits
    one = Clockwork(store=store, clock=clock, text=text([*TABLES]))
    one.look()
    word = TriggerWord(name=PAUSED, by=ANN, reason="the portal moves house")
    pause_trigger(word, store=store, clock=clock)

    due: list[str] = []
    for _ in range(DAYS * 24):
        clock.turn(STEP)
        if random.random() < 0.2:
            one = one.restarted(text(reordered([*TABLES], random)))
        due += [slot.id for slot in one.look()]
        one.leave()

    days = [f"{NOW.day + day:02d}T" for day in range(DAYS)]
    assert len(due) == len(set(due))
    assert hours(one, "aid.check/cron-0.6.x.x.x") == [f"{day}06:00" for day in days]
    assert hours(one, "aid.check/evening") == [f"{day}22:30" for day in days]
    every_three = [f"{day}{hour:02d}:00" for day in days for hour in range(0, 24, 3)][1:]
    assert hours(one, "aid.check/hourly") == [*every_three, f"{NOW.day + DAYS:02d}T00:00"]
    with store.reading() as tx:
        asleep = tx.triggers.slots_of(PAUSED)
    assert [slot.reason for slot in asleep] == ["paused"] * DAYS


def test_two_hosts_that_start_at_once_with_another_order_decide_once(store: SqlStore) -> None:
    clock = HandClock(MIDNIGHT)
    Clockwork(store=store, clock=clock, text=text([*TABLES])).look()
    clock.turn(timedelta(hours=10))
    hosts = [
        Clockwork(store=store, clock=clock, text=text([*order]))
        for order in (TABLES, reversed(TABLES))
    ]

    looked, raised = race(*[host.look for host in hosts])

    assert raised == []
    due = [slot.id for slots in looked for slot in slots]
    assert len(due) == len(set(due)) == 6
