"""`deskhand triggers`: see what starts items by itself, pause it, fire it by hand."""

import asyncio
import sys
from typing import Any

import click

from deskhand.bootstrap.drops import watched_files
from deskhand.bootstrap.triggers import (
    CLOCKWORK,
    fire_now,
    time_table,
    watched_trigger,
    watched_triggers,
)
from deskhand.bootstrap.workplace import Workplace, human
from deskhand.cli.coming_slots import (
    coming_slots,
    next_slot,
    shown_slot,
    why_passed_over,
    why_skipped,
)
from deskhand.cli.drop_folders import file_trigger_facts, print_file_triggers
from deskhand.cli.surroundings import as_option, json_option, print_json, print_table, workplace
from deskhand.domain.identifiers import TriggerName
from deskhand.domain.schedule import KnownTrigger, SlotState, TriggerSlot
from deskhand.use_cases.decide_slots import WatchedTrigger, decide_slots
from deskhand.use_cases.pause_trigger import (
    TriggerWord,
    call_trigger,
    pause_trigger,
    resume_trigger,
)

reason_option = click.option("--reason", default="", help="Why; it is recorded.")


@click.group()
def triggers() -> None:
    """See what starts items by itself, pause it, fire it by hand."""


@triggers.command("list")
@json_option
@click.pass_context
def list_triggers(context: click.Context, as_json: bool) -> None:
    """List time tables, with their last slot and their next one, and drop folders."""
    place = workplace(context)
    facts = [_facts(place, watched) for watched in watched_triggers(place).values()]
    files = file_trigger_facts(place)
    if as_json:
        print_json([*facts, *files])
        return
    print_file_triggers(files)
    if not facts and files:
        return
    if files:
        click.echo()
    columns = ("trigger", "state", "last", "ended", "next", "paused_by", "why")
    print_table(
        [name.replace("_", " ") for name in columns],
        [[fact[name] for name in columns] for fact in facts],
    )


@triggers.command("next")
@click.argument("name", required=False)
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 400))
@json_option
@click.pass_context
def next_slots(context: click.Context, name: str | None, days: int, as_json: bool) -> None:
    """Show the slots that are coming, and why some of them will not fire."""
    place = workplace(context)
    watched = [watched_trigger(place, name)] if name else [*watched_triggers(place).values()]
    listed = [fact for one in watched for fact in _coming(place, one, days=days)]
    if as_json:
        print_json(listed)
        return
    for fact in listed:
        skipped = f": skipped, {fact['skipped']}" if fact["skipped"] else ""
        note = f" ({fact['note']})" if fact["note"] else ""
        click.echo(f"{fact['shown']}  {fact['trigger']}{skipped}{note}")


@triggers.command()
@click.argument("name")
@click.option("--client", help="Only for this client; default: for each that it is asked for.")
@as_option
@json_option
@click.pass_context
def fire(
    context: click.Context, name: str, client: str | None, as_name: str | None, as_json: bool
) -> None:
    """Fire a trigger now, by hand: ask its source and take in what it lists."""
    place = workplace(context)
    watched = watched_trigger(place, name)
    clients = watched.clients if client is None else (client,)
    unknown = sorted(set(clients) - set(watched.clients))
    if unknown or not clients:
        known = ", ".join(watched.clients) or "no client, as no account fits"
        raise click.UsageError(f"{name} is asked for {known}")
    by = human(as_name)
    called = call_trigger(watched, clients=clients, by=by, store=place.store, clock=place.clock)
    fired = asyncio.run(fire_now(place, watched, called, by=by))
    slots = [new or old for new, old in zip(fired, called, strict=True)]
    if as_json:
        print_json([_slot_facts(slot) for slot in slots])
    else:
        for slot in slots:
            click.echo(_said(slot))
    if any(slot.state is not SlotState.FIRED for slot in slots):
        sys.exit(1)


