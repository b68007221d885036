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

    def hooks_before(self, moment: datetime) -> list[tuple[str, str]]:
        """Return the hooks, each a client and a name, of which older requests are remembered."""
        ...

    def forget(self, client: str, hook: str, *, before: datetime, limit: int) -> int:
        """Forget a hook's requests from before a moment, and return how many.

        The log must say that those from before it are forgotten.
        """
        ...

    def add(self, request: SeenRequest) -> None:
        """Note a request; raises `StoreConflictError` when another came first."""
        ...
