"""A connection that does not wait for ever for the rest of a request's head."""

import asyncio
from datetime import timedelta

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

HEAD_WITHIN = timedelta(seconds=10)


class TimedConnection(H11Protocol):
    """Uvicorn's connection; it hangs up on whoever begins a head and does not end it.

    Between two requests uvicorn's own clock runs, and while a body comes ours does. What is left
    is looked at every while: a head that was incomplete twice in a row is given up.
    """

    _look_again: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._look_later(begun_after=self.cycle)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._look_again is not None:
            self._look_again.cancel()
        super().connection_lost(exc)

    def _look_later(self, *, begun_after: RequestResponseCycle | None) -> None:
        seconds = HEAD_WITHIN.total_seconds()
        self._look_again = self.loop.call_later(seconds, self._look, begun_after)

    def _look(self, begun_after: RequestResponseCycle | None) -> None:
        answering = bool(self.cycle) and not self.cycle.response_complete
        resting = self.timeout_keep_alive_task is not None
        if not (answering or resting) and self.cycle is begun_after:
            self.transport.close()
        else:
            self._look_later(begun_after=self.cycle)
