"""X12 837P files: professional claims, one row a claim."""

import os
from collections.abc import Iterator
from pathlib import Path

from deskhand.intake.text import check_text
from deskhand.intake.x12_batches import read_beside, read_here
from deskhand.intake.x12_envelopes import count_claims
from deskhand.intake.x12_loops import claims
from deskhand.ports.reader import BadRow, Row

# Below this the processes cost more than they save: each takes a second to begin.
_WORTH_PROCESSES = 2_000


class X12ProfessionalClaimReader:
    """Reads professional claims (837P, 005010X222 with its errata A1 and A2).

    All envelopes, counts and control numbers are checked before the first claim is read, so
    a truncated file breaks at once. A claim that does not agree with the guide is a `BadRow`
    whose reason holds nothing of the claim; `line` counts segments. A large file is read by
    up to `processes` processes (by default one a core), which are spawned: a script that reads
    one guards its main, as for every spawned process.
    """

    def __init__(self, *, processes: int | None = None) -> None:
        self._processes = processes or os.cpu_count() or 1

    def check(self, file: Path) -> None:
        check_text(file)
        count_claims(file)
        for _ in claims(file):
            pass

    def rows(self, file: Path) -> Iterator[Row | BadRow]:
        check_text(file)
        count = count_claims(file)
        if self._processes > 1 and count >= _WORTH_PROCESSES:
            yield from read_beside(claims(file), processes=self._processes)
        else:
            yield from read_here(claims(file))
