"""What both jobs of the demo share: how they are told, where they lie, what they say."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

_MARK = ".made-by-demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """How a job of the demo is to be played.

    `items` are the rows of all files; `quiet` leaves the last line alone to speak.
    """

    items: int
    seed: int
    faults: str
    headed: bool
    quiet: bool

    def say(self, text: str) -> None:
        """Tell what goes on, beside the result."""
        if not self.quiet:
            print(text, file=sys.stderr)


def mark_new(folder: Path) -> None:
    """Mark a folder that is not there yet as the demo's own: a later demo may make it anew."""
    if not folder.exists():
        folder.mkdir(parents=True)
        (folder / _MARK).touch()


def fresh_folder(folder: Path) -> Path:
    """Return an empty folder; one that an earlier demo made is made anew, others are left."""
    folder = folder.resolve()
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).exists():
            sys.exit(f"demo: {folder} holds files that are not the demo's; name another --dir")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).touch()
    return folder
