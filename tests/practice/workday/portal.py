"""The portal of a simulated day: it keeps a ledger, and has its troubles with some claims."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.evidence import Capture, EvidenceKind
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.ports.action import (
    Absent,
    ActionAnswer,
    Assignment,
    CommitGuard,
    Doubtful,
    Failed,
    Returned,
    Session,
)
from tests.making import HandClock

INDEX_BEHIND = timedelta(hours=2)
"""What was sent in doubt cannot be looked for before this: longer than the bot's patience."""


class Trouble(Enum):
    """What the portal has with a claim."""

    UNKNOWN_MEMBER = "it refuses the member until the number is corrected"
    BREAKS = "its page breaks more often than the bots try"
    SILENT = "it takes the claim and never says so"
    LOST = "it loses the first submission on its way"


@dataclass(slots=True, kw_only=True)
class DayPortal:
    """A stage without a browser. `ledger` holds every submission that reached the portal."""

    clock: HandClock
    troubles: Mapping[str, Trouble]
    wrong_members: Mapping[str, str]
    breaks: dict[str, int]
    ledger: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    _sent: dict[str, datetime] = field(default_factory=dict)

    async def start(self) -> None:
        """Start nothing."""

    async def stop(self) -> None:
        """Stop nothing."""

    def session(self, assignment: Assignment) -> AbstractAsyncContextManager[Session]:
        return self._session()

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[Session]:
        yield _DaySession(self)

    def number(self, claim: str) -> str | None:
        """Return the number under which the portal holds a claim."""
        return f"ACM-{claim[4:]}" if claim in self.ledger else None

    def amount(self) -> Decimal:
        """Return what all submissions come to."""
        held = (claim for claims in self.ledger.values() for claim in claims)
        return sum((claim["total_charge"] for claim in held), Decimal(0))

    def found(self, claim: str) -> ActionAnswer:
        sent = self._sent.get(claim)
        if sent is not None and self.clock.now() < sent + INDEX_BEHIND:
            return Doubtful(reason="its index is behind")
        number = self.number(claim)
        return Absent() if number is None else Returned(value={"confirmation": number})

    def entered(self, claim: Mapping[str, Any]) -> ActionAnswer:
        if self.wrong_members.get(claim["claim_number"]) == claim["member_id"]:
            return Failed(cause=Cause(kind=CauseKind.BUSINESS, code="MEMBER_NOT_FOUND"))
        return Returned(value=None)

    def reviewed(self, claim: Mapping[str, Any]) -> ActionAnswer:
        left = self.breaks.get(claim["claim_number"], 0)
        if left:
            self.breaks[claim["claim_number"]] = left - 1
            return _broken()
        total = claim["total_charge"]
        return Returned(value={"line_count": len(claim["lines"]), "total": total})

    def submitted(self, claim: Mapping[str, Any]) -> ActionAnswer:
        name = claim["claim_number"]
        trouble = self.troubles.get(name)
        again = name in self._sent
        if trouble is Trouble.LOST and not again:
            self._sent[name] = self.clock.now()
            return _broken()
        self.ledger.setdefault(name, []).append(claim)
        if trouble is Trouble.SILENT and not again:
            self._sent[name] = self.clock.now()
            return _broken()
        return Returned(value={"confirmation": self.number(name)})


@dataclass(slots=True)
class _DaySession:
    portal: DayPortal
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
        match action.rpartition(".")[2]:
            case "find_claim":
                return self.portal.found(str(arguments["claim_number"]))
            case "fill_claim":
                claim = arguments["claim"]
                self.claim = claim if isinstance(claim, Mapping) else {}
                return self.portal.entered(self.claim)
            case "read_review":
                return self.portal.reviewed(self.claim)
            case "submit_claim":
                return await self._submit(guard)
            case "read_claim":
                held = self.portal.ledger[str(arguments["claim_number"])]
                return Returned(value=held[-1])
            case _:
                raise AssertionError(f"the portal of the day knows no {action}")

    async def _submit(self, guard: CommitGuard | None) -> ActionAnswer:
        assert guard is not None, "an act came without its guard"
        await guard.intend()
        assert await guard.may_leave()
        guard.sent()
        return self.portal.submitted(self.claim)

    async def capture(self, kind: EvidenceKind, *, step: str) -> Capture | None:
        return None


def _broken() -> Failed:
    return Failed(cause=Cause(kind=CauseKind.SYSTEM, code=SystemCode.TRANSIENT))
