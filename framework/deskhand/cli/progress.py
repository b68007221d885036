"""How far it has come, on a terminal or in plain lines."""

import sys
import time

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deskhand.domain.work_item import ItemState
from deskhand.use_cases.watch_progress import Progress as HowFar

PLAIN_EVERY_SECONDS = 5.0


class ProgressDisplay:
    """A bar where a person watches, a line now and then where none does, or nothing."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._told_at = 0.0
        self._bar: Progress | None = None
        if not quiet and sys.stderr.isatty():
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=Console(stderr=True),
            )
            self._task = self._bar.add_task("performing", total=None)
            self._bar.start()

    def show(self, far: HowFar) -> None:
        """Show how far it has come."""
        if self._bar is not None:
            self._bar.update(
                self._task,
                total=far.total,
                completed=far.total - far.open,
                description=_words(far),
            )
        elif not self._quiet and time.monotonic() - self._told_at >= PLAIN_EVERY_SECONDS:
            self._told_at = time.monotonic()
            click.echo(f"{far.total - far.open} of {far.total} at rest: {_words(far)}", err=True)

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._bar is not None:
            self._bar.stop()


def _words(far: HowFar) -> str:
    done = far.counts.get(ItemState.DONE, 0)
    with_person = far.counts.get(ItemState.WITH_PERSON, 0)
    return f"{done} done, {with_person} with people"
