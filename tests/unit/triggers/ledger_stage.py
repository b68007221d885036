"""A stage on which a ledger answers every question alike."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from deskhand.domain.evidence import Capture, EvidenceKind
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.ports.action import ActionAnswer, Assignment, CommitGuard, Session


@dataclass
class LedgerSession:
    """A session in which every action answers the same, after it was let go."""

    answer: ActionAnswer
    go_on: asyncio.Event
    given: list[Mapping[str, object]] = field(default_factory=list)

    async def perform(
        self,
        action: str,
        arguments: Mapping[str, object],
        *,
        timeout: timedelta,
        retry: RetryPolicy | None = None,
        guard: CommitGuard | None = None,
    ) -> ActionAnswer:
        self.given.append(arguments)
        await self.go_on.wait()
        return self.answer

    async def capture(self, kind: EvidenceKind, *, step: str) -> Capture | None:
        return None


@dataclass
class LedgerStage:
    """A stage on which a ledger answers; it notes for which accounts it was asked."""

    answer: ActionAnswer
    asked: list[str] = field(default_factory=list)
    given: list[Mapping[str, object]] = field(default_factory=list)
    asking: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        raise NotImplementedError

    def session(self, assignment: Assignment) -> AbstractAsyncContextManager[Session]:
        return self._session(assignment)

    async def stop(self) -> None:
        raise NotImplementedError

    @asynccontextmanager
    async def _session(self, assignment: Assignment) -> AsyncIterator[Session]:
        self.asked.append(assignment.account)
        self.asking.set()
        yield LedgerSession(self.answer, self.go_on, self.given)
