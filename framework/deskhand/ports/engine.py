"""The engine: hands attempts to workers, durably."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from deskhand.domain.identifiers import AttemptId, WorkerId

Perform = Callable[[AttemptId], Awaitable[str]]
"""Performs one attempt; returns the word for how it ended. Never raises: a value may cross
the engine's edge, an error (which may quote a page) may not."""


class Engine(Protocol):
    """Durable dispatch. Its rows hold only ids; the store holds the truth.

    Every question and change raises `StoreUnavailableError` when the database cannot be had: it
    does not wait for it.
    """

    def enqueue(self, connection: object, attempt: AttemptId, *, priority: int) -> None:
        """Enqueue an attempt within the caller's transaction (`Transaction.connection`)."""
        ...

    async def start(self, perform: Perform, *, worker: WorkerId, lanes: int) -> None:
        """Begin to hand attempts to `perform`, at most `lanes` at a time."""
        ...

    def handed_out(self, attempts: Sequence[AttemptId]) -> Mapping[AttemptId, WorkerId | None]:
        """Return which of these attempts are not in the queue any more, and who has them.

        None stands for nobody: the engine has ended them, or never knew them.
        """
        ...

    def cancel(self, attempt: AttemptId) -> None:
        """Drop an attempt that nobody shall perform any more; unknown ones are no error."""
        ...

    def prune(self, *, keep: int) -> None:
        """Forget finished attempts but for the last `keep`."""
        ...

    async def stop(self) -> None:
        """Stop handing out; attempts that are being performed were settled before."""
        ...
