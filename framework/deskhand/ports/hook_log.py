"""Which signed requests were taken, so that none is taken twice."""

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

    def add(self, request: SeenRequest) -> None:
        """Note a request; raises `StoreConflictError` when another came first."""
        ...