@triggers.command()
@click.argument("name")
@reason_option
@as_option
@json_option
@click.pass_context
def pause(
    context: click.Context, name: str, reason: str, as_name: str | None, as_json: bool
) -> None:
    """Let a trigger fire no more; its slots are skipped, its files wait until it is resumed."""
    place = workplace(context)
    word = _word(place, name, reason=reason, as_name=as_name)
    known = pause_trigger(word, store=place.store, clock=place.clock)
    _tell_known(known, as_json=as_json)


@triggers.command()
@click.argument("name")
@reason_option
@as_option
@json_option
@click.pass_context
def resume(
    context: click.Context, name: str, reason: str, as_name: str | None, as_json: bool
) -> None:
    """Let a paused trigger fire again, from its next slot on; the files that wait are taken in."""
    place = workplace(context)
    word = _word(place, name, reason=reason, as_name=as_name)
    known = resume_trigger(word, store=place.store, clock=place.clock)
    _tell_known(known, as_json=as_json)


def _word(place: Workplace, name: str, *, reason: str, as_name: str | None) -> TriggerWord:
    """Decide about what has come until now, then return the person's word."""
    files = watched_files(place)
    if name in files:
        return TriggerWord(name=files[TriggerName(name)].name, by=human(as_name), reason=reason)
    watched = watched_trigger(place, name)
    decide_slots(
        watched,
        store=place.store,
        clock=place.clock,
        time_table=time_table(),
        by=CLOCKWORK,
    )
    return TriggerWord(name=watched.name, by=human(as_name), reason=reason)


def _facts(place: Workplace, watched: WatchedTrigger) -> dict[str, Any]:
    with place.store.reading() as tx:
        known = tx.triggers.known(watched.name)
        last = tx.triggers.last_slot(watched.name)
    now = place.clock.now()
    ahead = bool(known and known.is_ahead(now))
    coming = next_slot(watched, time_table(), after=known.decided_to if known and ahead else now)
    return {
        "trigger": watched.name,
        "state": "paused" if known and known.paused else "ahead" if ahead else "working",
        "last": last.slot if last else None,
        "ended": last.state.value if last else None,
        "next": coming.wall if coming else None,
        "timezone": watched.trigger.timezone,
        "paused_by": known.paused_by if known else None,
        "why": known.paused_why if known else None,
        "clients": list(watched.clients),
    }


def _coming(place: Workplace, watched: WatchedTrigger, *, days: int) -> list[dict[str, Any]]:
    now = place.clock.now()
    with place.store.reading() as tx:
        known = tx.triggers.known(watched.name)
    return [
        {
            "trigger": watched.name,
            "slot": slot.wall,
            "shown": shown_slot(slot),
            "at": slot.at,
            "skipped": why_passed_over(known, slot, now=now) or why_skipped(watched, slot) or None,
            "note": slot.note or None,
        }
        for slot in coming_slots(watched, time_table(), after=now, days=days)
    ]


def _slot_facts(slot: TriggerSlot) -> dict[str, Any]:
    return {
        "trigger": slot.trigger,
        "slot": slot.slot,
        "client": slot.client,
        "state": slot.state.value,
        "reason": slot.reason,
        "accepted": slot.accepted,
        "repeats": slot.repeats,
        "conflicts": slot.conflicts,
        "rejected": slot.rejected,
    }


def _said(slot: TriggerSlot) -> str:
    if slot.state is SlotState.FIRED:
        return (
            f"{slot.client}: {slot.accepted} new, {slot.repeats} repeats, "
            f"{slot.conflicts} conflicts, {slot.rejected} rejected"
        )
    if slot.state is SlotState.DUE:
        return f"{slot.client}: {slot.reason or 'not asked yet'}; a host asks again: deskhand up"
    return f"{slot.client}: {slot.state.value}, {slot.reason}; deskhand exceptions list"


def _tell_known(known: KnownTrigger, *, as_json: bool) -> None:
    state = "paused" if known.paused else "working"
    if as_json:
        print_json({"trigger": known.name, "state": state})
    else:
        click.echo(f"{known.name} is {state}")
