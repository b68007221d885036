"""Performing steps: what the runtime asks of a bot, and what a bot asks of the once-journal."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Protocol

from deskhand.domain.cause import Cause
from deskhand.domain.evidence import Capture, EvidenceKind
from deskhand.domain.identifiers import AccountName, AttemptId, ItemId
from deskhand.domain.retry_policy import RetryPolicy


class ActionEffect(Enum):
    """What an action does to the portal."""

    READ = "read"
    FILL = "fill"
    WRITE = "write"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSignature:
    """What the checker knows of an action: its annotations, resolved, as Python has them.

    `parameters` and `returns` hold the resolved type hints (`str`, `Decimal`, `Sealed[str]`,
    a subclass of `ItemFields` or `Result`, unions with `NotThere`, `Unsure`, `Refused`, None).
    `proof` names the read action that settles a doubt about this write action.
    """

    bot: str
    name: str
    effect: ActionEffect
    parameters: Mapping[str, object]
    required: frozenset[str]
    returns: object
    promise: str = ""
    proof: str | None = None
    every: timedelta = timedelta(minutes=5)
    patience: timedelta = timedelta(minutes=45)

    @property
    def path(self) -> str:
        """The action's name as a runbook may write it in full: `bot.verb`."""
        return f"{self.bot}.{self.name}"


class BotCatalogue(Protocol):
    """The bots of a project, as far as a checker needs them."""

    def bots(self) -> frozenset[str]:
        """The names of all bots: the names of their folders."""
        ...

    def actions(self, bot: str) -> Mapping[str, ActionSignature]:
        """The actions of a bot by name; raises `NotFoundError`, or `BotError` if it can't load."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """The action gave a result: plain values by field name (None for an action without one)."""

    value: Mapping[str, object] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """The action answered `NotThere`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubtful:
    """The action answered `Unsure`."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The action did not come to an answer, or the answer is no: `cause` says why, redacted.

    For a write action the journal tells whether the act had been intended and sent.
    """

    cause: Cause


ActionAnswer = Returned | Absent | Doubtful | Failed


class CommitGuard(Protocol):
    """What a write action must ask before it acts. Given to the session with a `once` step."""

    async def intend(self) -> None:
        """Write the intent, committed, before the act; raises `FencedError`.

        Called at most once an act: a second call within one action raises `BotError`.
        """
        ...

    async def may_leave(self) -> bool:
        """Whether a state-changing request may leave now: still owned, and before `act_by`."""
        ...

    def sent(self) -> None:
        """Note that a request has left for the portal: from here on only proof speaks."""
        ...

    def held_back(self) -> None:
        """Note that the act was stopped at the wire: provably not sent."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """For which attempt a session is opened, and what must be kept out of sight in it.

    `sensitive` are the item's sensitive values as text, in every form that a page may show;
    they are masked in captures and taken out of messages.
    """

    item: ItemId
    attempt: AttemptId
    account: AccountName
    client: str
    bots: tuple[str, ...]
    sensitive: frozenset[str] = field(default_factory=frozenset, repr=False)


class Session(Protocol):
    """The bots of one attempt: one browser context, logged in when first needed."""

    async def perform(
        self,
        action: str,
        arguments: Mapping[str, object],
        *,
        timeout: timedelta,
        retry: RetryPolicy | None = None,
        guard: CommitGuard | None = None,
    ) -> ActionAnswer:
        """Perform `bot.verb` with plain values; every error comes back as `Failed`.

        `retry` is for reads and fills only, transient causes only. Cancellation passes through.
        """
        ...

    async def capture(self, kind: EvidenceKind, *, step: str) -> Capture | None:
        """Take evidence of the page as it is, masked; None when there is no page to take."""
        ...


class Stage(Protocol):
    """Where bots perform: owns the browsers of one worker."""

    async def start(self) -> None:
        """Start what sessions need; raises `BrowserUnavailableError`."""
        ...

    def session(self, assignment: Assignment) -> AbstractAsyncContextManager[Session]:
        """Open a session for one attempt; leaving the context closes it, whatever happened."""
        ...

    async def stop(self) -> None:
        """Close everything."""
        ...
