import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest

from deploy.demo.big_files import write_big_837, write_big_csv, write_big_json, write_big_jsonl
from deskhand.intake.formats import reader_for
from deskhand.ports.reader import Row


class Write(Protocol):
    def __call__(self, path: Path, *, claims: int, seed: int) -> None: ...


WRITERS: dict[str, Write] = {
    "csv": write_big_csv,
    "json": write_big_json,
    "jsonl": write_big_jsonl,
    "837": write_big_837,
}


@pytest.mark.parametrize("kind", [*WRITERS])
def test_a_big_file_has_as_many_good_rows_as_asked_for(tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"big.{kind}"

    WRITERS[kind](file, claims=500, seed=3)

    rows = list(reader_for(file).rows(file))
    assert len(rows) == 500
    assert all(isinstance(row, Row) for row in rows)


@pytest.mark.parametrize("kind", [*WRITERS])
def test_a_big_file_is_written_in_constant_memory(tmp_path: Path, kind: str) -> None:
    write = partial(WRITERS[kind], tmp_path / "big", seed=3)

    few, many = _peak(partial(write, claims=100)), _peak(partial(write, claims=3_000))

    assert many < few + 200_000


def _peak(write: Callable[[], None]) -> int:
    tracemalloc.start()
    try:
        write()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
