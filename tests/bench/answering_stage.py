"""A stage without a browser: its session answers at once, and notes when it was asked."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any

from deskhand.domain.evidence import Capture, EvidenceKind
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.ports.action import (
    Absent,
    ActionAnswer,
    Assignment,
    CommitGuard,
    Returned,
    Session,
)
from tests.bench.practice import BenchFailedError


@dataclass(slots=True)
class AnsweringStage:
    """Answers as the practice portal's bot does for a claim that is entered and taken.

    `clock` is read whenever an action begins; `steps` holds how long each step of the last
    session took by it, from its first question to the next step's.
    """

    clock: Callable[[], float]
    steps: list[float] = field(default_factory=list)

    async def start(self) -> None:
        """Start nothing."""

    async def stop(self) -> None:
        """Stop nothing."""

    def session(self, assignment: Assignment) -> AbstractAsyncContextManager[Session]:
        return self._session()

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[Session]:
        session = _AnsweringSession(self.clock)
        yield session
        # A step lasts from its first question to that of the next one; the last one to here.
        begun = [*session.asked, self.clock()]
        self.steps = [after - before for before, after in pairwise(begun)]


@dataclass(slots=True)
class _AnsweringSession:
    clock: Callable[[], float]
    asked: list[float] = field(default_factory=list)
    claim: Mapping[str, Any] = field(default_factory=dict)

    async def perform(
        self,
        action: str,
        arguments: Mapping[str, object],
        *,
        timeout: timedelta,
        retry: RetryPolicy | None = None,
        guard: CommitGuard | None = None,
    ) -> ActionAnswer:
        self.asked.append(self.clock())
        match action.rpartition(".")[2]:
            case "find_claim":
                return Absent()
            case "fill_claim":
                claim = arguments["claim"]
                self.claim = claim if isinstance(claim, Mapping) else {}
                return Returned(value=None)
            case "read_review":
                lines, total = len(self.claim["lines"]), self.claim["total_charge"]
                return Returned(value={"line_count": lines, "total": total})
            case "submit_claim":
                return await _submitted(guard)
            case "read_claim":
                return Returned(value=self.claim)
            case _:
                raise BenchFailedError(f"the stage knows no answer to {action}")

    async def capture(self, kind: EvidenceKind, *, step: str) -> Capture | None:
        return None


async def _submitted(guard: CommitGuard | None) -> ActionAnswer:
    if guard is None:
        raise BenchFailedError("an act came without its guard")
    await guard.intend()
    if not await guard.may_leave():
        raise BenchFailedError("the guard held an act back")
    guard.sent()
    return Returned(value={"confirmation": "ACM-0000001"})
