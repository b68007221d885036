"""`deskhand files`: which files were taken in, and the answers to them."""

from pathlib import Path

import click

from deskhand.bootstrap.answers import write_answers
from deskhand.bootstrap.workplace import Workplace
from deskhand.cli.surroundings import json_option, print_json, print_table, workplace
from deskhand.domain.intake_file import IntakeFile
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
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write; default: beside each file.",
)
@json_option
@click.pass_context
def answer(context: click.Context, folder: Path | None, as_json: bool) -> None:
    """Write the answer to every file as of now: results, rejects, control totals."""
    place = workplace(context)
    with place.store.reading() as tx:
        found = tx.files.everything()
    answers = {file: answer_file(place, file, folder=folder) for file in found}
    if as_json:
        print_json(
            [{**_facts(file), "totals": totals_facts(totals)} for file, totals in answers.items()]
        )
        return
    for file, totals in answers.items():
        click.echo(f"{file.name}: {totals_line(totals)}")


def answer_file(place: Workplace, file: IntakeFile, *, folder: Path | None) -> list[Total]:
    """Write one file's answer; return its control totals."""
    return write_answers(place, file, folder=folder or Path(file.path).parent)


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
    }
