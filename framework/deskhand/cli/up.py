"""`deskhand up`: perform items and watch triggers, until told to stop."""

import asyncio
import signal
import sys

import click

from deskhand.bootstrap.host import host
from deskhand.bootstrap.triggers import time_table, watched_triggers
from deskhand.bootstrap.workplace import Workplace, human
from deskhand.cli.coming_slots import next_slot, shown_slot
from deskhand.cli.run import resume_files
from deskhand.cli.surroundings import as_option, json_option, print_json, workplace
from deskhand.runtime.host import Host


@click.command()
@as_option
@json_option
@click.pass_context
def up(context: click.Context, as_name: str | None, as_json: bool) -> None:
    """Perform what waits and watch what starts items, until Ctrl-C.

    One process is enough on SQLite; on PostgreSQL there may be any number of them. Ctrl-C and
    SIGTERM finish what runs first. Every other command works beside it.
    """
    place = workplace(context)
    resume_files(place, by=human(as_name))
    if not asyncio.run(_work(place, as_json=as_json)):
        click.echo(
            "this worker was taken for dead, or its clock is wrong: its log tells which; "
            "then start it again: deskhand up",
            err=True,
        )
        sys.exit(1)
    if not as_json:
        click.echo("stopped")


async def _work(place: Workplace, *, as_json: bool) -> bool:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        with host(place) as hosting:
            _tell(place, hosting, as_json=as_json)
            return await hosting.run(stop=stop)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _tell(place: Workplace, hosting: Host, *, as_json: bool) -> None:
    """Say what is hosted here, and when each trigger fires next."""
    lanes = place.project.worker.lanes
    names = hosting.names
    now = place.clock.now()
    coming = {
        name: next_slot(watched, time_table(), after=now)
        for name, watched in watched_triggers(place).items()
    }
    if as_json:
        slots = {name: slot.at if slot else None for name, slot in coming.items()}
        print_json({"lanes": lanes, "hosts": names, "next": slots})
        return
    click.echo(f"up: a worker with {lanes} lanes" + "".join(f", {name}" for name in names))
    for name, slot in coming.items():
        click.echo(f"  {name}: {f'next {shown_slot(slot)}' if slot else 'no slot is coming'}")
