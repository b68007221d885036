"""`deskhand report`: figures of a time: fields read back, items, attempts, re-checks."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import click

from deskhand.bootstrap.reports import write_report
from deskhand.cli.moments import moment
from deskhand.cli.surroundings import json_option, print_json, table_lines, workplace
from deskhand.domain.quality import Grade
from deskhand.domain.work_item import ItemState
from deskhand.ports.figures import FigureFilter
from deskhand.use_cases.report import ItemLine, QualityLine, ReadBackLine, Report
from deskhand.use_cases.report import report as figures_of


@click.command()
@click.option("--since", help="From this moment on, in UTC: 2026-05-01, or 2026-05-01T06:00.")
@click.option("--until", help="Before this moment.")
@click.option("--client", help="Only of this client.")
@click.option("--runbook", help="Only of this runbook.")
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it to this file, one figure a line.",
)
@json_option
@click.pass_context
def report(  # noqa: PLR0913 - one parameter an option
    context: click.Context,
    since: str | None,
    until: str | None,
    client: str | None,
    runbook: str | None,
    csv_file: Path | None,
    as_json: bool,
) -> None:
    """Add up figures: fields read back and right, items, attempts, re-checks.

    By portal, runbook version and field. Items count in the time in which they last moved,
    read-backs when they were read, re-checks when the item was chosen.
    """
    wanted = FigureFilter(
        since=_moment("--since", since),
        until=_moment("--until", until),
        client=client,
        runbook=runbook,
    )
    if wanted.since and wanted.until and wanted.since >= wanted.until:
        raise click.UsageError("--until is not after --since: nothing lies between them")
    found = figures_of(wanted, store=workplace(context).store)
    if csv_file is not None:
        write_report(found, csv_file)
        click.echo(f"the report is in {csv_file}", err=True)
    if as_json:
        print_json(report_facts(found))
    elif csv_file is None:
        for line in _lines(found):
            click.echo(line)


def _moment(option: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return moment(text)
    except ValueError as error:
        raise click.UsageError(f"{option}: {error}") from error


def report_facts(found: Report) -> dict[str, object]:
    """Return a report as JSON types."""
    return {
        "read_backs": [_read_back_facts(line) for line in found.read_backs],
        "fields": [_read_back_facts(line) for line in found.fields],
        "items": [
            {
                "runbook": line.runbook,
                "version": line.version,
                "states": dict(line.states),
                "done": line.done,
                "done_with_help": line.helped,
            }
            for line in found.items
        ],
        "attempts": [
            {
                "runbook": one.runbook,
                "version": one.version,
                "outcome": one.kind,
                "count": one.number,
            }
            for one in found.outcomes
        ],
        "rechecks": [
            {
                "runbook": line.runbook,
                "version": line.version,
                "chosen": line.chosen,
                "waiting": line.waiting,
                "checked": line.checked,
                **line.grades,
            }
            for line in found.quality
        ],
    }


def _read_back_facts(line: ReadBackLine) -> dict[str, object]:
    return {
        "portal": line.portal,
        "runbook": line.runbook,
        "version": line.version,
        "field": line.field or None,
        "checked": line.checked,
        "right": line.right,
        "share": line.share,
        "left_wrong": line.left_wrong,
    }


def _lines(found: Report) -> Iterator[str]:
    yield "Read back from the portal, at the first reading"
    yield from _read_back_lines((*found.read_backs, *found.fields))
    yield "\nItems"
    yield from _item_lines(found.items)
    yield "\nAttempts"
    ended = [(one.runbook, one.version, one.kind, one.number) for one in found.outcomes]
    yield from table_lines(("runbook", "version", "outcome", "attempts"), ended)
    yield "\nRe-checks"
    yield from _quality_lines(found.quality)


def _read_back_lines(lines: Iterable[ReadBackLine]) -> Iterator[str]:
    rows = [
        (
            line.portal,
            line.runbook,
            line.version,
            line.field or "(all)",
            line.checked,
            line.right,
            line.share,
            line.left_wrong,
        )
        for line in lines
    ]
    headings = ("portal", "runbook", "version", "field", "checked", "right", "share", "still wrong")
    yield from table_lines(headings, rows)


def _item_lines(lines: Iterable[ItemLine]) -> Iterator[str]:
    states = [state.value for state in ItemState]
    rows = [
        (line.runbook, line.version, *(line.states.get(state, 0) for state in states), line.helped)
        for line in lines
    ]
    named = [state.replace("_", " ") for state in states]
    yield from table_lines(("runbook", "version", *named, "done with help"), rows)


def _quality_lines(lines: Iterable[QualityLine]) -> Iterator[str]:
    grades = [grade.value for grade in Grade]
    rows = [
        (
            line.runbook,
            line.version,
            line.chosen,
            line.checked,
            *(line.grades[grade] for grade in grades),
            line.waiting,
        )
        for line in lines
    ]
    yield from table_lines(("runbook", "version", "chosen", "checked", *grades, "waiting"), rows)
