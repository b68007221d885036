"""Which signed requests were taken, so that none is taken twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRequest:
    """A request that was taken, and what was answered.

    `digest` is a keyed digest of its content; `answer` is JSON, without any of the rows' data.
    """

    client: str
    hook: str
    id: str
    digest: str
    answer: str
    seen_at: datetime


class HookLog(Protocol):
    """The requests that were taken, by their senders' own ids."""

    def seen(self, client: str, hook: str, id: str) -> SeenRequest | None:
        """Return the request that was taken under this id."""
        ...

    def seen_before(self, moment: datetime, *, limit: int) -> list[SeenRequest]:
        """Return the oldest requests, as far as they were seen before a moment."""
        ...

    def forget(self, client: str, hook: str, ids: Sequence[str]) -> None:
        """Forget requests of a hook; the log must say that those of their time are forgotten."""
        ...

    def add(self, request: SeenRequest) -> None:
        """Note a request; raises `StoreConflictError` when another came first."""
        ...
