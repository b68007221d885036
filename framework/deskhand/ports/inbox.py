"""What comes in signed, over the network: rows for runbooks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from deskhand.ports.reader import BadRow, Row

EVENTS_HOOK = "events"
"""The hook of posted events: no webhook may have this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRequest:
    """A request whose signature was checked.

    `id` is the sender's own: the same when it sends again. `content` is everything that the
    request says, as bytes: other content under the same id is another request. `event` is the
    type of a posted event; else the rows are for the runbook that has the webhook `hook`.
    """

    client: str
    hook: str
    id: str
    content: bytes = field(repr=False)
    rows: Sequence[Row | BadRow] = field(repr=False)
    event: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRow:
    """A row that was set aside: which one, which field, and why, never its value."""

    row: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a request's rows; committed."""

    accepted: int
    repeats: int
    conflicts: int
    rejected: tuple[RejectedRow, ...] = ()


class RefusalKind(Enum):
    """Why a signed request was not taken."""

    NOBODY_LISTENS = "nobody_listens"  # no runbook has this trigger, or the client no account
    OTHER_CONTENT = "other_content"  # its id was used before, for something else


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Nothing of the request was taken: why, and what the sender can do."""

    kind: RefusalKind
    problem: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a host is.

    `problems` stand in the way of work: without any it is ready. `warnings` do not, and somebody
    should see to them all the same. `notes` are good to know. None of them names anything.
    """

    problems: Sequence[str] = ()
    warnings: Sequence[str] = ()
    notes: Sequence[str] = ()

    @property
    def ready(self) -> bool:
        """Whether a row that comes now would be performed."""
        return not self.problems


class Inbox(Protocol):
    """Takes signed requests in."""

    async def take(self, request: HookRequest) -> Taken | Refused:
        """Take a request's rows in; it returns when they are committed.

        The same request again gives its first answer. Raises `StoreError` when the store is
        away: then nothing was taken.
        """
        ...

    async def health(self) -> Health:
        """Return whether a row that comes now would be performed, and what else is to be known."""
        ...
