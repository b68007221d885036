"""A report adds up, names its versions, and never rounds a mistake away."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from deskhand.bootstrap.reports import HEADINGS, write_report
from deskhand.domain.cause import Cause, CauseKind
from deskhand.domain.outcome import NeedsPerson
from deskhand.domain.quality import Grade
from deskhand.domain.read_back import FieldChecks, ReadBack
from deskhand.errors import ReportNotWrittenError
from deskhand.ports.figures import CountFigure, FigureFilter
from deskhand.use_cases.decide_case import retry_case
from deskhand.use_cases.report import ReadBackLine, Report, report
from tests.unit.use_cases.office import Office, word
from tests.unit.use_cases.rechecking import DONE, answered, finish, graded

NO = NeedsPerson(cause=Cause(kind=CauseKind.BUSINESS, code="MEMBER_NOT_FOUND"))


def a_line(**changes: object) -> ReadBackLine:
    told = {
        "portal": "payer_portal",
        "runbook": "claims.tiny",
        "version": 1,
        "field": "total",
        "checked": 1,
        "right": 1,
        "left_wrong": 0,
    }
    return ReadBackLine(**{**told, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("checked", "right", "share"),
    [(3, 3, "100.00%"), (30_000, 29_999, "99.99%"), (3, 1, "33.33%"), (5, 0, "0.00%"), (0, 0, "-")],
)
def test_a_share_is_never_rounded_up(checked: int, right: int, share: str) -> None:
    assert a_line(checked=checked, right=right).share == share


def test_the_accounts_of_a_portal_are_added_together(checked_office: Office) -> None:
    checked_office.open_account("hill")
    for client, wrong in (("lakeside", 1), ("hill", 0)):
        checked_office.accept("C-1", client=client)
        fenced = checked_office.begin_next()
        with fenced.transaction() as tx:
            tx.journal.add_read_back(
                ReadBack(
                    checked=4,
                    wrong=("total",) * wrong,
                    by_field=(
                        FieldChecks(name="lines.code", checked=3, wrong=0),
                        FieldChecks(name="total", checked=1, wrong=wrong),
                    ),
                ),
                item=fenced.item,
                attempt=fenced.attempt.id,
                step="submit_claim",
                at=fenced.now(),
            )

    found = report(FigureFilter(), store=checked_office.store)

    assert found.read_backs == (a_line(field="", checked=8, right=7, left_wrong=1),)
    assert found.fields == (
        a_line(field="lines.code", checked=6, right=6),
        a_line(field="total", checked=2, right=1, left_wrong=1),
    )


def test_items_attempts_and_re_checks_are_told_by_version(checked_office: Office) -> None:
    finish(checked_office, "C-1", outcome=NO)
    retry_case(word("C-1"), desk=checked_office.desk)
    checked_office.perform(DONE)
    finish(checked_office, "C-2")
    answered(checked_office, "C-2", total="1.00")
    graded(checked_office, Grade.MINOR, "C-2", note="no harm")

    found = report(FigureFilter(), store=checked_office.store)

    (items,) = found.items
    (quality,) = found.quality
    assert (dict(items.states), items.done, items.helped) == ({"done": 2}, 2, 1)
    assert found.outcomes == (
        CountFigure("claims.tiny", 1, "done", 2),
        CountFigure("claims.tiny", 1, "needs_person", 1),
    )
    assert (quality.chosen, quality.checked, quality.waiting) == (2, 1, 1)
    assert dict(quality.grades) == {"pass": 0, "minor": 1, "critical": 0}


def test_no_cell_of_the_table_is_a_formula(tmp_path: Path) -> None:
    line = a_line(portal="=cmd()", runbook="+1", field="@total", checked=Decimal(2))
    empty = Report(read_backs=(), fields=(line,), items=(), outcomes=(), quality=())

    write_report(empty, tmp_path / "report.csv")

    with (tmp_path / "report.csv").open(encoding="utf-8", newline="") as stream:
        headings, first, *_ = csv.reader(stream)
    assert headings == [*HEADINGS]
    assert first == ["fields_checked", "'=cmd()", "'+1", "1", "'@total", "2"]


def test_a_table_that_cannot_be_written_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    nothing = Report(read_backs=(), fields=(), items=(), outcomes=(), quality=())

    with pytest.raises(ReportNotWrittenError, match="name another file"):
        write_report(nothing, tmp_path / "no_such_folder" / "report.csv")

    assert list(tmp_path.iterdir()) == []
