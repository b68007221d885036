"""Threads that begin together, and a second process that writes beside them."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from deskhand.ports.store import Store
from tests.making import an_entry

Given = TypeVar("Given")

ROOT = Path(__file__).parents[3]


def race(*acts: Callable[[], Given]) -> tuple[list[Given], list[Exception]]:
    """Do all acts at once, each in its own thread; return what they gave and what they raised."""
    start = threading.Barrier(len(acts))
    given: list[Given] = []
    raised: list[Exception] = []

    def go(act: Callable[[], Given]) -> None:
        start.wait()
        try:
            given.append(act())
        except Exception as error:  # noqa: BLE001 - handed to the test
            raised.append(error)

    threads = [threading.Thread(target=go, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given, raised


@contextmanager
def beside(arguments: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """Run a module of the tests in a process of its own, from its first line of output on."""
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'framework'}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


def append(store: Store, stream: str, *, times: int) -> int:
    """Append that many records to a stream and to one that everybody shares."""
    for _ in range(times):
        with store.transaction() as tx:
            tx.record(an_entry(stream, "step:fill"))
            tx.record(an_entry("log", "step:fill"))
    return times
