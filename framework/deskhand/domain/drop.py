"""Files that clients drop into folders: when they are whole, which are refused, what came of them.

A dropped file is waiting until it has settled, then claimed by one host (moved aside under a
name of its own), then archived, or refused.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import zip_longest
from pathlib import PurePosixPath

from deskhand.domain.identifiers import DropId, FileId, TriggerName, WorkerId

MOST_TRIES = 5
"""Workers that may die over one file; then it is refused, lest it kill every worker."""

LONGEST_NAME = 200
"""Bytes of a file's name; what is put before and behind it must fit into the system's 255."""

_SAFE_LENGTH = 80
_UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_ID = re.compile(r"(\d{8}T\d{6}-[0-9a-f]{8})-(.+)", re.DOTALL)
# What programs call a file that they have not finished, or only lock.
_EMPTY_SETTLES = timedelta(minutes=1)
# What `deskhand run` writes beside a file: `day.csv.results.csv`.
_ANSWER = re.compile(r"\.\w+\.(?:results|rejects|totals)\.csv\Z", re.IGNORECASE)
_DELIVERIES = frozenset(
    {".csv", ".dat", ".edi", ".isir", ".json", ".jsonl", ".ndjson", ".tsv", ".txt", ".xls"}
    | {".xlsm", ".xlsx", ".x12", ".xml", ".zip", ".837"}
)
_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".swp", "~")


class DropKind(Enum):
    """What lies there. Only a plain file is ever opened."""

    FILE = "a file"
    LINK = "a link"
    LINKED = "a file with a second name (a hard link)"
    FOLDER = "a folder"
    OTHER = "a pipe, socket or device"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What tells whether a file has changed: `size` in bytes, `modified` in nanoseconds."""

    kind: DropKind
    size: int
    modified: int
    inode: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DropPlace:
    """A drop folder, as one trigger sees it; `folder` is relative to the project's.

    `known` tells that the client has an account.
    """

    trigger: TriggerName
    client: str
    folder: str
    known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDrop:
    """A file that lies in a drop folder."""

    place: DropPlace
    name: str
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedDrop:
    """A file that a host has taken out of its drop folder."""

    id: DropId
    place: DropPlace
    name: str
    mark: Mark

    @property
    def own_name(self) -> str:
        """Its name wherever it lies from now on: no other file has it."""
        return own_name(self.id, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedFile:
    """What the store knows of a claimed file.

    `holder` is the worker that sees to it, `tries` how many workers have begun to. `file` is
    what it became, `size` its bytes then; `again` tells that the same content had come before.
    `problem` says why it was refused. `answer` sums up what its client was told last; from
    `ended_at` on there is nothing left to do.
    """

    id: DropId
    trigger: TriggerName
    client: str
    folder: str
    name: str
    holder: WorkerId
    tries: int
    claimed_at: datetime
    file: FileId | None = None
    size: int = 0
    again: bool = False
    problem: str | None = None
    answer: str = ""
    ended_at: datetime | None = None

    @property
    def own_name(self) -> str:
        """Its name wherever it lies."""
        return own_name(self.id, self.name)

    @property
    def place(self) -> DropPlace:
        """Where it was dropped."""
        return DropPlace(trigger=self.trigger, client=self.client, folder=self.folder)


def in_turn(drops: Iterable[WaitingDrop]) -> list[WaitingDrop]:
    """Return drops in the order in which they are claimed: one of each folder in turn.

    A client that drops ten thousand files keeps no other one waiting.
    """
    folders: dict[str, list[WaitingDrop]] = {}
    for drop in drops:
        folders.setdefault(drop.place.folder, []).append(drop)
    return [drop for turn in zip_longest(*folders.values()) for drop in turn if drop is not None]


class Settling:
    """Remembers since when each file has been as it is; clocks of other machines do not matter."""

    def __init__(self, period: timedelta) -> None:
        self._period = period
        self._since: dict[tuple[str, Mark], datetime] = {}

    def settled(self, folder: str, mark: Mark, *, now: datetime) -> bool:
        """Whether this file of the folder has not changed for the whole period.

        An empty one is rather an upload that has only begun: it gets a minute at least.
        """
        empty = mark.kind is DropKind.FILE and mark.size == 0
        period = max(self._period, _EMPTY_SETTLES) if empty else self._period
        return now - self._since.setdefault((folder, mark), now) >= period

    def forget_but(self, seen: set[tuple[str, Mark]]) -> None:
        """Forget the files that are no longer there."""
        self._since = {key: since for key, since in self._since.items() if key in seen}


def new_drop_id(*, at: datetime, entropy: bytes) -> DropId:
    """Name a drop by the time and chance, so that names sort by time and never meet.

    >>> new_drop_id(at=datetime(2026, 5, 4, 9, 30), entropy=bytes(4))
    '20260504T093000-00000000'
    """
    return DropId(f"{at:%Y%m%dT%H%M%S}-{entropy.hex()}")


def claimed_on(id: DropId) -> date:
    """Return the day on which a file was claimed, in UTC.

    >>> claimed_on(DropId("20260504T093000-00000000"))
    datetime.date(2026, 5, 4)
    """
    return date.fromisoformat(id[:8])


def own_name(id: DropId, name: str) -> str:
    """Return the name of a claimed file.

    >>> own_name(DropId("20260504T093000-00000000"), "day.csv")
    '20260504T093000-00000000-day.csv'
    """
    return f"{id}-{name if name_fault(name) is None else safe_name(name)}"


def split_own_name(own: str) -> tuple[DropId, str] | None:
    """Return the id and the first name of a claimed file; None for what is none.

    >>> split_own_name("20260504T093000-00000000-day.csv")
    ('20260504T093000-00000000', 'day.csv')
    """
    found = _ID.fullmatch(own)
    if found is None or not _is_moment(found[1][: len("20260504T093000")]):
        return None
    return DropId(found[1]), found[2]


def _is_moment(text: str) -> bool:
    """Whether this is a time: a client may make our folder first, and put anything into it."""
    try:
        datetime.strptime(text, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - in UTC; it is not kept
    except ValueError:
        return False
    return True


def is_unfinished(name: str) -> bool:
    """Whether a name says that its file is being written, is hidden, or is another one's lock.

    >>> [is_unfinished(name) for name in ("~$day.xlsx", ".day.csv", "day.csv.part", "day.csv")]
    [True, True, True, False]
    """
    return name.startswith((".", "~")) or name.lower().endswith(_UNFINISHED)


def is_answer(name: str) -> bool:
    """Whether a name is that of an answer which was written beside a file given by hand.

    >>> is_answer("day.csv.results.csv"), is_answer("lab.results.csv")
    (True, False)
    """
    return _ANSWER.search(name) is not None


def is_delivery(name: str) -> bool:
    """Whether a file is rather one with rows than one that rows name, by its kind.

    >>> is_delivery("claims.xls"), is_delivery("letter.pdf")
    (True, False)
    """
    return PurePosixPath(name).suffix.lower() in _DELIVERIES


def name_fault(name: str) -> str | None:
    """Return what is wrong with a name, if something is."""
    if _UNSAFE.search(name):
        return "its name has characters that cannot be shown"
    if len(name.encode()) > LONGEST_NAME:
        return f"its name is longer than {LONGEST_NAME} bytes"
    return None


def safe_name(name: str) -> str:
    r"""Return a name that can be shown and extended; its suffix is kept.

    >>> safe_name("d\x1bay.csv")
    'd_ay.csv'
    """
    shown = _UNSAFE.sub("_", name)
    if len(shown.encode()) <= LONGEST_NAME:
        return shown
    stem, dot, suffix = shown.rpartition(".")
    return f"{(stem or suffix)[: _SAFE_LENGTH // 4]}{dot}{suffix[:10]}" if dot else shown[:20]


def fault_of(drop: ClaimedDrop, *, max_bytes: int) -> str | None:
    """Return why a claimed file is refused without being opened, if it is."""
    if drop.mark.kind is not DropKind.FILE:
        return f"it is {drop.mark.kind.value}; only plain files are taken in"
    if drop.mark.size > max_bytes:
        return (
            f"it has {drop.mark.size:,} bytes; at most {max_bytes:,} are taken in (files.max_bytes)"
        )
    return name_fault(drop.name)
