"""`deskhand run`: take files in, perform their items, answer the client."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from deskhand.bootstrap.answers import targets_in, write_answers
from deskhand.bootstrap.deliveries import (
    accept,
    begun_files,
    check_sheets,
    resume,
    shadow_file,
)
from deskhand.bootstrap.workplace import Workplace, human
from deskhand.cli.files import totals_facts, totals_line
from deskhand.cli.progress import ProgressDisplay
from deskhand.cli.rechecks_shown import hold_facts, hold_line
from deskhand.cli.surroundings import as_option, json_option, print_json, workplace
from deskhand.domain.entry import Actor
from deskhand.domain.work_item import ItemState
from deskhand.errors import DeskhandError
from deskhand.ports.item_store import ItemFilter
from deskhand.runtime.until_rest import work_until_rest
from deskhand.use_cases.accept_file import Accepted
from deskhand.use_cases.watch_progress import Progress, open_cases


@click.command()
@click.argument("runbook", required=False)
@click.option(
    "--input",
    "inputs",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file to take in; may be given several times.",
)
@click.option("--client", help="Whose file it is; default: from the file's folder, else main.")
@click.option("--sheet", help="The sheet of a workbook; default: the trigger's, or the filled one.")
@click.option(
    "--shadow", is_flag=True, help="Stop before each once step; show what it would submit."
)
@click.option(
    "--answers",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where answers go; default: beside each file.",
)
@as_option
@json_option
@click.pass_context
def run(  # noqa: PLR0913 - one parameter an option
    context: click.Context,
    runbook: str | None,
    inputs: tuple[Path, ...],
    client: str | None,
    sheet: str | None,
    shadow: bool,
    answers: Path | None,
    as_name: str | None,
    as_json: bool,
) -> None:
    """Take files in for RUNBOOK and perform everything that waits.

    Ends when no item moves any more without a person; Ctrl-C finishes what runs and stops.
    Without --input it goes on with what was taken in before.
    """
    if inputs and runbook is None:
        raise click.UsageError("name the runbook that the files are for")
    check_sheets(inputs, sheet)
    place = workplace(context)
    if shadow:
        _run_in_shadow(place, str(runbook), inputs, client=client, sheet=sheet, as_json=as_json)
        return
    by = human(as_name)
    accepted = [
        _accept(place, str(runbook), file, client=client, sheet=sheet, by=by) for file in inputs
    ]
    accepted += resume_files(place, by=by)
    started = time.monotonic()
    display = ProgressDisplay(quiet=as_json)
    rested = asyncio.run(perform_all(place, tell=display.show))
    display.close()
    taken = {one.file.id: one.file for one in accepted}
    # Beside what was given: the same content may have come before, and lain elsewhere.
    targets = {one.file.id: Path(one.file.path) for one in accepted} | {
        one.file.id: file.resolve() for one, file in zip(accepted, inputs, strict=False)
    }
    if answers is not None:
        targets = dict(targets_in(answers, [*taken.values()]))
    totals = {key: write_answers(place, file, target=targets[key]) for key, file in taken.items()}
    if as_json:
        print_json(
            {
                "files": [
                    {"id": key, "name": file.name, "client": file.client}
                    | {"totals": totals_facts(totals[key])}
                    for key, file in taken.items()
                ],
                "items": {state.value: count for state, count in rested.counts.items()},
                "held": list(rested.held),
                "held_versions": [hold_facts(hold) for hold in rested.held_versions],
                "read_back": _read_back(place),
                "seconds": round(time.monotonic() - started, 1),
            }
        )
        return
    for key, file in taken.items():
        click.echo(f"{file.name} of {file.client}: {totals_line(totals[key])}")
    tell_rest(place, rested)
    if not rested.at_rest:
        click.echo("stopped before everything was at rest; go on with: deskhand run", err=True)
        sys.exit(1)


async def perform_all(place: Workplace, *, tell: Callable[[Progress], None]) -> Progress:
    """Perform until nothing moves; Ctrl-C and SIGTERM finish what runs first."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        with place.worker() as worker:
            return await work_until_rest(worker, tell=tell, stop=stop)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def tell_rest(place: Workplace, rested: Progress) -> None:
    """Say where the items are, what people must decide, and what to type next."""
    for state in ItemState:
        if count := rested.counts.get(state, 0):
            click.echo(f"{count:>7}  {state.value.replace('_', ' ')}")
    read_back = _read_back(place)
    if read_back["checked"]:
        click.echo(
            f"{read_back['right']} of {read_back['checked']} fields read back from the portal "
            "are right"
        )
    groups = open_cases(store=place.store)
    if groups:
        click.echo("\nWaiting for a person")
        for group in groups:
            click.echo(f"{group.count:>7}  {group.kind.value}: {group.code}")
        click.echo("\nNext: deskhand exceptions list")
    for account in rested.held:
        click.echo(f"held: {account}; when it may work again: deskhand accounts release {account}")
    for hold in rested.held_versions:
        click.echo(f"held: {hold_line(hold)}")


def _read_back(place: Workplace) -> dict[str, int]:
    """Count the fields that were read back, over all items, as the portal stands."""
    with place.store.reading() as tx:
        checked, wrong = tx.journal.read_back_totals(ItemFilter())
    return {"checked": checked, "right": checked - wrong}


def _accept(
    place: Workplace, runbook: str, file: Path, *, client: str | None, sheet: str | None, by: Actor
) -> Accepted:
    accepted = accept(place, runbook, file, client=client, sheet=sheet, by=by)
    word = "was taken in before" if accepted.again else "taken in"
    taken = accepted.file
    click.echo(
        f"{file.name}: {word}, {taken.taken_rows} rows for {taken.client}, "
        f"{taken.rejected_rows} rejected",
        err=True,
    )
    return accepted


def resume_files(place: Workplace, *, by: Actor) -> list[Accepted]:
    """Go on with files that an earlier run did not take in to their end."""
    resumed = []
    for file in begun_files(place):
        try:
            resumed.append(resume(place, file, by=by))
        except DeskhandError as error:
            click.echo(
                f"not finished: {error}; the {file.taken_rows} rows that were taken in before wait "
                f"until the same content is at {file.path}, or given anew: deskhand run",
                err=True,
            )
    return resumed


def _run_in_shadow(
    place: Workplace,
    runbook: str,
    inputs: tuple[Path, ...],
    *,
    client: str | None,
    sheet: str | None,
    as_json: bool,
) -> None:
    """Show what each row would come to: nothing is submitted, no item is kept."""
    if not inputs:
        raise click.UsageError("--shadow needs --input: it performs a file's rows, not the store's")
    shown = []
    for file in inputs:
        for shadow in shadow_file(place, runbook, file, client=client, sheet=sheet):
            shown.append(shadow.facts())
            if not as_json:
                click.echo(shadow.text())
    if as_json:
        print_json(shown)
    if any(shadow["outcome"] != "shadowed" for shadow in shown):
        sys.exit(1)
