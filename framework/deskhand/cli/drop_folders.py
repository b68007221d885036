"""What `deskhand triggers list` shows of drop folders."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import click

from deskhand.bootstrap.drops import WatchedFile, look_at, watched_files
from deskhand.bootstrap.workplace import Workplace
from deskhand.cli.surroundings import print_table
from deskhand.ports.drop_folders import Look

_COLUMNS = ("trigger", "state", "folders", "waiting", "claimed", "last_look", "paused_by", "why")


def file_trigger_facts(place: Workplace) -> list[dict[str, Any]]:
    """Return what is known of each file trigger, and what lies in its folders now."""
    watched = watched_files(place)
    if not watched:
        return []
    look = look_at(place, watched)
    for trouble in look.troubles:
        click.echo(f"trouble: {trouble}", err=True)
    return [_facts(place, one, look) for one in watched.values()]


def print_file_triggers(facts: Sequence[dict[str, Any]]) -> None:
    """Print a table of file triggers; nothing where there are none."""
    if not facts:
        return
    print_table(
        [name.replace("_", " ") for name in _COLUMNS],
        [
            [
                ", ".join(fact[name]) or None if name == "folders" else fact[name]
                for name in _COLUMNS
            ]
            for fact in facts
        ],
    )
    strangers = (folder for fact in facts for folder in fact["folders_of_no_account"])
    for folder in dict.fromkeys(strangers):
        click.echo(f"no account for {folder}: its files are not taken in")


def _facts(place: Workplace, watched: WatchedFile, look: Look) -> dict[str, Any]:
    with place.store.reading() as tx:
        known = tx.triggers.known(watched.name)
    waiting = Counter(drop.place.trigger for drop in look.waiting if drop.place.known)
    claimed = Counter(drop.place.trigger for drop in look.claimed)
    places = [one for one in look.places if one.trigger == watched.name]
    return {
        "trigger": watched.name,
        "state": "paused" if known and known.paused else "working",
        "pattern": watched.trigger.pattern,
        "folders": [one.folder for one in places if one.known],
        "folders_of_no_account": [one.folder for one in places if not one.known],
        "waiting": waiting[watched.name],
        "claimed": claimed[watched.name],
        "last_look": known.decided_to if known else None,
        "paused_by": known.paused_by if known else None,
        "why": known.paused_why if known else None,
        "clients": sorted(watched.clients),
    }
