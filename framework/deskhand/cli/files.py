"""`deskhand files`: which files were taken in, and the answers to them."""

from pathlib import Path

import click

from deskhand.bootstrap.answers import (
    targets_beside,
    targets_in,
    write_answers,
    write_answers_again,
)
from deskhand.bootstrap.workplace import Workplace
from deskhand.cli.surroundings import json_option, print_json, print_table, workplace
from deskhand.domain.intake_file import FileState, IntakeFile
from deskhand.errors import NotFoundError
from deskhand.use_cases.answer_client import Total


@click.group()
def files() -> None:
    """List files taken in, and write their answers."""


@files.command("list")
@json_option
@click.pass_context
def list_files(context: click.Context, as_json: bool) -> None:
    """List the files that were taken in, oldest first."""
    with workplace(context).store.reading() as tx:
        found = tx.files.everything()
    if as_json:
        print_json([_facts(file) for file in found])
        return
    print_table(
        ("file", "client", "runbook", "rows", "rejected", "state", "received", "id"),
        [
            (
                file.name,
                file.client,
                file.runbook,
                file.taken_rows,
                file.rejected_rows,
                file.state.value,
                file.received_at,
                file.id,
            )
            for file in found
        ],
    )


@files.command()
@click.argument("file", required=False)
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write; default: beside each file, or in the outbox of dropped ones.",
)
@json_option
@click.pass_context
def answer(context: click.Context, file: str | None, folder: Path | None, as_json: bool) -> None:
    """Write the answer to FILE (its name or id), or to every file, as of now.

    Results, rejected rows and control totals.
    """
    place = workplace(context)
    with place.store.reading() as tx:
        taken = [one for one in tx.files.everything() if one.state is FileState.TAKEN]
    found = [one for one in taken if file in (None, one.id, one.name)]
    if file is not None and not found:
        raise NotFoundError("file", file, advice="list them with: deskhand files list")
    answers = _written(place, found, folder=folder)
    if as_json:
        print_json([{**_facts(one), "totals": totals_facts(totals)} for one, totals in answers])
        return
    for one, totals in answers:
        click.echo(f"{one.name} of {one.client}: {totals_line(totals)}")


def _written(
    place: Workplace, files: list[IntakeFile], *, folder: Path | None
) -> list[tuple[IntakeFile, list[Total]]]:
    """Write the answers; tell of each file that is answered nowhere."""
    if folder is not None:
        targets = targets_in(folder, files)
        return [(one, write_answers(place, one, target=targets[one.id])) for one in files]
    beside = targets_beside(files)
    written = []
    for one in files:
        totals = write_answers_again(place, one, beside=beside.get(one.id))
        if totals is None:
            click.echo(
                f"{one.name} of {one.client} ({one.id}): a later file lies in its place; "
                f"its answer: deskhand files answer {one.id} --to FOLDER",
                err=True,
            )
        else:
            written.append((one, totals))
    return written


def totals_line(totals: list[Total]) -> str:
    """Return control totals in one line, as a person reads them."""
    return ", ".join(
        f"{total.name.replace('_', ' ')} {total.count} ({total.amount:,.2f})"
        for total in totals
        if total.count or total.name in ("rows", "accepted")
    )


def totals_facts(totals: list[Total]) -> dict[str, dict[str, object]]:
    """Return control totals as JSON types."""
    return {total.name: {"count": total.count, "amount": str(total.amount)} for total in totals}


def _facts(file: IntakeFile) -> dict[str, object]:
    return {
        "id": file.id,
        "name": file.name,
        "client": file.client,
        "runbook": file.runbook,
        "rows": file.taken_rows,
        "rejected": file.rejected_rows,
        "state": file.state.value,
        "received_at": file.received_at,
        "sha256": file.sha256,
        "sheet": file.sheet,
    }
