import csv
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from deskhand.intake.answers import (
    RejectRow,
    ResultRow,
    TotalLine,
    write_rejects,
    write_results,
    write_totals,
)


def cells(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream, strict=True))


def test_results_say_what_became_of_each_item(tmp_path: Path) -> None:
    target = tmp_path / "claims.results.csv"
    done = ResultRow(reference="CLM-1", status="done", portal_number="ACM-7", row=1)
    refused = ResultRow(reference="CLM-2", status="with a person", reason="not found", row=2)

    write_results(target, [done, refused])

    assert cells(target) == [
        ["reference", "status", "portal_number", "reason", "row"],
        ["CLM-1", "done", "ACM-7", "", "1"],
        ["CLM-2", "with a person", "", "not found", "2"],
    ]


def test_rejects_and_totals_have_their_own_columns(tmp_path: Path) -> None:
    rejects, totals = tmp_path / "rejects.csv", tmp_path / "totals.csv"

    write_rejects(rejects, [RejectRow(row=3, line=4, field="Total", reason="is no number")])
    write_totals(totals, [TotalLine(name="corrections", count=2, amount=Decimal("-12.10"))])

    assert cells(rejects) == [
        ["row", "line", "field", "reason"],
        ["3", "4", "Total", "is no number"],
    ]
    assert cells(totals) == [["name", "count", "amount"], ["corrections", "2", "-12.10"]]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=HYPERLINK(A1)", "'=HYPERLINK(A1)"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'=1"),
        ("\r=1", "'=1"),
        (" \u200f=1", "'=1"),
        ("＝1", "'＝1"),  # noqa: RUF001 - the full-width sign is meant
        ("a\nb\x00c\x1b[31m", "a bc[31m"),
        ("abc\u202edcba", "abcdcba"),
        ("half \ud83d", "half"),
        ('He said "no", twice', 'He said "no", twice'),
        ("Núñez 😀", "Núñez 😀"),
    ],
)
def test_no_cell_runs_as_a_formula_or_hides_what_it_says(
    tmp_path: Path, text: str, cell: str
) -> None:
    target = tmp_path / "results.csv"

    write_results(target, [ResultRow(reference="CLM-1", status="done", reason=text)])

    assert cells(target)[1][3] == cell


def test_a_writing_that_fails_leaves_the_old_answer_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "results.csv"
    target.write_text("the old one", encoding="utf-8")

    def rows() -> Iterator[ResultRow]:
        yield ResultRow(reference="CLM-1", status="done")
        raise ConnectionError("the store is gone")

    with pytest.raises(ConnectionError):
        write_results(target, rows())

    assert [file.name for file in tmp_path.iterdir()] == ["results.csv"]
    assert target.read_text(encoding="utf-8") == "the old one"


def test_nothing_is_seen_at_the_target_before_the_answer_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "results.csv"
    seen = []

    def rows() -> Iterator[ResultRow]:
        for number in range(3):
            seen.append(target.exists())
            yield ResultRow(reference=f"CLM-{number}", status="done")

    write_results(target, rows())

    assert seen == [False, False, False]
    assert [file.name for file in tmp_path.iterdir()] == ["results.csv"]
    assert len(cells(target)) == 4


def test_memory_does_not_grow_with_the_answer(tmp_path: Path) -> None:
    rows = (ResultRow(reference=f"CLM-{number}", status="done") for number in range(20_000))

    tracemalloc.start()
    write_results(tmp_path / "results.csv", rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 500_000
