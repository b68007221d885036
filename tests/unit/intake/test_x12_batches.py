import os
import select
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import count
from pathlib import Path
from typing import Any

import dotenv
import pytest

from deskhand.intake import x12_batches
from deskhand.intake.x12 import X12ProfessionalClaimReader
from deskhand.intake.x12_loops import claims
from deskhand.ports.reader import BadRow
from tests.unit.intake.x12_text import claim, claims_file

_READING = """
import multiprocessing, sys
from pathlib import Path
from deskhand.intake.x12_batches import read_beside
from deskhand.intake.x12_loops import claims

if __name__ == "__main__":
    rows = read_beside(claims(Path(sys.argv[1])), processes=2)
    next(rows)
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    texts = [claim(f"CLM-{number:07}") for number in range(1, 301)]
    texts[123] = claim("CLM-0000124", total="1.00")
    path = tmp_path / "claims.837"
    path.write_text(claims_file(*texts), encoding="utf-8")
    return path


def test_processes_beside_read_the_same_rows_in_the_same_order(file: Path) -> None:
    here = list(x12_batches.read_here(claims(file)))

    beside = list(x12_batches.read_beside(claims(file), processes=2))

    assert beside == here
    assert [row.number for row in beside if isinstance(row, BadRow)] == [124]


def test_a_reading_beside_that_is_given_up_leaves_no_process(file: Path) -> None:
    rows = x12_batches.read_beside(claims(file), processes=2)
    first = next(rows)
    children = _children()

    rows.close()

    assert first.number == 1
    assert len(children) >= 2
    assert not any(_runs_a_reader(child) for child in children)


def test_claims_are_read_here_when_the_processes_die(file: Path) -> None:
    rows = x12_batches.read_beside(claims(file), processes=2)
    numbers = [next(rows).number]

    for child in _children():
        if _runs_a_reader(child):
            os.kill(child, 9)
    numbers.extend(row.number for row in rows)

    assert numbers == list(range(1, 301))


@pytest.mark.parametrize("handed_over", [1, 6, 7])
def test_no_claim_is_lost_when_the_pool_dies_while_it_is_handed_a_batch(
    file: Path, monkeypatch: pytest.MonkeyPatch, handed_over: int
) -> None:
    submit, calls = ProcessPoolExecutor.submit, count(1)

    def dying(pool: ProcessPoolExecutor, *work: Any) -> Any:
        if next(calls) > handed_over:
            raise BrokenProcessPool
        return submit(pool, *work)

    monkeypatch.setattr(ProcessPoolExecutor, "submit", dying)

    numbers = [row.number for row in x12_batches.read_beside(claims(file), processes=2)]

    assert numbers == list(range(1, 301))


def test_the_processes_end_when_the_one_that_started_them_is_killed(
    file: Path, tmp_path: Path
) -> None:
    script = tmp_path / "reading.py"
    script.write_text(_READING, encoding="utf-8")
    reading = subprocess.Popen(
        [sys.executable, script, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with reading:
        assert reading.stdout is not None
        children = [int(child) for child in reading.stdout.readline().split()]
        endings = [os.pidfd_open(child) for child in children if _runs_a_reader(child)]

        reading.kill()

        ended = [select.select([ending], [], [], 30)[0] for ending in endings]
    assert len(ended) == 2
    assert all(ended)


def test_a_small_file_starts_no_process(file: Path) -> None:
    before = _children()

    rows = list(X12ProfessionalClaimReader(processes=8).rows(file))

    assert len(rows) == 300
    assert _children() == before


def test_no_dotenv_file_is_loaded_while_the_library_is_imported(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("DESKHAND_TEST_LEAK=1\n", encoding="utf-8")

    with x12_batches._without_dotenv():
        dotenv.load_dotenv(env)

    assert "DESKHAND_TEST_LEAK" not in os.environ
    assert "PYTHON_DOTENV_DISABLED" not in os.environ


def _children() -> list[int]:
    text = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    threads = Path("/proc/self/task").iterdir()
    found = [text, *((each / "children").read_text(encoding="ascii") for each in threads)]
    return sorted({int(child) for line in found for child in line.split()})


def _runs_a_reader(process: int) -> bool:
    try:
        command = Path(f"/proc/{process}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return b"spawn_main" in command
