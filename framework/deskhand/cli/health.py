"""`deskhand health`: for service managers, containers and monitors. It loads next to nothing."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from threading import Event
from time import monotonic

import click

from deskhand.bootstrap.health import health_at, host_address
from deskhand.triggers.http.probe import Health

_ASK_EVERY_SECONDS = 0.5


@click.command()
@click.option(
    "--wait",
    "seconds",
    metavar="SECONDS",
    default=0,
    type=click.IntRange(0, 3600),
    help="Ask again until it is ready, for at most so long.",
)
@click.option(
    "--while",
    "process",
    metavar="PID",
    type=click.IntRange(1),
    help="Wait no longer than this process lives.",
)
@click.option("--strict", is_flag=True, help="Exit code 1 for a warning, too: for monitors.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def health(
    context: click.Context, seconds: int, process: int | None, strict: bool, as_json: bool
) -> None:
    """Ask whether the `deskhand up` that runs here is ready.

    It is when the database can be written and a worker has shown life. What somebody should see
    to, though it works, is a warning: a page that nobody has heard, an audit log that does not
    hold or was not verified. Where it listens is in `deskhand.toml`, `[http]`. Exit code 0:
    ready. 1: not, or nothing answers.
    """
    address = host_address(Path(context.find_root().obj))
    until = monotonic() + seconds
    pause = Event()
    answer = health_at(address)
    while not answer.ready and monotonic() < until and _lives(process):
        pause.wait(_ASK_EVERY_SECONDS)
        answer = health_at(address)
    if as_json:
        click.echo(json.dumps(asdict(answer)))
    else:
        _tell(answer)
    if not answer.ready or (strict and answer.warnings):
        sys.exit(1)


def _tell(answer: Health) -> None:
    if answer.ready:
        click.echo("ready")
    else:
        click.echo(f"not ready: {'; '.join(answer.problems)}", err=True)
    for warning in answer.warnings:
        click.echo(f"warning: {warning}", err=True)
    for note in answer.notes:
        click.echo(f"  {note}")


def _lives(process: int | None) -> bool:
    if process is None:
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it lives, and is somebody else's
        return True
    return True
