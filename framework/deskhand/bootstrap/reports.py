"""A report as a table, for spreadsheets."""

from collections.abc import Iterator
from pathlib import Path

from deskhand.errors import ReportNotWrittenError
from deskhand.intake.answers import write_table
from deskhand.use_cases.report import ReadBackLine, Report

HEADINGS = ("figure", "portal", "runbook", "version", "of", "value")


def write_report(report: Report, target: Path) -> None:
    """Write one figure a line, whole or not at all; raises `ReportNotWrittenError`."""
    try:
        write_table(target, HEADINGS, rows(report))
    except OSError as error:
        raise ReportNotWrittenError(target, str(error.strerror)) from error


def rows(report: Report) -> Iterator[tuple[object, ...]]:
    """Yield the lines of the table, in the order of `HEADINGS`."""
    for line in (*report.read_backs, *report.fields):
        yield from _read_back(line)
    for items in report.items:
        for state, count in items.states.items():
            yield ("items", "", items.runbook, items.version, state, count)
        yield ("done_with_help", "", items.runbook, items.version, "done", items.helped)
    for ended in report.outcomes:
        yield ("attempts", "", ended.runbook, ended.version, ended.kind, ended.number)
    for quality in report.quality:
        yield ("rechecks", "", quality.runbook, quality.version, "chosen", quality.chosen)
        yield ("rechecks", "", quality.runbook, quality.version, "waiting", quality.waiting)
        for grade, count in quality.grades.items():
            yield ("rechecks", "", quality.runbook, quality.version, grade, count)


def _read_back(line: ReadBackLine) -> Iterator[tuple[object, ...]]:
    for name, value in (
        ("checked", line.checked),
        ("right", line.right),
        ("left_wrong", line.left_wrong),
    ):
        figure = f"fields_{name}"
        yield (figure, line.portal, line.runbook, line.version, line.field or "(all)", value)
