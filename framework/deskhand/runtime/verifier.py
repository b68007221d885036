"""The verifier: a host's loop that verifies the audit log by itself, a part at a time."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from deskhand.ports.observer import Observer
from deskhand.runtime.store_thread import StoreThread
from deskhand.use_cases.watch_log import (
    PartialVerdict,
    SeenHead,
    Watch,
    begin_verification,
    is_due,
    note_verdict,
    seen_head,
    verify_part,
)


@dataclass(slots=True, kw_only=True)
class Verifier:
    """Verifies when it is due; between two parts the host may end, and then it is done anew."""

    watch: Watch
    thread: StoreThread
    observer: Observer
    name: str = "verifier"
    every: timedelta = timedelta(minutes=1)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _head: SeenHead | None = None
    _run: PartialVerdict | None = None

    async def tick(self) -> None:
        """Begin what is due, or verify one more part of it; the next one follows at once."""
        if self._run is None:
            await self._begin()
            if self._run is None:
                return
        run, self._run = self._run, None  # whatever goes wrong: it is done anew
        if not await self.thread.run(verify_part, run, watch=self.watch):
            return
        if run.ended:
            await self._end(run)
            return
        self._run = run
        self.wake.set()

    async def _begin(self) -> None:
        if not await self.thread.run(is_due, watch=self.watch):
            self._head = None
            return
        head, settled = await self.thread.run(seen_head, self._head, watch=self.watch)
        self._head = None if settled else head
        if settled:
            self._run = await self.thread.run(begin_verification, head, watch=self.watch)

    async def _end(self, run: PartialVerdict) -> None:
        await self.thread.run(note_verdict, run, watch=self.watch)
        verdict = run.verdict
        facts = {"records": verdict.records, "whole": run.due.whole}
        if verdict.first is None:
            self.observer.tell("audit_log_verified", **facts)
            return
        findings = len(verdict.findings) + verdict.unlisted
        self.observer.tell(
            "audit_log_damaged", findings=findings, first=verdict.first.where, **facts
        )
