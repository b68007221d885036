"""Large files for the benches: as many claims as wanted, in constant memory."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final, TextIO

from deploy.demo.csv_writer import write_csv
from deploy.demo.invent import PAYERS, Inventor
from deploy.demo.json_writer import write_json, write_jsonl
from deploy.demo.values import Claim, FileRow, Organisation
from deploy.demo.x12_writer import write_837

# The benches compare files of different days: their claims must not age.
_TODAY: Final = date(2025, 6, 30)
_CLINIC: Final = Organisation(
    name="Bench Clinic", client="bench", npis=("1234567893", "1245319599")
)


def write_big_csv(path: Path, *, claims: int, seed: int) -> None:
    """Write so many claims as CSV."""
    rows = (FileRow(claim=claim) for claim in _claims(claims, seed=seed))
    _write(path, partial(write_csv, rows=rows))


def write_big_json(path: Path, *, claims: int, seed: int) -> None:
    """Write so many claims as one JSON object with one array."""
    _write(path, partial(write_json, claims=_claims(claims, seed=seed)))


def write_big_jsonl(path: Path, *, claims: int, seed: int) -> None:
    """Write so many claims as JSON lines."""
    _write(path, partial(write_jsonl, claims=_claims(claims, seed=seed)))


def write_big_837(path: Path, *, claims: int, seed: int) -> None:
    """Write so many claims as X12 837P, all in one transaction set."""
    invented = _claims(claims, seed=seed)
    _write(path, partial(write_837, claims=invented, clinic=_CLINIC, payers=PAYERS, today=_TODAY))


def _claims(count: int, *, seed: int) -> Iterator[Claim]:
    inventor = Inventor(seed=seed, today=_TODAY)
    return (inventor.claim(inventor.member(), _CLINIC) for _ in range(count))


def _write(path: Path, write: Callable[[TextIO], int]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        write(stream)
