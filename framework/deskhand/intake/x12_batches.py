"""Batches of claims, read here or by a few processes beside this one, in the file's order."""

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cache
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from typing import Final

from deskhand.intake.x12_loops import ClaimText
from deskhand.ports.reader import BadRow, Row

_CLAIMS_A_BATCH: Final = 40
_BATCHES_A_PROCESS: Final = 3

_Rows = list[Row | BadRow]
_Batch = Sequence[ClaimText]


def read_here(claims: Iterable[ClaimText]) -> Iterator[Row | BadRow]:
    """Read the claims in this process, a batch at a time."""
    for batch in _batches(claims):
        yield from _parse(batch)


def read_beside(
    claims: Iterable[ClaimText], *, processes: int
) -> Generator[Row | BadRow, None, None]:
    """Read the claims in processes of their own, in order, a bounded number of batches ahead.

    The processes are spawned, so they inherit nothing of this one; they end with the reading,
    when it is given up, and when this process dies. Should they die first, the rest is read
    here.
    """
    ahead: deque[tuple[_Batch, Future[_Rows]]] = deque()
    batches = _batches(claims)
    pool = ProcessPoolExecutor(
        max_workers=processes, mp_context=get_context("spawn"), initializer=_begin
    )
    try:
        for batch in islice(batches, processes * _BATCHES_A_PROCESS):
            ahead.append((batch, _submitted(pool, batch)))
        while ahead:
            yield from ahead[0][1].result()
            ahead.popleft()
            for batch in islice(batches, 1):
                ahead.append((batch, _submitted(pool, batch)))
    except BrokenProcessPool:
        for batch in (*(each for each, _ in ahead), *batches):
            yield from _parse(batch)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, batch: _Batch) -> Future[_Rows]:
    """Hand a batch to the pool; a pool that has died breaks in the batch's own turn.

    Raised here, it would take the batch with it, which stands in no list yet.
    """
    try:
        return pool.submit(_parse, batch)
    except BrokenProcessPool as error:
        broken: Future[_Rows] = Future()
        broken.set_exception(error)
        return broken


def _batches(claims: Iterable[ClaimText]) -> Iterator[_Batch]:
    remaining = iter(claims)
    while batch := list(islice(remaining, _CLAIMS_A_BATCH)):
        yield batch


def _parse(batch: _Batch) -> _Rows:
    return _parser()(batch)


@cache
def _parser() -> Callable[[_Batch], _Rows]:
    with _without_dotenv():
        # Half a second that only a file of claims is worth.
        from deskhand.intake.x12_parser import parse_claims  # noqa: PLC0415
    return parse_claims


@contextmanager
def _without_dotenv() -> Iterator[None]:
    """Keep x12sdk's import from loading a `.env` file into this process's environment."""
    name = "PYTHON_DOTENV_DISABLED"
    before = os.environ.get(name)  # noqa: TID251 - a switch of the library, not a setting of ours
    os.environ[name] = "1"  # noqa: TID251
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]  # noqa: TID251
        else:
            os.environ[name] = before  # noqa: TID251


def _begin() -> None:
    """Begin a process: leave Ctrl-C to the one that started it, and end when that one does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    # A killed parent cannot say goodbye: its pool would wait for work forever.
    wait([sentinel])
    os._exit(1)
