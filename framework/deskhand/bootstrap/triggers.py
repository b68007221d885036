"""Time tables meet their project: which there are, whom they ask, and the loops that watch them."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import uuid4

from deskhand.bootstrap.clashes import working_days
from deskhand.bootstrap.projects import project_runbooks
from deskhand.bootstrap.workplace import Workplace
from deskhand.domain.entry import Actor, ActorKind
from deskhand.domain.identifiers import TriggerName, WorkerId
from deskhand.domain.runbook import CronTrigger, Runbook
from deskhand.domain.schedule import TriggerSlot
from deskhand.domain.trigger_names import former_names, meant_triggers, time_tables
from deskhand.errors import NotFoundError
from deskhand.ports.action import Stage
from deskhand.ports.trigger import TimeTable
from deskhand.runtime.store_thread import StoreThread
from deskhand.runtime.trigger_loops import SlotLoop, SourceLoop
from deskhand.triggers.alarm import SchedulerAlarm
from deskhand.triggers.cron import CronTimeTable
from deskhand.use_cases.decide_slots import WatchedTrigger
from deskhand.use_cases.pause_trigger import call_trigger
from deskhand.use_cases.rename_triggers import names_wait, rename_triggers

Watched = Mapping[TriggerName, WatchedTrigger]

CLOCKWORK = Actor(kind=ActorKind.SERVICE, id="triggers")


def time_table() -> TimeTable:
    """Return what knows when slots come."""
    return CronTimeTable()


def watched_triggers(place: Workplace) -> Watched:
    """Return the project's time tables by name.

    Raises `RunbookInvalidError`, `SettingsError`.
    """
    return {
        name: WatchedTrigger(
            name=name,
            runbook=runbook,
            trigger=trigger,
            clients=_clients(place, runbook, trigger),
            working_days=working_days(place, runbook, trigger.calendar),
        )
        for runbook in project_runbooks(place)
        for name, trigger in time_tables(runbook).items()
    }


def watched_trigger(place: Workplace, name: str) -> WatchedTrigger:
    """Return one time table of the project, by its name or half of it; raises `NotFoundError`."""
    watched = watched_triggers(place)
    return watched[meant_trigger(name, watched)]


def meant_trigger(given: str, names: Collection[TriggerName]) -> TriggerName:
    """Return the one trigger that a person means; raises `NotFoundError` with those there are."""
    meant = meant_triggers(given, names)
    if len(meant) == 1:
        return meant[0]
    kind = "one trigger" if meant else "trigger"
    advice = f"there are: {', '.join(meant or sorted(names)) or 'none'}"
    raise NotFoundError(kind, given, advice=advice)


def carry_names_over(place: Workplace, runbooks: Sequence[Runbook] | None = None) -> None:
    """Carry over what is known of triggers from when their places named them; once.

    Raises `RunbookInvalidError`.
    """
    if not names_wait(place.store):
        return
    compiled = project_runbooks(place) if runbooks is None else runbooks
    former = {name: was for one in compiled for name, was in former_names(one).items()}
    renamed = rename_triggers(former, by=CLOCKWORK, store=place.store, clock=place.clock)
    if renamed:
        place.observer.tell("triggers_renamed", count=renamed)


@contextmanager
def trigger_loops(
    place: Workplace, *, stage: Stage, holder: WorkerId
) -> Iterator[Sequence[SlotLoop | SourceLoop]]:
    """Lend the loops that watch the project's time tables; none where it has none."""
    watched = watched_triggers(place)
    if not watched:
        yield ()
        return
    # Not the worker's: a source may list thousands of rows, and the worker shows life meanwhile.
    thread = StoreThread()
    sources = _sources(place, watched, thread=thread, stage=stage, holder=holder, by=CLOCKWORK)
    wake = asyncio.Event()
    alarm = SchedulerAlarm(wake.set)
    slots = SlotLoop(
        watched=tuple(watched.values()),
        desk=place.desk,
        time_table=time_table(),
        alarm=alarm,
        observer=place.observer,
        thread=thread,
        by=CLOCKWORK,
        wake=wake,
        due=sources.wake,
    )
    try:
        yield slots, sources
    finally:
        alarm.stop()
        thread.close()


async def fire_now(
    place: Workplace, watched: WatchedTrigger, clients: Sequence[str], *, by: Actor
) -> list[TriggerSlot]:
    """Fire a trigger in this process, by hand; return its slots, one a client, as they are now.

    Raises `DecisionRefusedError` when it was fired by hand within this second.
    """
    thread = StoreThread()
    holder = WorkerId(str(uuid4()))
    called = call_trigger(
        watched, clients=clients, by=by, holder=holder, store=place.store, clock=place.clock
    )
    stage = place.stage(holder, thread)
    sources = _sources(
        place, {watched.name: watched}, thread=thread, stage=stage, holder=holder, by=by
    )
    try:
        return [await sources.fire(slot) or slot for slot in called]
    finally:
        await stage.stop()
        thread.close()


def _sources(
    place: Workplace,
    watched: Watched,
    *,
    thread: StoreThread,
    stage: Stage,
    holder: WorkerId,
    by: Actor,
) -> SourceLoop:
    return SourceLoop(
        watched=watched,
        desk=place.desk,
        stage=stage,
        observer=place.observer,
        thread=thread,
        by=by,
        holder=holder,
        folder=place.project.folder,
        at_once={name: account.at_once for name, account in place.accounts.items()},
    )


def _clients(place: Workplace, runbook: Runbook, trigger: CronTrigger) -> tuple[str, ...]:
    """Return whose sources are asked: clients whose items can be performed, too.

    A source's bot that has accounts is asked for the clients that have one; one without any
    (a ledger, a database) for every client of the portal.
    """
    bot = trigger.source.action.partition(".")[0]
    on_portal = {one.client for one in place.accounts.values() if one.portal == runbook.portal}
    on_source = {one.client for one in place.accounts.values() if one.portal == bot}
    return tuple(sorted(on_portal & on_source if on_source else on_portal))
