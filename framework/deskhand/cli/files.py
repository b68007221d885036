"""`deskhand files`: which files were taken in, and the answers to them."""

from pathlib import Path

import click

from deskhand.bootstrap.answers import write_answers
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
    help="Where to write; default: beside each file.",
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
    answers = {one.id: write_answers(place, one, folder=folder) for one in found}
    if as_json:
        print_json([{**_facts(one), "totals": totals_facts(answers[one.id])} for one in found])
        return
    for one in found:
        click.echo(f"{one.name} of {one.client}: {totals_line(answers[one.id])}")


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
