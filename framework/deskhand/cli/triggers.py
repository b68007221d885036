"""`deskhand triggers`: see what starts items by itself, pause it, fire it by hand."""

import asyncio
import sys
from collections.abc import Sequence
from typing import Any

import click

from deskhand.bootstrap.drops import watched_files
from deskhand.bootstrap.triggers import (
    CLOCKWORK,
    carry_names_over,
    fire_now,
    meant_trigger,
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
    pause_trigger,
    resume_trigger,
)

_COLUMNS = ("trigger", "state", "times", "last", "ended", "next", "paused_by", "why")

reason_option = click.option("--reason", default="", help="Why; it is recorded.")


@click.group()
def triggers() -> None:
    """See what starts items by itself, pause it, fire it by hand."""


@triggers.command("list")
@json_option
@click.pass_context
def list_triggers(context: click.Context, as_json: bool) -> None:
    """List time tables, with their last slot and their next one, and drop folders.

    A paused trigger that no runbook has any more is listed, too, until somebody resumes it.
    """
    place = _workplace(context)
    facts = [_facts(place, watched) for watched in watched_triggers(place).values()]
    files = file_trigger_facts(place)
    gone = _gone(place)
    if as_json:
        print_json([*facts, *files, *gone])
        return
    print_file_triggers(files)
    if facts or not files:
        if files:
            click.echo()
        print_table(
            [name.replace("_", " ") for name in _COLUMNS],
            [[fact[name] for name in _COLUMNS] for fact in facts],
        )
    for fact in gone:
        click.echo(
            f"no runbook has {fact['trigger']} any more; paused by {fact['paused_by']}: "
            f"{fact['why']}"
        )


@triggers.command("next")
@click.argument("name", required=False)
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 400))
@json_option
@click.pass_context
def next_slots(context: click.Context, name: str | None, days: int, as_json: bool) -> None:
    """Show the slots that are coming, and why some of them will not fire."""
    place = _workplace(context)
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
    place = _workplace(context)
    watched = watched_trigger(place, name)
    clients = watched.clients if client is None else (client,)
    unknown = sorted(set(clients) - set(watched.clients))
    if unknown or not clients:
        known = ", ".join(watched.clients) or "no client, as no account fits"
        raise click.UsageError(f"{watched.name} is asked for {known}")
    slots = asyncio.run(fire_now(place, watched, clients, by=human(as_name)))
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
    place = _workplace(context)
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
    place = _workplace(context)
    gone = [TriggerName(fact["trigger"]) for fact in _gone(place)]
    word = _word(place, name, reason=reason, as_name=as_name, gone=gone)
    known = resume_trigger(word, store=place.store, clock=place.clock)
    _tell_known(known, as_json=as_json)


def _workplace(context: click.Context) -> Workplace:
    """Open the project; what was known of triggers by their places is known by their names."""
    place = workplace(context)
    carry_names_over(place)
    return place


def _word(
    place: Workplace,
    name: str,
    *,
    reason: str,
    as_name: str | None,
    gone: Sequence[TriggerName] = (),
) -> TriggerWord:
    """Decide about what has come until now, then return the person's word."""
    tables = watched_triggers(place)
    meant = meant_trigger(name, [*tables, *watched_files(place), *gone])
    if meant in tables:
        decide_slots(
            tables[meant],
            store=place.store,
            clock=place.clock,
            time_table=time_table(),
            by=CLOCKWORK,
        )
    return TriggerWord(name=meant, by=human(as_name), reason=reason)


def _gone(place: Workplace) -> list[dict[str, Any]]:
    """Return the paused triggers that no runbook has any more."""
    with place.store.reading() as tx:
        paused = [known for known in tx.triggers.all_known() if known.paused]
    names = {*watched_triggers(place), *watched_files(place)} if paused else set()
    return [
        {
            "trigger": known.name,
            "state": "gone",
            "paused_by": known.paused_by,
            "why": known.paused_why,
        }
        for known in paused
        if known.name not in names
    ]


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
        "times": watched.times,
        "source": watched.trigger.source.action,
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
